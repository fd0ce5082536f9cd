package lab

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
)

// TestMemory compares what jobs say that they take with what they allocate: never more,
// so that nothing is refused that could run, and not so little that it says nothing. What
// comes and goes they leave out.
func TestMemory(t *testing.T) {
	cell := func(a Arm) Cell { return Cell{Arm: a, Task: "T9", Seed: 1} }
	for name, c := range map[string]struct {
		change func(s *profile.Settings)
		job    func(l *Lab) (before []jobs.Node, n jobs.Node)
		by     string
	}{
		"separate": {func(s *profile.Settings) { s.Network.Units, s.Training.Batch = 200, 100 },
			func(l *Lab) ([]jobs.Node, jobs.Node) {
				return []jobs.Node{Pretrained[float32](l, cell(Separate))}, trainedOn[float32](l, cell(Separate))
			}, "network.units=200, training.batch=100"},
		"reservoir": {func(s *profile.Settings) { s.Training.Batch = 2000 },
			func(l *Lab) ([]jobs.Node, jobs.Node) {
				return []jobs.Node{Pretrained[float32](l, cell(Reservoir))}, trainedOn[float32](l, cell(Reservoir))
			}, "training.batch=2000"},
		"modules": {func(s *profile.Settings) { s.Network.Units = 300 },
			func(l *Lab) ([]jobs.Node, jobs.Node) { return nil, Pretrained[float32](l, cell(MoLaP)) }, "network.units=300"},
		"corpus": {func(s *profile.Settings) { s.Pretraining.CorpusTrials = 200 },
			func(l *Lab) ([]jobs.Node, jobs.Node) { return nil, Pretrained[float32](l, cell(MoLaP)) }, "pretraining.corpus_trials=200"},
		"sequence": {func(s *profile.Settings) { s.DNI.Units, s.DNI.Batch = 100, 40 },
			func(l *Lab) ([]jobs.Node, jobs.Node) { return nil, inSequence[float32](l, 1) }, "dni.units=100, dni.batch=40"},
		"test": {func(s *profile.Settings) { s.Score.TestTrials = 2000 },
			func(l *Lab) ([]jobs.Node, jobs.Node) {
				return []jobs.Node{trainedOn[float32](l, cell(Reservoir))}, l.Score(cell(Reservoir))
			}, "2000 test trials (score.test_trials)"},
	} {
		s := tiny(t, "paper")
		for _, phase := range []*profile.Schedule{&s.Pretraining.Schedule, &s.Training.Schedule, &s.DNI.Schedule} {
			phase.LevelIterations, phase.Levels = 1, 1
		}
		c.change(&s)
		l := newLab(s, nil)
		before, node := c.job(l)
		do(t, l, before...)
		l.Pool.Memory = 1
		var e *jobs.MemoryError
		if err := l.Pool.Check([][]jobs.Node{{node}}); !errors.As(err, &e) || !strings.Contains(err.Error(), c.by) {
			t.Errorf("%s: %v lacks %q", name, err, c.by)
			continue
		}
		l.Pool.Memory = 0
		var old, now runtime.MemStats
		runtime.ReadMemStats(&old)
		do(t, l, node)
		runtime.ReadMemStats(&now)
		took := float64(now.TotalAlloc - old.TotalAlloc)
		t.Logf("%s: %.3g of %.3g MB", name, e.Bytes*1e-6, took*1e-6)
		if strings.HasPrefix(name, "sequence") {
			took /= 9 // tasks in turn
		}
		if e.Bytes > took || e.Bytes < took/8 {
			t.Errorf("%s takes %.3g MB and says %.3g", name, took*1e-6, e.Bytes*1e-6)
		}
	}
}
