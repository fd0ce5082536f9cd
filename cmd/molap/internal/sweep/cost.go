package sweep

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/slurm"
	"molap/cmd/molap/internal/strictjson"
)

// unitsOf returns the size of a job's networks.
func unitsOf(j Job) int { return lab.Arm(j.Arm).Units(j.Settings) }

// Estimate holds how long jobs take on one core of the machine that measured it.
type Estimate struct {
	Fixed float64 // seconds of a job, beside its iterations
	Rates []Rate  // by size of the network
}

// Rate is the time of a unit of work with networks of some size.
type Rate struct {
	Units   int // N
	Seconds float64
}

// Seconds estimates how long a job takes on one core: its work times the rate of its size of network.
// Between the measured sizes rates follow a power law of N.
func (e Estimate) Seconds(j Job) float64 {
	n, first, last := unitsOf(j), e.Rates[0], e.Rates[len(e.Rates)-1]
	rate := last.Seconds
	switch {
	case n <= first.Units:
		rate = first.Seconds
	case n < last.Units:
		at := math.Log(float64(n)/float64(first.Units)) / math.Log(float64(last.Units)/float64(first.Units))
		rate = first.Seconds * math.Pow(last.Seconds/first.Seconds, at)
	}
	return e.Fixed + float64(rate*j.Cost())
}

// measureFor is the least time over which a rate is measured.
const measureFor = 300 * time.Millisecond

// measureMost is the most units of a network that is measured, unless all networks of the sweep have more.
// One iteration of 10 000 units takes minutes. Larger networks are taken to have the rate of the largest
// that is measured.
const measureMost = 1000

// Measure times a few iterations of the smallest and of a large network of a sweep on one core of this
// machine. It shows progress if all networks have more than measureMost units.
func (r *Runner) Measure(ctx context.Context) (Estimate, error) {
	m := r.Manifest
	var all []Job
	for i := range min(len(m.Indices), len(m.Points)*len(m.Arms())) { // of the first seed
		if ctx.Err() != nil {
			return Estimate{}, context.Cause(ctx)
		}
		j, err := m.Job(i)
		if err != nil {
			return Estimate{}, err
		}
		all = append(all, j)
	}
	chosen, shown := typical(all), jobs.Progress(progress.New(io.Discard).Named("measure"))
	if unitsOf(chosen[0]) > measureMost {
		chosen = slices.CompactFunc(chosen, func(a, b Job) bool { return a.Index == b.Index }) // twice minutes
		total := 0.0
		for _, j := range chosen { // each as often as it is done at least
			total += shortened(j, 1).Cost() + shortened(j, 1+firstMore).Cost()
		}
		r.Progress.Start(total)
		shown = partProgress{r.Progress}
	}
	var e Estimate
	for _, j := range chosen {
		with := func(iterations int) (Job, time.Duration, error) {
			j := shortened(j, iterations)
			began := cpuTime()
			_, err := r.train(ctx, j, &jobs.Pool{Workers: 1, Memory: r.Pool.Memory}, shown)
			return j, cpuTime() - began, err
		}
		base, took, err := with(1)
		if err != nil {
			return Estimate{}, fmt.Errorf("measure %s: %w", j, err)
		}
		e.Fixed = max(e.Fixed, took.Seconds())
		for more := firstMore; ; more *= 2 {
			longer, tookLonger, err := with(1 + more)
			if err != nil {
				return Estimate{}, fmt.Errorf("measure %s: %w", j, err)
			}
			if spent := tookLonger - took; spent >= measureFor || more >= 4096 {
				seconds := max(spent, time.Microsecond).Seconds() / (longer.Cost() - base.Cost())
				e.Rates = append(e.Rates, Rate{unitsOf(j), seconds})
				break
			}
		}
	}
	return e, nil
}

// firstMore is how many iterations more than one are timed at first.
const firstMore = 2

// shortened returns a job that trains on one task, for so many iterations in every phase.
func shortened(j Job, iterations int) Job {
	j.Tasks = j.Tasks[:1]
	for _, p := range []*profile.Schedule{&j.Settings.Pretraining.Schedule, &j.Settings.Training.Schedule, &j.Settings.DNI.Schedule} {
		p.Levels, p.LevelIterations = 1, iterations
	}
	return j
}

// partProgress adds the progress of a part to a count that has begun.
type partProgress struct{ jobs.Progress }

func (partProgress) Start(float64) {}

// typical returns the jobs to measure: that of the smallest network, and that of the largest which has
// at most measureMost units.
func typical(all []Job) []Job {
	size := func(a, b Job) int {
		return cmp.Or(cmp.Compare(unitsOf(a), unitsOf(b)), cmp.Compare(a.Cost(), b.Cost()))
	}
	smallest := slices.MinFunc(all, size)
	most := max(measureMost, unitsOf(smallest))
	return []Job{smallest, slices.MaxFunc(seq.Where(all, func(j Job) bool { return unitsOf(j) <= most }), size)}
}

// Hours holds the time that a sweep takes in all.
type Hours struct {
	Core     float64 `json:"core_hours"`
	Least    float64 `json:"least_seconds"` // of an index
	Greatest float64 `json:"greatest_seconds"`
}

// Total adds up the estimates of all indices.
func (e Estimate) Total(m *Manifest) (Hours, error) {
	known := map[Index]float64{} // seeds cost alike
	h := Hours{Least: math.Inf(1)}
	for i, ix := range m.Indices {
		ix.Seed = 0
		s, found := known[ix]
		if !found {
			j, err := m.Job(i)
			if err != nil {
				return h, err
			}
			s = e.Seconds(j)
			known[ix] = s
		}
		h.Core += s / 3600
		h.Least, h.Greatest = min(h.Least, s), max(h.Greatest, s)
	}
	return h, nil
}

const estimateName = "estimate.json"

// Write writes the estimate into a sweep's directory.
func (h Hours) Write(dir string) error {
	data, err := json.MarshalIndent(h, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, estimateName), append(data, '\n'))
}

// ReadEstimate reads the estimate of a sweep's directory; found tells whether
// there is one.
func ReadEstimate(dir string) (h Hours, found bool, err error) {
	data, err := ReadBeneath(dir, estimateName)
	if err == nil && data == nil {
		return h, false, nil
	}
	if err == nil {
		err = strictjson.Unmarshal(data, &h)
	}
	const most = 1e9 // more than any sweep takes
	if err == nil && !(h.Least > 0 && h.Greatest >= h.Least && h.Greatest <= most && h.Core > 0 && h.Core <= most) {
		err = fmt.Errorf("%g core-hours, %g to %g seconds (allowed: > 0 and ≤ %g)", h.Core, h.Least, h.Greatest, most)
	}
	if err != nil {
		return h, false, fmt.Errorf("%s: %w", filepath.Join(dir, estimateName), err)
	}
	return h, true, nil
}

// PerTask returns how many of a sweep's indices take half an hour, one at least. Short tasks would
// waste time: a scheduler needs about a second to start one.
func (h Hours) PerTask(indices int) int {
	mean := h.Core * 3600 / float64(indices)
	return int(max(1, min(float64(indices), 1800/mean)))
}

// Minutes returns a time limit for tasks of that many indices: twice what the longest may take, for
// slower nodes, plus five minutes. A task that reaches the limit all the same keeps its state and goes
// on from there later.
func (h Hours) Minutes(perTask int) int {
	return int(min(math.Ceil(2*h.Greatest*float64(perTask)/60)+5, slurm.MaxMinutes))
}
