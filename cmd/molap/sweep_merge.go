package main

import (
	"context"
	"fmt"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/sweep"
)

func sweepMerge(ctx context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := openSweep(dir)
	if err != nil {
		return err
	}
	out, flag := f.Out, "-out"
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
	merged, err := sweep.Merge(ctx, dir, out, m, f.by)
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
		fmt.Fprintf(env.Stdout, "not there: %s\n", sweep.FormatList(merged.Absent))
	}
	_, err = fmt.Fprintf(env.Stdout, "report: %s\n", printable.Line(merged.Page))
	return err
}
