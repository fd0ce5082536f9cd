package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/lab"
	"molap/rnn"
)

// TestUnfit gives networks and trials whose numbers do not let a command do its work: one line says why,
// before anything begins, and the exit code is that of a mistake in what was given.
func TestUnfit(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, weight, input float64, mask func(output int) float64) string {
		net := &rnn.Network[float64]{Params: autodiff.NewParams[float64](autodiff.Shape{Units: 4, In: 1, Out: 2}), Modules: 1}
		net.Row(net.WOut(), 0)[0] = weight
		net.Row(net.WIn(), 0)[0] = 1
		b := &rnn.Trials[float64]{Steps: 40, Trials: 2, In: 1, Out: 2, X: make([]float64, 80), Y: make([]float64, 160)}
		for i := range b.X {
			b.X[i] = input
		}
		for i := range b.Y {
			b.Weights = append(b.Weights, mask(i%2))
		}
		data, err := rnn.EncodeNPZ(net, b)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	every := func(int) float64 { return 1 }
	masked := write("masked.npz", 1, 1, func(output int) float64 { return float64(1 - output) })
	heavy, loud := write("heavy.npz", 1e200, 1, every), write("loud.npz", 1, 1e200, every)
	out := filepath.Join(dir, "out.npz")
	for _, c := range []struct{ line, want string }{
		{"eval " + masked, "mask is 0 for output 2 in all of the 2 trials"},
		{"perturb " + masked, "mask is 0 for output 2 in all of the 2 trials"},
		{"dynamics " + masked, "mask is 0 for output 2 in all of the 2 trials"},
		{"eval " + heavy, "outputs or targets are too large"},
		{"eval " + heavy + " -precision f32", "W_out[0, 0] is 1e+200, too large for float32"},
		{"perturb " + heavy + " -precision f32", "W_out[0, 0] is 1e+200, too large for float32"},
		{"export " + heavy + " -precision f32 -out " + out, "W_out[0, 0] is 1e+200, too large for float32"},
		{"eval " + loud + " -precision f32", "X[0, 0, 0] is 1e+200, too large for float32"},
		{"perturb " + loud + " -precision f32", "X[0, 0, 0] is 1e+200, too large for float32"},
		{"export " + loud + " -precision f32 -out " + out, "X[0, 0, 0] is 1e+200, too large for float32"},
	} {
		code, stdout, stderr := run(strings.Fields(c.line)...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, ".npz: "+c.want) {
			t.Errorf("molap %s: exit code %d, %q, %q, want one line with %q", c.line, code, stdout, stderr, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("export left a file")
	}
}

// TestPerturbedEqual checks that scores which are all the same have no spread.
func TestPerturbedEqual(t *testing.T) {
	score := lab.Scores{Output: []float64{46.7}, Error: make([]float64, 1)}
	p := perturbedNetwork{Perturbation: lab.Perturbation{Damage: lab.LesionGlobal, Levels: []float64{1}, Draws: 30}}
	p.Intact, p.Hit, p.Damaged = score, []int{1}, [][]lab.Scores{make([]lab.Scores, 30)}
	for i := range p.Damaged[0] {
		p.Damaged[0][i] = score
	}
	rows := perturbedTable([]perturbedNetwork{p}).Rows
	if sd := rows[1][5]; sd != 0. {
		t.Errorf("the standard deviation of equal scores is %v", sd)
	}
}
