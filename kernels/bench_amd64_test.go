//go:build amd64 && !purego

package kernels

import "molap/asm"

// peakOf returns the loop of independent FMAs that measures the peak of v.
func peakOf(v Variant, f32 bool) func(n int) {
	switch {
	case v.name == "avx2" && f32:
		return asm.PeakF32AVX2
	case v.name == "avx2":
		return asm.PeakF64AVX2
	case v.name == "avx512" && f32:
		return asm.PeakF32AVX512
	case v.name == "avx512":
		return asm.PeakF64AVX512
	}
	return nil
}
