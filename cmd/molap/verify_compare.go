package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/report"
)

// tableMost is the most bytes that are read of a table.
const tableMost = 64 << 20

// checkFiles compares the files of the directory with the manifest.
func (v *verification) checkFiles(ctx context.Context, m manifest) error {
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch sum, err := sumResult(v.Directory, name); {
		case errors.Is(err, fs.ErrNotExist):
			v.Missing = append(v.Missing, name)
		case err != nil:
			v.Changed = append(v.Changed, fmt.Sprintf("%s (%v)", name, err))
		case sum != m.Files[name]:
			v.Changed = append(v.Changed, name)
		}
	}
	for _, name := range v.Changed {
		v.explain(name)
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
		case hidden(name):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if _, listed := m.Files[name]; !listed && !d.IsDir() && name != manifestName {
			v.Extra = append(v.Extra, name)
		}
		return nil
	})
}

// explain finds the cells of a table in which a file that was changed differs from
// the other file of the same table, if that is unchanged.
func (v *verification) explain(name string) {
	ending := map[string]string{".csv": ".json", ".json": ".csv"}[filepath.Ext(name)]
	other := strings.TrimSuffix(name, filepath.Ext(name)) + ending
	if ending == "" || !strings.HasPrefix(name, "results/") || slices.Contains(v.Changed, other) || slices.Contains(v.Missing, other) {
		return
	}
	want, err := readCells(v.Directory, other)
	if err != nil {
		return // then it is of another kind, or not a table
	}
	v.compare(name, want, "in "+other)
}

// compare adds the differences of a file of a table from what it should hold.
func (v *verification) compare(name string, want report.Cells, by string) {
	have, err := readCells(v.Directory, name)
	if err != nil {
		v.Differences = append(v.Differences, differ{File: name, Column: "as a table", Have: err.Error(), Want: "readable", By: by})
		return
	}
	v.add(name, have, have.Differences(want), by)
}

// add adds differences between cells of a file and others.
func (v *verification) add(name string, have report.Cells, ds []report.Difference, by string) {
	for _, d := range ds {
		v.Differences = append(v.Differences, differ{File: name, Row: d.Row, Key: rowKey(have, d.Row), Column: d.Column, Have: d.Have, Want: d.Want, By: by})
	}
}

// rowKey names a row, from 1, by what its table is sorted by.
func rowKey(c report.Cells, row int) string {
	var parts []string
	for _, name := range []string{"seed", "kind", "arm", "task", "damage", "level"} {
		if j := slices.Index(c.Columns, name); j >= 0 && row > 0 && c.Rows[row-1][j] != "" {
			parts = append(parts, name+" "+shown(c.Rows[row-1][j]))
		}
	}
	return strings.Join(parts, ", ")
}

// readCells reads a table of a result directory from its CSV or its JSON.
func readCells(dir, name string) (report.Cells, error) {
	data, err := readResult(dir, name, tableMost)
	if err != nil {
		return report.Cells{}, err
	}
	parse := report.ParseCSV
	if filepath.Ext(name) == ".json" {
		parse = report.ParseJSON
	}
	return parse(data)
}

// chosen is a network of the sample: a row of a file.
type chosen struct {
	paper.Pick
	file  string
	cells report.Cells
	order [sha256.Size]byte // by which it was chosen
}

// computeSample trains and scores n networks anew and compares their rows.
func (v *verification) computeSample(ctx context.Context, progress jobs.Progress, l *lab.Lab, m manifest, n int) error {
	var all []chosen
	for _, e := range finishedOf(m) {
		rows, ok := paper.RowsOf(l, e)
		file := "results/" + rows.Table + ".csv"
		if !ok || slices.Contains(v.Missing, file) {
			continue
		}
		cells, err := readCells(v.Directory, file)
		if err == nil && len(cells.Rows) != rows.Len() {
			err = fmt.Errorf("%d rows", len(cells.Rows))
		}
		if err != nil {
			v.Differences = append(v.Differences, differ{File: file, Column: "as a table", Have: err.Error(), Want: fmt.Sprintf("%d rows", rows.Len()), By: "by the settings"})
			continue
		}
		for i := range rows.Len() {
			line := fmt.Sprintf("%s %s %d", m.Hash, rows.Table, i+1)
			all = append(all, chosen{paper.Pick{Of: rows, Row: i}, file, cells, sha256.Sum256([]byte(line))})
		}
	}
	v.Networks = len(all)
	slices.SortFunc(all, func(a, b chosen) int { return bytes.Compare(a.order[:], b.order[:]) })
	sample := all[:min(n, len(all))]
	slices.SortFunc(sample, func(a, b chosen) int { return cmp.Or(strings.Compare(a.file, b.file), a.Row-b.Row) })
	var picks []paper.Pick
	for _, s := range sample {
		picks = append(picks, s.Pick)
	}
	computed, err := paper.Compute(ctx, l, progress, picks)
	if err != nil {
		return err
	}
	cells := computed.Cells()
	for i, s := range sample {
		v.Sample = append(v.Sample, fmt.Sprintf("%s, row %d (%s)", s.file, s.Row+1, rowKey(s.cells, s.Row+1)))
		for j, name := range cells.Columns {
			at := slices.Index(s.cells.Columns, name)
			if at < 0 {
				v.Differences = append(v.Differences, differ{File: s.file, Column: "columns", Have: "no " + name, Want: name, By: "computed"})
				continue
			}
			if have, want := s.cells.Rows[s.Row][at], cells.Rows[i][j]; have != want {
				v.add(s.file, s.cells, []report.Difference{{Row: s.Row + 1, Column: name, Have: have, Want: want}}, "computed")
			}
		}
	}
	return nil
}

// computeAll runs the experiments again and compares all their tables.
func (v *verification) computeAll(ctx context.Context, progress jobs.Progress, l *lab.Lab, m manifest) error {
	return paper.Run(ctx, l, progress, finishedOf(m), func(_ int, r paper.Result) error {
		for _, t := range r.Tables {
			v.compareTable("results/"+t.Name+".csv", t, t.CSV())
			v.compareTable("results/"+t.Name+".json", t, t.JSON())
			v.Tables = append(v.Tables, t.Name)
		}
		return nil
	})
}

// compareTable compares a file with the table that was computed and with its text.
func (v *verification) compareTable(name string, t *report.Table, text []byte) {
	data, err := readResult(v.Directory, name, tableMost)
	if slices.Contains(v.Missing, name) || err == nil && bytes.Equal(data, text) {
		return
	}
	before := len(v.Differences)
	v.compare(name, t.Cells(), "computed")
	if len(v.Differences) == before { // the same cells in other words
		v.Differences = append(v.Differences, differ{File: name, Column: "its text", Have: "other words", Want: "those of the program", By: "computed"})
	}
}

// finishedOf returns the experiments whose files are there, in the order of a report.
func finishedOf(m manifest) []paper.Experiment {
	return slices.DeleteFunc(paper.Experiments(), func(e paper.Experiment) bool { return !slices.Contains(m.Finished, e.Name) })
}
