// Package stepbench is the command bench: one training step by every kernel, measured in turns by
// package bench.
package stepbench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"molap/bench"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
)

// Command returns the command.
func Command() cli.Command {
	return cli.Command{
		Name: "bench", Also: []string{"benchmark"}, Group: "Looking", Summary: "kernel variants side by side: ms per step, GFLOP/s, % of peak",
		Doc: fmt.Sprintf(`Measures one training step (forward, loss, backward, every gradient of what is trained; %d time steps, %d inputs, %d outputs) by every kernel variant that runs on this CPU. The variants take turns, so that changes of the CPU's clock affect all alike; times are medians.

GFLOP/s count 3·2·N²·batch·%[1]d operations whatever is trained. The peak is that of a loop of independent FMAs with the kernel's instruction set, measured in turns with the step, times the workers. A spread (largest less smallest round, over the median) of 10%% or more means a busy machine: run again. Ratios are more reliable than milliseconds.

A step by generic, the definition of the kernels in plain Go, can take seconds. It is then measured on as many trials as fit into a round, scaled to the whole batch and marked with ~.

-benchfmt prints the lines of go test -bench Step, one for each round, for benchstat (golang.org/x/perf/cmd/benchstat). It leaves out steps by generic that had to be scaled.`, bench.Steps, bench.Inputs, bench.Outputs),
		Examples: []cli.Example{
			{Line: "molap bench", Doc: "all variants at N = 100, 200 trials"},
			{Line: "molap bench -n 20,100,300 -batch 1,20,200 -precision f32 -kernel avx2", Doc: "where one variant is good"},
			{Line: "molap bench -trained task -workers 2", Doc: "what task training costs on two cores"},
			{Line: "molap bench -benchfmt >bench.txt && benchstat -col /kernel bench.txt", Doc: "the variants compared, with confidence intervals"},
			{Line: "molap bench -benchfmt >new.txt && benchstat old.txt new.txt", Doc: "this run against an earlier one"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			b := benchmark{
				units: []int{100}, batch: []int{200}, precision: "both", kernels: kernels.Variants(), trained: "all",
				Common: cli.Common{Workers: 1}, time: time.Second, rounds: 6,
			}
			b.register(flags)
			return b.run
		},
	}
}

// benchmark is one call of molap bench.
type benchmark struct {
	cli.Common   // Workers, JSON
	units, batch []int
	precision    string
	kernels      []kernels.Variant
	trained      string
	time         time.Duration // of a row, all rounds together
	rounds       int
	benchfmt     bool
}

func (b *benchmark) register(flags *flag.FlagSet) {
	have := seq.Map(kernels.Variants(), kernels.Variant.String)
	listFlag(flags, &b.units, "n", "units: a number or several, `N,…` (default 100)", integerTo(2000))
	listFlag(flags, &b.batch, "batch", "trials of a batch: a number or several, `B,…` (default 200)", integerTo(10000))
	listFlag(flags, &b.kernels, "kernel", "kernel variants `K,…`: "+strings.Join(have, ", ")+" here, auto for the best (default all)", kernels.Lookup)
	cli.ChoiceVar(flags, &b.precision, "precision", []string{"f32", "f64", "both"}, "element type `T`, f32, f64 or both")
	cli.ChoiceVar(flags, &b.trained, "trained", bench.Trained, "what is trained, `W`: all, module (one of two, W_in, W_out) or task (W_in, W_out)")
	flags.Func("time", "measure each row for `D`, all rounds together, such as 300ms or 5s (default 1s)", func(text string) (err error) {
		if b.time, err = time.ParseDuration(text); err != nil || b.time < time.Millisecond || b.time > time.Hour {
			return errors.New("allowed: 1ms to 1h")
		}
		return nil
	})
	cli.IntVar(flags, &b.rounds, "rounds", 1, 1000, "`n` rounds in which the kernels take turns")
	flags.BoolVar(&b.benchfmt, "benchfmt", false, "print Go's benchmark format, for benchstat")
	b.Register(flags, "workers", "json", "cpuprofile")
}

// listFlag registers a flag that takes values between commas, none of them twice.
func listFlag[V any](flags *flag.FlagSet, list *[]V, name, usage string, parse func(text string) (V, error)) {
	flags.Func(name, usage, func(text string) error {
		*list = nil
		for _, item := range words.Split(text) {
			v, err := parse(item)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(*list, func(have V) bool { return fmt.Sprint(have) == fmt.Sprint(v) }) {
				return fmt.Errorf("%s is named twice", item)
			}
			*list = append(*list, v)
		}
		return nil
	})
}

// integerTo parses an integer from 1 to most.
func integerTo(most int) func(text string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > most {
			return 0, fmt.Errorf("allowed: 1 to %d", most)
		}
		return n, nil
	}
}

