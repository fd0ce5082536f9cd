package paper

import (
	"sync"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
)

// silent is a Progress that adds up.
type silent struct {
	mu           sync.Mutex
	total, added float64
}

func (s *silent) Start(total float64) { s.total += total }
func (s *silent) Add(done float64, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.added += done
}
func (s *silent) Found(done float64, label string) { s.Add(done, label) }
func (s *silent) Milestone(string)                 {}

// newLab returns a lab on two workers that keeps nothing.
func newLab(s profile.Settings, seeds []uint64) *lab.Lab {
	return lab.NewLab(lab.Config{Settings: s, Seeds: seeds, Variant: kernels.Best()}, &jobs.Pool{Workers: 2})
}

// do does jobs.
func do(t *testing.T, l *lab.Lab, needs ...jobs.Node) {
	t.Helper()
	if err := l.Pool.Run(t.Context(), &silent{}, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// tiny returns settings for runs of a moment.
func tiny(t *testing.T, name string) profile.Settings {
	t.Helper()
	s, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	s.Network.Units, s.DNI.Units, s.DNI.Orders = 8, 6, 1
	for _, phase := range []*profile.Schedule{&s.Pretraining.Schedule, &s.Training.Schedule, &s.DNI.Schedule} {
		phase.Batch, phase.LevelIterations, phase.Levels = 4, 2, 2
	}
	s.Pretraining.CorpusTrials, s.Score.TestTrials = 8, 6
	s.Damage.Draws, s.Damage.Trials, s.Damage.TaskTrials = 2, 4, 3
	return s
}

// load returns the settings of a profile.
func load(t *testing.T, name string) profile.Settings {
	t.Helper()
	s, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sqrt2 is the standard deviation of two values that differ by 2.
const sqrt2 = 1.4142135623730951
