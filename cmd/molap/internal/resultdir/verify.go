package resultdir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/table"
)

// Request says what [Verify] computes anew, and how.
type Request struct {
	cli.Common      // Kernel, Workers, JSON
	Sample     int  // observations
	All        bool // everything
}

// verification is what was found.
type verification struct {
	Directory string
	Complete  bool   // the run came to its end
	Version   string // that wrote the directory
	Files     int    // in the manifest

	Missing, Changed, Extra []string // files

	Networks    int      // observations in records.csv
	Sample      []string // those of them made anew
	Tables      []string // all of whose rows were computed anew
	Differences []cellDifference
	Identical   bool
}

// cellDifference is a cell of a table in a file that differs from what it should be.
type cellDifference struct {
	File string
	Key  string // of the row: seed, arm, task
	table.Difference
	By string // who says what it should be: "computed" or "of the observations"
}

func (d cellDifference) String() string {
	where := d.File
	if d.Row > 0 {
		where += fmt.Sprintf(", row %d", d.Row)
		if d.Key != "" {
			where += " (" + d.Key + ")"
		}
	}
	return printable.Line(fmt.Sprintf("%s, %s: %s in the file, %s %s", where, d.Column, shownCell(d.Have), shownCell(d.Want), d.By))
}

// shownCell returns a cell as part of a line.
func shownCell(cell string) string {
	if cell == "" {
		return "nothing"
	}
	if len(cell) > 60 {
		cell = strings.ToValidUTF8(cell[:57], "") + "…"
	}
	return printable.Line(cell)
}

// Verify checks the files of a result directory, computes some or all of its numbers anew and
// prints what it found. It returns an error if anything differs.
func Verify(ctx context.Context, env *cli.Env, q Request, dir string) error {
	m, err := Read(dir)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if err := lab.Check(m.Settings); err != nil {
		return cli.Usagef("%s: %w", dir, err)
	}
	if err := checkIdle(dir); err != nil {
		return err
	}
	if mine := machine.Version(); mine != m.Machine.Version {
		fmt.Fprintf(env.Stderr, "%s was written by version %s, this is %s: another version may compute other numbers\n", printable.Line(dir), shownCell(m.Machine.Version), mine)
	}
	out := io.Discard
	if !q.JSON {
		out = env.Stdout
	}
	v := &verification{Directory: dir, Complete: m.Complete, Version: m.Machine.Version, Files: len(m.Files)}
	if !m.Complete {
		fmt.Fprintf(out, "the run is not complete: %d of %d experiments are there, these are verified\n", len(m.Finished), len(m.Experiments))
	}
	if err := v.checkFiles(ctx, m); err != nil {
		return err
	}
	if len(m.Finished) > 0 {
		v.project(m)
	}
	v.printFiles(out)

	p := progress.New(env.Stderr)
	env.AtEnd(p.Stop)
	l := lab.NewLab(lab.Config{Settings: m.Settings, Seeds: m.Seeds, Variant: q.Kernel}, &jobs.Pool{Workers: q.Workers, Memory: machine.Memory()})
	found := len(v.Differences)
	switch {
	case q.All:
		err = v.computeAll(ctx, p.Named("verify"), l, m)
	case q.Sample > 0:
		err = v.computeSample(ctx, p.Named("verify"), l, m, q.Sample)
	}
	if err != nil {
		return err
	}
	p.Done()
	v.printComputed(out, q, found)

	v.Identical = len(v.Missing)+len(v.Changed)+len(v.Differences) == 0 && (len(v.Extra) == 0 || !m.Complete)
	if q.JSON {
		if err := env.PrintJSON(v); err != nil {
			return err
		}
	}
	if !v.Identical {
		return fmt.Errorf("%s is not what was written: %s", dir, v.sum())
	}
	if v.Files == 0 {
		return fmt.Errorf("%s has no result yet that could be verified", dir)
	}
	verdict := "bit-identical"
	if len(v.Sample)+len(v.Tables) == 0 {
		verdict = "files unchanged, nothing computed anew"
	}
	fmt.Fprintf(out, "%s: %s\n", printable.Line(dir), verdict)
	return nil
}

// checkIdle returns a usage error if a run is at work in a directory that is only to be read. It takes
// the lock to find out and gives it up at once. A directory that cannot be written to needs no lock.
func checkIdle(dir string) error {
	lock, err := dirlock.Exclusive(dir)
	if errors.Is(err, dirlock.ErrHeld) {
		return cli.Usagef("%s is in use by another run; wait for it", dir)
	}
	lock.Remove()
	return nil
}
