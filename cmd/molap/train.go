package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/rnn"
)

func trainCommand() cli.Command {
	return cli.Command{
		Name: "train", Also: []string{"learn", "fit"}, Group: "Networks", Summary: "train networks of some arms on some tasks and score them",
		Doc: `Trains a network for every arm, task and seed named, scores it on test trials and prints a row for it: a part of what "molap reproduce fig2" does. Settings start from profile extended, with which networks learn; those of "molap reproduce" start from profile paper. Like "molap reproduce" this command keeps the state of its work and goes on where it was interrupted. A loop around it is a search over settings.

Tasks are the nine and those of task files (docs/tasks.md). Networks that -save writes hold the definitions of their tasks: "molap eval" and others need no task file. A network whose training diverged is kept as it was before that; the table and its file say so, and the exit code is 1. -corpus pre-trains the modules of molap and molap-pca on other tasks than the nine.

A task may also be an npz file of trials: X (steps × trials × inputs), Y (steps × trials × outputs) and, if wanted, mask (weights of squared errors: steps × trials × outputs, steps × trials, or steps), fixation (the number of the fixation output, from 1) and dt (ms a step). A share of the trials is held out for the score; batches are drawn from the others. A network's file holds the name and the SHA-256 of the arrays, so "molap eval NET -trials mine.npz" knows the trials that were held out and scores on them.

` + trainFromDoc,
		Examples: []cli.Example{
			{Line: "molap train -arm molap -task T7", Doc: "pre-train modules, then train one task"},
			{Line: "molap train -arm molap -task T9 -save out/nets", Doc: "keep the network, to damage it with molap perturb"},
			{Line: "molap train -arm molap,reservoir -task mine.toml,T5 -save out/nets", Doc: "a task of one's own beside one of the nine"},
			{Line: "molap train -arm molap -corpus T1,T2,mine.toml -task mine.toml", Doc: "the same task, with modules pre-trained on it among others"},
			{Line: "molap train -from mine.npz -arm separate -task T7 -save out/nets", Doc: "fine-tune a network trained elsewhere, all of it"},
			{Line: "molap train -arm reservoir -task mine.npz -test-share 0.3 -save out/nets", Doc: "trials of one's own, as arrays"},
			{Line: "molap train -arm molap,reservoir -task T5,T7 -seeds 5 -set training.rate=2e-2 -json", Doc: "a point of a search"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var q trainRequest
			q.Common = cli.Common{Seed: 1, Profile: "extended"}
			q.workFlags.register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "json", "kernel", "workers", "checkpoint-every", "cpuprofile")
			flags.StringVar(&q.arms, "arm", "", "train `ARMS`, separated by commas: "+strings.Join(armNames(), ", "))
			flags.StringVar(&q.tasks, "task", "all", "on `TASKS`, separated by commas (T7, context_mem_dm1, a file mine.toml, or mine.npz with trials X, Y)")
			flags.StringVar(&q.corpus, "corpus", "", "pre-train modules on `TASKS` instead of all nine")
			flags.StringVar(&q.save, "save", "", "write each network into `DIR` as ARM_TASK_seedN.safetensors; a network of other settings is not replaced, and several commands may save into one")
			q.arrays.Register(flags)
			q.from.register(flags)
			return q.run
		},
	}
}

// trainRequest is what the flags of train ask for.
type trainRequest struct {
	workFlags
	arms, tasks, corpus, save string
	from                      fromFlags
	arrays                    intake.ArrayFlags
}

