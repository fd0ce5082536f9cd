package lab

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
)

// interrupted is a Progress that interrupts after so much work, and hears of what an
// earlier run did.
type interrupted struct {
	silent
	after  float64
	found  float64
	cancel func()
	lines  []string
}

func (p *interrupted) Add(done float64, label string) {
	p.silent.Add(done, label)
	if p.after > 0 && p.Added > p.after*(1-1e-9) {
		p.cancel()
	}
}
func (p *interrupted) Found(done float64, _ string) { p.found += done }
func (p *interrupted) Milestone(text string)        { p.lines = append(p.lines, text) }

// longJob is a job that keeps checkpoints, with what its value is written as.
type longJob struct {
	name       string
	iterations int
	job        func(*Lab) (jobs.Node, func() []byte)
}

// encoded writes the value of a job.
func encoded[V any](j *jobs.Job[V]) (jobs.Node, func() []byte) {
	return j, func() []byte {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(j.Value()); err != nil {
			panic(err)
		}
		return b.Bytes()
	}
}

// longJobs returns every kind of job that keeps checkpoints, for tiny settings.
func longJobs[T kernels.Float]() []longJob {
	return []longJob{
		{"reservoir", 8, func(l *Lab) (jobs.Node, func() []byte) {
			return encoded(Pretrained[T](l, Cell{Arm: MoLaP, Seed: 1}))
		}},
		{"network", 4, func(l *Lab) (jobs.Node, func() []byte) {
			return encoded(trainedOn[T](l, Cell{Arm: Separate, Task: "T5", Seed: 1}))
		}},
		{"continued", 4, func(l *Lab) (jobs.Node, func() []byte) {
			return encoded(trainedOn[T](l, startCell(l, Cell{Arm: Separate, Task: "T5", Seed: 1}, 3)))
		}},
		{"sequence", 36, func(l *Lab) (jobs.Node, func() []byte) {
			return encoded(inSequence[T](l, 1))
		}},
	}
}

// perform does one job on a store, and returns its value, nil if it was interrupted
// after so much work.
func perform(t *testing.T, s profile.Settings, store *jobs.Store, k longJob, after float64) ([]byte, *interrupted) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &interrupted{after: after, cancel: cancel}
	l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: 1, Store: store})
	node, value := k.job(l)
	err := l.Pool.Run(ctx, p, [][]jobs.Node{{node}}, func(int) error { return nil })
	if errors.Is(err, context.Canceled) && after > 0 {
		return nil, p
	}
	if err != nil {
		t.Fatalf("%s: %v", k.name, err)
	}
	return value(), p
}

// TestResumeAnywhere interrupts every kind of training after each of its iterations:
// the run that goes on ends with the bits of one that never stopped, and does only
// what was left.
func TestResumeAnywhere(t *testing.T) {
	paper, authors := tiny(t, "paper"), tiny(t, "authors") // fresh batches, and one for all
	testResumeAnywhere(t, paper, longJobs[float32]())
	if testing.Short() {
		return
	}
	paper.DNI.Project, paper.DNI.RuleInputs, paper.Network.UnitNoise = profile.ProjectUpdate, true, 0.1
	testResumeAnywhere(t, paper, longJobs[float32]())
	authors.Run.Precision, authors.Network.Leak = profile.F64, 0.3
	testResumeAnywhere(t, authors, longJobs[float64]())
}

func testResumeAnywhere(t *testing.T, s profile.Settings, all []longJob) {
	for _, k := range all {
		want, whole := perform(t, s, nil, k, 0)
		step := whole.Total / float64(k.iterations)
		for stop := 1; stop <= k.iterations; stop++ {
			store := openStore(t)
			if value, p := perform(t, s, store, k, float64(stop)*step); value != nil || math.Abs(p.Added/step-float64(stop)) > 1e-6 {
				t.Fatalf("%s %s: interrupted after %.2f iterations, want %d", s.Name, k.name, p.Added/step, stop)
			}
			got, p := perform(t, s, store, k, 0)
			if !bytes.Equal(got, want) {
				t.Errorf("%s %s: interrupted after iteration %d, the value differs", s.Name, k.name, stop)
			}
			if math.Abs(p.found/step-float64(stop)) > 1e-6 || math.Abs((p.found+p.Added)/p.Total-1) > 1e-6 || len(p.lines) > 0 {
				t.Errorf("%s %s: interrupted after iteration %d, found %.2f, told %q", s.Name, k.name, stop, p.found/step, p.lines)
			}
		}
	}
}

// TestResumeAgain interrupts the sequence after every few iterations of its way.
func TestResumeAgain(t *testing.T) {
	s := tiny(t, "paper")
	k := longJobs[float32]()[3]
	want, whole := perform(t, s, nil, k, 0)
	store := openStore(t)
	for n := 1; ; n++ {
		got, _ := perform(t, s, store, k, 5*whole.Total/36)
		if got == nil {
			continue
		}
		if !bytes.Equal(got, want) || n != 8 {
			t.Errorf("after %d runs the value is that of one: %v", n, bytes.Equal(got, want))
		}
		return
	}
}

