package stepbench

import (
	"molap/bench"
	"molap/kernels"
)

// Peak is the measured FMA peak of one core with the instructions of a kernel variant, in GFLOP/s.
type Peak struct {
	Kernel string  `json:"kernel"`
	F32    float64 `json:"f32"`
	F64    float64 `json:"f64"`
}

// Peaks measures the peaks of the variants that run here, best first, but for those of generic
// code, which has none.
func Peaks() []Peak {
	peaks := []Peak{}
	for _, v := range kernels.Variants() {
		if p := (Peak{v.String(), bench.Peak(v, true) / 1e9, bench.Peak(v, false) / 1e9}); p.F32 > 0 {
			peaks = append(peaks, p)
		}
	}
	return peaks
}
