package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

func evalCommand() cli.Command {
	return cli.Command{
		Name: "eval", Also: []string{"evaluate", "score", "test"}, Group: "Networks", Args: "FILE…", Summary: "score networks, of this program or trained elsewhere",
		Doc: `Reads networks (safetensors of "molap train -save", or npz or safetensors of another program) and scores each on test trials. Test trials come from -trials, else from the network's file (arrays X and Y), else they are drawn of its task by its settings. A network of "molap train" gets the same scores as there. Of several files, those that cannot be scored get a line each on stderr and the exit code is not 0.

Beside the scores stand two nulls, answers that ignore the stimulus (with perfect fixation, if there is fixation): blind answers with the mean target, constant with the best single answer. -set score.criterion=choice scores choices instead of values: which output is the largest, or the sign of a single output (docs/tasks.md).

` + intake.FlagsDoc,
		Examples: []cli.Example{
			{Line: "molap eval out/nets/molap_T*_seed1.safetensors", Doc: "all networks of a seed"},
			{Line: "molap eval mine.npz -task T7 -profile extended -json", Doc: "a network trained elsewhere"},
			{Line: "molap eval mine.npz -trials trials.npz", Doc: "on trials made elsewhere"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var q intake.Flags
			q.Register(flags, "profile", "set", "precision", "json", "kernel", "cpuprofile")
			q.RegisterTrials(flags)
			return func(ctx context.Context, env *cli.Env, args []string) error {
				return eval(ctx, env, q, args)
			}
		},
	}
}

// evaluation is a file with the scores of its network.
type evaluation struct {
	File, Arm, Task string
	Seed            uint64
	Precision       string
	Targets         []string // the names of the targets, by output
	Notices         []string // what was assumed or left out in reading the file
	lab.Evaluated
}

func eval(ctx context.Context, env *cli.Env, q intake.Flags, paths []string) error {
	var all []evaluation
	var wrong []error
	u, help := unlearntNetworks{}, learningHelp(false)
	for _, path := range paths {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, e, err := evaluate(env, q, path)
		if err != nil { // the others are scored all the same
			wrong = append(wrong, err)
			continue
		}
		all = append(all, e)
		u.add(printable.Line(path), n.Network.Diverged, e.Overall, e.Blind, e.Constant)
		switch {
		case n.Network.Arm == "": // trained elsewhere, by other means
			help = ""
		case help != "" && n.Settings.Shrunk:
			help = learningHelp(true)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := cli.Failures(wrong, len(paths))
	switch {
	case len(all) == 0:
		return err
	case q.Common.JSON:
		return cmp.Or(env.PrintJSON(all), err)
	}
	fmt.Fprintf(env.Stdout, "%s\n%s", evaluationTable(all).Text(), outputTable(all).Text())
	u.print(env.Stdout, help)
	return err
}

// evaluate scores the network of a file. It prints what was assumed on the way.
func evaluate(env *cli.Env, q intake.Flags, path string) (n lab.NetFile, e evaluation, err error) {
	n, subject, err := q.OpenToTest(env, path)
	if err != nil {
		return n, e, err
	}
	scores, err := subject.Evaluate()
	if err != nil {
		return n, e, cli.Usagef("%s: %w", path, err)
	}
	if loss, better := subject.Exchanged(scores); better {
		hint := fmt.Sprintf("are steps and trials exchanged? X and Y are read as %d steps of %d trials (loss %.3g); as %d steps of %d trials the loss is %.3g", scores.Steps, scores.Trials, scores.Loss, scores.Trials, scores.Steps, loss)
		intake.Note(env, path, n.Network, hint)
	}
	return n, evaluation{path, string(n.Cell.Arm), n.Cell.Task, n.Cell.Seed,
		string(n.Settings.Run.Precision), targetNames(n, scores), n.Network.Notices, scores}, nil
}

// targetNames returns the name of each output's target: that of its task or, if the trials do not name
// it, decision or fixation.
func targetNames(n lab.NetFile, scores lab.Evaluated) []string {
	names := slices.Repeat([]string{"decision"}, len(scores.Output))
	if n.Cell.Task != "" {
		if t := taskset.ByID(n.Settings, n.Cell.Task); t.Arrays == nil && len(t.Targets) == len(names) {
			names = seq.Map(t.Targets, func(c tasks.Channel) string { return c.Name })
		}
	}
	if scores.Fixation > 0 {
		names[scores.Fixation-1] = tasks.FixationChannel
	}
	return names
}

// evaluationTable returns a table with a row for every network.
func evaluationTable(all []evaluation) *table.Table {
	t := &table.Table{Name: "eval", Title: "Scores", Columns: []table.Column{
		{Name: "file"},
		{Name: "task"},
		{Name: "steps", Description: "of a trial"},
		{Name: "trials"},
		{Name: "overall", Unit: "%", Description: "correct by the criterion of the settings, mean over all outputs"},
		{Name: "blind", Unit: "%", Description: "the same of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "the same of the best constant answer with perfect fixation"},
		{Name: "decision", Unit: "%", Description: "mean over the outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
		{Name: "loss", Description: "mean squared error of all steps and outputs"},
		{Name: "blind_loss", Description: "the same of the mean target of every step"},
	}}
	for _, e := range all {
		var task any
		if e.Task != "" {
			task = e.Task
		}
		t.Add(e.File, task, e.Steps, e.Trials, e.Overall, e.Blind.Overall, e.Constant.Overall, e.Decision, e.DecisionUnit, e.DecisionRaw, e.Loss, e.BlindLoss)
	}
	return t
}

// outputTable returns a table with a row for every output of every network.
func outputTable(all []evaluation) *table.Table {
	t := &table.Table{Name: "eval_outputs", Title: "By output", Columns: []table.Column{
		{Name: "file"},
		{Name: "output", Description: "its target in the task, or decision; fixation is no part of the decision"},
		{Name: "correct", Unit: "%", Description: "by the criterion of the settings"},
		{Name: "blind", Unit: "%", Description: "the same of the mean target"},
		{Name: "constant", Unit: "%", Description: "the same of the best constant answer"},
		{Name: "loss", Description: "mean squared error of all steps"},
	}}
	for _, e := range all {
		for o := range e.Output {
			t.Add(e.File, fmt.Sprintf("%d %s", o+1, printable.Line(e.Targets[o])), e.Output[o], e.BlindOutput[o], e.ConstantOutput[o], e.Error[o])
		}
	}
	return t
}
