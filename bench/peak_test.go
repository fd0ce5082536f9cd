package bench

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"molap/kernels"
)

// reportPeak reports which per cent of the FMA peak a step of that many
// operations attains: the median over rounds that measure peak and step in turns,
// since a shared machine's clock moves.
func reportPeak[T kernels.Float](b *testing.B, v kernels.Variant, operations float64, step func()) {
	var x T
	peak, lanes := peakOf(v, unsafe.Sizeof(x) == 4)
	if peak == nil {
		return
	}
	const turns = 20000 // of twelve vector FMAs
	ratios := make([]float64, 9)
	for i := range ratios {
		t0 := time.Now()
		peak(turns)
		t1 := time.Now()
		step()
		t2 := time.Now()
		best := t1.Sub(t0).Seconds() / (turns * 12 * 2 * float64(lanes)) * operations
		ratios[i] = best / t2.Sub(t1).Seconds()
	}
	slices.Sort(ratios)
	b.ReportMetric(100*ratios[len(ratios)/2], "%peak")
}

// ratio returns how many times as long as base run takes: the median over rounds
// that measure both in turns.
func ratio(run, base func()) float64 {
	const rounds = 51
	run()
	base()
	ratios := make([]float64, rounds)
	for i := range ratios {
		t0 := time.Now()
		base()
		t1 := time.Now()
		run()
		ratios[i] = time.Since(t1).Seconds() / t1.Sub(t0).Seconds()
	}
	slices.Sort(ratios)
	return ratios[rounds/2]
}
