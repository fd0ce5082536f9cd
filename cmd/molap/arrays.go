package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/sweep"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskview"
	"molap/rnn"
	"molap/tasks"
)

// arrayFlags say what becomes of trials in npz files that are named as tasks.
type arrayFlags struct {
	test     string  // the file with the trials for tests
	by       string  // how the user named it: "-test "
	share    float64 // or the share of them; 0: lab.TestShare
	fixation int     // unsaid unless it was set

	tell func(path string, f *rnn.File) // says what was left out of a file; nil: nobody asks
}

// unsaid is the value of -fixation that leaves it to the file.
const unsaid = -1

// fileArrays are trials by what their files say.
var fileArrays = arrayFlags{fixation: unsaid}

func (q *arrayFlags) register(flags *flag.FlagSet) {
	*q = fileArrays
	q.by = "-test "
	flags.StringVar(&q.test, "test", "", "of a task mine.npz: score on the trials of `FILE` (npz) instead of a share of its own")
	flags.Func("test-share", fmt.Sprintf("of a task mine.npz: hold out a `SHARE` of its trials for the score (default %g)", lab.TestShare), func(text string) error {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x > 0 && x < 1) {
			return errors.New("want a number between 0 and 1")
		}
		q.share = x
		return nil
	})
	fixationFlag(flags, &q.fixation)
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

