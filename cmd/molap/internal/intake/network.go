// Package intake reads what users name to commands: networks in files of any program, each with the
// settings, the task and the trials that test it, and tasks that are files.
package intake

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/rnn"
	"molap/tasks"
)

// Flags are the flags of commands that read networks from files.
type Flags struct {
	Common             *cli.Common
	task, seed, trials string
	fixation           int  // fixationUnsaid unless it was set
	takesTrials        bool // -trials names a file
	ReadFlags
}

// ReadFlags are the flags that say what files of other programs leave open.
type ReadFlags struct{ orientation, ignore string }

// Register registers the flags.
func (q *ReadFlags) Register(flags *flag.FlagSet) {
	cli.ChoiceVar(flags, &q.orientation, "orientation", []string{"columns", "rows"},
		"where shapes do not tell, states are `WAY`: columns (W_rec h, as in Eq. 1; assumed without this flag) or rows (h W_rec)")
	flags.StringVar(&q.ignore, "ignore", "", "leave out the arrays `NAMES` of a file, separated by commas: they are no part of the network")
}

// Reading returns the choices of the flags for reading a file.
func (q *ReadFlags) Reading() rnn.Reading {
	r := rnn.Reading{Orientation: map[string]rnn.Orientation{"columns": rnn.Columns, "rows": rnn.Rows}[q.orientation]}
	if q.ignore != "" {
		r.Ignore = words.Split(q.ignore)
	}
	return r
}

// fromFile is the value of -profile that takes the settings of the network's file.
const fromFile = "file"

// FlagsDoc explains the flags in help texts.
const FlagsDoc = `A file of another program has arrays W_rec W_in W_out, and b h0 b_out where they are not zero; the names of PyTorch (nn.RNN with nn.Linear) and PsychRNN are understood (docs/python.md). What is assumed about the file or left out of it is said on stderr. An array that is not understood is an error (-ignore leaves it out).

Task, seed and settings are those of the file, if it has them; -task, -seed, -profile and -set replace them. Without either, settings are those of profile extended, with the element type of the file (f32 or f64). -set takes what tests a network; what makes or trains one is refused.

A fixation output has a tolerance of its own and is no part of the decision. In a task it is the target called fixation; for trials in a file, the file's number fixation or -fixation says which output it is.`

// Register registers the flags, and the common flags that are named; -profile has to be
// among them.
func (q *Flags) Register(flags *flag.FlagSet, common ...string) {
	q.fixation = fixationUnsaid
	q.Common = &cli.Common{Profile: fromFile}
	q.Common.Register(flags, common...)
	flags.StringVar(&q.task, "task", "", "take `TASK` (T7, context_mem_dm1, a file mine.toml, or mine.npz with trials X, Y) instead of the file's, and trials of it")
	flags.StringVar(&q.seed, "seed", "", "seed `n` of the trials instead of the file's")
	q.ReadFlags.Register(flags)
}

// RegisterTrials registers the flag that names trials in a file.
func (q *Flags) RegisterTrials(flags *flag.FlagSet) {
	q.takesTrials = true
	flags.StringVar(&q.trials, "trials", "", "test on the trials X, Y of `FILE` (npz)")
	fixationFlag(flags, &q.fixation)
}

// networkMost is the most bytes that are read of a network file if the memory of the machine is
// unknown.
const networkMost = 64e9

// Decode reads a network file. In memory the network takes about three times the size of the file.
func Decode(path string, r rnn.Reading) (*rnn.File, error) {
	most := float64(networkMost)
	if have := machine.Memory(); have > 0 {
		most = min(most, have/3)
	}
	data, err := regularfile.Read(path, int64(most))
	if err != nil {
		return nil, cli.Usagef("%w%s", err, networksIn(path))
	}
	f, err := r.Decode(data)
	if err == nil && f.Diverged != "" {
		f.Notices = append(f.Notices, f.Diverged+"; this is the network before that")
	}
	var unknown *rnn.UnknownArraysError
	var several *rnn.SeveralArraysError
	switch {
	case errors.As(err, &unknown):
		return nil, cli.Usagef("%s: %w; what is no part of the network is left out with -ignore %s", path, err, strings.Join(unknown.Names, ","))
	case errors.As(err, &several):
		return nil, cli.Usagef("%s: %w; save each under the name of what it is, W_rec, W_in, W_out, b, h0 or b_out, or leave out by -ignore NAME,… what is no part of the network", path, err)
	case err != nil:
		return nil, cli.Usagef("%s: %w", path, err)
	}
	return f, nil
}

