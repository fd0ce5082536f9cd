package paper

import (
	"context"
	"fmt"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
)

// runTables are the tables that have a row for every single run of an experiment.
var runTables = map[string]string{"fig2": "fig2_runs", "fig5": "fig5_runs", "modules3": "modules3_runs"}

// RunRows are the rows of a table of single runs, each to be computed by itself.
type RunRows struct {
	Table string // its name
	runs  []*jobs.Job[lab.Run]
}

// Len returns how many rows the table has.
func (r RunRows) Len() int { return len(r.runs) }

// RunRows returns the rows of an experiment's table of single runs, and false if the
// experiment has no such table. Nothing is computed yet.
func RowsOf(l *lab.Lab, e Experiment) (RunRows, bool) {
	table, ok := runTables[e.Name]
	if !ok {
		return RunRows{}, false
	}
	rows := RunRows{Table: table}
	needs := e.plan(l).needs
	if e.Name == "fig2" {
		needs = needs[len(l.Seeds):] // what comes first is to begin first; it comes again in its place
	}
	for _, n := range needs {
		run, ok := n.(*jobs.Job[lab.Run])
		if !ok {
			panic(fmt.Sprintf("paper: %s needs a %T beside its runs", e.Name, n))
		}
		rows.runs = append(rows.runs, run)
	}
	return rows, true
}

// Pick is a row, from 0, of a table of runs.
type Pick struct {
	Of  RunRows
	Row int
}

// Compute trains and scores the networks of some rows, and returns a row of
// [RunTable] for each.
func Compute(ctx context.Context, l *lab.Lab, progress jobs.Progress, picks []Pick) (*report.Table, error) {
	var needs []jobs.Node
	for _, p := range picks {
		needs = append(needs, p.Of.runs[p.Row])
	}
	if err := l.Pool.Run(ctx, progress, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		return nil, err
	}
	return RunTable("computed", seq.Map(picks, func(p Pick) lab.Run { return p.Of.runs[p.Row].Value() })), nil
}
