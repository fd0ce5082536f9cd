package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/table"
	"molap/dynamics"
)

func dynamicsCommand() cli.Command {
	return cli.Command{
		Name: "dynamics", Also: []string{"analyse", "analyze"}, Group: "Networks", Args: "FILE", Summary: "fixed points, eigenvalues, Lyapunov exponents and dimensions of a network",
		Doc: `Reads a network (safetensors of "molap train -save", or npz or safetensors of another program) and prints how its states move on trials of its task: the largest Lyapunov exponent, how much of a gradient gets back to the stimulus, what a linear readout could know, in how many dimensions units and modules move, and, for the inputs at the ends of the last two periods kept constant, fixed and slow points (Sussillo and Barak 2013) with the eigenvalues there. docs/dynamics.md defines each number.

With -out it also writes tables (CSV, JSON) and a figure (SVG, PNG).

Everything is computed in double precision, whatever the network was trained in. Trials are those in the file (arrays X and Y), or else those of its task, drawn by its settings, or those that -trials names; of trials from files no periods are known, and the input of the last step is held.

` + netFlagsDoc,
		Examples: []cli.Example{
			{Line: "molap dynamics out/nets/molap_T7_seed1.safetensors -out out/dynamics", Doc: "numbers, and a figure of them"},
			{Line: "molap dynamics mine.npz -task T7 -slow 0.001 -json", Doc: "a network trained elsewhere, slower points only"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var q netFlags
			q.register(flags, "profile", "set", "out", "json", "kernel", "workers", "cpuprofile")
			q.registerTrials(flags)
			slow := flags.Float64("slow", dynamics.DefaultSearch.Slow, "keep points of at most `SPEED`: movement of a unit in a step, root mean square")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				search := dynamics.DefaultSearch
				search.Slow, search.Workers = *slow, q.common.Workers
				if !(*slow >= search.Fixed && *slow <= 1) {
					return cli.Usagef("-slow %v (allowed: %v to 1)", *slow, search.Fixed)
				}
				return showDynamics(ctx, env, q, search, args[0])
			}
		},
	}
}

func showDynamics(ctx context.Context, env *cli.Env, q netFlags, search dynamics.Search, path string) error {
	n, err := q.open(env, path, true)
	if err != nil {
		return err
	}
	if err := enough(path, n.MotionMemory(search.Workers), machine.Memory()); err != nil {
		return err
	}
	out := q.common.Out
	if out != "" {
		if err := place.Make(env, "-out", out); err != nil {
			return err
		}
	}
	p := progress.New(env.Stderr)
	env.AtEnd(p.Stop)
	m, err := n.Motion(ctx, p.Named("dynamics"), search)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	p.Done()
	r := paper.MotionResult(filepath.Base(path), m)
	if out != "" {
		if err := writeMotion(out, r); err != nil {
			return err
		}
	}
	if q.common.JSON {
		return printTables(env, r)
	}
	fmt.Fprintf(env.Stdout, "%s\n\n", printable.Line(r.Title))
	for _, t := range r.Tables[:2] {
		fmt.Fprintf(env.Stdout, "%s\n", t.Text())
	}
	for _, text := range append([]string{r.Headline}, r.Findings...) {
		fmt.Fprintln(env.Stdout, printable.Line(text))
	}
	if out != "" {
		fmt.Fprintf(env.Stdout, "\ndrawn in %s.svg and .png\n", printable.Line(filepath.Join(out, r.Figures[0].Name)))
	}
	return nil
}

// writeMotion writes tables and figure, all or, where there are others, none.
func writeMotion(out string, r paper.Result) error {
	var files []table.File
	for _, t := range r.Tables {
		files = append(files, t.Files()...)
	}
	for _, f := range r.Figures {
		drawn, err := f.Files()
		if err != nil {
			return err
		}
		files = append(files, drawn...)
	}
	for _, f := range files {
		if err := place.Replaceable(filepath.Join(out, f.Name), f.Data, nil); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := atomicfile.Write(filepath.Join(out, f.Name), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// printTables prints an array of all tables.
func printTables(env *cli.Env, r paper.Result) error {
	for i, t := range r.Tables {
		separator := ","
		if i == 0 {
			separator = "["
		}
		fmt.Fprintf(env.Stdout, "%s\n%s", separator, t.JSON())
	}
	_, err := fmt.Fprintln(env.Stdout, "]")
	return err
}
