//go:build !linux

package kernels

// askHugePages does nothing: the program knows how to ask on Linux alone.
func askHugePages([]byte) {}
