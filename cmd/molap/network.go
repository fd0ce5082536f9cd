package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/taskfile"
	"molap/rnn"
	"molap/tasks"
)

// netFlags are the flags of commands that read networks from files.
type netFlags struct {
	common             *cli.Common
	task, seed, trials string
	fixation           int // unsaid unless it was set
	readFlags
}

// readFlags are the flags that say what files of other programs leave open.
type readFlags struct{ orientation, ignore string }

func (q *readFlags) register(flags *flag.FlagSet) {
	cli.ChoiceVar(flags, &q.orientation, "orientation", []string{"columns", "rows"},
		"where shapes do not tell, states are `WAY`: columns (W_rec h, as in Eq. 1; assumed without this flag) or rows (h W_rec)")
	flags.StringVar(&q.ignore, "ignore", "", "leave out the arrays `NAMES` of a file, separated by commas: they are no part of the network")
}

// reading is what the flags say.
func (q *readFlags) reading() rnn.Reading {
	r := rnn.Reading{Orientation: map[string]rnn.Orientation{"columns": rnn.Columns, "rows": rnn.Rows}[q.orientation]}
	if q.ignore != "" {
		r.Ignore = strings.Split(q.ignore, ",")
	}
	return r
}

// fromFile is the value of -profile that takes the settings of the network's file.
const fromFile = "file"

// netFlagsDoc says what they do.
const netFlagsDoc = `A file of another program has arrays W_rec W_in W_out, and b h0 b_out where they are not zero; the names of PyTorch (nn.RNN with nn.Linear) and PsychRNN are understood (docs/python.md). What is assumed or left out of it is said on stderr, and an array that is not understood is an error (-ignore).

Task, seed and settings are those in the file, where it says; -task, -seed, -profile and -set take their place. Without either, settings are those of profile extended, with the numbers of the file (f32 or f64).

An output is fixation, which has a tolerance of its own and is no part of the decision, where that is said: a task's target called fixation, or of trials in a file its number fixation or -fixation.`

// register registers the flags, and the common flags that are named; -profile has to be
// among them.
func (q *netFlags) register(flags *flag.FlagSet, common ...string) {
	q.fixation = unsaid
	q.common = &cli.Common{Profile: fromFile}
	q.common.Register(flags, common...)
	flags.StringVar(&q.task, "task", "", "take `TASK` (T7, context_mem_dm1, a file mine.toml, or mine.npz with trials X, Y) instead of the file's, and trials of it")
	flags.StringVar(&q.seed, "seed", "", "seed `n` of the trials instead of the file's")
	q.readFlags.register(flags)
}

// registerTrials registers the flag that names trials in a file.
func (q *netFlags) registerTrials(flags *flag.FlagSet) {
	flags.StringVar(&q.trials, "trials", "", "test on the trials X, Y of `FILE` (npz)")
	fixationFlag(flags, &q.fixation)
}

// networkMost is the most bytes that are read of a network file, should nobody know how
// much memory there is.
const networkMost = 64e9

// decodeFile reads a network file. What is made of it takes about three times its size.
func decodeFile(path string, r rnn.Reading) (*rnn.File, error) {
	most := float64(networkMost)
	if have := machineMemory(); have > 0 {
		most = min(most, have/3)
	}
	data, err := regularfile.Read(path, int64(most))
	if err != nil {
		return nil, cli.Usagef("%w%s", err, networksIn(path))
	}
	f, err := r.Decode(data)
	var unknown *rnn.UnknownArraysError
	if errors.As(err, &unknown) {
		return nil, cli.Usagef("%s: %w; what is no part of the network is left out with -ignore %s", path, err, strings.Join(unknown.Names, ","))
	}
	if err != nil {
		return nil, cli.Usagef("%s: %w", path, err)
	}
	return f, nil
}

// tell says what was assumed or left out in reading a file.
func tell(env *cli.Env, path string, f *rnn.File) {
	if len(f.Notices) > 0 {
		fmt.Fprintf(env.Stderr, "%s\n", printable.Line(path+": "+strings.Join(f.Notices, "; ")))
	}
}

