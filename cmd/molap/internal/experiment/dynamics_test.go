package experiment

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
)

// TestDynamicsFiles checks that the experiment's tables depend on settings and seeds
// alone, and that the work announced is the work reported.
func TestDynamicsFiles(t *testing.T) {
	s := tiny(t, "extended")
	tables := func(seeds []uint64, v kernels.Variant, workers int) []byte {
		l := NewLab(Config{s, seeds, v}, &jobs.Pool{Workers: workers})
		p := &silent{}
		var b bytes.Buffer
		err := l.Run(t.Context(), p, []Experiment{named("dynamics")}, func(_ int, r Result) error {
			for _, table := range r.Tables {
				b.Write(table.CSV())
			}
			for _, f := range r.Figures {
				f.SVG()
			}
			if len(r.Captions) != len(r.Figures) {
				t.Errorf("%d captions of %d figures", len(r.Captions), len(r.Figures))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if p.added < 0.999*p.total || p.added > 1.001*p.total {
			t.Errorf("%v units of work reported, %v announced", p.added, p.total)
		}
		return b.Bytes()
	}
	want := tables([]uint64{1, 2}, kernels.Best(), 1)
	all := kernels.Variants()
	if got := tables([]uint64{1, 2}, all[min(1, len(all)-1)], 3); !bytes.Equal(got, want) {
		t.Errorf("tables differ between %v with 3 workers and %v with 1", all[min(1, len(all)-1)], kernels.Best())
	}
	if got := tables([]uint64{1, 3}, kernels.Best(), 1); bytes.Equal(got, want) {
		t.Error("another seed gives the same tables")
	}
}

// TestMotion checks the dynamics of a network against its definition, and that a file
// gives what the network itself gives.
func TestMotion(t *testing.T) {
	for _, c := range []Cell{{Arm: MoLaP, Task: "T7", Seed: 3}, {Arm: Reservoir, Task: "T1", Seed: 3}, {Arm: DNI, Task: "T5", Seed: 3}} {
		s := tiny(t, "authors")
		l := newLab(s, []uint64{3})
		job := l.motion(c, false)
		do(t, l, job)
		m := job.Value()

		f := fileOf(t, l, c)
		got, err := NetFile{Variant: kernels.Best(), Settings: s, Cell: c, Network: f}.Motion(t.Context(), &silent{}, dynamics.DefaultSearch)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(m) {
			t.Errorf("%s: the file's dynamics differ", c)
		}
		for _, table := range MotionResult("a network", m).Tables {
			if len(table.Rows) == 0 && table.Name != "dynamics_points" {
				t.Errorf("%s: table %s is empty", c, table.Name)
			}
		}
		MotionResult("a network", m).Figures[0].SVG()

		if m.Onset != 35 || m.Response != 85 || m.Steps != 110 {
			t.Errorf("%s: onset %d, response %d of %d steps, want 35, 85, 110", c, m.Onset, m.Response, m.Steps)
		}
		if len(m.Exponents) != motionTrials || len(m.Groups) != motionGroups || len(m.Gradient) != 110 {
			t.Errorf("%s: %d exponents, %d groups, %d gradients", c, len(m.Exponents), len(m.Groups), len(m.Gradient))
		}
		for k := 1; k < len(m.Groups); k++ {
			if m.Groups[k].From < m.Groups[k-1].To {
				t.Errorf("%s: groups are %v, want rising targets", c, m.Groups)
			}
		}
		net, err := rnn.Load[float64](f)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range m.Held {
			for _, p := range h.Points {
				if d := dynamics.NewMap(net.Params, h.Input).Speed(p.H); d != p.Speed || p.Speed > dynamics.DefaultSearch.Slow {
					t.Errorf("%s, %s: speed of a point is %v, the network has %v there", c, h.Name, p.Speed, d)
				}
			}
		}
	}
}

// TestHeld checks which inputs are held: of T7 the same for all trials, of T1 one for
// each group in both periods.
func TestHeld(t *testing.T) {
	s := tiny(t, "paper")
	for task, want := range map[string][]string{
		"T7": {"delay", "response"},
		"T1": {"stimulus 1", "stimulus 2", "stimulus 3", "stimulus 4", "response 1", "response 2", "response 3", "response 4"},
	} {
		c := Cell{Arm: Reservoir, Task: task, Seed: 1}
		b, err := testBatch[float64](kernels.Best(), s, c, 40)
		if err != nil {
			t.Fatal(err)
		}
		sc, err := newScene(kernels.Best(), s, c, autodiff.Shape{Units: 8, In: b.In, Out: b.Out}, b)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, h := range sc.held() {
			names = append(names, h.name)
			input := sc.input(h.end-1, h.trial)
			if fixation := input[0]; fixation != map[int]float64{85: 1, 110: 0}[h.end] {
				t.Errorf("%s, %s: fixation is %v", task, h.name, fixation)
			}
			if task == "T7" && !slices.Equal(input[1:], []float64{0, 0}) {
				t.Errorf("T7, %s: input is %v, want no stimulus", h.name, input)
			}
			if square := input[1]*input[1] + input[2]*input[2]; task == "T1" && !(math.Abs(square-1) < 1e-12) {
				t.Errorf("T1, %s: input is %v, want a direction", h.name, input)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: inputs held are those of %v, want %v", task, names, want)
		}
		part := sc.part(7, 5)
		if part.trials != 5 || !slices.Equal(part.input(60, 2), sc.input(60, 9)) || part.target(4) != sc.target(11) {
			t.Errorf("%s: trials 7 to 11 are not those of the whole", task)
		}
	}
}

func TestSpearman(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{10, 20, 30, 1000}, 1},
		{[]float64{1, 2, 3, 4}, []float64{4, 3, 2, -5}, -1},
		{[]float64{1, 2, 2, 3}, []float64{1, 2, 3, 4}, 3 / math.Sqrt(10)}, // ranks 0 1.5 1.5 3 and 0 1 2 3
	} {
		if got := spearman(c.x, c.y); !(math.Abs(got-c.want) < 1e-15) {
			t.Errorf("rank correlation of %v and %v is %v, want %v", c.x, c.y, got, c.want)
		}
	}
	if got := spearman([]float64{1, 1}, []float64{1, 2}); !math.IsNaN(got) {
		t.Errorf("rank correlation of equal values is %v, want none", got)
	}
}
