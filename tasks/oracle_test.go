package tasks

import (
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"molap/kernels"
)

// trialOf is one trial as the oracle sees it.
type trialOf struct {
	theta1, theta2 float64 // radians
	stimulus       int     // steps for which T3 and T4 show theirs
	gap            int     // steps between pulses
	anti           float64 // radians added by Anti
}

// oracleTrials writes out the inputs and targets of each task step by step, in steps
// of 10 ms counted from 0. It shares nothing with the tables.
var oracleTrials = map[string]func(tr trialOf, t int) (x, y []float64){
	"delay_pro":  func(tr trialOf, t int) (x, y []float64) { return delayOracle(tr, t, tr.theta1, 110) },
	"delay_anti": func(tr trialOf, t int) (x, y []float64) { return delayOracle(tr, t, tr.theta1+tr.anti, 110) },
	"mem_pro":    func(tr trialOf, t int) (x, y []float64) { return delayOracle(tr, t, tr.theta1, 35+tr.stimulus) },
	"mem_anti": func(tr trialOf, t int) (x, y []float64) {
		return delayOracle(tr, t, tr.theta1+tr.anti, 35+tr.stimulus)
	},
	"mem_dm1": func(tr trialOf, t int) (x, y []float64) {
		x = []float64{fixationOracle(t), pulseOracle(tr, t, math.Cos(tr.theta1), math.Cos(tr.theta2))}
		return x, responseOracle(t, math.Max(math.Cos(tr.theta1), math.Cos(tr.theta2)))
	},
	"mem_dm2": func(tr trialOf, t int) (x, y []float64) {
		x = []float64{fixationOracle(t), pulseOracle(tr, t, math.Sin(tr.theta1), math.Sin(tr.theta2))}
		return x, responseOracle(t, math.Max(math.Sin(tr.theta1), math.Sin(tr.theta2)))
	},
	"context_mem_dm1": func(tr trialOf, t int) (x, y []float64) {
		return bothOracle(tr, t), responseOracle(t, math.Max(math.Cos(tr.theta1), math.Cos(tr.theta2)))
	},
	"context_mem_dm2": func(tr trialOf, t int) (x, y []float64) {
		return bothOracle(tr, t), responseOracle(t, math.Max(math.Sin(tr.theta1), math.Sin(tr.theta2)))
	},
	"multi_mem": func(tr trialOf, t int) (x, y []float64) {
		return bothOracle(tr, t), responseOracle(t, math.Max(
			math.Cos(tr.theta1)+math.Sin(tr.theta1), math.Cos(tr.theta2)+math.Sin(tr.theta2)))
	},
}

func fixationOracle(t int) float64 {
	if t >= 10 && t < 85 {
		return 1
	}
	return 0
}

func responseOracle(t int, v ...float64) []float64 {
	if t < 85 {
		v = make([]float64, len(v))
	}
	return append([]float64{fixationOracle(t)}, v...)
}

func delayOracle(tr trialOf, t int, asked float64, gone int) (x, y []float64) {
	x = []float64{fixationOracle(t), 0, 0}
	if t >= 35 && t < gone {
		x[1], x[2] = math.Cos(tr.theta1), math.Sin(tr.theta1)
	}
	return x, responseOracle(t, math.Cos(asked), math.Sin(asked))
}

func pulseOracle(tr trialOf, t int, height1, height2 float64) float64 {
	switch {
	case t >= 35 && t < 45:
		return height1
	case t >= 45+tr.gap && t < 55+tr.gap:
		return height2
	}
	return 0
}

func bothOracle(tr trialOf, t int) []float64 {
	return []float64{fixationOracle(t),
		pulseOracle(tr, t, math.Cos(tr.theta1), math.Cos(tr.theta2)),
		pulseOracle(tr, t, math.Sin(tr.theta1), math.Sin(tr.theta2))}
}

// drawnTrial reads trial j of a task from the streams, by the documented path.
func drawnTrial(o Options, name string, s kernels.Stream, j int) trialOf {
	h := fnv.New64a()
	h.Write([]byte(name))
	own, shared := s.Child(h.Sum64()), s.Child(0)
	if !o.SharedAngle {
		shared = own
	}
	radians := func(s kernels.Stream) float64 {
		switch o.Angles {
		case Tens360:
			return float64(10*s.Intn(uint64(j), 36)) * math.Pi / 180
		case Continuous360:
			return s.Uniform(uint64(j)) * 2 * math.Pi
		}
		return s.Uniform(uint64(j)) * math.Pi
	}
	tr := trialOf{
		theta1: radians(shared.Child(0).Child(0)), theta2: radians(own.Child(0).Child(1)),
		stimulus: 50, gap: o.PulseGap,
	}
	if o.Stimulus != FullStimulus {
		tr.stimulus = 10 + own.Child(1).Child(1).Intn(uint64(j), 31)
	}
	if o.Anti != Same {
		tr.anti = math.Pi
	}
	return tr
}

// withoutNoise are the options without what the oracle does not cover.
func withoutNoise(o Options) Options {
	o.Noise, o.Units, o.Resample = 0, RawUnits, false
	return o
}

// radiansError is how far cos and sin of an angle rounded to radians may be off:
// angles go up to 3π, where half a unit in the last place is 9e-16, and they are
// rounded twice.
const radiansError = 2e-15

func TestEveryStepOfEveryTask(t *testing.T) {
	own := withoutNoise(Paper)
	own.SharedAngle = false
	circle := withoutNoise(Paper)
	circle.Angles = Continuous360
	s := kernels.NewStream(11)
	for label, o := range map[string]Options{"paper": withoutNoise(Paper), "authors": withoutNoise(Authors), "zero": {}, "own angles": own, "full circle": circle} {
		all := All(o)
		if len(all) != len(oracleTrials) {
			t.Fatalf("%d tasks, want %d", len(all), len(oracleTrials))
		}
		for _, task := range all {
			t.Run(label+"/"+task.Name, func(t *testing.T) {
				b := draw[float64](t, o, 40, s, task)
				if b.Steps != 110 {
					t.Fatalf("%d steps, want 110", b.Steps)
				}
				for j := range b.Trials {
					tr := drawnTrial(o, task.Name, s, j)
					for step := range b.Steps {
						x, y := oracleTrials[task.Name](tr, step)
						checkTrials(t, fmt.Sprintf("trial %d step %d inputs", j, step), b.Inputs(step, j), x, radiansError)
						checkTrials(t, fmt.Sprintf("trial %d step %d targets", j, step), b.Targets(step, j), y, 2*radiansError)
						if t.Failed() {
							return
						}
					}
				}
			})
		}
	}
}

// draw draws one batch with a generator of its own and the generic kernels.
func draw[T kernels.Float](tb testing.TB, o Options, trials int, s kernels.Stream, ts ...Task) *Batch[T] {
	tb.Helper()
	v, err := kernels.Lookup("generic")
	if err != nil {
		tb.Fatal(err)
	}
	g, err := NewGenerator[T](v, o, ts...)
	if err != nil {
		tb.Fatal(err)
	}
	b := g.NewBatch(trials)
	for i := range b.X {
		b.X[i] = T(math.NaN()) // Draw must overwrite all
	}
	for i := range b.Y {
		b.Y[i] = T(math.NaN())
	}
	b.XScale, b.YScale = Scale{7, 7}, Scale{7, 7}
	g.Draw(b, s)
	return b
}

func checkTrials[T kernels.Float](tb testing.TB, what string, got []T, want []float64, tolerance float64) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if d := math.Abs(float64(got[i]) - want[i]); !(d <= tolerance) {
			tb.Errorf("%s: value %d is %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}
