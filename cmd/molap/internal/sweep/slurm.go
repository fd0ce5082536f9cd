package sweep

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"text/template"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/slurm"
)

// Batch is how a sweep is cut into the tasks of a batch system.
type Batch struct {
	Program string // absolute path of molap where the tasks run
	Dir     string // absolute path of the sweep there
	PerTask int    // indices of a task
}

// Tasks is the number of tasks, each of which does a shard of the sweep.
func (b Batch) Tasks(m *Manifest) int { return (len(m.Indices) + b.PerTask - 1) / b.PerTask }

// PerTaskOf returns how many indices a task has to do to take half an hour, one
// at least: starting a task costs a scheduler about a second.
func PerTaskOf(m *Manifest, h Hours) int {
	mean := h.Core * 3600 / float64(len(m.Indices))
	return int(max(1, min(float64(len(m.Indices)), 1800/mean)))
}

// LimitOf returns a time limit for the tasks of a sweep: twice what the longest is
// estimated to take, for slower nodes, and five minutes. A task that meets it
// all the same keeps its state and goes on from there.
func LimitOf(m *Manifest, e Estimate, b Batch) (minutes int, err error) {
	seconds, err := e.All(m)
	if err != nil {
		return 0, err
	}
	longest := 0.0
	for k := range b.Tasks(m) {
		sum := 0.0
		for _, i := range (Shard{k, b.Tasks(m)}).Indices(len(m.Indices)) {
			sum += seconds[i]
		}
		longest = max(longest, sum)
	}
	return int(min(math.Ceil(2*longest/60)+5, MaxMinutes)), nil
}

// Slurm is how a sweep runs on Slurm.
type Slurm struct {
	Batch
	ArraySize int      // tasks of an array: below the cluster's MaxArraySize
	Minutes   int      // time limit of a task
	Warning   int      // seconds before it at which a task keeps its state and is queued again
	AtOnce    int      // tasks of an array that run at a time; 0: as many as there is room for
	Options   []string // further options of sbatch, such as --partition=long
}

// The most that a batch may ask for.
const (
	MaxMinutes = 60 * 24 * 365
	MaxWarning = 3600

	maxOptions = 100
)

const (
	slurmName = "slurm/options.json"
	slurmMost = 1 << 16 // bytes that are read of it
)

// ReadSlurm returns how a sweep was written for Slurm the last time, so that what is
// missing is submitted in the same way; zero if it never was. It is checked as flags are.
func ReadSlurm(dir string) (s Slurm, err error) {
	data, err := readBeneath(dir, slurmName, slurmMost)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		if err = strictJSON(data, &s); err == nil {
			err = s.mistake()
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(dir, filepath.FromSlash(slurmName)), err)
		}
	}
	if err != nil {
		return s, fmt.Errorf("sweep: %w", err)
	}
	return s, nil
}

// mistake returns what in a batch is out of range, its paths aside.
func (s Slurm) mistake() error {
	for _, n := range []struct {
		name               string
		value, least, most int
	}{
		{"PerTask", s.PerTask, 1, MaxIndices}, {"ArraySize", s.ArraySize, 1, MaxIndices}, {"AtOnce", s.AtOnce, 0, MaxIndices},
		{"Minutes", s.Minutes, 1, MaxMinutes}, {"Warning", s.Warning, 1, min(MaxWarning, 60*s.Minutes-1)},
	} {
		if n.value < n.least || n.value > n.most {
			return fmt.Errorf("%s is %d (allowed: %d to %d)", n.name, n.value, n.least, n.most)
		}
	}
	if n := len(s.Options); n > maxOptions {
		return fmt.Errorf("%d options of sbatch (allowed: %d)", n, maxOptions)
	}
	for _, o := range s.Options {
		if err := slurm.CheckOption(o); err != nil {
			return err
		}
	}
	return nil
}

// Array is an array of tasks, in a script of its own.
type Array struct {
	File        string // script
	First, Size int    // of the tasks; the array counts from 0
	Todo        []int  // those, counted so, with an index that nobody has done or works on
}

//go:embed array.sbatch.tmpl
var arrayText string

//go:embed merge.sbatch.tmpl
var mergeText string

var (
	quoting       = template.FuncMap{"shell": slurm.Quoted, "sbatch": slurm.Pattern}
	arrayTemplate = template.Must(template.New("array").Funcs(quoting).Parse(arrayText))
	mergeTemplate = template.Must(template.New("merge").Funcs(quoting).Parse(mergeText))
)

// Write writes the scripts into slurm/ of the sweep's directory and returns the
// arrays and the script that merges. Indices that are under way are not to do.
func (s Slurm) Write(dir string, m *Manifest, status *Status, underWay map[int]bool) (arrays []Array, merge string, err error) {
	if err := s.check(); err != nil {
		return nil, "", err
	}
	if _, err := makeBeneath(dir, "slurm/log"); err != nil {
		return nil, "", fmt.Errorf("sweep: %w", err)
	}
	options, err := json.MarshalIndent(s, "", " ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, filepath.FromSlash(slurmName)), append(options, '\n'))
	}
	if err != nil {
		return nil, "", fmt.Errorf("sweep: %w", err)
	}
	tasks := s.Tasks(m)
	undone := map[int]bool{}
	for _, i := range status.Undone() {
		if !underWay[i] {
			undone[i%tasks] = true
		}
	}
	view := struct {
		Slurm
		Name               string
		Sum                string
		First, Last, Tasks int
		Arrays, Number     int
		Indices            int
	}{Slurm: s, Name: "molap-" + m.Sum[:8], Sum: m.Sum[:12],
		Tasks: tasks, Indices: len(m.Indices), Arrays: (tasks + s.ArraySize - 1) / s.ArraySize}
	write := func(name string, t *template.Template) (string, error) {
		var b strings.Builder
		if err := t.Execute(&b, view); err != nil {
			return "", fmt.Errorf("sweep: %w", err)
		}
		if err := atomicfile.Write(filepath.Join(dir, "slurm", name), []byte(b.String())); err != nil {
			return "", fmt.Errorf("sweep: %w", err)
		}
		return filepath.Join(s.Dir, "slurm", name), nil
	}
	for first := 0; first < tasks; first += s.ArraySize {
		a := Array{First: first, Size: min(s.ArraySize, tasks-first)}
		for k := range a.Size {
			if undone[first+k] {
				a.Todo = append(a.Todo, k)
			}
		}
		view.First, view.Last, view.Number = first, a.Size-1, len(arrays)
		if a.File, err = write(fmt.Sprintf("array-%d.sbatch", len(arrays)), arrayTemplate); err != nil {
			return nil, "", err
		}
		arrays = append(arrays, a)
	}
	merge, err = write("merge.sbatch", mergeTemplate)
	return arrays, merge, err
}

func (s Slurm) check() error {
	for _, path := range []string{s.Program, s.Dir} {
		if !filepath.IsAbs(path) || hasControl(path) || strings.Contains(path, `\`) {
			return fmt.Errorf("sweep: %q cannot stand in a batch script (want an absolute path without control characters and \\, which sbatch takes for something else)", path)
		}
	}
	if err := s.mistake(); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// Arguments returns what sbatch takes for what is to do of an array.
func (s Slurm) Arguments(a Array) []string {
	list := FormatList(a.Todo)
	if s.AtOnce > 0 {
		list += fmt.Sprintf("%%%d", s.AtOnce)
	}
	return []string{"--parsable", "--array=" + list, a.File}
}