func openStore(t *testing.T) *jobs.Store {
	t.Helper()
	store, err := jobs.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// TestForeignStates puts the state of one job where that of another belongs, its
// name changed: it is refused with both settings named, and the job begun anew.
func TestForeignStates(t *testing.T) {
	s, other := tiny(t, "paper"), tiny(t, "paper")
	other.Training.Rate, other.Training.SeparateRate, other.Pretraining.Rate, other.DNI.Rate = 0.5, 0.5, 0.5, 0.5
	for i, k := range longJobs[float32]() {
		group := []string{"pretraining", "training", "training", "dni"}[i]
		dir := t.TempDir()
		state := func(s profile.Settings) (name string, file []byte) {
			t.Helper()
			store, err := jobs.OpenStore(filepath.Join(dir, group, fmt.Sprint(s.Training.Rate)))
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			_, whole := perform(t, s, nil, k, 0)
			perform(t, s, store, k, whole.Total/2)
			found, err := filepath.Glob(filepath.Join(dir, group, fmt.Sprint(s.Training.Rate), "*", "*.state"))
			if err != nil || len(found) != 1 {
				t.Fatal(found, err)
			}
			if file, err = os.ReadFile(found[0]); err != nil {
				t.Fatal(err)
			}
			return found[0], file
		}
		_, foreign := state(other)
		path, _ := state(s)
		store, err := jobs.OpenStore(filepath.Dir(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		if err := os.WriteFile(path, foreign, 0o666); err != nil {
			t.Fatal(err)
		}
		want, _ := perform(t, s, nil, k, 0)
		got, p := perform(t, s, store, k, 0)
		if !bytes.Equal(got, want) || p.found != 0 || len(p.lines) != 1 || !strings.Contains(p.lines[0], "begun anew: "+path+": state of ") {
			t.Errorf("%s: the same value: %v, found %v, told %q", k.name, bytes.Equal(got, want), p.found, p.lines)
		}
	}
}

// TestStateOfOtherSettings checks that a state names both settings when they differ,
// should its file have the right name.
func TestStateOfOtherSettings(t *testing.T) {
	s := sequenceSettings(tiny(t, "paper"))
	q, err := newSequenceLearner[float32](kernels.Best(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	state, err := q.state()
	if err != nil {
		t.Fatal(err)
	}
	other := s
	other.DNI.Rate = 0.5
	for _, c := range []struct {
		settings profile.Settings
		seed     uint64
		want     string
	}{
		{s, 1, ""},
		{s, 2, `state of seed "1", here it is "2"`},
		{other, 1, `state of setting "rate = 0.003", here it is "rate = 0.5"`},
	} {
		q, err := newSequenceLearner[float32](kernels.Best(), c.settings, c.seed)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.goOn(state); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("seed %d, rate %g: %v, want %q", c.seed, c.settings.DNI.Rate, err, c.want)
		}
	}
}

// TestDivergenceIsTold checks that trainings that blow up say so in a line with the
// iteration, and that the sequence goes on to tell of it after an interruption.
func TestDivergenceIsTold(t *testing.T) {
	s := tiny(t, "paper")
	s.Training.SeparateRate, s.DNI.Rate = 1e30, 1e30
	for _, k := range longJobs[float32]()[1:] {
		want, p := perform(t, s, nil, k, 0)
		if len(p.lines) != 1 || !strings.Contains(p.lines[0], "diverged at iteration") {
			t.Errorf("%s: told %q", k.name, p.lines)
		}
		store := openStore(t)
		perform(t, s, store, k, p.Total/float64(k.iterations))
		if got, _ := perform(t, s, store, k, 0); !bytes.Equal(got, want) {
			t.Errorf("%s: interrupted, it diverges elsewhere", k.name)
		}
	}
	s = tiny(t, "paper")
	s.Pretraining.Rate = 1e30
	l := newLab(s, nil)
	err := l.Pool.Run(t.Context(), &silent{}, [][]jobs.Node{{Pretrained[float32](l, Cell{Arm: MoLaP, Seed: 1})}}, func(int) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "pre-training module 1 of molap, seed 1: training diverged at iteration") {
		t.Errorf("pre-training that diverges: %v", err)
	}
}

// BenchmarkCheckpoint is the cost of one checkpoint on the disk of temporary files,
// state, SHA-256 and fsync included, of the smallest and the largest training of the
// text: a task (N = 100) and the last task of a sequence (N = 200, batch 200). As many
// of them in 30 s are its share of the time of a run.
func BenchmarkCheckpoint(b *testing.B) {
	s, err := profile.Load("paper")
	if err != nil {
		b.Fatal(err)
	}
	net := newNetwork[float32](kernels.Best(), s, 1, 3, 2, 1)
	t := trainingSettings(s, s.Training.Schedule, s.Training.Rate, net.Shape, net.FullMask(rnn.NoBiases))
	tr := rnn.NewTrainer(kernels.Best(), net, 110, s.Training.Batch, t, 1)
	q, err := newSequenceLearner[float32](kernels.Best(), sequenceSettings(s), 1)
	if err != nil {
		b.Fatal(err)
	}
	for range len(s.DNI.Order) - 1 {
		q.pass(make([]float64, s.DNI.LevelIterations*s.DNI.Levels))
	}
	if err := q.prepare(); err != nil {
		b.Fatal(err)
	}
	for name, state := range map[string]func() ([]byte, error){
		"training=task/n=100":     func() ([]byte, error) { return tr.State(infoOf(s, Cell{Arm: Separate, Seed: 1}, "T7")) },
		"training=sequence/n=200": q.state,
	} {
		b.Run(name, func(b *testing.B) {
			store, err := jobs.OpenStore(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			data, err := state()
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			pool := &jobs.Pool{Workers: 1, Store: store, Every: 1}
			job := jobs.New(pool, jobs.Spec{Kind: "bench", Of: b.N}, func(ctx context.Context, w *jobs.Work) (int, error) {
				for b.Loop() {
					if err := w.Checkpoint(ctx, state); err != nil {
						return 0, err
					}
				}
				return 0, nil
			})
			if err := pool.Run(b.Context(), &silent{}, [][]jobs.Node{{job}}, func(int) error { return nil }); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(30*time.Second)*100, "%of30s")
		})
	}
}
