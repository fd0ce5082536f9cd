package bench

import (
	"context"
	"math"
	"runtime"
	"slices"
	"time"

	"molap/kernels"
)

// Meter measures a case in rounds, so that several cases can take turns. The clock rate of a
// machine varies, and so does a single measurement.
type Meter struct {
	Case
	run   func()
	peak  func(n int) // nil: unknown
	lanes int
}

// NewMeter returns a meter of a case. It panics if the case is not possible, see Case.Step.
func NewMeter(c Case) *Meter {
	m := &Meter{Case: c, run: c.Step()}
	m.peak, m.lanes = peakOf(c.Kernel, c.Type == "f32")
	return m
}

// Round holds what one round of a meter found.
type Round struct {
	Steps  int     // steps that were timed
	Step   float64 // seconds of one step: the median over blocks of steps
	OfPeak float64 // share of the FMA peak that the step attains, a median too; 0: unknown
	Allocs uint64  // allocations of one step, rounded down as package testing does
}

const (
	peakTurns = 20000                // of twelve vector FMAs, in one run of the peak's loop: some 50 µs
	blockTime = 1 * time.Millisecond // least time of a block, so that clocks are fine enough
)

// Round measures for the time long: first one step that is not timed, then at least one block of
// steps. The end of ctx ends it early. Round measures the FMA peak before every block and counts it
// once for each worker.
func (m *Meter) Round(ctx context.Context, long time.Duration) Round {
	begin := time.Now()
	m.run()
	count := 1
	if once := time.Since(begin); once < blockTime {
		count = int(math.Ceil(float64(blockTime) / float64(max(once, 1))))
	}
	var r Round
	var before, after runtime.MemStats
	most := long/blockTime + 2 // blocks; the slices must not grow, or they count
	seconds, shares := make([]float64, 0, most), make([]float64, 0, most)
	runtime.ReadMemStats(&before)
	for begin = time.Now(); r.Steps == 0 || time.Since(begin) < long && ctx.Err() == nil; r.Steps += count {
		limit := m.limit()
		start := time.Now()
		for range count {
			m.run()
		}
		took := time.Since(start).Seconds() / float64(count)
		seconds, shares = append(seconds, took), append(shares, limit/took)
	}
	runtime.ReadMemStats(&after)
	r.Step, r.OfPeak = Median(seconds), Median(shares)
	r.Allocs = (after.Mallocs - before.Mallocs) / uint64(r.Steps)
	return r
}

// limit returns the seconds that the operations of a step take at the present FMA peak, or 0 if
// that is unknown.
func (m *Meter) limit() float64 {
	if m.peak == nil {
		return 0
	}
	return m.FLOPs() * perOperation(m.peak, m.lanes) / float64(m.Workers)
}

// perOperation returns the seconds that an operation takes in a peak's loop.
func perOperation(peak func(n int), lanes int) float64 {
	start := time.Now()
	peak(peakTurns)
	return time.Since(start).Seconds() / float64(peakTurns*12*2*lanes)
}

// Peak measures the FMA peak of one core with the instructions of a kernel, in floating-point
// operations per second. It is the median of some loops of independent FMAs, or 0 if no such loop
// is known.
func Peak(v kernels.Variant, f32 bool) float64 {
	peak, lanes := peakOf(v, f32)
	if peak == nil {
		return 0
	}
	const warm, loops = 50, 51
	for range warm { // clocks rise under work
		peak(peakTurns)
	}
	var took []float64
	for range loops {
		took = append(took, perOperation(peak, lanes))
	}
	return 1 / Median(took)
}

// Median returns the median of some numbers, at least one, which it sorts.
func Median(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}
