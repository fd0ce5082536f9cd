package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/progress"
)

func verifyCommand() cli.Command {
	return cli.Command{
		Name: "verify", Group: "The paper", Args: "DIR", Summary: "check a result directory: files unchanged, results the same when computed anew",
		Doc: `Checks a directory that "molap reproduce" wrote: that every file is there and unchanged, by the SHA-256 in manifest.json, that its tables are those of its observations, and that networks trained and scored anew, without any cache, give the same numbers to the last bit, on this machine and with the kernel and workers of this command.

Without -all a sample is computed: of all observations in results/records.csv (a network on its task, or after a kind of damage) those for which the SHA-256 of the line "settings_sha256 observation" is smallest, settings_sha256 being that of manifest.json and the observation what this command prints. So nobody chooses it, and a larger sample holds a smaller one. With -all every experiment is run again and every table compared.

Exit code 0 if all is as it was written, 1 if something differs; where is said by file, row, column and both values. A run that was cut short is verified as far as it got.`,
		Examples: []cli.Example{
			{Line: "molap verify out/fig2", Doc: "all files, three observations"},
			{Line: "molap verify out/paper -all -kernel generic", Doc: "everything, as a machine without vectors computes it"},
			{Line: "molap verify out/fig2 -sample 0", Doc: "only the files"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "json", "kernel", "workers", "cpuprofile")
			q := verifyRequest{common: &c, sample: 3}
			cli.IntVar(flags, &q.sample, "sample", 0, 1000, "make `n` observations anew: train, damage and test networks")
			flags.BoolVar(&q.all, "all", false, "compute everything anew: as long as the run took")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				if len(args) != 1 {
					return cli.Usagef("want one DIR, got %d", len(args))
				}
				flags.Visit(func(f *flag.Flag) { q.sampled = q.sampled || f.Name == "sample" })
				if q.all && q.sampled {
					return cli.Usagef("-all leaves nothing to -sample")
				}
				return verify(ctx, env, q, args[0])
			}
		},
	}
}

// verifyRequest is what the flags ask for.
type verifyRequest struct {
	common       *cli.Common
	sample       int
	all, sampled bool
}

// verification is what was found.
type verification struct {
	Directory string `json:"directory"`
	Complete  bool   `json:"complete"` // the run came to its end
	Version   string `json:"version"`  // that wrote the directory
	Files     int    `json:"files"`    // in the manifest

	Missing []string `json:"missing"`
	Changed []string `json:"changed"`
	Extra   []string `json:"extra"`

	Networks    int      `json:"networks"` // observations in records.csv
	Sample      []string `json:"sample"`   // those of them made anew
	Tables      []string `json:"tables"`   // all of whose rows were computed anew
	Differences []differ `json:"differences"`
	Identical   bool     `json:"identical"`
}

// differ is a cell of a table that is not what it should be.
type differ struct {
	File   string `json:"file"`
	Row    int    `json:"row"` // from 1, without the header; 0: none
	Key    string `json:"key"` // of the row: seed, arm, task
	Column string `json:"column"`
	Have   string `json:"have"` // in the file
	Want   string `json:"want"`
	By     string `json:"by"` // who says so: "computed", or another file
}

func (d differ) String() string {
	where := d.File
	if d.Row > 0 {
		where += fmt.Sprintf(", row %d", d.Row)
		if d.Key != "" {
			where += " (" + d.Key + ")"
		}
	}
	return printable.Line(fmt.Sprintf("%s, %s: %s in the file, %s %s", where, d.Column, shown(d.Have), shown(d.Want), d.By))
}

// shown is a cell as a line takes it.
func shown(cell string) string {
	if cell == "" {
		return "nothing"
	}
	if len(cell) > 60 {
		cell = strings.ToValidUTF8(cell[:57], "") + "…"
	}
	return printable.Line(cell)
}

