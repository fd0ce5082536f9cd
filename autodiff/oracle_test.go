package autodiff

import (
	"math"
	"testing"

	"molap/kernels"

	"github.com/sbinet/npyio/npz"
)

// smallReference reads an array of testdata/bptt_small.npz.
func smallReference(t *testing.T, name string) []float64 { return reference(t, "bptt_small.npz", name) }

// reference reads an array of a file of testdata.
func reference(t *testing.T, file, name string) []float64 {
	t.Helper()
	f, err := npz.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var v []float64
	if len(f.Header(name+".npy").Descr.Shape) == 0 {
		v = make([]float64, 1)
		err = f.Read(name+".npy", &v[0])
	} else {
		err = f.Read(name+".npy", &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The network of the oracle: weights are stored input × output.
var oracleShape = Shape{Units: 7, In: 3, Out: 2}

const oracleSteps, oracleTrials = 5, 4

func convert[T kernels.Float](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// setTransposed fills block r of p from its transpose.
func setTransposed[T kernels.Float](p *Params[T], r Rect, w []float64) {
	for i := range r.Rows {
		for j := range p.Row(r, i) {
			p.Row(r, i)[j] = T(w[j*r.Rows+i])
		}
	}
}

func oracleParams[T kernels.Float](t *testing.T) *Params[T] {
	p := NewParams[T](oracleShape)
	setTransposed(p, p.WIn(), smallReference(t, "W_in"))
	setTransposed(p, p.WRec(), smallReference(t, "W_rec"))
	setTransposed(p, p.B(), smallReference(t, "b"))
	setTransposed(p, p.WOut(), smallReference(t, "W_out"))
	setTransposed(p, p.BOut(), smallReference(t, "b_out"))
	copy(p.H0, convert[T](smallReference(t, "h0")))
	return p
}

// maskAll trains all blocks.
func maskAll(s Shape) Mask {
	return Mask{Rects: []Rect{s.WRec(), s.WIn(), s.B(), s.WOut(), s.BOut()}, H0: true}
}

// relativeError returns the largest difference relative to the largest entry of want.
func relativeError[T kernels.Float](t *testing.T, got []T, want []float64) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	diff, scale := 0.0, 0.0
	for i, w := range want {
		diff, scale = max(diff, math.Abs(float64(got[i])-w)), max(scale, math.Abs(w))
	}
	if !(diff < math.Inf(1)) {
		t.Fatalf("not finite: %v", got)
	}
	return diff / scale
}

func testOracle[T kernels.Float](t *testing.T, tolerance float64) {
	s := oracleShape
	x, y := convert[T](smallReference(t, "inputs")), convert[T](smallReference(t, "targets"))
	p := oracleParams[T](t)
	for _, v := range kernels.Variants() {
		t.Run("kernel="+v.String(), func(t *testing.T) {
			e := New[T](v, s, oracleSteps, oracleTrials, maskAll(s), Penalty{}, 1)
			outputs := make([]T, len(y))
			hidden := make([]T, oracleSteps*oracleTrials*s.Units)
			e.Run(p, x, outputs, hidden)
			if d := relativeError(t, outputs, smallReference(t, "outputs")); d > tolerance {
				t.Errorf("outputs are off by %g", d)
			}
			// The oracle stores h[0] too.
			want := smallReference(t, "hidden")
			if d := relativeError(t, hidden, want[len(want)-len(hidden):]); d > tolerance {
				t.Errorf("hidden states are off by %g", d)
			}
			text, code := []Rect{s.WIn(), s.WRec(), s.WOut()}, []Rect{s.WIn(), s.WRec(), s.B()}
			for name, q := range map[string]Penalty{
				"mse":     {},
				"code":    {L2: smallReference(t, "l2_code")[0], On: code, H0: smallReference(t, "areg_code")[0]},
				"codebig": {L2: smallReference(t, "l2_codebig")[0], On: code, H0: smallReference(t, "areg_codebig")[0]},
				"text":    {L2: smallReference(t, "l2_text")[0], On: text, Hidden: smallReference(t, "areg_text")[0]},
				"textbig": {L2: smallReference(t, "l2_textbig")[0], On: text, Hidden: smallReference(t, "areg_textbig")[0]},
			} {
				m := maskAll(s)
				e := New[T](v, s, oracleSteps, oracleTrials, m, q, 1)
				e.Measure = true
				loss := e.Gradient(p, x, y)
				if d := relativeError(t, []T{T(loss.Total())}, smallReference(t, "loss_"+name)); d > tolerance {
					t.Errorf("%s: loss is off by %g", name, d)
				}
				g := NewParams[T](s)
				Scatter(m, g, e.Grad())
				checkGradients(t, name, g, tolerance, func(block string) []float64 { return smallReference(t, "grad_"+name+"_"+block) })
			}
		})
	}
}

// checkGradients holds gradients to those of a reference, block by block.
func checkGradients[T kernels.Float](t *testing.T, name string, g *Params[T], tolerance float64, of func(block string) []float64) {
	t.Helper()
	s := g.Shape
	for block, r := range map[string]Rect{"W_in": s.WIn(), "W_rec": s.WRec(), "b": s.B(), "W_out": s.WOut(), "b_out": s.BOut()} {
		want := NewParams[float64](s)
		setTransposed(want, r, of(block))
		var a []T
		var b []float64
		for i := range r.Rows {
			a, b = append(a, g.Row(r, i)...), append(b, want.Row(r, i)...)
		}
		if d := relativeError(t, a, b); d > tolerance {
			t.Errorf("%s: d%s is off by %g", name, block, d)
		}
	}
	if d := relativeError(t, g.H0, of("h0")); d > tolerance {
		t.Errorf("%s: dh0 is off by %g", name, d)
	}
}

func TestOracleF64(t *testing.T) { testOracle[float64](t, 1e-12) }
func TestOracleF32(t *testing.T) { testOracle[float32](t, 1e-5) }
