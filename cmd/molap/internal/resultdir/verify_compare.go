package resultdir

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/table"
)

// checkFiles compares the files of the directory with the manifest.
func (v *verification) checkFiles(ctx context.Context, m Manifest) error {
	for _, name := range m.names() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch err := m.check(v.Directory, name); {
		case errors.Is(err, fs.ErrNotExist):
			v.Missing = append(v.Missing, name)
		case errors.Is(err, errChanged):
			v.Changed = append(v.Changed, name)
		case regularfile.Unreadable(err):
			return err
		case err != nil:
			v.Changed = append(v.Changed, fmt.Sprintf("%s (%v)", name, err))
		}
	}
	return filepath.WalkDir(v.Directory, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(v.Directory, at)
		name := filepath.ToSlash(rel)
		switch {
		case err != nil:
			return err
		case rel == ".":
			return nil
		case isHidden(name):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if _, listed := m.Files[name]; !listed && !d.IsDir() && name != place.Manifest {
			v.Extra = append(v.Extra, name)
		}
		return nil
	})
}

// add adds differences between cells of a file and others.
func (v *verification) add(name string, have table.Cells, ds []table.Difference, by string) {
	for _, d := range ds {
		v.Differences = append(v.Differences, cellDifference{name, rowKey(have, d.Row), d, by})
	}
}

// whole adds a difference between whole files, not between cells.
func (v *verification) whole(name, what, have, want, by string) {
	v.Differences = append(v.Differences, cellDifference{File: name, Difference: table.Difference{Column: what, Have: have, Want: want}, By: by})
}

// rowKey names a row, from 1, by what its table is sorted by.
func rowKey(c table.Cells, row int) string {
	var parts []string
	for _, name := range []string{"seed", "kind", "arm", "task", "damage", "level"} {
		if j := slices.Index(c.Columns, name); j >= 0 && row > 0 && c.Rows[row-1][j] != "" {
			parts = append(parts, name+" "+shownCell(c.Rows[row-1][j]))
		}
	}
	return strings.Join(parts, ", ")
}

// project makes the tables of finished experiments again from the observations, as "molap report" does,
// and compares all of them.
func (v *verification) project(m Manifest) {
	n, err := readObservations(v.Directory, m)
	var results []paper.Result
	if err == nil {
		var notices []string
		if results, notices, err = paper.Again(n, m.finished()); err == nil && len(notices) > 0 && !m.joined() {
			err = errors.New(notices[0])
		}
	}
	if err != nil { // missing and changed files are reported already
		if len(v.Missing)+len(v.Changed) == 0 {
			v.whole(recordsName, "as observations", err.Error(), "what makes the tables", "by the settings")
		}
		return
	}
	for _, r := range results {
		for _, t := range r.Tables {
			v.compareTable(t, "of the observations")
		}
	}
}

const recordsName = "results/records.csv"

// computeSample makes n observations anew, networks and all, and compares their rows.
func (v *verification) computeSample(ctx context.Context, progress jobs.Progress, l *lab.Lab, m Manifest, n int) error {
	const records, draws = recordsName, "results/draws.csv.gz"
	if slices.Contains(v.Missing, records) || m.Files[records] == "" {
		return nil
	}
	have, err := readObservations(v.Directory, m)
	if err != nil {
		v.whole(records, "as observations", err.Error(), "readable", "by the settings")
		return nil
	}
	keys := have.Keys()
	v.Networks = len(keys)
	rank := func(k obs.Key) [sha256.Size]byte { return sha256.Sum256([]byte(m.Hash + " " + k.String())) }
	slices.SortFunc(keys, func(a, b obs.Key) int { x, y := rank(a), rank(b); return bytes.Compare(x[:], y[:]) })
	keys = keys[:min(n, len(keys))]
	want := obs.New(l)
	for _, k := range keys {
		v.Sample = append(v.Sample, k.String())
		want.Ask(k)
	}
	if err := l.Pool.Run(ctx, progress, [][]jobs.Node{want.Needs()}, func(int) error { return nil }); err != nil {
		return err
	}
	haveRecords, haveDraws, _ := have.Only(keys).Tables()
	wantRecords, wantDraws, _ := want.Only(keys).Tables()
	for name, pair := range map[string][2]table.Cells{records: {haveRecords.Cells(), wantRecords.Cells()}, draws: {haveDraws.Cells(), wantDraws.Cells()}} {
		v.add(name, pair[0], pair[0].Differences(pair[1]), "computed")
	}
	return nil
}

// computeAll runs the experiments again and compares all their tables.
func (v *verification) computeAll(ctx context.Context, progress jobs.Progress, l *lab.Lab, m Manifest) error {
	return paper.Run(ctx, l, progress, m.finished(), func(_ int, r paper.Result) error {
		for _, t := range r.Tables {
			v.compareTable(t, "computed")
			v.Tables = append(v.Tables, t.Name)
		}
		return nil
	})
}

// compareTable compares the files of a table with what they should be, cells and text.
func (v *verification) compareTable(t *table.Table, by string) {
	parse := []func([]byte) (table.Cells, error){table.ParseCSV, table.ParseJSON}
	for i, f := range t.Files() {
		name := resultsDir + "/" + f.Name
		data, err := regularfile.ReadBeneath(v.Directory, name, tableMost)
		if slices.Contains(v.Missing, name) || err == nil && bytes.Equal(data, f.Data) {
			continue
		}
		var have table.Cells
		if err == nil {
			have, err = parse[i](data)
		}
		if err != nil {
			v.whole(name, "as a table", err.Error(), "readable", by)
			continue
		}
		ds := have.Differences(t.Cells())
		v.add(name, have, ds, by)
		if len(ds) == 0 { // the same cells in other words
			v.whole(name, "its text", "other words", "those of the program", by)
		}
	}
}
