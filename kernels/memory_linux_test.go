package kernels

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// TestHugePages: the system has noted that large zeros want huge pages.
func TestHugePages(t *testing.T) {
	plain := mapped(t)
	if err := syscall.Madvise(plain, syscall.MADV_HUGEPAGE); err != nil || !wantsHugePages(t, plain) {
		t.Skip("this system takes no such advice (an emulator does not): ", err)
	}
	x := Zeros[float32](hugePage) // of four bytes each
	if !wantsHugePages(t, unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 4*len(x))) {
		t.Error("nobody asked for huge pages")
	}
}

// TestHugePagesOfUsedMemory: small pages that memory has already become huge ones.
func TestHugePagesOfUsedMemory(t *testing.T) {
	used := func() []byte {
		b := mapped(t)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		return b
	}
	probe := used()
	skip := int(-uintptr(unsafe.Pointer(&probe[0])) % hugePage)
	err := syscall.Madvise(probe[skip:skip+3*hugePage], collapse)
	if err != nil || inHugePages(t, probe) < 3*hugePage {
		t.Skip("this system makes no huge pages of small ones (Linux does from 6.1 on, an emulator does not): ", err)
	}
	b := used()
	askHugePages(b)
	if n := inHugePages(t, b); n < 3*hugePage {
		t.Errorf("%d bytes in huge pages, want at least three pages", n)
	}
}

// inHugePages returns how many bytes of the mapping of b lie in huge pages.
func inHugePages(t *testing.T, b []byte) int {
	kB, err := strconv.Atoi(strings.Fields(smaps(t, b, "AnonHugePages:"))[0])
	if err != nil {
		t.Fatal(err)
	}
	return kB << 10
}

// mapped returns four huge pages' worth of new memory, until the test ends.
func mapped(t *testing.T) []byte {
	t.Helper()
	b, err := syscall.Mmap(-1, 0, 4*hugePage, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(b) })
	return b
}

// wantsHugePages reports whether the memory in the middle of b has the flag hg in the list that the system keeps.
func wantsHugePages(t *testing.T, b []byte) bool {
	return strings.Contains(smaps(t, b, "VmFlags:")+" ", " hg ")
}

// smaps returns what the system's list says of the memory in the middle of b.
func smaps(t *testing.T, b []byte, field string) string {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	p, inside := uintptr(unsafe.Pointer(&b[len(b)/2])), false
	for _, line := range strings.Split(string(maps), "\n") {
		var first, end uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x", &first, &end); n == 2 {
			inside = first <= p && p < end
		} else if value, ok := strings.CutPrefix(line, field); ok && inside {
			return value
		}
	}
	return " 0"
}
