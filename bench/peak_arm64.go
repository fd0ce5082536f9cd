//go:build arm64 && !purego

package bench

import (
	"molap/asm"
	"molap/kernels"
)

// peakOf returns a loop of twelve FMAs in the vectors of v, independent of one
// another, and the vectors' lanes.
func peakOf(v kernels.Variant, f32 bool) (peak func(n int), lanes int) {
	switch {
	case v.String() == "neon" && f32:
		return asm.PeakF32NEON, 4
	case v.String() == "neon":
		return asm.PeakF64NEON, 2
	}
	return nil, 0
}
