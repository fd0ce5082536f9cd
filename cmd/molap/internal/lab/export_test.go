package lab

import (
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
)

// TestExport: a file has the draws of its trials, which the trials show, what evaluation of the
// network finds, and the states that this is read from; exported again it keeps them.
func TestExport(t *testing.T) {
	s := tiny(t, "paper")
	s.Run.Precision = profile.F64
	for _, c := range []Cell{{Arm: Reservoir, Task: "T3", Seed: 3}, {Arm: DNI, Task: "T3", Seed: 3}} {
		n := NetFile{Variant: kernels.Best(), Settings: s, Cell: c, Network: fileOf(t, newLab(s, []uint64{3}), c)}
		net, err := rnn.Load[float64](n.Network)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := subjectOfFile(t, n).(typedSubject[float64]).exported(Export{Draw: 40, States: true})
		if err != nil {
			t.Fatal(err)
		}
		beside := map[string]rnn.Extra{}
		for _, a := range trials.Beside {
			beside[a.Name] = a
		}
		for j, start := range beside["start_delay"].Values.([]int) {
			// The stimulus ends, and with it cos θ.
			before, after := trials.X[((start-1)*40+j)*trials.In+1], trials.X[(start*40+j)*trials.In+1]
			_, cos := kernels.SincosTurns(beside["draw_θ1"].Values.([]float64)[j] / 360)
			if d := before - cos; d > 0.02 || d < -0.02 || after > 0.02 || after < -0.02 {
				t.Fatalf("%v: trial %d: the second input is %v and then %v at step %d, cos θ %v", c, j, before, after, start, cos)
			}
		}
		test, err := testBatch[float64](n.Variant, s, c, 40)
		if err != nil {
			t.Fatal(err)
		}
		outputs := beside["outputs"].Values.([]float64)
		fitted := make([]float64, len(test.Y))
		rnn.FitChannels(fitted, test.Out, outputs, net.Out)
		if want := newTester(n.Variant, s, c, net.Shape, test).outputs(net, nil); !slices.Equal(fitted, want) {
			t.Errorf("%v: outputs are not those of an evaluation", c)
		}
		states, shape := beside["states"].Values.([]float64), beside["states"].Shape
		if !slices.Equal(shape, []int{test.Steps, 40, net.Units}) {
			t.Fatalf("%v: states %v", c, shape)
		}
		at := (17*40 + 5)
		y := 0.0
		for i, w := range net.Row(net.WOut(), 1) {
			y += w * states[at*net.Units+i]
		}
		if d := y - outputs[at*net.Out+1]; d > 1e-12 || d < -1e-12 {
			t.Errorf("%v: output %v, read from the states %v", c, outputs[at*net.Out+1], y)
		}

		data, err := subjectOfFile(t, n).EncodeNPZ(Export{Draw: 40})
		if err != nil {
			t.Fatal(err)
		}
		f, err := rnn.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := rnn.LoadTrials[float64](f, net.Shape)
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, a := range again.Beside {
			if of := beside[a.Name]; a.Name == "start_delay" && slices.Equal(a.Values.([]int), of.Values.([]int)) || a.Name == "draw_θ1" && slices.Equal(a.Values.([]float64), of.Values.([]float64)) {
				kept++
			}
		}
		if kept != 2 || len(again.Beside) != 5 { // one draw, four periods
			t.Errorf("%v: kept %+v", c, again.Beside)
		}
		if len(f.Notices) > 0 {
			t.Errorf("%v: said %q", c, f.Notices)
		}
	}
}

// TestExportMemory: states count, and more than the trials do.
func TestExportMemory(t *testing.T) {
	s := tiny(t, "paper")
	s.Network.Units = 1000
	c := Cell{Arm: Reservoir, Task: "T1", Seed: 1}
	n := NetFile{Settings: s, Cell: c, Network: &rnn.File{}}
	n.Network.Shape.Units, n.Network.Shape.In, n.Network.Shape.Out = 1000, 3, 3
	without, with := n.ExportMemory(Export{Draw: 100}), n.ExportMemory(Export{Draw: 100, States: true})
	if states := 4.0 * 110 * 100 * 1000; with.Bytes-without.Bytes < 2*states || without.Bytes < 4*110*100*(6+6+3) || !strings.Contains(with.By, "-states") {
		t.Errorf("%+v without states, %+v with", without, with)
	}
}
