package lab

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/kernels"
	"molap/rnn"
)

// Config holds everything that a reproduction starts from. Settings and seeds determine its
// results; the kernel variant only decides how long they take.
type Config struct {
	Settings profile.Settings
	Seeds    []uint64
	Variant  kernels.Variant
}

// Lab plans the work of experiments. Each network, score and whatever else takes time is a job of the
// pool, so that experiments share them. A job computes with the groups of settings that its name holds
// and no others ([profile.Settings.Only]). Make a Lab by NewLab, not by a copy: a copy works with the
// settings of the original.
type Lab struct {
	Config
	Pool  *jobs.Pool
	Start *Start // the network that cells with From go on from; nil: none
	inType
}

// inType is the work of a lab in the element type that the settings name.
type inType interface {
	Score(c Cell) *jobs.Job[Run]
	Damaged(c Cell, d Damage, trials int) *jobs.Job[Perturbed]
	Examples(c Cell, d Damage, level float64, trials int) *jobs.Job[Examples]
	CloseUp(c Cell) *jobs.Job[Close]
	Motion(c Cell, before bool) *jobs.Job[states.Motion]
	Explained(seed uint64, shared bool) *jobs.Job[Explained]
	Networks(ctx context.Context, progress jobs.Progress, cells []Cell) ([][]byte, error)
}

// typedLab is a lab that works in T.
type typedLab[T kernels.Float] struct{ *Lab }

// NewLab returns a lab whose work the pool does.
func NewLab(c Config, pool *jobs.Pool) *Lab {
	l := &Lab{Config: c, Pool: pool}
	l.inType = typedLab[float32]{l}
	if c.Settings.Run.Precision == profile.F64 {
		l.inType = typedLab[float64]{l}
	}
	return l
}

// Train trains and scores networks, each on its task.
func (l *Lab) Train(ctx context.Context, progress jobs.Progress, cells []Cell) ([]Run, error) {
	scores := seq.Map(cells, l.Score)
	needs := seq.Map(scores, func(j *jobs.Job[Run]) jobs.Node { return j })
	if err := l.Pool.Run(ctx, progress, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		return nil, err
	}
	return seq.Map(scores, (*jobs.Job[Run]).Value), nil
}

// Cell names one network trained on one task by all that it depends on beside the settings.
type Cell struct {
	Arm  Arm
	Task string // ID; none for what all tasks share
	Seed uint64
	// LeftOut names tasks that the corpus of pre-training lacks.
	LeftOut []string
	// After is the number of tasks that arm dni has learnt in sequence; 0: all.
	After int `json:",omitempty"`
	// From is the sum of the network that training goes on from; empty: none.
	From string `json:",omitempty"`
}

func (c Cell) String() string {
	text := cmp.Or(strings.TrimSpace(string(c.Arm)+" "+c.Task), "the corpus")
	if len(c.LeftOut) > 0 {
		text += fmt.Sprintf(" without %v", c.LeftOut)
	}
	if c.After > 0 {
		text += fmt.Sprintf(" after %d tasks", c.After)
	}
	if c.From != "" {
		text += " from " + shortSum(c.From)
	}
	return fmt.Sprintf("%s, seed %d", text, c.Seed)
}

// jobBasis is what a job's value depends on: the settings of some groups, and a cell or whatever else
// names the job.
type jobBasis struct {
	Settings profile.Settings
	What     any
}

// Networks trains networks, or finds them in the cache, and returns each as a
// safetensors file.
func (l typedLab[T]) Networks(ctx context.Context, progress jobs.Progress, cells []Cell) ([][]byte, error) {
	var needs []jobs.Node
	var nets []func() trainedNetwork[T]
	for _, c := range cells {
		need, net := trainingOf[T](l.Lab, c)
		needs, nets = append(needs, need), append(nets, net)
	}
	if err := l.Pool.Run(ctx, progress, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		return nil, err
	}
	var files [][]byte
	for i, c := range cells {
		n := nets[i]()
		info := rnn.Info{Task: c.Task, Arm: string(c.Arm), Seed: c.Seed, Settings: string(l.SettingsOf(c).TOML()), Diverged: n.Diverged}
		if c.From != "" {
			info.From = l.Start.Text
		}
		data, err := rnn.EncodeSafetensors(n.Net, info)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		files = append(files, data)
	}
	return files, nil
}

// SettingsOf returns the settings for the file of a cell's network. Of the user's own tasks they have
// only those that the network needs.
func (l *Lab) SettingsOf(c Cell) profile.Settings {
	s := l.Settings
	s.Tasks = neededBy(s, c)
	return s
}
