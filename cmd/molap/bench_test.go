package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/stepbench"
	"molap/kernels"
)

// briefBench makes a benchmark a matter of a moment; its figures mean nothing.
var briefBench = []string{"bench", "-n", "5,2", "-batch", "1,3", "-time", "10ms", "-rounds", "2"}

func runBench(t *testing.T, args ...string) string {
	t.Helper()
	command := []string{briefBench[0]} // and those flags that args do not have
	for i := 1; i < len(briefBench); i += 2 {
		if !slices.Contains(args, briefBench[i]) {
			command = append(command, briefBench[i:i+2]...)
		}
	}
	code, stdout, stderr := run(append(command, args...)...)
	if code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	return stdout
}

// TestBenchTable checks that every kernel has its row in every case, in order, and
// that the columns hold numbers that belong together.
func TestBenchTable(t *testing.T) {
	out := runBench(t)
	at := strings.Index(out, "type ")
	if at < 0 {
		t.Fatalf("no table in %q", out)
	}
	rows := strings.Split(strings.TrimSpace(out[at:]), "\n")[1:]
	var want [][]string
	for _, typ := range []string{"f32", "f64"} {
		for _, n := range []string{"5", "2"} {
			for _, batch := range []string{"1", "3"} {
				for _, v := range kernels.Variants() {
					want = append(want, []string{typ, n, batch, v.String()})
				}
			}
		}
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d:\n%s", len(rows), len(want), out)
	}
	for i, row := range rows {
		f := strings.Fields(row)
		if len(f) != 10 || !slices.Equal(f[:4], want[i]) {
			t.Fatalf("row %d is %q, want ten columns that begin with %q", i, row, want[i])
		}
		number := func(s string) float64 {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil || v < 0 {
				t.Errorf("row %q: %q is no number", row, s)
			}
			return v
		}
		n, batch, ms, gflops := number(f[1]), number(f[2]), number(f[4]), number(f[6])
		if have := 6 * n * n * 110 * batch / ms * 1e-6; gflops < 0.98*have || gflops > 1.02*have {
			t.Errorf("row %q: %g GFLOP/s, the time says %g", row, gflops, have)
		}
		if number(f[8]) == 0 || f[9] != "0" {
			t.Errorf("row %q: no speed-up or some allocations", row)
		}
		if generic := f[3] == "generic"; generic != (f[7] == "–") || generic && f[8] != "1.00" {
			t.Errorf("row %q: peak %s, speed-up %s", row, f[7], f[8])
		}
	}
	if out := runBench(t, "-kernel", "auto", "-precision", "f32", "-trained", "module", "-workers", "2"); !strings.Contains(out, "trained: module, workers: 2") || strings.Contains(out, "f64") {
		t.Errorf("restricted to a kernel and a type:\n%s", out)
	}
}

