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

	"molap/cmd/molap/internal/cli"
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
			q := dynamicsRequest{asked: states.Question{Search: dynamics.DefaultSearch}}
			search := &q.asked.Search
			q.Register(flags, "profile", "set", "out", "json", "kernel", "workers", "cpuprofile")
			q.RegisterTrials(flags)
			flags.Float64Var(&search.Slow, "slow", search.Slow, "keep points of at most `SPEED`: movement of a unit in a step, root mean square")
			flags.StringVar(&q.starts, "starts", "", "search from the states in `FILE` (npy, npz; states × units, or more dimensions, units last) instead of those that trials visit")
			flags.Var(cli.Repeated(q.hold), "input", "hold the `INPUT` instead of those of the last steps: numbers, as in 0.5,-1, or trial:step of the trials, both from 0; may be repeated")
			return q.run
		},
	}
}

// dynamicsRequest is what the flags of dynamics ask for.
type dynamicsRequest struct {
	intake.Flags
	asked  states.Question
	starts string // a file
}

// hold adds an input: numbers separated by commas, or trial:step.
func (q *dynamicsRequest) hold(text string) (err error) {
	h := states.HeldInput{Name: text}
	if trial, step, ok := strings.Cut(text, ":"); ok {
		t, badTrial := strconv.ParseUint(strings.TrimSpace(trial), 10, 31)
		s, badStep := strconv.ParseUint(strings.TrimSpace(step), 10, 31)
		if badTrial != nil || badStep != nil {
			return errors.New("want trial:step, two whole numbers from 0")
		}
		h = states.HeldInput{Name: fmt.Sprintf("trial %d, step %d", t, s), Trial: int(t), Step: int(s)}
	} else {
		h.Values = seq.Map(words.Split(text), func(number string) float64 {
			v, bad := strconv.ParseFloat(number, 64)
			if bad != nil || v-v != 0 {
				err = errors.New("want numbers separated by commas, as in 0.5,-1, or trial:step")
			}
			return v
		})
	}
	if slices.ContainsFunc(q.asked.Inputs, func(i states.HeldInput) bool { return i.Name == h.Name }) {
		return errors.New("given twice")
	}
	q.asked.Inputs = append(q.asked.Inputs, h)
	return err
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

func (q *dynamicsRequest) run(ctx context.Context, env *cli.Env, args []string) error {
	path, asked := args[0], q.asked
	if least := asked.Search.Fixed; !(asked.Search.Slow >= least && asked.Search.Slow <= 1) {
		return cli.Usagef("-slow %v (allowed: %v to 1)", asked.Search.Slow, least)
	}
	asked.Search.Workers = q.Common.Workers
	n, err := q.Open(env, path, true)
	if err == nil && q.starts != "" {
		asked.Starts, err = readStarts(q.starts, n.Network.Shape.Units)
	}
	if err != nil {
		return err
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
		return cli.Usagef("%s: %w", path, err)
	}
	p.Done()
	name := filepath.Base(path)
	tables, drawn := motion.Tables(m), motion.Figure("dynamics", name, m, motion.Clock(n.StepMS()))
	if out != "" {
		files, err := motion.Files(m, tables, drawn)
		if err == nil {
			err = place.Write(out, files)
		}
		if err != nil {
			return err
		}
	}
	if q.Common.JSON {
		return env.PrintJSON(struct {
			Notices []string // what was assumed or left out when the file was read
			Tables  []json.RawMessage
		}{n.Network.Notices, seq.Map(tables, func(t *table.Table) json.RawMessage { return t.JSON() })})
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
