package kernels

import (
	"syscall"
	"unsafe"
)

// askHugePages asks for huge pages for those that lie in b as a whole. Without them everything
// works, only slower, so a refusal is no error.
func askHugePages(b []byte) {
	const size = 2 << 20 // bytes; on arm64 with base pages of 4 KB too
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % size)
	if n := (len(b) - skip) / size * size; n > 0 {
		_ = syscall.Madvise(b[skip:skip+n], syscall.MADV_HUGEPAGE)
	}
}
