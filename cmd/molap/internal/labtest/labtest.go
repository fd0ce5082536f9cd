// Package labtest has what tests of packages lab and paper share: settings for runs of a
// moment, and jobs done without a word.
package labtest

import (
	"sync"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
)

// Progress is a Progress that adds up and shows nothing.
type Progress struct {
	mu           sync.Mutex
	Total, Added float64
}

func (p *Progress) Start(total float64) { p.Total += total }
func (p *Progress) Add(done float64, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Added += done
}
func (p *Progress) Found(done float64, label string) { p.Add(done, label) }
func (p *Progress) Milestone(string)                 {}

// Do does jobs on a pool.
func Do(t *testing.T, pool *jobs.Pool, needs ...jobs.Node) {
	t.Helper()
	if err := pool.Run(t.Context(), &Progress{}, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// Load returns the settings of a profile.
func Load(t *testing.T, name string) profile.Settings {
	t.Helper()
	s, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Tiny returns the settings of a profile, shrunk for runs of a moment.
func Tiny(t *testing.T, name string) profile.Settings {
	t.Helper()
	s := Load(t, name)
	s.Network.Units, s.DNI.Units, s.DNI.Orders = 8, 6, 1
	for _, phase := range []*profile.Schedule{&s.Pretraining.Schedule, &s.Training.Schedule, &s.DNI.Schedule} {
		phase.Batch, phase.LevelIterations, phase.Levels = 4, 2, 2
	}
	s.Pretraining.CorpusTrials, s.Score.TestTrials = 8, 6
	s.Damage.Draws, s.Damage.Trials, s.Damage.TaskTrials = 2, 4, 3
	return s
}
