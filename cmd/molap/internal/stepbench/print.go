package stepbench

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"molap/bench"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/seq"
	"molap/kernels"
)

// Report is what -json prints.
type Report struct {
	Machine                machine.Description
	Steps, Inputs, Outputs int
	Trained                string
	Workers                int
	Rows                   []*caseRow
}

// caseRow holds the measurements of one case; times and shares are medians over the rounds.
type caseRow struct {
	Kernel, Type  string
	N, Batch      int
	BatchMeasured int       `json:"batch_measured"` // less than batch: the times are scaled
	Milliseconds  float64   `json:"ms"`
	Rounds        []float64 `json:"ms_rounds"`
	GFLOPs        float64   `json:"gflops"`
	PercentOfPeak *float64  `json:"percent_of_peak"` // null: no peak is known
	TimesGeneric  *float64  `json:"times_generic"`   // null: generic was not measured
	Allocs        uint64    // the most of a step in any round

	measured []bench.Round
	of       bench.Case
}

// newRow sums up the rounds of a case. Fewer of its trials may have been measured.
func newRow(c bench.Case, measured int, rounds []bench.Round) *caseRow {
	r := &caseRow{Kernel: c.Kernel.String(), Type: c.Type, N: c.Units, Batch: c.Trials, BatchMeasured: measured, measured: rounds, of: c,
		Rounds: seq.Map(rounds, func(r bench.Round) float64 { return 1e3 * r.Step })}
	r.Milliseconds = bench.Median(r.Rounds)
	r.GFLOPs = c.FLOPs() / r.Milliseconds * 1e-6
	if peak := 100 * bench.Median(seq.Map(rounds, func(r bench.Round) float64 { return r.OfPeak })); peak > 0 {
		r.PercentOfPeak = &peak
	}
	r.Allocs = slices.Max(seq.Map(rounds, func(r bench.Round) uint64 { return r.Allocs }))
	return r
}

func (b *benchmark) printTable(out io.Writer, rows []*caseRow) error {
	m := machine.Describe()
	fmt.Fprintf(out, "One training step: %d time steps, %d inputs, %d outputs, trained: %s, workers: %d.\n%s, %s, %s.\nMedians of %d rounds in which the kernels take turns.\n\n",
		bench.Steps, bench.Inputs, bench.Outputs, b.trained, b.Workers, m.CPU, m.Platform, m.Go, b.rounds)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "type\tN\tbatch\tkernel\tms per step\tspread %\tGFLOP/s\t% of peak\t× generic\tallocs\t")
	var scaled []string
	for _, r := range rows {
		mark, peak, speedup := "", "–", "–"
		if r.BatchMeasured < r.Batch {
			mark = "~"
			scaled = append(scaled, fmt.Sprintf("%d of %d (%s, N = %d)", r.BatchMeasured, r.Batch, r.Type, r.N))
		}
		if r.PercentOfPeak != nil {
			peak = fmt.Sprintf("%.0f", *r.PercentOfPeak)
		}
		if r.TimesGeneric != nil {
			speedup = formatDigits(*r.TimesGeneric, 3)
		}
		least, most := slices.Min(r.Rounds), slices.Max(r.Rounds)
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%.0f\t%s\t%s\t%s\t%d\t\n", r.Type, r.N, r.Batch, r.Kernel, mark+formatDigits(r.Milliseconds, 3),
			100*(most-least)/r.Milliseconds, formatDigits(r.GFLOPs, 3), peak, speedup, r.Allocs)
	}
	err := w.Flush()
	if len(scaled) > 0 {
		fmt.Fprintf(out, "\n~ measured on fewer trials and scaled: %s.\n", strings.Join(scaled, ", "))
	}
	return err
}

// formatDigits formats a positive number with that many significant digits and no exponent.
func formatDigits(x float64, count int) string {
	return strconv.FormatFloat(x, 'f', max(0, count-1-int(math.Floor(math.Log10(x)))), 64)
}

// printBenchfmt writes what go test ./bench -bench Step writes, a line a round.
func printBenchfmt(w io.Writer, rows []*caseRow) {
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: molap/bench\n", runtime.GOOS, runtime.GOARCH)
	if cpu := machine.Describe().CPU; cpu != "unknown" {
		fmt.Fprintf(w, "cpu: %s\n", cpu)
	}
	procs := ""
	if n := runtime.GOMAXPROCS(0); n != 1 {
		procs = fmt.Sprintf("-%d", n)
	}
	for _, r := range rows {
		if r.BatchMeasured < r.Batch {
			continue
		}
		for _, round := range r.measured {
			line := fmt.Sprintf("BenchmarkStep/%v%s\t%8d\t%s ns/op\t%s GFLOP/s", r.of, procs, round.Steps,
				formatDigits(1e9*round.Step, 4), formatDigits(r.of.FLOPs()/round.Step*1e-9, 4))
			if round.OfPeak > 0 {
				line += fmt.Sprintf("\t%s %%peak", formatDigits(100*round.OfPeak, 4))
			}
			fmt.Fprintf(w, "%s\t%d allocs/op\n", line, round.Allocs)
		}
	}
}

// Peak is the measured FMA peak of one core with the instructions of a kernel variant, in GFLOP/s.
type Peak struct {
	Kernel   string
	F32, F64 float64
}

// Peaks measures the peaks of the variants that run here, best first, but for those of generic
// code, which has none.
func Peaks() []Peak {
	peaks := []Peak{}
	for _, v := range kernels.Variants() {
		if p := (Peak{v.String(), bench.Peak(v, true) / 1e9, bench.Peak(v, false) / 1e9}); p.F32 > 0 {
			peaks = append(peaks, p)
		}
	}
	return peaks
}