// NeedNetwork returns a usage error, which begins with the name of a file, if the file has no network.
func NeedNetwork(name string, f *rnn.File) error {
	if f.Shape.Units > 0 {
		return nil
	}
	_, err := rnn.Load[float64](f) // says what a network is called
	return cli.Usagef("%s: %w", name, err)
}

// networksIn says which networks are in a directory that was named instead of a file; "" if it is no
// directory.
func networksIn(dir string) string {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	if _, err := os.Lstat(filepath.Join(dir, place.Manifest)); err == nil {
		return "; it has results, for molap report and molap verify; networks are what molap train -save writes"
	}
	for _, ending := range []string{"safetensors", "npz"} {
		if nets, _ := filepath.Glob(filepath.Join(dir, "*."+ending)); len(nets) > 0 {
			return "; name its files, such as " + nets[0]
		}
	}
	return "; it has no network (.safetensors, .npz)"
}

// Tell says what was assumed or left out in reading a file.
func Tell(env *cli.Env, path string, f *rnn.File) {
	if len(f.Notices) > 0 {
		fmt.Fprintf(env.Stderr, "%s\n", printable.Line(path+": "+strings.Join(f.Notices, "; ")))
	}
}

// Note tells the user one thing more about the network in a file, and keeps it for -json.
func Note(env *cli.Env, path string, f *rnn.File, text string) {
	fmt.Fprintf(env.Stderr, "%s\n", printable.Line(path+": "+text))
	f.Notices = append(f.Notices, text)
}

// Open reads the network in a file with the settings and the trials that test it. The trials are those
// that -trials names; else, without -task, those in the file; else trials drawn of the task. It is an
// error if there are none and needTrials is true.
func (q *Flags) Open(env *cli.Env, path string, needTrials bool) (lab.NetFile, error) {
	n := lab.NetFile{Variant: q.Common.Kernel}
	var err error
	if n.Network, err = Decode(path, q.Reading()); err != nil {
		return n, err
	}
	f := n.Network
	if err := NeedNetwork(path, f); err != nil {
		return n, err
	}
	Tell(env, path, f)
	named := q.Common.Profile
	if named == fromFile {
		named = ""
	}
	own, _, err := SettingsOf(f, path, named)
	if err == nil {
		n.Settings, err = q.Common.Change(own)
	}
	if err == nil {
		err = checkEffect(own, q.Common.Set)
	}
	if err != nil {
		return n, err
	}
	n.Cell = lab.Cell{Arm: lab.Arm(f.Arm), Task: f.Task, Seed: f.Seed}
	if q.seed != "" {
		if n.Cell.Seed, err = strconv.ParseUint(q.seed, 10, 64); err != nil {
			return n, cli.Usagef("-seed %q is no number from 0 to 2⁶⁴-1", q.seed)
		}
	}
	flag := "-trials "
	if q.trials == "" && taskfile.IsArrays(q.task) {
		q.trials, q.task, flag = q.task, "", "-task "
	}
	switch {
	case q.trials != "" && q.task != "":
		return n, cli.Usagef("-task %s contradicts -trials %s", q.task, q.trials)
	case q.trials != "":
		if n.Trials, err = trialsFile(flag, q.trials); err != nil {
			return n, err
		}
		Tell(env, q.trials, n.Trials)
		f.Notices = append(f.Notices, seq.Map(n.Trials.Notices, func(text string) string { return q.trials + ": " + text })...)
	case q.task == "" && f.HasTrials():
		n.Trials = f
	}
	name := cmp.Or(q.task, f.Task)
	if name == "" {
		if needTrials && n.Trials == nil {
			return n, cli.Usagef("%s names no task and has no trials X, Y (%s)", path, q.trialsHint())
		}
		return n, q.Fixate(&n)
	}
	from := path
	if q.task != "" {
		from = "-task"
		n.Settings, name, err = defineIn(n.Settings, name)
	}
	var t tasks.Task
	if err == nil {
		t, err = taskset.Find(n.Settings, name)
	}
	if err != nil {
		return n, cli.Usagef("%s: %w", from, err)
	}
	n.Cell.Task = t.ID
	if err := q.trained(env, &n, t, path, needTrials); err != nil {
		return n, err
	}
	if needTrials && n.Trials == nil {
		if err := n.Fits(); err != nil {
			return n, cli.Usagef("%s: %w", path, err)
		}
	}
	return n, q.Fixate(&n)
}

// trialsHint says how trials are named to a command.
func (q *Flags) trialsHint() string {
	if q.takesTrials {
		return "set -task or -trials"
	}
	return TaskHint
}

