//go:build purego || !(amd64 || arm64)

package bench

import "molap/kernels"

// peakOf returns nil: without machine code there is no peak to compare with.
func peakOf(kernels.Variant, bool) (peak func(n int), lanes int) { return nil, 0 }
