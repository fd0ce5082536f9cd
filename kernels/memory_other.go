//go:build !linux

package kernels

// askHugePages does nothing: no other system has huge pages that a program without rights can ask for.
func askHugePages([]byte) {}
