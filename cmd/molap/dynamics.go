package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/motion"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
	"molap/dynamics"
	"molap/rnn"
)

func dynamicsCommand() cli.Command {
	return cli.Command{
		Name: "dynamics", Also: []string{"analyse", "analyze"}, Group: "Networks", Args: "FILE", Summary: "fixed points, eigenvalues, Lyapunov exponents and dimensions of a network",
		Doc: `Reads a network (safetensors of "molap train -save", or npz or safetensors of another program) and prints how its states move on trials of its task: the largest Lyapunov exponent, how much of a gradient gets back to the stimulus, what a linear readout could know, in how many dimensions units and modules move, and fixed and slow points (Sussillo and Barak 2013) with the eigenvalues there. The points are those of the network under constant inputs: the inputs at the ends of the last two periods. docs/dynamics.md defines each number.

With -out it also writes tables (CSV, JSON), a figure (SVG, PNG) and, for NumPy, dynamics_points.npz: all points that were found with their speeds and eigenvalues.

Everything is computed in double precision, whatever precision the network was trained in. Trials come from -trials, else from the network's file (arrays X and Y, or X alone), else they are drawn of its task by its settings. Trials from files have no periods: the input of their last step is held constant. -input holds other inputs constant; -starts gives the search other starting states.

` + intake.FlagsDoc,
		Examples: []cli.Example{
			{Line: "molap dynamics out/nets/molap_T7_seed1.safetensors -out out/dynamics", Doc: "numbers, and a figure of them"},
			{Line: "molap dynamics mine.npz -task T7 -slow 0.001 -json", Doc: "a network trained elsewhere, slower points only"},
			{Line: "molap dynamics mine.npz -input 0,0 -input 1,0 -starts states.npy", Doc: "two inputs of your own, and your own starting states"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var q intake.Flags
			q.Register(flags, "profile", "set", "out", "json", "kernel", "workers", "cpuprofile")
			q.RegisterTrials(flags)
			slow := flags.Float64("slow", dynamics.DefaultSearch.Slow, "keep points of at most `SPEED`: movement of a unit in a step, root mean square")
			starts := flags.String("starts", "", "search from the states in `FILE` (npy, npz; states × units, or more dimensions, units last) instead of those that trials visit")
			var asked states.Question
			flags.Var(cli.Repeated(func(text string) error {
				h, err := heldInput(text)
				if err == nil && slices.ContainsFunc(asked.Inputs, func(i states.HeldInput) bool { return i.Name == h.Name }) {
					err = errors.New("given twice")
				}
				asked.Inputs = append(asked.Inputs, h)
				return err
			}), "input", "hold the `INPUT` instead of those of the last steps: numbers, as in 0.5,-1, or trial:step of the trials, both from 0; may be repeated")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				asked.Search = dynamics.DefaultSearch
				asked.Search.Slow, asked.Search.Workers = *slow, q.Common.Workers
				if least := asked.Search.Fixed; !(*slow >= least && *slow <= 1) {
					return cli.Usagef("-slow %v (allowed: %v to 1)", *slow, least)
				}
				return showDynamics(ctx, env, q, asked, *starts, args[0])
			}
		},
	}
}

// heldInput reads numbers separated by commas, or trial:step.
func heldInput(text string) (states.HeldInput, error) {
	h := states.HeldInput{Name: text}
	if trial, step, ok := strings.Cut(text, ":"); ok {
		for _, n := range []struct {
			text string
			to   *int
		}{{trial, &h.Trial}, {step, &h.Step}} {
			v, err := strconv.ParseUint(strings.TrimSpace(n.text), 10, 31)
			if err != nil {
				return h, errors.New("want trial:step, two whole numbers from 0")
			}
			*n.to = int(v)
		}
		h.Name = fmt.Sprintf("trial %d, step %d", h.Trial, h.Step)
		return h, nil
	}
	for _, number := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || v-v != 0 {
			return h, errors.New("want numbers separated by commas, as in 0.5,-1, or trial:step")
		}
		h.Values = append(h.Values, v)
	}
	return h, nil
}

