package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/sweep"
	"molap/kernels"
)

// sweeper does the indices of a sweep: it trains and scores their networks.
type sweeper struct {
	kernel kernels.Variant
	every  time.Duration // between checkpoints
	build  string        // states of other code are none of ours

	mu    sync.Mutex
	pools map[*jobs.Pool]bool // at work
}

func newSweeper(c *cli.Common) (*sweeper, error) {
	build, err := machine.ProgramHash()
	return &sweeper{kernel: c.Kernel, every: c.CheckpointEvery, build: build, pools: map[*jobs.Pool]bool{}}, err
}

// checkpoint asks all that is at work to keep its state and go on.
func (w *sweeper) checkpoint() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p := range w.pools {
		p.Checkpoint()
	}
}

// work is a sweep.Work.
func (w *sweeper) work(ctx context.Context, j sweep.Job, state string, workers int, p sweep.Progress) ([]sweep.Score, error) {
	pool := &jobs.Pool{Workers: workers, Every: w.every, Memory: machine.Memory()}
	if state != "" {
		store, err := jobs.OpenStore(filepath.Join(state, w.build))
		if err != nil {
			return nil, err
		}
		defer store.Close()
		pool.Store = store
	}
	w.mu.Lock()
	w.pools[pool] = true
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.pools, pool)
		w.mu.Unlock()
	}()
	l := lab.NewLab(lab.Config{Settings: j.Settings, Seeds: []uint64{j.Seed}, Variant: w.kernel}, pool)
	var cells []lab.Cell
	for _, task := range j.Tasks {
		cells = append(cells, lab.Cell{Arm: lab.Arm(j.Arm), Task: task, Seed: j.Seed})
	}
	runs, err := l.Train(ctx, p, cells)
	if err != nil {
		return nil, err
	}
	var scores []sweep.Score
	for _, r := range runs {
		scores = append(scores, sweepScore(r))
	}
	return scores, nil
}

// sweepScore is what a sweep keeps of a run: all but the curve of its loss.
func sweepScore(r lab.Run) sweep.Score {
	null := func(n lab.Null) sweep.Null {
		return sweep.Null{Overall: sweep.Number(n.Overall), Decision: sweep.Number(n.Decision), DecisionUnit: sweep.Number(n.DecisionUnit)}
	}
	s := sweep.Score{
		Task: r.Task, NoFixation: r.Fixation != 1, Overall: sweep.Number(r.Overall), Decision: sweep.Number(r.Decision),
		DecisionUnit: sweep.Number(r.DecisionUnit), DecisionRaw: sweep.Number(r.DecisionRaw),
		Blind: null(r.Blind), Constant: null(r.Constant), Escape: r.Escape,
		FinalLoss: sweep.Number(r.FinalLoss), BlindLoss: sweep.Number(r.BlindLoss),
		Trained: r.Trained, Parameters: r.Parameters, Diverged: r.Diverged,
	}
	for _, o := range r.Output {
		s.Output = append(s.Output, sweep.Number(o))
	}
	return s
}

// checkVersion refuses to compute results by other code than planned them, so
// that those of a sweep can be compared.
func checkVersion(m *sweep.Manifest) error {
	if here := machine.Version(); here != m.Version {
		return cli.Usagef("the sweep was planned by version %s, this is %s; plan it again, into another directory", m.Version, here)
	}
	return nil
}

// seconds writes a duration of a sweep.
func seconds(s float64) string {
	switch {
	case s < 100:
		return fmt.Sprintf("%.2g s", s)
	case s < 6000:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
}
