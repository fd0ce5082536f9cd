package main

import (
	"context"
	"fmt"
	"path/filepath"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/sweep"
)

func sweepMerge(_ context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := openSweep(dir)
	if err != nil {
		return err
	}
	out := f.Out
	if out == "" {
		out = filepath.Join(dir, "merged")
	}
	if err := outsideResults("-out", out, resolved(out)); err != nil {
		return err
	}
	if err := claimDir(env, "-out", out, figuresDir); err != nil {
		return err
	}
	merged, err := sweep.Merge(dir, out, m, f.by)
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
