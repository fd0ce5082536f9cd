package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/regularfile"
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
	undo, err := claimMerge(env, m, out, f.Out == "")
	if err != nil {
		return err
	}
	merged, err := sweep.Merge(dir, out, m, f.by)
	if err != nil {
		undo()
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

// mergeName is the file that says what came of which sweep is in a directory.
const mergeName = "merge.json"

// claimMerge makes the directory for what came of a sweep, unless it holds what came of
// another or is anybody else's; only in the sweep's own place it may be of a version that
// did not say. Where nothing is written undo is to be called.
func claimMerge(env *cli.Env, m *sweep.Manifest, out string, own bool) (undo func(), err error) {
	if err := outsideResults("-out", out, resolved(out)); err != nil {
		return nil, err
	}
	if err := claimDir(env, "-out", out, figuresDir); err != nil {
		return nil, err
	}
	at, mine := filepath.Join(out, mergeName), fmt.Sprintf("{\"sweep\": %q}\n", m.Sum)
	said, err := regularfile.Read(at, 1<<10)
	switch {
	case err == nil && string(said) == mine:
		return func() {}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, cli.Usagef("-out %s holds what came of another sweep (%s); name another directory", out, mergeName)
	}
	for _, name := range []string{pageName, "manifest.json", "leaderboard.csv", "leaderboard.json", "runs.csv", "runs.json", figuresDir} {
		if _, err := os.Lstat(filepath.Join(out, name)); err == nil && !own {
			return nil, cli.Usagef("-out %s has a %s that no %s tells of; name another directory", out, name, mergeName)
		}
	}
	return func() { os.Remove(at) }, atomicfile.Write(at, []byte(mine))
}