// open reads the network in a file with the settings and the trials that test it:
// the trials that -trials names, or those in the file, or else, and where
// -task says so, trials drawn of its task. It is an error if there are none, unless
// they are not needed.
func (q *netFlags) open(env *cli.Env, path string, needTrials bool) (lab.NetFile, error) {
	n := lab.NetFile{Variant: q.common.Kernel}
	var err error
	if n.Network, err = decodeFile(path, q.reading()); err != nil {
		return n, err
	}
	f := n.Network
	if f.Shape.Units == 0 {
		return n, cli.Usagef("%s has trials and no network: its arrays are %s", path, f.Arrays())
	}
	tell(env, path, f)
	if n.Settings, err = q.settings(f, path); err != nil {
		return n, err
	}
	n.Cell = lab.Cell{Arm: lab.Arm(f.Arm), Task: f.Task, Seed: f.Seed}
	if q.seed != "" {
		if n.Cell.Seed, err = strconv.ParseUint(q.seed, 10, 64); err != nil {
			return n, cli.Usagef("-seed %q is no number from 0 to 2⁶⁴-1", q.seed)
		}
	}
	switch {
	case q.trials != "" && q.task != "":
		return n, cli.Usagef("-task %s contradicts -trials %s", q.task, q.trials)
	case taskfile.IsArrays(q.task):
		q.trials, q.task = q.task, ""
		if n.Trials, err = trialsFile("-task ", q.trials); err != nil {
			return n, err
		}
		tell(env, q.trials, n.Trials)
	case q.trials != "":
		if n.Trials, err = trialsFile("-trials ", q.trials); err != nil {
			return n, err
		}
		tell(env, q.trials, n.Trials)
	case q.task == "" && f.HasTrials():
		n.Trials = f
	}
	name := q.task
	if name == "" {
		name = f.Task
	}
	if name == "" {
		if needTrials && n.Trials == nil {
			return n, cli.Usagef("%s names no task and has no trials X, Y (set -task or -trials)", path)
		}
		return n, q.fixate(&n)
	}
	from := path
	if q.task != "" {
		from = "-task"
		n.Settings, name, err = defineIn(n.Settings, name)
	}
	var t tasks.Task
	if err == nil {
		t, err = lab.FindTask(n.Settings, name)
	}
	if err != nil {
		return n, cli.Usagef("%s: %w", from, err)
	}
	n.Cell.Task = t.ID
	if err := q.trained(env, &n, t, path, needTrials); err != nil {
		return n, err
	}
	return n, q.fixate(&n)
}

// defineIn returns the settings of a network for a test on a task, by name or file, and the
// task's name. A file may define a task in another way than the settings do, unless the
// task is part of the corpus.
func defineIn(s profile.Settings, task string) (profile.Settings, string, error) {
	if taskfile.IsPath(task) && s.Tasks.Corpus == "" {
		s.Tasks = profile.Tasks{}
	}
	s, names, err := defineFiles(s, []string{task}, fileArrays)
	if err != nil {
		return s, "", err
	}
	return s, names[0], nil
}

// settings returns those of the flags, or of the file.
func (q *netFlags) settings(f *rnn.File, path string) (profile.Settings, error) {
	c := *q.common
	if c.Profile != fromFile {
		s, err := c.Settings()
		if own, e := profile.Parse(path, []byte(f.Settings)); e == nil && s.Tasks == (profile.Tasks{}) {
			s.Tasks = own.Tasks // what its task is, whatever the settings
		}
		return s, err
	}
	var s profile.Settings
	var err error
	if f.Settings == "" {
		s, err = profile.Load("extended")
		s.Run.Precision = profile.Precision(f.Type)
	} else {
		s, err = profile.Parse(path, []byte(f.Settings))
	}
	if err != nil {
		return s, cli.Usagef("%w", err)
	}
	return c.Change(s)
}
