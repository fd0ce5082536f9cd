//go:build purego || !(amd64 || arm64)

package bench

import "molap/kernels"

func peakOf(kernels.Variant, bool) (peak func(n int), lanes int) { return nil, 0 }
