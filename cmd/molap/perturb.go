package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
	"molap/rnn"
)

func perturbCommand() cli.Command {
	return cli.Command{
		Name: "perturb", Also: []string{"damage", "lesion", "ablate"}, Group: "Networks", Args: "FILE", Summary: "damage a network and score it again",
		Doc: `Reads a network (safetensors of "molap train -save", or npz or safetensors of another program), lesions weights, silences units or adds noise to W_rec, and scores intact and damaged copies on the same test trials (A.4 of the paper). Test trials come from -trials, else from the network's file (arrays X and Y), else they are drawn of its task by its settings.

Damage: ` + strings.Join(damageNames(), ", ") + `. Levels are per cent of the weights or units concerned, or σ of the noise. A level of -levels that hits nothing is refused. Beside the scores stand those of two answers that ignore the stimulus, as in "molap eval". The draws are those of "molap reproduce": the same seed hits the same weights.

` + intake.FlagsDoc,
		Examples: []cli.Example{
			{Line: "molap perturb out/nets/molap_T9_seed1.safetensors -damage m1,m2 -levels 5,10,30", Doc: "lesions within modules"},
			{Line: "molap perturb mine.npz -task T7 -damage silenced -draws 100 -json", Doc: "a network trained elsewhere"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			q := perturbRequest{draws: 30}
			q.Register(flags, "profile", "set", "precision", "json", "kernel", "cpuprofile")
			q.RegisterTrials(flags)
			flags.StringVar(&q.damages, "damage", "all", "`KINDS` of damage, separated by commas")
			flags.StringVar(&q.levels, "levels", "", "`LEVELS` of damage, separated by commas (default those of the figures)")
			cli.IntVar(flags, &q.draws, "draws", 1, 1000, "random draws `n` of each damage")
			return q.run
		},
	}
}

// perturbRequest is what the flags of perturb ask for.
type perturbRequest struct {
	intake.Flags
	damages, levels string
	draws           int
}

func (q *perturbRequest) run(ctx context.Context, env *cli.Env, args []string) error {
	path := args[0]
	n, subject, err := q.OpenToTest(env, path)
	if err != nil {
		return err
	}
	work, err := q.perturbations(n.Network)
	if err == nil && q.levels != "" {
		err = checkHits(work, subject)
	}
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
	var all []perturbedNetwork
	for _, p := range work {
		r, err := subject.Perturb(ctx, p, func() { bar.Add(1, string(p.Damage)) })
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		steps, trials := n.TestSize()
		all = append(all, perturbedNetwork{p, p.Damage.Unit(), r, steps, trials, n.Network.Notices})
	}
	bar.Done()
	if q.Common.JSON {
		return env.PrintJSON(all)
	}
	_, err = fmt.Fprint(env.Stdout, perturbedTable(all).Text())
	return err
}

// perturbedNetwork holds the scores of a network under one kind of damage, with every draw.
type perturbedNetwork struct {
	lab.Perturbation
	Unit string // of the levels: % or σ
	lab.Perturbed
	Steps, Trials int
	Notices       []string // what was assumed or left out in reading the file
}

// perturbations returns the damage asked for; for "all", what the network's modules allow.
func (q *perturbRequest) perturbations(f *rnn.File) (work []lab.Perturbation, err error) {
	var levels []float64
	if q.levels != "" {
		for _, text := range words.Split(q.levels) {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil || !(x >= 0 && x <= 100) {
				return nil, cli.Usagef("-levels: %q is not a number from 0 to 100", text)
			}
			if slices.Contains(levels, x) {
				return nil, cli.Usagef("-levels %s names %g twice", q.levels, x)
			}
			levels = append(levels, x)
		}
	}
	names := words.Split(q.damages)
	all := len(names) == 1 && names[0] == "all"
	for i, name := range names {
		switch {
		case all:
		case slices.Contains(names[:i], name):
			return nil, cli.Usagef("-damage %s names %s twice", q.damages, name)
		case !slices.Contains(damageNames(), name):
			return nil, cli.Usagef("-damage %q (have all, %s)", name, strings.Join(damageNames(), ", "))
		case !lab.Damage(name).Possible(f.Modules):
			return nil, cli.Usagef("-damage %s needs more modules than the network's %d", name, f.Modules)
		}
	}
	for _, d := range lab.Damages {
		if all && d.Possible(f.Modules) || slices.Contains(names, string(d)) {
			p := lab.Perturbation{Damage: d, Levels: levels, Draws: q.draws}
			if levels == nil {
				p.Levels = d.Levels()
			}
			work = append(work, p)
		}
	}
	return work, nil
}

// checkHits returns a usage error if a level hits nothing: its row would be that of the intact network.
func checkHits(work []lab.Perturbation, subject lab.Subject) error {
	for _, p := range work {
		for _, level := range p.Levels {
			hit, all, err := subject.Hits(p.Damage, level)
			switch {
			case err != nil:
				return err
			case hit == 0 && p.Damage == lab.WeightNoise:
				return cli.Usagef("-levels %g: noise of σ = 0 changes no weight; the intact network is tested anyway", level)
			case hit == 0:
				return cli.Usagef("-levels %g: %s hits none of %d (want more than %.3g); the intact network is tested anyway", level, p.Damage, all, 50/float64(all))
			}
		}
	}
	return nil
}

func perturbedTable(all []perturbedNetwork) *table.Table {
	title := fmt.Sprintf("Scores of damaged copies on %s of %s", words.Count(all[0].Trials, "trial"), words.Count(all[0].Steps, "step"))
	t := &table.Table{Name: "perturb", Title: title, Columns: []table.Column{
		{Name: "damage", Description: "what was done"},
		{Name: "level", Description: "per cent of weights or units, or σ of noise"},
		{Name: "hit", Description: "weights or units concerned"},
		{Name: "draws", Description: "random draws"},
		{Name: "overall", Unit: "%", Description: "correct by the criterion of the settings, mean over outputs and draws"},
		{Name: "overall_sd", Unit: "%", Description: "standard deviation over draws"},
		{Name: "blind", Unit: "%", Description: "overall of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "overall of the best constant answer with perfect fixation"},
		{Name: "decision", Unit: "%", Description: "correct, outputs other than fixation"},
	}}
	for _, p := range all {
		add := func(level string, hit, draws int, overall float64, sd any, decision float64) {
			t.Add(string(p.Damage), level, hit, draws, overall, sd, p.Blind.Overall, p.Constant.Overall, decision)
		}
		add("none", 0, 1, p.Intact.Overall(), nil, p.Intact.Decision())
		for k, level := range p.Levels {
			overall, decision := seq.Map(p.Damaged[k], lab.Scores.Overall), seq.Map(p.Damaged[k], lab.Scores.Decision)
			add(p.Damage.Amount(level), p.Hit[k], p.Draws, stats.Mean(overall, 0.95).Value, table.Known(seq.SD(seq.Map(overall, func(v float64) float64 { return v - overall[0] }))), stats.Mean(decision, 0.95).Value)
		}
	}
	return t
}
