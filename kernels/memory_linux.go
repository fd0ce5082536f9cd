package kernels

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page in bytes on amd64, and on arm64 if its other pages have 4 KB.
const hugePage = 2 << 20

// askHugePages asks for huge pages in place of the small pages of b. Without them everything works,
// only slower, so a refusal is no error.
func askHugePages(b []byte) {
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % hugePage)
	if n := (len(b) - skip) / hugePage * hugePage; n > 0 {
		_ = syscall.Madvise(b[skip:skip+n], syscall.MADV_HUGEPAGE)
	}
}
