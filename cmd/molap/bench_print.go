package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"

	"molap/bench"
	"molap/cmd/molap/internal/machine"
)

// seconds returns the time of a step, the median over rounds.
func (r *benchRow) seconds() float64 {
	return r.median(func(round bench.Round) float64 { return round.Step })
}

// ofPeak returns the share of the FMA peak, the median over rounds; 0 if unknown.
func (r *benchRow) ofPeak() float64 {
	return r.median(func(round bench.Round) float64 { return round.OfPeak })
}

func (r *benchRow) median(of func(bench.Round) float64) float64 {
	var v []float64
	for _, round := range r.rounds {
		v = append(v, of(round))
	}
	return bench.Median(v)
}

// spread returns the largest time of a round less the smallest, by the median.
func (r *benchRow) spread() float64 {
	least, most := math.Inf(1), 0.0
	for _, round := range r.rounds {
		least, most = min(least, round.Step), max(most, round.Step)
	}
	return (most - least) / r.seconds()
}

// gflops returns the operations per nanosecond in steps of so many seconds.
func (r *benchRow) gflops(seconds float64) float64 { return r.FLOPs() / seconds * 1e-9 }

// allocs returns the most allocations of a step in any round.
func (r *benchRow) allocs() uint64 {
	most := uint64(0)
	for _, round := range r.rounds {
		most = max(most, round.Allocs)
	}
	return most
}

func (b *benchmark) printTable(w io.Writer, rows []*benchRow) error {
	m := machine.Describe()
	fmt.Fprintf(w, "One training step: %d time steps, %d inputs, %d outputs, trained: %s, workers: %d.\n%s, %s, %s.\nMedians of %d rounds in which the kernels take turns.\n\n",
		bench.Steps, bench.Inputs, bench.Outputs, b.trained, b.Workers, m.CPU, m.Platform, m.Go, b.rounds)
	cells := [][]string{{"type", "N", "batch", "kernel", "ms per step", "spread %", "GFLOP/s", "% of peak", "× generic", "allocs"}}
	var scaled []string
	for _, r := range rows {
		mark, peak, speedup := "", "–", "–"
		if r.scaled() {
			mark = "~"
			scaled = append(scaled, fmt.Sprintf("%d of %d (%s, N = %d)", r.measured, r.Trials, r.Type, r.Units))
		}
		if p := r.ofPeak(); p > 0 {
			peak = fmt.Sprintf("%.0f", 100*p)
		}
		if r.generic > 0 {
			speedup = digits(r.generic/r.seconds(), 3)
		}
		cells = append(cells, []string{r.Type, fmt.Sprint(r.Units), fmt.Sprint(r.Trials), r.Kernel.String(), mark + digits(1e3*r.seconds(), 3),
			fmt.Sprintf("%.0f", 100*r.spread()), digits(r.gflops(r.seconds()), 3), peak, speedup, fmt.Sprint(r.allocs())})
	}
	writeColumns(w, cells)
	if len(scaled) > 0 {
		fmt.Fprintf(w, "\n~ measured on fewer trials and scaled: %s.\n", strings.Join(scaled, ", "))
	}
	return nil
}

// writeColumns writes rows of cells in columns, the words type and kernel to the
// left and numbers to the right.
func writeColumns(w io.Writer, cells [][]string) {
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for j, s := range row {
			widths[j] = max(widths[j], utf8.RuneCountInString(s))
		}
	}
	for _, row := range cells {
		var line strings.Builder
		for j, s := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(s))
			if head := cells[0][j]; head == "type" || head == "kernel" {
				line.WriteString(s + pad + "  ")
			} else {
				line.WriteString(pad + s + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// digits formats a positive number with that many significant digits and no exponent.
func digits(x float64, count int) string {
	return strconv.FormatFloat(x, 'f', max(0, count-1-int(math.Floor(math.Log10(x)))), 64)
}

// benchReport is what -json prints.
type benchReport struct {
	Machine machine.Description `json:"machine"`
	Steps   int                 `json:"steps"`
	Inputs  int                 `json:"inputs"`
	Outputs int                 `json:"outputs"`
	Trained string              `json:"trained"`
	Workers int                 `json:"workers"`
	Rows    []benchJSON         `json:"rows"`
}

type benchJSON struct {
	Kernel        string    `json:"kernel"`
	Type          string    `json:"type"`
	N             int       `json:"n"`
	Batch         int       `json:"batch"`
	BatchMeasured int       `json:"batch_measured"` // less than batch: the times are scaled
	Milliseconds  float64   `json:"ms"`             // the median of the rounds
	Rounds        []float64 `json:"ms_rounds"`
	GFLOPs        float64   `json:"gflops"`
	PercentOfPeak *float64  `json:"percent_of_peak"` // null: no peak is known
	TimesGeneric  *float64  `json:"times_generic"`   // null: generic was not measured
	Allocs        uint64    `json:"allocs"`
}

func (b *benchmark) printJSON(w io.Writer, rows []*benchRow) error {
	report := benchReport{Machine: machine.Describe(), Steps: bench.Steps, Inputs: bench.Inputs, Outputs: bench.Outputs,
		Trained: b.trained, Workers: b.Workers}
	for _, r := range rows {
		j := benchJSON{Kernel: r.Kernel.String(), Type: r.Type, N: r.Units, Batch: r.Trials, BatchMeasured: r.measured,
			Milliseconds: 1e3 * r.seconds(), GFLOPs: r.gflops(r.seconds()), Allocs: r.allocs()}
		for _, round := range r.rounds {
			j.Rounds = append(j.Rounds, 1e3*round.Step)
		}
		if p := 100 * r.ofPeak(); p > 0 {
			j.PercentOfPeak = &p
		}
		if r.generic > 0 {
			times := r.generic / r.seconds()
			j.TimesGeneric = &times
		}
		report.Rows = append(report.Rows, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(report)
}

// printBenchfmt writes what go test ./bench -bench Step writes, a line a round.
func (b *benchmark) printBenchfmt(w io.Writer, rows []*benchRow) error {
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: molap/bench\n", runtime.GOOS, runtime.GOARCH)
	if cpu := machine.Describe().CPU; cpu != "unknown" {
		fmt.Fprintf(w, "cpu: %s\n", cpu)
	}
	procs := ""
	if n := runtime.GOMAXPROCS(0); n != 1 {
		procs = fmt.Sprintf("-%d", n)
	}
	for _, r := range rows {
		if r.scaled() {
			continue
		}
		for _, round := range r.rounds {
			line := fmt.Sprintf("BenchmarkStep/%v%s\t%8d\t%s ns/op\t%s GFLOP/s", r.Case, procs, round.Steps,
				digits(1e9*round.Step, 4), digits(r.gflops(round.Step), 4))
			if round.OfPeak > 0 {
				line += fmt.Sprintf("\t%s %%peak", digits(100*round.OfPeak, 4))
			}
			fmt.Fprintf(w, "%s\t%d allocs/op\n", line, round.Allocs)
		}
	}
	return nil
}