// run measures and prints.
func (b *benchmark) run(ctx context.Context, env *cli.Env, _ []string) error {
	if b.JSON && b.benchfmt {
		return cli.Usagef("-json and -benchfmt: choose one")
	}
	if b.trained == "module" && slices.Min(b.units) < 2 {
		return cli.Usagef("-trained module: -n 1 has no two modules")
	}
	types := []string{b.precision}
	if b.precision == "both" {
		types = []string{"f32", "f64"}
	}
	for _, typ := range types {
		c := bench.Case{Type: typ, Units: slices.Max(b.units), Trials: slices.Max(b.batch), Trained: b.trained}
		// By generic as many trials are measured as there is time for.
		vectors := len(seq.Where(b.kernels, func(v kernels.Variant) bool { return v.String() != "generic" }))
		m := jobs.Memory{Bytes: float64(vectors) * c.Bytes(), By: fmt.Sprintf("-n %d, -batch %d, %d kernels", c.Units, c.Trials, len(b.kernels))}
		if err := m.Fits("bench", machine.Memory()); err != nil {
			return cli.Usagef("%w", err)
		}
	}
	p := progress.New(env.Stderr)
	env.AtEnd(p.Stop)
	p.Start("bench", float64(len(types)*len(b.units)*len(b.batch)*len(b.kernels)*b.rounds))
	var rows []*caseRow
	for _, typ := range types {
		for _, n := range b.units {
			for _, trials := range b.batch {
				some, err := b.measure(ctx, bench.Case{Type: typ, Units: n, Trials: trials, Trained: b.trained, Workers: b.Workers}, p)
				if err != nil {
					return err
				}
				rows = append(rows, some...)
			}
		}
	}
	p.Done()
	switch {
	case b.JSON:
		return env.PrintJSON(Report{machine.Describe(), bench.Steps, bench.Inputs, bench.Outputs, b.trained, b.Workers, rows})
	case b.benchfmt:
		printBenchfmt(env.Stdout, rows)
		return nil
	}
	return b.printTable(env.Stdout, rows)
}

// measure measures one step by every kernel, in turns.
func (b *benchmark) measure(ctx context.Context, c bench.Case, p *progress.Reporter) (rows []*caseRow, err error) {
	long := b.time / time.Duration(b.rounds)
	var meters []*bench.Meter
	for _, v := range b.kernels {
		meter := c
		meter.Kernel = v
		if v.String() == "generic" {
			meter.Trials = affordableTrials(meter, long)
		}
		meters = append(meters, bench.NewMeter(meter))
	}
	rounds := make([][]bench.Round, len(meters))
	for range b.rounds {
		for i, m := range meters {
			round := m.Round(ctx, long)
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			round.Step *= float64(c.Trials) / float64(m.Trials)
			rounds[i] = append(rounds[i], round)
			c.Kernel = b.kernels[i]
			p.Add(1, c.String())
		}
	}
	for i, m := range meters {
		c.Kernel = b.kernels[i]
		rows = append(rows, newRow(c, m.Trials, rounds[i]))
	}
	if g := slices.IndexFunc(rows, func(r *caseRow) bool { return r.Kernel == "generic" }); g >= 0 {
		for _, r := range rows {
			times := rows[g].Milliseconds / r.Milliseconds
			r.TimesGeneric = &times
		}
	}
	return rows, nil
}

// affordableTrials returns how many trials of a batch a single step can have to take no
// longer than that, at least one.
func affordableTrials(c bench.Case, long time.Duration) int {
	whole := c.Trials
	c.Trials = 1
	step := c.Step()
	once := time.Hour
	for range 2 { // the first may have been interrupted
		begin := time.Now()
		step()
		once = min(once, max(time.Since(begin), 1))
	}
	return max(1, min(whole, int(long/once)))
}
