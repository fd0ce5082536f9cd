package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/taskview"
	"molap/kernels"
	"molap/tasks"
)

func tasksCommand() cli.Command {
	return cli.Command{
		Name: "tasks", Group: "Looking", Args: "[NAME|FILE…]", Summary: "list the tasks, or show one and draw trials of it",
		Doc: `Without a name, lists the nine tasks. With names (T7 or context_mem_dm1) or task files (my.toml), prints each task as a table of what every channel shows in which period. With -out it also draws trials of the task, as task_T7.svg and .png.

The profile decides angles, noise and units, and for the nine tasks also pulses, stimuli and the targets of the Anti tasks.

Write a task file by hand, or start from what -toml prints; docs/tasks.md says how.`,
		Examples: []cli.Example{
			{Line: "molap tasks", Doc: "list all"},
			{Line: "molap tasks T5 T9 -profile authors -out out/tasks", Doc: "two tasks as the authors' code has them"},
			{Line: "molap tasks T3 -toml > mine.toml", Doc: "a start for a task of one's own"},
			{Line: "molap tasks mine.toml -out out/tasks", Doc: "show the task and draw trials of it"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			c := cli.Common{Seed: 1}
			c.Register(flags, "profile", "set", "seed", "out")
			trials := 4
			cli.IntVar(flags, &trials, "trials", 1, 8, "draw `n` trials")
			toml := flags.Bool("toml", false, "print one task as a task file")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				s, err := c.Settings()
				if err != nil {
					return err
				}
				o := taskset.Options(s)
				switch {
				case len(args) > 0:
				case *toml:
					return cli.Usagef("-toml: no task named to print")
				case c.Out != "":
					return cli.Usagef("-out %s: no task named to draw", c.Out)
				default:
					_, err := fmt.Fprint(env.Stdout, taskview.List(tasks.All(o)).Text())
					return err
				}
				var ts []tasks.Task
				var wrong []error
				for _, name := range args {
					own, names, err := intake.DefineFiles(s, []string{name}, intake.FileArrays)
					var t tasks.Task
					if err == nil {
						t, err = findTask(own, names[0])
					}
					if err != nil { // the others are shown all the same
						wrong = append(wrong, cli.Usagef("%w", err))
						continue
					}
					ts = append(ts, t)
				}
				failed := cli.Failures(wrong, len(args))
				if len(ts) == 0 {
					return failed
				}
				if *toml {
					if len(args) > 1 || c.Out != "" {
						return cli.Usagef("-toml prints one task and nothing else")
					}
					_, err := env.Stdout.Write(taskfile.Format(ts[0]))
					return err
				}
				if c.Out != "" {
					if err := place.Make(env, "-out", c.Out); err != nil {
						return err
					}
				}
				for _, t := range ts {
					if ctx.Err() != nil {
						return context.Cause(ctx)
					}
					taskview.Print(env.Stdout, t, o)
					if c.Out == "" {
						continue
					}
					f, err := taskview.Figure(t, o, kernels.NewStream(c.Seed), trials)
					if err != nil {
						return err
					}
					if err := writeDrawing(c.Out, f); err != nil {
						return err
					}
					fmt.Fprintf(env.Stdout, "drawn in %s.svg and .png\n\n", filepath.Join(c.Out, f.Name))
				}
				return failed
			}
		},
	}
}

// writeDrawing writes the figure of a task. It replaces an earlier drawing of a task of that name,
// which may have changed since, and no other file.
func writeDrawing(dir string, f *figure.Figure) error {
	files, err := f.Files()
	if err != nil {
		return err
	}
	svg := filepath.Join(dir, files[0].Name)
	if _, err := os.Lstat(svg); err != nil { // nothing tells whose a png without it would be
		return place.Write(dir, files)
	}
	ours := func(svg []byte) bool { return bytes.Contains(svg[:min(len(svg), 4096)], []byte(taskview.Label)) }
	if err := place.Replaceable(svg, files[0].Data, ours); err != nil {
		return err
	}
	return table.WriteFiles(dir, files)
}

// findTask returns the task with a name or ID: one of the nine or defined by the settings.
func findTask(s profile.Settings, name string) (tasks.Task, error) {
	if _, err := taskset.Own(s); err != nil {
		return tasks.Task{}, err
	}
	t, err := taskset.Find(s, name)
	if err != nil {
		err = notA("task", name, taskNames(), err)
	}
	return t, err
}

// tasksAndCorpus returns the IDs of the named tasks, and settings that define them and the corpus.
// Names are IDs, names or files; "all" alone stands for all nine. Without names for the corpus the
// settings keep theirs. A task whose file is in one list may be named by its ID in the other. An error
// begins with task or corpus.
func tasksAndCorpus(s profile.Settings, names, corpus []string, q intake.ArrayFlags) (profile.Settings, []string, error) {
	s, corpus, err := intake.DefineFiles(s, corpus, q)
	if err != nil {
		return s, nil, fmt.Errorf("corpus: %w", err)
	}
	s, names, err = intake.DefineFiles(s, names, q)
	var ids []string
	if err == nil {
		ids, err = ownIDs(s, names)
	}
	if err != nil {
		return s, nil, fmt.Errorf("task: %w", err)
	}
	if len(corpus) > 0 {
		in, err := ownIDs(s, corpus)
		if err != nil {
			return s, nil, fmt.Errorf("corpus: %w", err)
		}
		if corpus[0] == "all" {
			in = nil // as without a corpus
		}
		s = taskset.WithCorpus(s, in)
	}
	return s, ids, nil
}

// ownIDs returns the IDs of the named tasks, each one of the nine or defined by the settings.
func ownIDs(s profile.Settings, names []string) (ids []string, err error) {
	if len(names) == 1 && names[0] == "all" {
		return seq.Map(tasks.All(tasks.Options{}), func(t tasks.Task) string { return t.ID }), nil
	}
	for _, name := range names {
		t, err := findTask(s, name)
		if err == nil && slices.Contains(ids, t.ID) {
			err = fmt.Errorf("task %s is named twice", t.ID)
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, t.ID)
	}
	return ids, nil
}
