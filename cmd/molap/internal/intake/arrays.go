package intake

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/taskview"
	"molap/rnn"
	"molap/tasks"
)

// ArrayFlags says how to use the trials of npz files that are named as tasks.
type ArrayFlags struct {
	Test     string  // the file with the trials for tests
	Dash     string  // "-" where these are flags, "" where they are keys of a sweep file
	Share    float64 // or the share of the trials that is held out for tests; 0: taskset.TestShare
	Fixation int     // fixationUnsaid unless it was set

	Tell func(path string, f *rnn.File) // says what was left out of a file; nil: nothing is said
}

// fixationUnsaid is the value of -fixation that leaves the choice to the file.
const fixationUnsaid = -1

// FileArrays leaves everything to the files.
var FileArrays = ArrayFlags{Fixation: fixationUnsaid}

// Register registers the flags.
func (q *ArrayFlags) Register(flags *flag.FlagSet) {
	*q = FileArrays
	q.Dash = "-"
	flags.StringVar(&q.Test, "test", "", "of a task mine.npz: score on the trials of `FILE` (npz) instead of a share of its own")
	flags.Func("test-share", fmt.Sprintf("of a task mine.npz: hold out a `SHARE` of its trials for the score (default %g)", taskset.TestShare), func(text string) error {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x > 0 && x < 1) {
			return errors.New("want a number between 0 and 1")
		}
		q.Share = x
		return nil
	})
	fixationFlag(flags, &q.Fixation)
}

// fixationFlag registers the flag that says which output of trials in a file is fixation.
func fixationFlag(flags *flag.FlagSet, p *int) {
	flags.Func("fixation", "of trials in a file: output `N`, from 1, is fixation; 0: none is (default what the file says: its number fixation, or the network's task)", func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return errors.New("want the number of an output, from 1, or 0 for none")
		}
		*p = n
		return nil
	})
}

// Check returns a usage error if flags are about files of trials but no task is one, or if several
// tasks are and one file has the trials for tests.
func (q *ArrayFlags) Check(names []string) error {
	var files []string
	for _, name := range names {
		if taskfile.IsArrays(name) && !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	given := ""
	switch {
	case q.Test != "":
		given = "-test " + q.Test
	case q.Share != 0:
		given = fmt.Sprintf("-test-share %g", q.Share)
	case q.Fixation != fixationUnsaid:
		given = fmt.Sprintf("-fixation %d", q.Fixation)
	}
	switch {
	case q.Test != "" && q.Share != 0:
		return cli.Usagef("-test %s contradicts -test-share %g: either a file or a share of the trials is held out", q.Test, q.Share)
	case given != "" && len(files) == 0:
		return cli.Usagef("%s is for trials in a file (-task mine.npz), and no task is one", given)
	case q.Test != "" && len(files) > 1:
		return cli.Usagef("-test %s: it is for one file of trials, and %s are named", q.Test, strings.Join(files, ", "))
	}
	return nil
}

// trialsFile reads a file that must have trials. flag is the flag that named the file, for errors.
func trialsFile(flag, path string) (*rnn.File, error) {
	f, err := Decode(path, rnn.Reading{Trials: true})
	if err == nil && !f.HasTrials() {
		err = cli.Usagef("%s%s has no trials X (steps × trials × inputs) and Y (steps × trials × outputs): its arrays are %s", flag, path, f.Arrays())
	}
	return f, err
}

// needTargets returns a usage error if trials have no targets.
func needTargets(path string, f *rnn.File) error {
	if _, _, _, out := f.TrialsShape(); out == 0 {
		return cli.Usagef("%s has no targets Y: there is nothing to learn or to score", path)
	}
	return nil
}

// Task returns a task with the trials of a file. The task has the name of the file.
func (q ArrayFlags) Task(path string) (a taskset.Arrays, err error) {
	a = taskset.Arrays{Name: strings.TrimSuffix(filepath.Base(path), ".npz"), Share: cmp.Or(q.Share, taskset.TestShare)}
	if a.File, err = trialsFile("", path); err != nil {
		return a, err
	}
	if q.Tell != nil {
		q.Tell(path, a.File)
	}
	if err := needTargets(path, a.File); err != nil {
		return a, err
	}
	if q.Test != "" {
		if a.Test, err = trialsFile(q.Dash+"test ", q.Test); err != nil {
			return a, err
		}
		if err := needTargets(q.Dash+"test "+q.Test, a.Test); err != nil {
			return a, err
		}
	}
	if a.Fixation, _ = a.File.Fixation(); q.Fixation != fixationUnsaid {
		_, _, _, out := a.File.TrialsShape()
		if err := rnn.CheckFixation(q.Fixation, out); err != nil {
			return a, cli.Usagef("%sfixation is %w", q.Dash, err)
		}
		a.Fixation = q.Fixation
	}
	return a, nil
}

// Once returns a [Tell] for the files of a command's tasks and corpus. It tells about each file once.
func Once(env *cli.Env) func(path string, f *rnn.File) {
	told := map[string]bool{}
	return func(path string, f *rnn.File) {
		if !told[path] {
			Tell(env, path, f)
		}
		told[path] = true
	}
}

// AboutArrays describes the tasks whose trials are given, so that a user notices exchanged axes, and
// says that pre-training ignores the masks of those in the corpus.
func AboutArrays(s profile.Settings, pretrained bool) (text string) {
	given, err := taskset.Given(s)
	if err != nil {
		return ""
	}
	for _, t := range given {
		text += taskview.Given(t)
	}
	masked := ""
	for _, t := range taskset.Corpus(s, nil) {
		if t.Arrays != nil && t.Arrays.Weighted {
			masked += ", " + t.Name
		}
	}
	if masked != "" && pretrained {
		text += printable.Line("pre-training takes every step of every output, whatever the mask says, of "+masked[2:]) + "\n"
	}
	return text
}

// DefineFiles returns settings that define the tasks of all files among the names, and the
// names with IDs in place of files.
func DefineFiles(s profile.Settings, names []string, q ArrayFlags) (profile.Settings, []string, error) {
	names = slices.Clone(names)
	for i, name := range names {
		if !taskfile.IsPath(name) {
			continue
		}
		var t tasks.Task
		var err error
		if taskfile.IsArrays(name) {
			var a taskset.Arrays
			if a, err = q.Task(name); err != nil {
				return s, nil, err
			}
			s, t, err = taskset.DefineArrays(s, a)
		} else {
			if t, err = taskfile.Load(name); err != nil {
				return s, nil, err
			}
			s, err = taskset.Define(s, t)
		}
		if err != nil {
			return s, nil, fmt.Errorf("%s: %w", name, err)
		}
		names[i] = t.ID
	}
	return s, names, nil
}
