package jobs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Memory is the memory of a running job: the bytes that it surely holds at once, and the settings that
// decide them.
type Memory struct {
	Bytes float64
	By    string // "network.units=10000, training.batch=200"
}

// Fits returns a *[MemoryError] if m is more memory than there is: have bytes, 0 if that is unknown.
// label says what takes m.
func (m Memory) Fits(label string, have float64) error {
	if have > 0 && m.Bytes > have {
		return &MemoryError{Label: label, Memory: m, AtOnce: 1, Need: m.Bytes, Have: have}
	}
	return nil
}

// MemoryError says that jobs need more memory than the pool has.
type MemoryError struct {
	Label  string // of the job that needs the most
	Memory        // of that
	AtOnce int    // jobs of its kind that are done at a time
	Need   float64
	Have   float64
}

func (e *MemoryError) Error() string {
	each := ""
	if e.AtOnce > 1 {
		each = fmt.Sprintf(" (%d at a time, the largest %s)", e.AtOnce, gigabytesText(e.Bytes))
	}
	return fmt.Sprintf("%s: not enough memory: at least %s needed%s, by %s; there are %s",
		e.Label, gigabytesText(e.Need), each, e.By, gigabytesText(e.Have))
}

func gigabytesText(bytes float64) string {
	return strconv.FormatFloat(bytes*1e-9, 'f', 1, 64) + " GB"
}

// Check returns a *[MemoryError] if the unfinished jobs of the groups need more memory than the pool
// has: the largest job, and as many of its kind as are done at a time. It makes nothing and runs
// nothing.
func (p *Pool) Check(groups [][]Node) error {
	return p.plan(groups).check()
}

// check is Check for the jobs on the schedule.
func (s *schedule) check() error {
	if len(s.pending) == 0 || s.pool.Memory == 0 {
		return nil
	}
	large := slices.Clone(s.pending)
	slices.SortStableFunc(large, func(a, b *scheduledJob) int { return cmp.Compare(b.spec.Memory.Bytes, a.spec.Memory.Bytes) })
	most := large[0].spec
	e := &MemoryError{Label: most.Label, Memory: most.Memory, Have: s.pool.Memory}
	for _, t := range large {
		if t.spec.Kind == most.Kind && e.AtOnce < s.pool.Workers {
			e.AtOnce++
			e.Need += t.spec.Memory.Bytes
		}
	}
	if e.Need > e.Have {
		return e
	}
	return nil
}

// mostRead returns the most bytes that are read of a file of the store. A value or state that is not
// small has at most half the memory of its job, and no settings give one of 8 GB.
func (p *Pool) mostRead() int64 {
	const little, most = 64e6, 8e9
	if p.Memory == 0 {
		return most
	}
	return int64(max(little, min(p.Memory/2, most)))
}
