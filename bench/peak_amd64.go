//go:build amd64 && !purego

package bench

import (
	"molap/asm"
	"molap/kernels"
)

// peakOf returns a loop of twelve FMAs in the vectors of v, independent of one
// another, and the vectors' lanes.
func peakOf(v kernels.Variant, f32 bool) (peak func(n int), lanes int) {
	switch {
	case v.String() == "avx2" && f32:
		return asm.PeakF32AVX2, 8
	case v.String() == "avx2":
		return asm.PeakF64AVX2, 4
	case v.String() == "avx512" && f32:
		return asm.PeakF32AVX512, 16
	case v.String() == "avx512":
		return asm.PeakF64AVX512, 8
	}
	return nil, 0
}