// TestBenchScaled checks that a step too long to be run whole is marked.
func TestBenchScaled(t *testing.T) {
	args := []string{"-n", "50", "-batch", "40", "-precision", "f64", "-kernel", "generic", "-rounds", "1", "-time", "1ms"}
	if out := runBench(t, args...); !strings.Contains(out, "  ~") || !strings.Contains(out, "1 of 40 (f64, N = 50)") {
		t.Errorf("no mark that the time is scaled:\n%s", out)
	}
	if out := runBench(t, append(args, "-benchfmt")...); strings.Contains(out, "Benchmark") {
		t.Errorf("a scaled time is a benchmark's:\n%s", out)
	}
	var r stepbench.Report
	if err := json.Unmarshal([]byte(runBench(t, append(args, "-json")...)), &r); err != nil || r.Rows[0].BatchMeasured != 1 || r.Rows[0].Batch != 40 {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestBenchJSON(t *testing.T) {
	var r stepbench.Report
	out := runBench(t, "-json", "-precision", "f64", "-trained", "task")
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(r.Rows) != 4*len(kernels.Variants()) || r.Steps != 110 || r.Trained != "task" || r.Workers != 1 || r.Machine.Go == "" {
		t.Errorf("%+v", r)
	}
	for _, row := range r.Rows {
		generic := row.Kernel == "generic"
		if row.Type != "f64" || len(row.Rounds) != 2 || row.Milliseconds <= 0 || row.GFLOPs <= 0 || row.Allocs != 0 ||
			row.TimesGeneric == nil || (row.PercentOfPeak == nil) != generic || row.BatchMeasured != row.Batch {
			t.Errorf("%+v", row)
		}
	}
	if out := runBench(t, "-json", "-kernel", "auto"); kernels.Best().String() != "generic" && !strings.Contains(out, `"times_generic": null`) {
		t.Errorf("a speed-up over generic that was not measured: %s", out)
	}
}

// TestBenchfmt checks that the lines are those of Go's benchmark format, one for
// each round, and that -col /kernel finds its key.
func TestBenchfmt(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(runBench(t, "-benchfmt", "-precision", "f32")), "\n")
	result := regexp.MustCompile(`^BenchmarkStep/kernel=\w+/type=f32/n=[25]/trials=[13](-\d+)?\s+[1-9]\d*\s+[0-9.]+ ns/op\s+[0-9.]+ GFLOP/s(\s+[0-9.]+ %peak)?\s+0 allocs/op$`)
	config := regexp.MustCompile(`^(goos|goarch|pkg|cpu): \S.*$`)
	count := 0
	for _, line := range lines {
		switch {
		case result.MatchString(line):
			count++
		case !config.MatchString(line):
			t.Errorf("%q is neither a result nor a setting", line)
		}
	}
	if want := 2 * 4 * len(kernels.Variants()); count != want || !strings.HasPrefix(lines[0], "goos: ") {
		t.Errorf("%d results, want %d:\n%s", count, want, strings.Join(lines, "\n"))
	}
	masked := runBench(t, "-benchfmt", "-trained", "task", "-workers", "2", "-kernel", "generic")
	if !strings.Contains(masked, "/trials=3/trained=task/workers=2") {
		t.Errorf("another case has the name of BenchmarkStep:\n%s", masked)
	}
}

func TestBenchBadInput(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"-n 0", []string{"-n", `"0"`, "1 to"}},
		{"-n 5,,6", []string{"-n", "1 to"}},
		{"-n 5,5", []string{"-n", "5", "twice"}},
		{"-batch many", []string{"-batch", "many", "1 to"}},
		{"-kernel sse9", []string{"sse9", "generic"}},
		{"-kernel generic,generic", []string{"generic", "twice"}},
		{"-precision f16", []string{"f16", "both"}},
		{"-trained none", []string{"none", "module"}},
		{"-trained module -n 1", []string{"-trained module", "-n 1"}},
		{"-time 0", []string{"-time", "1ms"}},
		{"-time soon", []string{"-time", "soon", "1ms"}},
		{"-rounds 0", []string{"-rounds", "0"}},
		{"-json -benchfmt", []string{"-json", "-benchfmt"}},
		{"fast", []string{`"fast"`}},
	} {
		code, stdout, stderr := run(append([]string{"bench"}, strings.Fields(c.args)...)...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "molap: ") {
			t.Errorf("molap bench %s: exit code %d, %q, %q", c.args, code, stdout, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(stderr, w) {
				t.Errorf("molap bench %s: %q lacks %q", c.args, stderr, w)
			}
		}
	}
}

func TestBenchInterrupted(t *testing.T) {
	var out, stderr bytes.Buffer
	env := cli.Env{Args: []string{"bench", "-n", "10", "-batch", "2", "-time", "1h"}, Stdout: &out, Stderr: &stderr,
		Notify: func(c chan<- os.Signal) func() { c <- os.Interrupt; return func() {} }, Exit: func(int) {}}
	if code := program().Main(env); code != 130 || out.Len() > 0 || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d, %q, %q, want 130 and no table", code, out.String(), stderr.String())
	}
}
