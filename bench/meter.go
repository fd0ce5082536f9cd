package bench

import (
	"context"
	"math"
	"runtime"
	"slices"
	"time"
)

// Meter measures a case in rounds, so that several can take turns: the clock of
// a machine moves, and with it what a single measurement says.
type Meter struct {
	Case
	run   func()
	peak  func(n int) // nil: unknown
	lanes int
}

// NewMeter returns a meter of a case, which must be a possible one (see Case.Step).
func NewMeter(c Case) *Meter {
	m := &Meter{Case: c, run: c.Step()}
	m.peak, m.lanes = peakOf(c.Kernel, c.Type == "f32")
	return m
}

// Round is what one round of a meter found.
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

// Round measures for that long, at least one block of steps after one step that
// is not timed; the end of ctx ends it early. The FMA peak is measured before
// every block and counts once for each worker.
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

// limit returns the seconds that the operations of a step take at the FMA peak
// of this moment, 0 if that is unknown.
func (m *Meter) limit() float64 {
	if m.peak == nil {
		return 0
	}
	start := time.Now()
	m.peak(peakTurns)
	perOperation := time.Since(start).Seconds() / float64(peakTurns*12*2*m.lanes)
	return m.FLOPs() * perOperation / float64(m.Workers)
}

// Median returns the median of some numbers, at least one, which it sorts.
func Median(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}
