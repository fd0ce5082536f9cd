package paper

import (
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/labtest"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
)

// silent is a Progress that adds up.
type silent = labtest.Progress

var load, tiny = labtest.Load, labtest.Tiny

// newLab returns a lab on two workers that keeps nothing.
func newLab(s profile.Settings, seeds []uint64) *lab.Lab {
	return lab.NewLab(lab.Config{Settings: s, Seeds: seeds, Variant: kernels.Best()}, &jobs.Pool{Workers: 2})
}

// do does jobs.
func do(t *testing.T, l *lab.Lab, needs ...jobs.Node) {
	t.Helper()
	labtest.Do(t, l.Pool, needs...)
}

// sqrt2 is the standard deviation of two values that differ by 2.
const sqrt2 = 1.4142135623730951
