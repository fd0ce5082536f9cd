package kernels

import "unsafe"

// Zeros returns n zeros. It asks the system to back them with huge pages where it has these: a core
// that streams through megabytes waits for the addresses of small pages.
func Zeros[T Float](n int) []T {
	x := make([]T, n)
	if n > 0 {
		askHugePages(unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), n*int(unsafe.Sizeof(x[0]))))
	}
	return x
}
