package kernels

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// TestHugePages: the system has noted that large zeros want huge pages.
func TestHugePages(t *testing.T) {
	plain, err := syscall.Mmap(-1, 0, 4*hugePage, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(plain) }()
	if err := syscall.Madvise(plain, syscall.MADV_HUGEPAGE); err != nil || !wantsHugePages(t, &plain[len(plain)/2]) {
		t.Skip("this system takes no such advice (an emulator does not): ", err)
	}
	x := Zeros[float32](hugePage) // of four bytes each
	if !wantsHugePages(t, (*byte)(unsafe.Pointer(&x[len(x)/2]))) {
		t.Error("nobody asked for huge pages")
	}
}

// wantsHugePages reports whether the memory at p has the flag hg in the list that the system keeps.
func wantsHugePages(t *testing.T, p *byte) bool {
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for _, line := range strings.Split(string(maps), "\n") {
		var first, end uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x", &first, &end); n == 2 {
			inside = first <= uintptr(unsafe.Pointer(p)) && uintptr(unsafe.Pointer(p)) < end
		} else if flags, ok := strings.CutPrefix(line, "VmFlags:"); ok && inside {
			return strings.Contains(flags+" ", " hg ")
		}
	}
	return false
}
