package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/rnn"
)

// motionJSON is what dynamics -json prints.
type motionJSON struct {
	Notices []string
	Tables  []struct {
		Name string
		Rows []map[string]any
	}
}

// TestDynamics looks at a network that was just trained, as text, as JSON and in files.
func TestDynamics(t *testing.T) {
	nets, out := t.TempDir(), filepath.Join(t.TempDir(), "dynamics")
	code, _, stderr := run(append([]string{"train", "-arm", "reservoir", "-task", "T7", "-cache", "off", "-save", nets}, tinySettings...)...)
	if code != 0 {
		t.Fatal(stderr)
	}
	net := filepath.Join(nets, "reservoir_T7_seed1.safetensors")
	code, text, stderr := run("dynamics", net, "-out", out)
	if code != 0 || !strings.Contains(stderr, "dynamics: done in ") {
		t.Fatalf("exit code %d: %q", code, stderr)
	}
	for _, want := range []string{"exponent", "dimensions_m2", "held delay", "held response", "Input of delay (1, 0, 0), held", "dynamics.svg"} {
		if !strings.Contains(text, want) {
			t.Errorf("output lacks %q:\n%s", want, text)
		}
	}
	for _, name := range []string{"dynamics.svg", "dynamics.png", "dynamics.csv", "dynamics_points.json", "dynamics_eigenvalues.csv", "dynamics_course.csv", "dynamics_paths.csv", "dynamics_inputs.csv", "dynamics_coordinates.csv", "dynamics_points.npz"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	code, text, stderr = run("dynamics", net, "-json")
	var written motionJSON
	if err := json.Unmarshal([]byte(text), &written); code != 0 || err != nil || len(written.Tables) != 7 || stderr != "" || written.Tables[0].Rows[0]["quantity"] != "radius" {
		t.Errorf("exit code %d, %v, %s: %d tables", code, err, stderr, len(written.Tables))
	}
	for _, c := range []struct{ args, want []string }{
		{[]string{"dynamics"}, []string{"FILE"}},
		{[]string{"dynamics", filepath.Join(nets, "none.npz")}, []string{"none.npz"}},
		{[]string{"dynamics", net, "-slow", "2"}, []string{"-slow", "2", "1"}},
		{[]string{"dynamics", net, "-input", "1,x"}, []string{"1,x", "numbers", "trial:step"}},
		{[]string{"dynamics", net, "-input", "1,NaN,0"}, []string{"1,NaN,0", "numbers"}},
		{[]string{"dynamics", net, "-input", "-1:3"}, []string{"-1:3", "trial:step"}},
		{[]string{"dynamics", net, "-input", "1:3", "-input", "1:3"}, []string{"1:3", "twice"}},
		{[]string{"dynamics", net, "-starts", net}, []string{"-starts", net, "npy"}},
		{[]string{"dynamics", net, "-task", "T10"}, []string{"T10", "T9"}},
	} {
		code, stdout, stderr := run(c.args...)
		if code != 2 || stdout != "" {
			t.Errorf("%v: exit code %d, output %q", c.args, code, stdout)
		}
		for _, w := range c.want {
			if !strings.Contains(stderr, w) {
				t.Errorf("%v: error %q lacks %q", c.args, stderr, w)
			}
		}
	}
	// A network of another task does not fit, and leaves no directory behind.
	if code, _, stderr := run("dynamics", net, "-task", "T5", "-out", out+"2"); code != 2 || !strings.Contains(stderr, "3 inputs") {
		t.Errorf("T5: exit code %d: %s", code, stderr)
	}
	if _, err := os.Stat(out + "2"); !os.IsNotExist(err) {
		t.Errorf("a directory is left behind: %v", err)
	}
}

// flipflops returns npz files of networks and trials made elsewhere, by what is peculiar. The
// network is a flip-flop: every unit rests at 0 or near ±0.958, where tanh(2h) = h.
func flipflops(t *testing.T) map[string]string {
	const steps, trials, units = 40, 16, 3
	n := &rnn.Network[float64]{Params: autodiff.NewParams[float64](autodiff.Shape{Units: units, In: 2, Out: 2}), Modules: 1}
	for i := range units {
		n.Row(n.WRec(), i)[i] = 2
		if i < 2 {
			n.Row(n.WIn(), i)[i] = 3
			n.Row(n.WOut(), i)[i] = 1
		}
	}
	x, answers := make([]float64, steps*trials*2), make([]float64, steps*trials*2)
	for j := range trials { // alternating trials, so that every second asks for the same
		for i, sign := range []float64{1 - 2*float64(j%2), 1 - 2*float64(j/2%2)} {
			x[(5*trials+j)*2+i] = sign
			for step := range steps {
				answers[(step*trials+j)*2+i] = sign
			}
		}
	}
	ones := make([]float64, len(answers))
	for i := range ones {
		ones[i] = 1
	}
	one := func(x []float64) (y []float64) {
		for step := range steps {
			y = append(y, x[step*trials*2:][:2]...)
		}
		return y
	}
	deaf := &rnn.Network[float64]{Params: autodiff.NewParams[float64](autodiff.Shape{Units: units, Out: 2}), Modules: 1}
	dead := &rnn.Network[float64]{Params: autodiff.NewParams[float64](n.Shape), Modules: 1}
	turning := &rnn.Network[float64]{Params: autodiff.NewParams[float64](n.Shape), Modules: 1} // from one side of 0 to the other
	copy(turning.A, n.A)
	for i, w := range []float64{-2, -2, -0.5} {
		turning.Row(turning.WRec(), i)[i] = w
	}
	huge := make([]float64, len(answers))
	for i, y := range answers {
		huge[i] = 1e300 * y
	}
	all := func(x, y []float64) *rnn.Trials[float64] {
		return &rnn.Trials[float64]{Steps: steps, Trials: len(x) / steps / 2, In: 2, Out: 2, X: x, Y: y}
	}
	fast := all(x, answers)
	fast.StepMS = 2
	early := all(x, ones) // asked for before the inputs differ
	early.Weights = slices.Clone(ones)
	early.Y = slices.Clone(answers)
	paths, dir := map[string]string{}, t.TempDir()
	for name, f := range map[string]struct {
		net    *rnn.Network[float64]
		trials *rnn.Trials[float64]
	}{
		"answers":   {n, all(x, answers)},
		"zeros":     {n, all(x, make([]float64, len(answers)))},
		"ones":      {n, all(x, ones)},
		"alone":     {n, all(x, nil)},
		"one trial": {n, all(one(x), one(ones))},
		"silent":    {n, all(make([]float64, len(x)), make([]float64, len(x)))},
		"no inputs": {deaf, &rnn.Trials[float64]{Steps: steps, Trials: trials, Out: 2, X: []float64{}, Y: ones}},
		"dead":      {dead, all(x, answers)},
		"early":     {n, early},
		"fast":      {n, fast},
		"turning":   {turning, all(x, answers)},
		"huge":      {n, all(x, huge)},
	} {
		data, err := rnn.EncodeNPZ(f.net, f.trials)
		if err != nil {
			t.Fatal(err)
		}
		paths[name] = filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".npz")
		if err := os.WriteFile(paths[name], data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// TestDynamicsForeign looks at networks and trials that lack what tasks have: in sentences
// stand words for what is known, and no number that is none.
func TestDynamicsForeign(t *testing.T) {
	t.Parallel()
	paths := flipflops(t)
	for name, want := range map[string]string{
		"answers":   "100 % of what is asked for can be read",
		"zeros":     "nothing is read from them: all trials ask for the same",
		"ones":      "nothing is read from them: all trials ask for the same",
		"alone":     "No gradient is followed back through the trial: there are no targets Y",
		"one trial": "nothing is read from them: there is one trial",
		"silent":    "the states do not move",
		"no inputs": "Input of end, held:",
		"early":     "No gradient is followed back through the trial: an answer is asked for from step 0 on, and inputs differ between trials from step 5 on.",
		"turning":   "a step, states go round a stable cycle.",
		"huge":      "nothing is read from them: what is asked for is too large",
		"dead":      "Of small differences between states of a trial nothing is left after a step",
	} {
		out := filepath.Join(t.TempDir(), "out")
		code, text, stderr := run("dynamics", paths[name], "-out", out)
		if code != 0 || !strings.Contains(text, want) {
			t.Errorf("%s: exit code %d, %s, output lacks %q:\n%s", name, code, stderr, want, text)
		}
		for _, bad := range []string{"NaN", "Inf", "∞", "−100 %", "−5 steps"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: output has %q:\n%s", name, bad, text)
			}
		}
		code, text, stderr = run("dynamics", paths[name], "-json")
		var written motionJSON
		if err := json.Unmarshal([]byte(text), &written); code != 0 || err != nil || stderr != "" || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: exit code %d, %v, %q, JSON %s", name, code, err, stderr, text)
		}
	}
	if code, _, stderr := run("eval", paths["alone"]); code != 2 || !strings.Contains(stderr, "no targets Y") {
		t.Errorf("scores of inputs alone: exit code %d, %q", code, stderr)
	}
}

// TestDynamicsClock draws time in the steps of the file: in ms where it says how long they last.
func TestDynamicsClock(t *testing.T) {
	nets := flipflops(t)
	for name, want := range map[string][]string{"answers": {">time (steps)<", ">40<"}, "fast": {">time (ms)<", ">80<"}} {
		out := filepath.Join(t.TempDir(), "out")
		code, _, stderr := run("dynamics", nets[name], "-out", out)
		svg, err := os.ReadFile(filepath.Join(out, "dynamics.svg"))
		if code != 0 || err != nil {
			t.Fatalf("%s: exit code %d, %q, %v", name, code, stderr, err)
		}
		for _, w := range want {
			if !strings.Contains(string(svg), w) {
				t.Errorf("%s: the drawing lacks %q", name, w)
			}
		}
	}
}

// TestDynamicsHeld searches points under inputs and from states of the user's own: all 27
// of the flip-flop are found from the states, and found again from the file of them.
func TestDynamicsHeld(t *testing.T) {
	net := flipflops(t)["answers"]
	dir := t.TempDir()
	var states []float64
	for i := range 27 {
		states = append(states, float64(i%3-1)*0.9, float64(i/3%3-1)*0.9, float64(i/9-1)*0.9)
	}
	data, err := rnn.EncodeArrays(rnn.Array{Name: "mine", Shape: []int{3, 9, 3}, Values: states})
	if err != nil {
		t.Fatal(err)
	}
	starts := filepath.Join(dir, "starts.npz")
	if err := os.WriteFile(starts, data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, starts := range []string{starts, filepath.Join(dir, "first", "dynamics_points.npz")} {
		out := filepath.Join(dir, "first")
		if strings.HasSuffix(starts, "points.npz") {
			out = filepath.Join(dir, "second")
		}
		code, text, stderr := run("dynamics", net, "-starts", starts, "-input", "0,0", "-input", "0:5", "-input", "-0.01,0", "-out", out)
		if code != 0 {
			t.Fatal(stderr)
		}
		for _, want := range []string{"Input 0,0, held: 27 of 27 states lead to 27", "states stay at an unstable point", "Input of trial 0, step 5 (1, 1), held:", "more are in " + filepath.Join(out, "dynamics_points.csv")} {
			if !strings.Contains(text, want) && out == filepath.Join(dir, "first") {
				t.Errorf("output lacks %q:\n%s", want, text)
			}
		}
		table, err := os.ReadFile(filepath.Join(out, "dynamics_coordinates.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(table), "\n\"0,0\","); n != 27 {
			t.Errorf("%d points under the input 0,0 in the table, want 27:\n%s", n, table)
		}
		points, err := os.ReadFile(filepath.Join(out, "dynamics_points.npz"))
		if err != nil {
			t.Fatal(err)
		}
		h, err := rnn.DecodeArray(points, "H")
		if err != nil || len(h.Shape) != 2 || h.Shape[1] != 3 {
			t.Fatalf("H is %v: %v", h.Shape, err)
		}
		for _, v := range h.Values[:3*27] {
			if d := math.Abs(math.Abs(v) - 0.9575); d > 1e-4 && math.Abs(v) > 1e-9 {
				t.Errorf("a coordinate of a point is %v, want 0 or ±0.9575", v)
			}
		}
	}
	for _, c := range [][]string{{"-input", "1,2,3", "3 numbers", "takes 2"}, {"-input", "16:0", "trial 16", "16 trials"}, {"-input", "0:40", "step 40", "40 steps"}} {
		code, stdout, stderr := run("dynamics", net, c[0], c[1])
		if code == 0 || stdout != "" || !strings.Contains(stderr, c[2]) || !strings.Contains(stderr, c[3]) {
			t.Errorf("%v: exit code %d, %q", c, code, stderr)
		}
	}
}
