package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
	"molap/rnn"
)

func perturbCommand() cli.Command {
	return cli.Command{
		Name: "perturb", Also: []string{"damage", "lesion", "ablate"}, Group: "Networks", Args: "FILE", Summary: "damage a network and score it again",
		Doc: `Reads a network (safetensors of "molap train -save", or npz or safetensors of another program), lesions weights, silences units or adds noise to W_rec, and scores intact and damaged copies on the same test trials (A.4 of the paper). Test trials come from -trials, else from the network's file (arrays X and Y), else they are drawn of its task by its settings.

Damage: ` + strings.Join(damageNames(), ", ") + `. Levels are per cent of the weights or units concerned, or σ of the noise. The draws are those of "molap reproduce": the same seed hits the same weights.

` + intake.FlagsDoc,
		Examples: []cli.Example{
			{Line: "molap perturb out/nets/molap_T9_seed1.safetensors -damage m1,m2 -levels 5,10,30", Doc: "lesions within modules"},
			{Line: "molap perturb mine.npz -task T7 -damage silenced -draws 100 -json", Doc: "a network trained elsewhere"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			q := request{draws: 30}
			q.Register(flags, "profile", "set", "precision", "json", "kernel", "cpuprofile")
			q.RegisterTrials(flags)
			flags.StringVar(&q.damages, "damage", "all", "`KINDS` of damage, separated by commas")
			flags.StringVar(&q.levels, "levels", "", "`LEVELS` of damage, separated by commas (default those of the figures)")
			cli.IntVar(flags, &q.draws, "draws", 1, 1000, "random draws `n` of each damage")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				return perturb(ctx, env, q, args[0])
			}
		},
	}
}

// request is what the flags ask for.
type request struct {
	intake.Flags
	damages, levels string
	draws           int
}

func perturb(ctx context.Context, env *cli.Env, q request, path string) error {
	n, subject, err := q.OpenToTest(env, path)
	if err != nil {
		return err
	}
	work, err := q.perturbations(n.Network)
	if err != nil {
		return err
	}
	total := 0
	for _, p := range work {
		total += 1 + len(p.Levels)*p.Draws
	}
	bar := progress.New(env.Stderr)
	env.AtEnd(bar.Stop)
	bar.Start("perturb", float64(total))
	var results []lab.Perturbed
	for _, p := range work {
		r, err := subject.Perturb(ctx, p, func() { bar.Add(1, string(p.Damage)) })
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		results = append(results, r)
	}
	bar.Done()
	if q.Common.JSON {
		return printPerturbed(env, n, work, results)
	}
	_, err = fmt.Fprint(env.Stdout, perturbedTable(n, work, results).Text())
	return err
}

// perturbations returns the damage asked for; for "all", what the network's modules allow.
func (q request) perturbations(f *rnn.File) ([]lab.Perturbation, error) {
	var levels []float64
	for _, text := range listed(q.levels) {
		if q.levels == "" {
			break
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x >= 0 && x <= 100) {
			return nil, cli.Usagef("-levels: %q is not a number from 0 to 100", text)
		}
		levels = append(levels, x)
	}
	var work []lab.Perturbation
	for _, d := range lab.Damages {
		if q.damages == "all" && !d.Possible(f.Modules) {
			continue
		}
		if q.damages == "all" || slices.Contains(listed(q.damages), string(d)) {
			p := lab.Perturbation{Damage: d, Levels: d.Levels(), Draws: q.draws}
			if levels != nil {
				p.Levels = levels
			}
			work = append(work, p)
		}
	}
	for _, name := range listed(q.damages) {
		if q.damages != "all" && !slices.Contains(damageNames(), name) {
			return nil, cli.Usagef("-damage %q (have all, %s)", name, strings.Join(damageNames(), ", "))
		}
		if d := lab.Damage(name); q.damages != "all" && !d.Possible(f.Modules) {
			return nil, cli.Usagef("-damage %s needs more modules than the network's %d", d, f.Modules)
		}
	}
	return work, nil
}

func perturbedTable(n lab.NetFile, work []lab.Perturbation, results []lab.Perturbed) *table.Table {
	t := &table.Table{Name: "perturb", Title: "Scores of damaged copies", Columns: []table.Column{
		{Name: "damage", Description: "what was done"},
		{Name: "level", Description: "per cent of weights or units, or σ of noise"},
		{Name: "hit", Description: "weights or units concerned"},
		{Name: "draws", Description: "random draws"},
		{Name: "steps", Description: "of a trial"},
		{Name: "trials"},
		{Name: "overall", Unit: "%", Description: "correct by the criterion of the settings, mean over outputs and draws"},
		{Name: "overall_sd", Unit: "%", Description: "standard deviation over draws"},
		{Name: "decision", Unit: "%", Description: "the same, outputs other than fixation"},
	}}
	steps, trials := n.TestSize()
	for i, p := range work {
		r := results[i]
		t.Add(string(p.Damage), "none", 0, 1, steps, trials, r.Intact.Overall(), nil, r.Intact.Decision())
		for k, level := range p.Levels {
			var overall, decision []float64
			for _, d := range r.Damaged[k] {
				overall, decision = append(overall, d.Overall()), append(decision, d.Decision())
			}
			var sd any
			if len(overall) > 1 {
				sd = figure.SD(overall)
			}
			t.Add(string(p.Damage), strconv.FormatFloat(level, 'g', -1, 64), r.Hit[k], p.Draws, steps, trials, stats.Mean(overall, 0.95).Value, sd, stats.Mean(decision, 0.95).Value)
		}
	}
	return t
}

// printPerturbed prints every draw.
func printPerturbed(env *cli.Env, n lab.NetFile, work []lab.Perturbation, results []lab.Perturbed) error {
	type entry struct {
		lab.Perturbation
		lab.Perturbed
		Steps, Trials int
		Notices       []string // what was assumed or left out in reading the file
	}
	steps, trials := n.TestSize()
	var all []entry
	for i := range work {
		all = append(all, entry{work[i], results[i], steps, trials, n.Network.Notices})
	}
	return env.PrintJSON(all)
}
