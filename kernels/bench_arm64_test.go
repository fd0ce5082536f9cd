//go:build arm64 && !purego

package kernels

import "molap/asm"

// peakOf returns the loop of independent FMAs that measures the peak of v.
func peakOf(v Variant, f32 bool) func(n int) {
	switch {
	case v.name == "neon" && f32:
		return asm.PeakF32NEON
	case v.name == "neon":
		return asm.PeakF64NEON
	}
	return nil
}
