package kernels

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page in bytes on amd64, and on arm64 if its other pages have 4 KB.
const hugePage = 2 << 20

// collapse is the advice MADV_COLLAPSE (Linux 6.1), which package syscall does not have.
const collapse = 25

// askHugePages asks for huge pages in place of the small pages of b, for those that b has already, since Go
// gives memory again that it had, and for those to come. Without huge pages everything works, only slower,
// so a refusal is no error.
func askHugePages(b []byte) {
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % hugePage)
	if n := (len(b) - skip) / hugePage * hugePage; n > 0 {
		whole := b[skip : skip+n]
		_ = syscall.Madvise(whole, syscall.MADV_HUGEPAGE)
		_ = syscall.Madvise(whole, collapse)
	}
}
