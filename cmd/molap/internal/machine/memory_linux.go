package machine

import (
	"os"
	"strconv"
	"strings"
)

// machineMemory returns the bytes of this machine's memory that this process may take; 0: unknown.
func machineMemory() float64 { return linuxMemory(os.DirFS("/")) }

// Mapped returns the bytes of address space that this process has mapped, and those of
// them that are data.
func Mapped() (all, data float64) {
	text, err := os.ReadFile("/proc/self/statm")
	words := strings.Fields(string(text)) // in pages: size, resident, shared, text, lib, data, dirty
	if err != nil || len(words) < 6 {
		return mappedByGo(), mappedByGo()
	}
	pages := func(i int) float64 {
		n, _ := strconv.ParseUint(words[i], 10, 64)
		return float64(n) * float64(os.Getpagesize())
	}
	return pages(0), pages(5)
}