// check returns a usage error if the flags say something of files of trials and none of the
// tasks is one, or several are and tests have one file.
func (q *arrayFlags) check(names []string) error {
	var files []string
	for _, name := range names {
		if taskfile.IsArrays(name) && !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	given := ""
	switch {
	case q.test != "":
		given = "-test " + q.test
	case q.share != 0:
		given = fmt.Sprintf("-test-share %g", q.share)
	case q.fixation != unsaid:
		given = fmt.Sprintf("-fixation %d", q.fixation)
	}
	switch {
	case q.test != "" && q.share != 0:
		return cli.Usagef("-test %s contradicts -test-share %g: either a file or a share of the trials is held out", q.test, q.share)
	case given != "" && len(files) == 0:
		return cli.Usagef("%s is for trials in a file (-task mine.npz), and no task is one", given)
	case q.test != "" && len(files) > 1:
		return cli.Usagef("-test %s: it is for one file of trials, and %s are named", q.test, strings.Join(files, ", "))
	}
	return nil
}

// trialsFile reads a file that has to have trials; flag is what named it.
func trialsFile(flag, path string) (*rnn.File, error) {
	f, err := decodeFile(path, rnn.Reading{Trials: true})
	if err == nil && !f.HasTrials() {
		err = cli.Usagef("%s%s has no trials X, Y: its arrays are %s", flag, path, f.Arrays())
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

// task returns the task whose trials are those of a file, which it is named after.
func (q arrayFlags) task(path string) (a lab.ArraysTask, err error) {
	a = lab.ArraysTask{Name: strings.TrimSuffix(filepath.Base(path), ".npz"), Share: cmp.Or(q.share, lab.TestShare)}
	if a.File, err = trialsFile("", path); err != nil {
		return a, err
	}
	if q.tell != nil {
		q.tell(path, a.File)
	}
	if err := needTargets(path, a.File); err != nil {
		return a, err
	}
	if q.test != "" {
		if a.Test, err = trialsFile(q.by, q.test); err != nil {
			return a, err
		}
		if err := needTargets(q.by+q.test, a.Test); err != nil {
			return a, err
		}
	}
	if a.Fixation, _ = a.File.Fixation(); q.fixation != unsaid {
		_, _, _, out := a.File.TrialsShape()
		if err := rnn.CheckFixation(q.fixation, out); err != nil {
			return a, cli.Usagef("-fixation is %w", err)
		}
		a.Fixation = q.fixation
	}
	return a, nil
}

// fixate says which output of the trials of a file is fixation: what -fixation says, or the
// file, or, if the network has one, its task.
func (q *netFlags) fixate(n *lab.NetFile) error {
	if n.Trials == nil {
		if q.fixation != unsaid {
			return cli.Usagef("-fixation %d: trials of %s say themselves what is fixation: the target of that name", q.fixation, n.Cell.Task)
		}
		return nil
	}
	_, _, _, out := n.Trials.TrialsShape()
	said, ok := n.Trials.Fixation()
	switch {
	case q.fixation != unsaid:
		if err := rnn.CheckFixation(q.fixation, out); err != nil {
			return cli.Usagef("-fixation is %w", err)
		}
		n.Fixation = q.fixation
	case ok:
		n.Fixation = said
	case n.Cell.Task != "":
		if at := lab.TaskOf(n.Settings, n.Cell.Task).Fixation(); rnn.CheckFixation(at, out) == nil {
			n.Fixation = at
		}
	}
	return nil
}

// trained takes care of the trials of a network that was trained on given ones: tested on the
// file that it was trained on, it gets those that were held out. It is an error if there are no
// trials, unless they are not needed.
func (q *netFlags) trained(env *cli.Env, n *lab.NetFile, t tasks.Task, path string, needTrials bool) error {
	if t.Arrays == nil {
		return nil
	}
	if n.Trials == nil {
		if needTrials {
			return cli.Usagef("%s was trained on arrays, %s (SHA-256 %.12s…), which it does not hold: name their file by -trials or by -task", path, t.Name, t.Arrays.SHA256)
		}
		return nil
	}
	from := cmp.Or(q.trials, path)
	s, same, err := lab.Attach(n.Settings, t.ID, n.Trials)
	if err != nil {
		return cli.Usagef("%s: %w", from, err)
	}
	if same {
		n.Settings, n.Trials = s, nil
		fmt.Fprintf(env.Stderr, "%s: tested on the %d trials of %s that were held out when it was trained\n", printable.Line(path), t.Arrays.TestTrials, printable.Line(from))
		return nil
	}
	fmt.Fprintf(env.Stderr, "%s: tested on all trials of %s, which are not those it was trained on (%s, SHA-256 %.12s…)\n", printable.Line(path), printable.Line(from), t.Name, t.Arrays.SHA256)
	return nil
}

// once returns tell of a command for the files of its tasks and its corpus, each told of once.
func once(env *cli.Env) func(path string, f *rnn.File) {
	told := map[string]bool{}
	return func(path string, f *rnn.File) {
		if !told[path] {
			tell(env, path, f)
		}
		told[path] = true
	}
}

// aboutArrays says what the tasks are whose trials are given, by which a user sees axes that were
// exchanged, and that pre-training leaves out the masks of those in the corpus.
func aboutArrays(s profile.Settings, pretrained bool) (text string) {
	given, err := lab.GivenTasks(s)
	if err != nil {
		return ""
	}
	for _, t := range given {
		text += taskview.Given(t)
	}
	masked := ""
	for _, t := range lab.CorpusTasks(s, nil) {
		if t.Arrays != nil && t.Arrays.Weighted {
			masked += ", " + t.Name
		}
	}
	if masked != "" && pretrained {
		text += printable.Line("pre-training takes every step of every output, whatever the mask says, of "+masked[2:]) + "\n"
	}
	return text
}

// arraysDir is the part of a sweep's directory that holds the files of trials.
const arraysDir = "arrays"

// testSuffix ends the name of a file there that has the trials for the tests of a task. No task
// has a dot in its name.
const testSuffix = ".test.npz"

// keepArrays copies the files of trials among some tasks into the directory of a sweep, so that
// whoever runs it has them, and that of the trials for tests, if there is one.
func keepArrays(dir string, names []string, test string) error {
	for _, name := range names {
		if !taskfile.IsArrays(name) {
			continue
		}
		copies := map[string]string{name: filepath.Base(name)}
		if test != "" {
			copies[test] = strings.TrimSuffix(filepath.Base(name), ".npz") + testSuffix
		}
		for from, to := range copies {
			data, err := regularfile.Read(from, networkMost)
			if err == nil {
				err = atomicfile.MkdirAll(filepath.Join(dir, arraysDir))
			}
			if err == nil {
				err = atomicfile.Write(filepath.Join(dir, arraysDir, to), data)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// attachArrays puts the trials of a sweep's tasks at hand.
func attachArrays(dir string, m *sweep.Manifest) error {
	own, err := lab.GivenTasks(m.Settings)
	if err != nil {
		return cli.Usagef("%s: %w", dir, err)
	}
	for _, t := range own {
		file := filepath.Join(dir, arraysDir, t.Name)
		if t.Arrays.TestSHA256 == "" {
			err = attachFile(m, t, file+".npz", t.Arrays.SHA256, lab.Attach)
		} else if err = attachFile(m, t, file+".npz", t.Arrays.SHA256, lab.AttachTraining); err == nil {
			err = attachFile(m, t, file+testSuffix, t.Arrays.TestSHA256, lab.Attach)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attachFile puts the trials of one file at hand.
func attachFile(m *sweep.Manifest, t tasks.Task, path, sum string, attach func(profile.Settings, string, *rnn.File) (profile.Settings, bool, error)) error {
	f, err := trialsFile("", path)
	if err != nil {
		return err
	}
	s, same, err := attach(m.Settings, t.ID, f)
	if err != nil {
		return cli.Usagef("%s: %w", path, err)
	}
	if !same {
		return cli.Usagef("%s: SHA-256 of its trials is not that of the sweep, %.12s…", path, sum)
	}
	m.Settings = s
	return nil
}
