package machine

import (
	"fmt"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// Caches are the sizes in bytes of the caches for data that a core reaches, the last shared by several
// cores; 0: not known.
type Caches struct{ L1, L2, L3 int }

// CacheSizes returns the caches of the CPU as it states them.
func CacheSizes() Caches {
	c := cpuid.CPU.Cache
	return Caches{max(0, c.L1D), max(0, c.L2), max(0, c.L3)}
}

// String returns the sizes for a reader: "L1 32 KB, L2 1 MB, L3 32 MB".
func (c Caches) String() string {
	var known []string
	for i, size := range []int{c.L1, c.L2, c.L3} {
		switch {
		case size >= 1<<20:
			known = append(known, fmt.Sprintf("L%d %.4g MB", i+1, float64(size)/(1<<20)))
		case size > 0:
			known = append(known, fmt.Sprintf("L%d %.4g KB", i+1, float64(size)/(1<<10)))
		}
	}
	if known == nil {
		return "of unknown size"
	}
	return strings.Join(known, ", ")
}