func (q *trainRequest) run(ctx context.Context, env *cli.Env, _ []string) error {
	q.arrays.Tell = intake.Once(env)
	if err := q.from.open(env); err != nil {
		return err
	}
	config, start, cells, err := q.choose()
	if err != nil {
		return err
	}
	if err := q.checkSave(); err != nil {
		return err
	}
	save := q.save
	w, err := q.begin(ctx, env, config)
	if err != nil {
		return err
	}
	w.Start = start
	fmt.Fprint(env.Stderr, intake.AboutArrays(config.Settings, slices.ContainsFunc(cells, func(c lab.Cell) bool { return c.Arm.Pretrained() && c.From == "" })))
	if save != "" {
		if err := place.Share(ctx, env, "-save", save); err != nil {
			return err
		}
		if err := sameNetworks(save, w.Lab, cells); err != nil {
			return err
		}
	}
	runs, err := w.Train(ctx, w.bar.Named("train"), cells)
	if err != nil {
		return w.goesOn(err)
	}
	if save != "" {
		files, err := w.Networks(ctx, w.bar.Named("train"), cells)
		if err != nil {
			return w.goesOn(err)
		}
		err = place.Turn(ctx, "-save", save, func() error {
			if err := sameNetworks(save, w.Lab, cells); err != nil { // another run may have written since
				return err
			}
			for i, cell := range cells {
				if err := atomicfile.Write(filepath.Join(save, cell.FileName()), files[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	w.bar.Done()
	if q.JSON {
		err = printRuns(env, runs)
		return cmp.Or(err, divergenceError(runs))
	}
	u := unlearntNetworks{}
	for i, r := range runs {
		u.add(cells[i].String(), r.Diverged, r.Overall, r.Blind, r.Constant)
	}
	_, err = fmt.Fprint(env.Stdout, trainedTable(runs, config.Settings.Score.Criterion).Text())
	u.print(env.Stdout, learningHelp(config.Settings.Shrunk))
	if save != "" {
		for _, cell := range cells {
			fmt.Fprintf(env.Stdout, "saved: %s\n", printable.Line(filepath.Join(save, cell.FileName())))
		}
	}
	return cmp.Or(err, divergenceError(runs))
}

// checkSave returns a usage error if -save names a directory that is not for networks.
func (q *trainRequest) checkSave() error {
	if q.save == "" {
		return nil
	}
	if q.cache.dir != cacheOff && place.Within(q.save, q.cache.dir) {
		return cli.Usagef("-save %s lies in the cache, %s; name another directory", q.save, q.cache.dir)
	}
	return place.OutsideResults("-save", q.save)
}

// sameNetworks returns a usage error if the file of a cell in a directory holds anything else than its
// network, trained by these settings.
func sameNetworks(dir string, l *lab.Lab, cells []lab.Cell) error {
	for _, c := range cells {
		path := filepath.Join(dir, c.FileName())
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		f, err := intake.Decode(path, rnn.Reading{})
		if err != nil {
			return cli.Usagef("-save: %w; remove it or name another directory", err)
		}
		from := ""
		if c.From != "" {
			from = l.Start.Text
		}
		had, err := profile.Parse(path, []byte(f.Settings))
		if err != nil || f.From != from || had.Hash() != l.SettingsOf(c).Hash() || f.Arm != string(c.Arm) || f.Task != c.Task || f.Seed != c.Seed {
			return cli.Usagef("-save: %s is there already, a network of other settings; remove it or name another directory", path)
		}
	}
	return nil
}

// configOf returns the configuration of a lab with these settings and the seeds of the common flags.
func configOf(c *cli.Common, s profile.Settings) (lab.Config, error) {
	if err := lab.Check(s); err != nil {
		return lab.Config{}, cli.Usagef("%w", err)
	}
	if last := c.Seed + uint64(c.Seeds-1); last < c.Seed {
		return lab.Config{}, cli.Usagef("-seed %d with -seeds %d goes beyond the largest seed, %d", c.Seed, c.Seeds, uint64(math.MaxUint64))
	}
	seeds := seq.Map(seq.UpTo(c.Seeds), func(i int) uint64 { return c.Seed + uint64(i) })
	return lab.Config{Settings: s, Variant: c.Kernel, Seeds: seeds}, nil
}

// choose returns a configuration whose settings define all tasks named, the network to go on from (nil:
// none), and a cell for every seed, arm and task.
func (q *trainRequest) choose() (config lab.Config, start *lab.Start, cells []lab.Cell, err error) {
	s, err := q.from.settings(&q.Common)
	if err != nil {
		return config, nil, nil, err
	}
	arms, err := q.chooseArms()
	if err != nil {
		return config, nil, nil, err
	}
	s, ids, err := q.chooseTasks(s, arms)
	if err != nil {
		return config, nil, nil, err
	}
	if s, start, err = q.from.apply(s, q.Set, ids, arms); err != nil {
		return config, nil, nil, err
	}
	from, checked := "", s
	if start != nil { // modules that are not pre-trained need no variates
		from, checked.Network.Modules = start.Sum, 1
	}
	if config, err = configOf(&q.Common, checked); err != nil {
		return config, nil, nil, err
	}
	config.Settings = s
	for _, seed := range config.Seeds {
		for _, arm := range arms {
			for _, id := range ids {
				cells = append(cells, lab.Cell{Arm: arm, Task: id, Seed: seed, From: from})
			}
		}
	}
	return config, start, cells, nil
}

// chooseArms returns the arms that -arm names.
func (q *trainRequest) chooseArms() (arms []lab.Arm, err error) {
	have := strings.Join(armNames(), ", ")
	if q.arms == "" {
		return nil, cli.Usagef("no -arm named (have %s): molap train -arm molap -task T7", have)
	}
	for _, name := range words.Split(q.arms) {
		arm := lab.Arm(name)
		if !slices.Contains(lab.Arms, arm) {
			return nil, cli.Usagef("-arm: %w", notA("arm", name, armNames(), fmt.Errorf("unknown arm %q (have %s)", name, have)))
		}
		if slices.Contains(arms, arm) {
			return nil, cli.Usagef("-arm %s names %s twice", q.arms, arm)
		}
		arms = append(arms, arm)
	}
	if q.corpus != "" && q.from.path != "" {
		return nil, cli.Usagef("-corpus %s contradicts -from %s: nothing is pre-trained", q.corpus, q.from.path)
	}
	if q.corpus != "" && !slices.ContainsFunc(arms, lab.Arm.Pretrained) {
		return nil, cli.Usagef("-corpus %s: -arm %s pre-trains nothing (molap and molap-pca do)", q.corpus, q.arms)
	}
	return arms, nil
}

// chooseTasks returns the IDs of the tasks to train on, and settings that define them and
// the corpus.
func (q *trainRequest) chooseTasks(s profile.Settings, arms []lab.Arm) (profile.Settings, []string, error) {
	var corpus []string
	if q.corpus != "" {
		corpus = words.Split(q.corpus)
	}
	named, err := q.from.task(q.tasks)
	if err != nil {
		return s, nil, err
	}
	names := words.Split(named)
	if q.from.file != nil && s.Tasks.Corpus == "" && !slices.ContainsFunc(names, func(name string) bool { return !taskfile.IsPath(name) }) {
		s.Tasks = profile.Tasks{} // a file named like the network's own task may have changed since
	}
	if err := q.arrays.Check(slices.Concat(names, corpus)); err != nil {
		return s, nil, err
	}
	s, ids, err := tasksAndCorpus(s, names, corpus, q.arrays)
	if err != nil {
		return s, nil, cli.Usagef("-%w", err)
	}
	if err := lab.CheckTraining(s, ids, arms); err != nil {
		return s, nil, cli.Usagef("-task: %w", err)
	}
	given, err := taskset.Given(s)
	for _, t := range given {
		if slices.Contains(ids, t.ID) && t.Arrays.Train == nil {
			err = cli.Usagef("-task: the trials of %s are arrays that are not at hand (SHA-256 %.12s…): name their file, -task %s.npz", t.ID, t.Arrays.SHA256, t.Name)
		}
	}
	if err != nil {
		return s, nil, err
	}
	return s, ids, nil
}