func verify(ctx context.Context, env *cli.Env, q verifyRequest, dir string) error {
	m, err := readManifest(dir)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if err := lab.Check(m.Settings); err != nil {
		return cli.Usagef("%s: %w", dir, err)
	}
	// Only a run that is at work there matters, so the lock is not kept; a directory
	// that cannot be written to needs none.
	if lock, err := dirlock.Exclusive(dir); err == nil {
		lock.Remove()
	} else if errors.Is(err, dirlock.ErrHeld) {
		return cli.Usagef("%s is in use by another run; wait for it", dir)
	}
	if mine := machine.Version(); mine != m.Machine.Version {
		fmt.Fprintf(env.Stderr, "%s was written by version %s, this is %s: another version may compute other numbers\n", printable.Line(dir), shown(m.Machine.Version), mine)
	}
	out := io.Discard
	if !q.common.JSON {
		out = env.Stdout
	}
	v := &verification{Directory: dir, Complete: m.Complete, Version: m.Machine.Version, Files: len(m.Files),
		Missing: []string{}, Changed: []string{}, Extra: []string{}, Sample: []string{}, Tables: []string{}, Differences: []differ{}}
	if !m.Complete {
		fmt.Fprintf(out, "the run is not complete: %d of %d experiments are there, these are verified\n", len(m.Finished), len(m.Experiments))
	}
	if err := v.checkFiles(ctx, m); err != nil {
		return err
	}
	if !q.all && len(m.Finished) > 0 {
		v.project(m)
	}
	v.printFiles(out)

	p := progress.New(env.Stderr)
	env.AtEnd(p.Stop)
	l := lab.NewLab(lab.Config{Settings: m.Settings, Seeds: m.Seeds, Variant: q.common.Kernel}, &jobs.Pool{Workers: q.common.Workers, Memory: machine.Memory()})
	found := len(v.Differences)
	switch {
	case q.all:
		err = v.computeAll(ctx, named{p, "verify"}, l, m)
	case q.sample > 0:
		err = v.computeSample(ctx, named{p, "verify"}, l, m, q.sample)
	}
	if err != nil {
		return err
	}
	if len(v.Sample)+len(v.Tables) > 0 {
		p.Done()
	}
	v.printComputed(out, q, found)

	v.Identical = len(v.Missing)+len(v.Changed)+len(v.Differences) == 0 && (len(v.Extra) == 0 || !m.Complete)
	if q.common.JSON {
		e := json.NewEncoder(env.Stdout)
		e.SetIndent("", " ")
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	if !v.Identical {
		return fmt.Errorf("%s is not what was written: %s", dir, v.sum())
	}
	if v.Files == 0 {
		return fmt.Errorf("%s has no result yet that could be verified", dir)
	}
	fmt.Fprintf(out, "%s: bit-identical\n", printable.Line(dir))
	return nil
}

// printFiles says how the files are.
func (v *verification) printFiles(out io.Writer) {
	fmt.Fprintf(out, "files: %d of %d there and unchanged\n", v.Files-len(v.Missing)-len(v.Changed), v.Files)
	list := func(word string, names []string) {
		for _, name := range names {
			fmt.Fprintf(out, "  %s: %s\n", word, printable.Line(name))
		}
	}
	list("missing", v.Missing)
	list("changed", v.Changed)
	extra := "extra"
	if !v.Complete {
		extra = "not in the manifest, where the run was cut short"
	}
	list(extra, v.Extra)
	printDifferences(out, v.Differences)
}

// printComputed says what was computed anew and how it compares; differences before
// found are of the files alone.
func (v *verification) printComputed(out io.Writer, q verifyRequest, found int) {
	switch {
	case q.all:
		fmt.Fprintf(out, "computed anew: %s\n", obs.Count(len(v.Tables), "table"))
	case q.sample == 0:
		fmt.Fprintln(out, "computed anew: nothing (-sample 0)")
	case len(v.Sample) == 0:
		fmt.Fprintln(out, "computed anew: nothing, no network was observed here (-all computes all)")
	default:
		fmt.Fprintf(out, "computed anew: %d of %d observations\n", len(v.Sample), v.Networks)
		for _, s := range v.Sample {
			fmt.Fprintf(out, "  %s\n", s)
		}
	}
	printDifferences(out, v.Differences[found:])
}

// mostPrinted is the number of differences of a file that are printed; -json has all.
const mostPrinted = 10

func printDifferences(out io.Writer, all []differ) {
	count := map[string]int{}
	for i, d := range all {
		count[d.File]++
		if count[d.File] <= mostPrinted {
			fmt.Fprintf(out, "  differs: %s\n", d)
		}
		if n := count[d.File]; n > mostPrinted && (i+1 == len(all) || all[i+1].File != d.File) {
			fmt.Fprintf(out, "  differs: %s in %d more cells\n", printable.Line(d.File), n-mostPrinted)
		}
	}
}

// sum counts what was found.
func (v *verification) sum() string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{
		{len(v.Missing), "file is missing", "files are missing"},
		{len(v.Changed), "file is changed", "files are changed"},
		{len(v.Extra), "file is extra", "files are extra"},
		{len(v.Differences), "cell differs", "cells differ"},
	} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.one)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.many))
		}
	}
	return strings.Join(parts, ", ")
}
