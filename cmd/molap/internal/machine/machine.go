// Package machine knows what this program was built from and what it runs on: version,
// processor, kernels, and how much memory there is.
package machine

import (
	"cmp"
	"runtime"

	"molap/cmd/molap/internal/seq"
	"molap/kernels"

	"github.com/klauspost/cpuid/v2"
)

// Description says which program computed results, and on which machine.
type Description struct {
	Version  string   `json:"version"`
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	CPU      string   `json:"cpu"`
	CPUs     int      `json:"cpus"`
	Kernels  []string `json:"kernels"` // best first
}

// Describe returns what this program runs on.
func Describe() Description {
	return Description{Version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, cmp.Or(cpuid.CPU.BrandName, "unknown"), runtime.NumCPU(),
		seq.Map(kernels.Variants(), kernels.Variant.String)}
}