// TaskHint says how a task or trials are named to a command whose -trials is a number.
const TaskHint = "set -task, such as -task T7, or -task FILE with trials X, Y"

// Fixate decides which output of a file's trials is fixation: by -fixation, else by the file, else by
// the network's task if it has one.
func (q *Flags) Fixate(n *lab.NetFile) error {
	if n.Trials == nil {
		if q.fixation != fixationUnsaid {
			return cli.Usagef("-fixation %d: trials of %s say themselves what is fixation: the target of that name", q.fixation, n.Cell.Task)
		}
		return nil
	}
	_, _, _, out := n.Trials.TrialsShape()
	said, ok := n.Trials.Fixation()
	switch {
	case q.fixation != fixationUnsaid:
		if err := rnn.CheckFixation(q.fixation, out); err != nil {
			return cli.Usagef("-fixation is %w", err)
		}
		n.Fixation = q.fixation
	case ok:
		n.Fixation = said
	case n.Cell.Task != "":
		if at := taskset.ByID(n.Settings, n.Cell.Task).Fixation(); rnn.CheckFixation(at, out) == nil {
			n.Fixation = at
		}
	}
	return nil
}

// trained chooses the test trials of a network that was trained on given trials: if its training file
// is named, those that were held out. It is an error if there are no trials and needTrials is true.
func (q *Flags) trained(env *cli.Env, n *lab.NetFile, t tasks.Task, path string, needTrials bool) error {
	if t.Arrays == nil {
		return nil
	}
	if n.Trials == nil {
		if needTrials {
			by := "-task FILE"
			if q.takesTrials {
				by = "-trials or by -task"
			}
			return cli.Usagef("%s was trained on arrays, %s (SHA-256 %.12s…), which it does not hold: name their file by %s", path, t.Name, t.Arrays.SHA256, by)
		}
		return nil
	}
	from := cmp.Or(q.trials, path)
	s, sum, err := taskset.Attach(n.Settings, t.ID, n.Trials)
	if err != nil {
		return cli.Usagef("%s: %w", from, err)
	}
	trained, tested := sum == t.Arrays.SHA256, sum == cmp.Or(t.Arrays.TestSHA256, t.Arrays.SHA256)
	if tested {
		n.Settings, n.Trials = s, nil
	}
	switch {
	case trained && t.Arrays.TestSHA256 != "":
		Note(env, path, n.Network, fmt.Sprintf("trials: all of %s, those it was trained on", from))
	case tested:
		Note(env, path, n.Network, fmt.Sprintf("trials: the %s of %s held out when it was trained", words.Count(t.Arrays.TestTrials, "trial"), from))
	default:
		Note(env, path, n.Network, fmt.Sprintf("trials: all of %s, which are not those it was trained on (%s, SHA-256 %.12s…)", from, t.Name, t.Arrays.SHA256))
	}
	return nil
}

// OpenToTest is Open for a network that is to be scored.
func (q *Flags) OpenToTest(env *cli.Env, path string) (n lab.NetFile, s lab.Subject, err error) {
	if n, err = q.Open(env, path, true); err == nil {
		err = checkTest(n, path, q.trials)
	}
	if err != nil {
		return n, nil, err
	}
	if s, err = n.Subject(); err == nil {
		err = s.Check()
	}
	if err != nil {
		err = cli.Usagef("%s: %w", path, err)
	}
	return n, s, err
}

// checkTest returns a usage error if the network in the file path cannot be tested on its trials: those
// of the file trials, or those of its own file if trials is empty, or drawn ones.
func checkTest(n lab.NetFile, path, trials string) error {
	if n.Trials == nil {
		if err := n.Memory().Fits(path, machine.Memory()); err != nil {
			return cli.Usagef("%w", err)
		}
		return nil
	}
	of := path
	if trials != "" {
		of = "-trials " + trials
	}
	steps, _, in, out := n.Trials.TrialsShape()
	if out == 0 {
		return cli.Usagef("%s has inputs X and no targets Y: there is nothing to score by (molap dynamics takes X alone)", of)
	}
	if s := n.Network.Shape; in != s.In || out != s.Out {
		return cli.Usagef("%s: trials of %s and %s do not fit the network of %s, which has %s and %s",
			of, words.Count(in, "input"), words.Count(out, "output"), path, words.Count(s.In, "input"), words.Count(s.Out, "output"))
	}
	if window := n.Settings.Score.Window; steps < window && !n.Trials.HasMask() {
		return cli.Usagef("%s: trials of %s are shorter than score.window, which is %d (-set score.window=%d)", of, words.Count(steps, "step"), window, steps)
	}
	return nil
}
