package tasks

import (
	"math"
	"slices"
	"testing"

	"molap/kernels"
)

// lastTargets returns the targets of every trial at the last step.
func lastTargets[T kernels.Float](b *Batch[T], target int) []T {
	var v []T
	for j := range b.Trials {
		v = append(v, b.Targets(b.Steps-1, j)[target])
	}
	return v
}

func TestAngles(t *testing.T) {
	const trials = 3600
	s := kernels.NewStream(21)
	for _, angles := range []Angles{Continuous180, Tens360, Continuous360} {
		o := withoutNoise(Paper)
		o.Angles = angles
		b := draw[float64](t, o, trials, s, tasksNamed(t, o, "T1")...)
		cos, sin := lastTargets(b, 1), lastTargets(b, 2)
		counts := map[int]int{} // by tens of degrees
		for j := range cos {
			degrees := math.Mod(math.Atan2(sin[j], cos[j])*180/math.Pi+360, 360)
			ten := int(math.Floor(degrees / 10))
			if angles == Tens360 {
				ten = int(math.Round(degrees/10)) % 36
				if d := math.Abs(math.Mod(degrees+5, 10) - 5); d > 1e-9 {
					t.Fatalf("%v: %v° is no multiple of ten", angles, degrees)
				}
			}
			counts[ten]++
		}
		bins := 36
		if angles == Continuous180 {
			bins = 18
		}
		if len(counts) != bins {
			t.Fatalf("%v: angles in %d tens of degrees, want %d: %v", angles, len(counts), bins, counts)
		}
		checkUniform(t, string(angles), counts, 0, bins, trials)
	}
}

// checkUniform tests counts of the classes from…from+n-1 for uniformity: χ² within
// five standard deviations of its mean.
func checkUniform(t *testing.T, what string, counts map[int]int, from, n, total int) {
	t.Helper()
	expected := float64(total) / float64(n)
	chi2 := 0.0
	for k := from; k < from+n; k++ {
		d := float64(counts[k]) - expected
		chi2 += d * d / expected
	}
	if dof := float64(n - 1); math.Abs(chi2-dof) > 5*math.Sqrt(2*dof) {
		t.Errorf("%s: χ² is %.1f for %d degrees of freedom", what, chi2, n-1)
	}
}

func TestStimulus(t *testing.T) {
	const trials = 3100
	for _, stimulus := range []Stimulus{VariableStimulus, FullStimulus} {
		o := withoutNoise(Paper)
		o.Stimulus = stimulus
		b := draw[float64](t, o, trials, kernels.NewStream(23), tasksNamed(t, o, "T3")...)
		counts := map[int]int{}
		for j := range trials {
			n := 0
			for step := range b.Steps {
				if b.Inputs(step, j)[1] != 0 {
					n++
				}
			}
			counts[n]++
		}
		if stimulus == FullStimulus {
			if counts[50] != trials {
				t.Errorf("%v: durations %v, want 50 only", stimulus, counts)
			}
			continue
		}
		if len(counts) != 31 || counts[10] == 0 || counts[40] == 0 {
			t.Errorf("%v: %d durations, want 10…40: %v", stimulus, len(counts), counts)
		}
		checkUniform(t, string(stimulus), counts, 10, 31, trials)
	}
}

func TestAnti(t *testing.T) {
	s := kernels.NewStream(25)
	for _, anti := range []Anti{Opposite, Same} {
		o := withoutNoise(Authors)
		o.Anti = anti
		for _, pair := range [][2]int{{0, 1}, {2, 3}} {
			ts := All(o)
			pro, against := draw[float64](t, o, 40, s, ts[pair[0]]), draw[float64](t, o, 40, s, ts[pair[1]])
			if !slices.Equal(pro.X, against.X) {
				t.Fatalf("%v: Pro and Anti have different inputs at one angle", anti)
			}
			sign := map[Anti]float64{Opposite: -1, Same: 1}[anti]
			for _, target := range []int{1, 2} {
				for j, v := range lastTargets(pro, target) {
					if got := lastTargets(against, target)[j]; math.Abs(got-sign*v) > 1e-15 {
						t.Fatalf("%v: Anti wants %v where Pro wants %v", anti, got, v)
					}
				}
			}
			if !slices.Equal(lastTargets(pro, 0), lastTargets(against, 0)) {
				t.Errorf("%v: Anti changes fixation", anti)
			}
		}
	}
}