// readStarts reads from a file states of a network with that many units.
func readStarts(path string, units int) ([][]float64, error) {
	data, err := regularfile.Read(path, startsMost)
	if err != nil {
		return nil, cli.Usagef("-starts %w", err)
	}
	a, err := rnn.DecodeArray(data, "starts", "H", "states")
	if err != nil {
		return nil, cli.Usagef("-starts %s: %w", path, err)
	}
	if a.Shape[len(a.Shape)-1] != units || len(a.Values) == 0 {
		return nil, cli.Usagef("-starts %s: %s is %v, want states × %d: the network has %s", path, a.Name, a.Shape, units, words.Count(units, "unit"))
	}
	return slices.Collect(slices.Chunk(a.Values, units)), nil
}

const (
	startsMost = 1 << 30 // bytes
	shownRows  = 30      // rows of a table that a terminal shows
)

func showDynamics(ctx context.Context, env *cli.Env, q intake.Flags, asked states.Question, starts, path string) error {
	n, err := q.Open(env, path, true)
	if err != nil {
		return err
	}
	if starts != "" {
		if asked.Starts, err = readStarts(starts, n.Network.Shape.Units); err != nil {
			return err
		}
	}
	if err := n.MotionMemory(asked).Fits(path, machine.Memory()); err != nil {
		return cli.Usagef("%w", err)
	}
	out := q.Common.Out
	if out != "" {
		if err := place.Make(env, "-out", out); err != nil {
			return err
		}
	}
	p := progress.New(env.Stderr)
	if q.Common.JSON && !p.Terminal() {
		p = progress.New(io.Discard) // a file that takes both streams then holds JSON and nothing else
	}
	env.AtEnd(p.Stop)
	m, err := n.Motion(ctx, p.Named("dynamics"), asked)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	p.Done()
	name := filepath.Base(path)
	tables, drawn := motion.Tables(m), motion.Figure("dynamics", name, m, motion.Clock(n.StepMS()))
	if out != "" {
		if err := writeMotion(out, m, tables, drawn); err != nil {
			return err
		}
	}
	if q.Common.JSON {
		return printMotion(env, n.Network.Notices, tables)
	}
	fmt.Fprintf(env.Stdout, "Dynamics of %s\n\n", printable.Line(name))
	for _, t := range tables[:2] {
		more := len(t.Rows) - shownRows
		t.Rows = t.Rows[:min(shownRows, len(t.Rows))]
		fmt.Fprintf(env.Stdout, "%s\n", t.Text())
		switch {
		case more > 0 && out == "":
			fmt.Fprintf(env.Stdout, "%d more with -out or -json\n\n", more)
		case more > 0:
			fmt.Fprintf(env.Stdout, "%d more are in %s\n\n", more, printable.Line(filepath.Join(out, t.Name+".csv")))
		}
	}
	for _, text := range motion.InWords(m) {
		fmt.Fprintln(env.Stdout, printable.Line(text))
	}
	if out != "" {
		fmt.Fprintf(env.Stdout, "\ndrawn in %s.svg and .png\n", printable.Line(filepath.Join(out, drawn.Name)))
	}
	return nil
}

// writeMotion writes tables, figure and points. It writes none of them if a file with other content is
// in the place of one.
func writeMotion(out string, m states.Motion, tables []*table.Table, drawn *figure.Figure) error {
	npz, err := motion.PointsNPZ(m)
	if err != nil {
		return err
	}
	files, err := drawn.Files()
	if err != nil {
		return err
	}
	files = append(files, table.File{Name: "dynamics_points.npz", Data: npz})
	for _, t := range tables {
		files = append(files, t.Files()...)
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

// printMotion prints all tables for a script, with notices of what was assumed or left out when the
// file was read.
func printMotion(env *cli.Env, notices []string, tables []*table.Table) error {
	return env.PrintJSON(struct {
		Notices []string
		Tables  []json.RawMessage
	}{notices, seq.Map(tables, func(t *table.Table) json.RawMessage { return t.JSON() })})
}
