package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/sweep"
)

func sweepMerge() cli.Command {
	return sweepVerb("merge", "tables, leaderboard, figures and best settings of what is done, into -out (DIR/merged)", func(flags *flag.FlagSet) onSweep {
		var c cli.Common
		c.Register(flags, "out")
		by := sweep.Measures()[0]
		cli.ChoiceVar(flags, &by, "by", sweep.Measures(), "order the leaderboard by `M`: "+strings.Join(sweep.Measures(), ", "))
		return func(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest) error {
			return mergeSweep(ctx, env, dir, m, c.Out, by)
		}
	})
}

func mergeSweep(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest, out, by string) (err error) {
	flag := "-out"
	if out == "" {
		if out, err = sweep.MergedDir(dir); err != nil {
			return cli.Usagef("%w", err)
		}
		flag = "the directory"
	}
	if err := place.OutsideResults(flag, out); err != nil {
		return err
	}
	if err := place.Claim(env, flag, out, "figures"); err != nil {
		return err
	}
	if err := sweep.CheckMerged(out, m); err != nil {
		return cli.Usagef("%s %w; name another directory by -out", flag, err)
	}
	merged, err := sweep.Merge(ctx, dir, out, m, by)
	if err != nil {
		return err
	}
	for _, t := range merged.Tables {
		fmt.Fprintf(env.Stdout, "%s\n", t.Text())
	}
	for _, line := range merged.Summary {
		fmt.Fprintln(env.Stdout, printable.Line(line))
	}
	if len(merged.Absent) > 0 {
		fmt.Fprintf(env.Stdout, "not done: %s (sweep run, or sweep slurm -submit, goes on with them)\n", sweep.FormatList(merged.Absent))
	}
	_, err = fmt.Fprintf(env.Stdout, "report: %s\n", printable.Line(merged.Page))
	return err
}