func TestPulseGap(t *testing.T) {
	s := kernels.NewStream(27)
	for _, gap := range []int{0, 10, 20, 30} {
		o := withoutNoise(Paper)
		o.PulseGap = gap
		b := draw[float64](t, o, 5, s, tasksNamed(t, o, "T8")...)
		for step := range b.Steps {
			on := step >= 35 && step < 45 || step >= 45+gap && step < 55+gap
			if got := b.Inputs(step, 3)[1] != 0; got != on {
				t.Fatalf("gap %d: pulse at step %d is %t, want %t", gap, step, got, on)
			}
		}
	}
}

func TestSharedAngle(t *testing.T) {
	s := kernels.NewStream(29)
	for _, shared := range []bool{false, true} {
		o := withoutNoise(Paper)
		o.SharedAngle = shared
		b := draw[float64](t, o, 50, s, All(o)...)
		for j := range b.Trials {
			// Step 35 shows θ₁ in T1 (1, 2), T5 (13), T6 (15) and T9 (23, 24).
			x := b.Inputs(35, j)
			same := x[1] == x[13] && x[1] == x[23] && x[2] == x[15] && x[2] == x[24]
			if same != shared {
				t.Fatalf("trial %d: shared=%t and first angles equal is %t", j, shared, same)
			}
			// Step 65 shows θ₂: of T5 (13), T7 (17), T8 (20) and T9 (23), gap 20.
			if x := b.Inputs(35+10+o.PulseGap, j); x[13] == x[17] || x[17] == x[20] || x[20] == x[23] {
				t.Fatalf("trial %d: tasks share a second angle", j)
			}
		}
	}
}

func TestResample(t *testing.T) {
	const trials = 400
	s := kernels.NewStream(31)
	o := Paper
	whole := draw[float32](t, o, trials, s, All(o)...)
	o.Resample = true
	b := draw[float32](t, o, trials, s, All(o)...)
	counts := map[int]int{}
	for j := range trials {
		from := 0
		for from < trials && !slices.Equal(b.Inputs(60, j), whole.Inputs(60, from)) {
			from++
		}
		if from == trials {
			t.Fatalf("trial %d is none of the batch", j)
		}
		for step := range b.Steps {
			if !slices.Equal(b.Inputs(step, j), whole.Inputs(step, from)) || !slices.Equal(b.Targets(step, j), whole.Targets(step, from)) {
				t.Fatalf("trial %d is trial %d at step 60 but not at step %d", j, from, step)
			}
		}
		counts[from]++
	}
	// Of n trials drawn n times with replacement, 1-1/e appear; σ = 0.31/√n.
	share := float64(len(counts)) / trials
	if want := 1 - 1/math.E; math.Abs(share-want) > 5*0.31/math.Sqrt(trials) {
		t.Errorf("%.3f of the trials appear, want about %.3f", share, want)
	}
}

func TestUnits(t *testing.T) {
	s := kernels.NewStream(33)
	o := Paper
	raw := draw[float64](t, o, 60, s, All(o)...)
	if one := (Scale{0, 1}); raw.XScale != one || raw.YScale != one {
		t.Errorf("raw units have scales %v and %v", raw.XScale, raw.YScale)
	}
	o.Units = UnitInterval
	b := draw[float64](t, o, 60, s, All(o)...)
	for _, c := range []struct {
		name        string
		raw, scaled []float64
		scale       Scale
	}{{"X", raw.X, b.X, b.XScale}, {"Y", raw.Y, b.Y, b.YScale}} {
		if lo, hi := slices.Min(c.scaled), slices.Max(c.scaled); lo != 0 || hi != 1 {
			t.Errorf("%s spans %v…%v, want 0…1", c.name, lo, hi)
		}
		want := Scale{slices.Min(c.raw), slices.Max(c.raw) - slices.Min(c.raw)}
		if c.scale != want {
			t.Errorf("%s has scale %v, want %v", c.name, c.scale, want)
		}
		for i := range c.raw {
			if d := math.Abs(c.scale.Raw(c.scaled[i]) - c.raw[i]); d > 1e-15 {
				t.Fatalf("%s: value %d comes back as %v, was %v", c.name, i, c.scale.Raw(c.scaled[i]), c.raw[i])
			}
		}
	}
}

func TestMinMax(t *testing.T) {
	x := []float32{3, 3}
	if s := MinMax(x); s != (Scale{3, 1}) || x[0] != 0 || x[1] != 0 {
		t.Errorf("constant values give %v and %v", x, s)
	}
	x = []float32{5, -1, 2}
	if s := MinMax(x); s != (Scale{-1, 6}) || !slices.Equal(x, []float32{1, 0, 0.5}) {
		t.Errorf("got %v and %v", x, s)
	}
}
