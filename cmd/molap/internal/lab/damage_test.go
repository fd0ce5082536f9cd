package lab

import (
	"math"
	"slices"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
)

// TestDamage checks for every damage and level which weights it hits, that their
// number is exact, and that all others stay as they are, bit for bit.
func TestDamage(t *testing.T) {
	s := tiny(t, "paper")
	net := newNetwork[float64](kernels.Best(), s, 3, 2, 2, 1)
	size := net.Units / net.Modules
	same := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
	for _, d := range Damages {
		for _, settings := range []profile.InterModule{profile.OffDiagonal, profile.Everywhere} {
			s.Damage.InterModule = settings
			for _, level := range append([]float64{0, 100}, d.Levels()...) {
				got, hit, err := damageNetwork(kernels.Best(), s, net, d, level, d.Stream(3, 0))
				if err != nil {
					t.Fatal(err)
				}
				var within, between, outside int // changed weights of module 1, between modules, in all
				for i := range net.Rows() {
					for j := range net.Cols() {
						at := i*net.Cols() + j
						if same(got.A[at], net.A[at]) {
							continue
						}
						switch {
						case i >= net.Units || j >= net.Units:
							outside++
						case i/size != j/size:
							between++
						case d == LesionM1 && i >= size || d == LesionM2 && i < size:
							t.Fatalf("%s hits W_rec[%d][%d]", d, i, j)
						default:
							within++
						}
						if d != WeightNoise && got.A[at] != 0 {
							t.Fatalf("%s sets A[%d][%d] to %v, want 0", d, i, j, got.A[at])
						}
					}
				}
				entries := map[Damage]int{LesionM1: size * size, LesionM2: size * size, LesionInter: 2 * size * size,
					LesionGlobal: net.Units * net.Units, Silencing: net.Units}[d]
				if d == LesionInter && settings == profile.Everywhere {
					entries = net.Units * net.Units
				}
				want := int(math.RoundToEven(level * float64(entries) / 100))
				changed := within + between
				switch d {
				case Silencing: // columns, of W_out too
					changed, outside = changed/net.Units, outside-hit*net.Out
				case WeightNoise:
					want = net.Units * net.Units
					if level == 0 {
						changed = want
					}
				}
				if hit != want || changed != want || outside != 0 {
					t.Errorf("%s of %v: %d hit, %d changed, want %d; %d outside of W_rec", d, level, hit, changed, want, outside)
				}
				if d == LesionInter && level == 50 && (within == 0) != (settings == profile.OffDiagonal) {
					t.Errorf("inter-module lesion, %s: %d weights within modules hit", settings, within)
				}
				if d != Silencing && !slices.Equal(got.H0, net.H0) {
					t.Errorf("%s changes h[0]", d)
				}
			}
		}
	}
}

// TestPerturbed checks the scores that experiments show against damage, evaluation
// and score one by one, and the intact network's against its score in Fig. 2. The
// network of dni has inputs and outputs that a task does not.
func TestPerturbed(t *testing.T) {
	s := tiny(t, "paper")
	s.Damage.Trials = s.Score.TestTrials
	s.Run.Precision = profile.F64
	s.Network.UnitNoise = 0.01
	s.Score.Tolerance, s.Score.FixationTolerance = 0.9, 0.9 // so that tiny networks are right sometimes
	l := newLab(s, nil)
	moved := false
	for _, arm := range DamagedArms {
		for _, task := range []string{"T1", "T9"} {
			c := Cell{Arm: arm, Task: task, Seed: 2}
			run := l.Score(c)
			_, net := networkOf[float64](l, c)
			for _, d := range []Damage{LesionInter, WeightNoise, Silencing} {
				j := l.Damaged(c, d, s.Damage.Trials)
				do(t, l, run, j)
				got, intact := j.Value(), run.Value()
				if !slices.Equal(got.Intact.Output, intact.Output) || got.Intact.DecisionUnit != intact.DecisionUnit || got.Blind != intact.Blind || got.Constant != intact.Constant {
					t.Errorf("%s: intact scores %+v beside %v and %v, in Fig. 2 %+v", c, got.Intact, got.Blind, got.Constant, intact)
				}
				test, err := testBatch[float64](l.Variant, s, c, s.Damage.Trials)
				if err != nil {
					t.Fatal(err)
				}
				for i, level := range d.Levels() {
					for draw := range s.Damage.Draws {
						damaged, _, err := damageNetwork(l.Variant, s, net(), d, level, d.Stream(c.Seed, draw))
						if err != nil {
							t.Fatal(err)
						}
						y := widen(newTester(l.Variant, s, c, damaged.Shape, test).outputs(damaged, nil))
						want := rnn.Score(scoreCriterion(s), y, test.Y, test.Trials, test.Out)
						scores := got.Damaged[i][draw]
						if !slices.Equal(scores.Output, want) {
							t.Errorf("%s: %s of %v scores %v, want %v", c, d, level, scores.Output, want)
						}
						moved = moved || !slices.Equal(want, intact.Output)
						squares := 0.0
						for k := range y {
							squares += (y[k] - test.Y[k]) * (y[k] - test.Y[k])
						}
						if e := squares / float64(len(y)); math.Abs(scores.MeanError()-e) > 1e-12*e {
							t.Errorf("%s: %s of %v has error %v, want %v", c, d, level, scores.MeanError(), e)
						}
					}
				}
			}
		}
	}
	if !moved {
		t.Error("no damage changed a score: the test shows nothing")
	}
}

// TestDamageNeeds checks which settings make which damage anew.
func TestDamageNeeds(t *testing.T) {
	s := tiny(t, "paper")
	pool := &jobs.Pool{Workers: 1}
	job := func(d Damage, change func(*profile.Settings)) *jobs.Job[Perturbed] {
		s := s
		change(&s)
		return NewLab(Config{s, nil, kernels.Best()}, pool).Damaged(Cell{Arm: MoLaP, Task: "T2", Seed: 1}, d, s.Damage.TaskTrials)
	}
	for _, c := range []struct {
		name          string
		change        func(*profile.Settings)
		inter, global bool // whether they are other jobs then
	}{
		{"nothing", func(*profile.Settings) {}, false, false},
		{"draws", func(s *profile.Settings) { s.Damage.Draws++ }, true, true},
		{"task_trials", func(s *profile.Settings) { s.Damage.TaskTrials++ }, true, true},
		{"trials", func(s *profile.Settings) { s.Damage.Trials++ }, false, false},
		{"test_trials", func(s *profile.Settings) { s.Score.TestTrials++ }, false, false},
		{"tolerance", func(s *profile.Settings) { s.Score.Tolerance *= 2 }, true, true},
		{"inter_module", func(s *profile.Settings) { s.Damage.InterModule = profile.Everywhere }, true, false},
	} {
		for d, want := range map[Damage]bool{LesionInter: c.inter, LesionGlobal: c.global} {
			if got := job(d, c.change) != job(d, func(*profile.Settings) {}); got != want {
				t.Errorf("%s: %s is done anew: %v, want %v", c.name, d, got, want)
			}
		}
	}
}

// TestInterModule checks that damage.inter_module=everywhere makes of inter-module
// lesions ones of all of W_rec, as in the authors' program.
func TestInterModule(t *testing.T) {
	s := tiny(t, "authors")
	if s.Damage.InterModule != profile.Everywhere {
		t.Fatalf("authors have damage.inter_module = %s", s.Damage.InterModule)
	}
	net := newNetwork[float32](kernels.Best(), s, 1, 1, 1, 1)
	stream := LesionInter.Stream(7, 1)
	got, hit, err := damageNetwork(kernels.Best(), s, net, LesionInter, 30, stream)
	if err != nil {
		t.Fatal(err)
	}
	want, count, err := rnn.Lesion(net, rnn.Global, 30, stream)
	if err != nil {
		t.Fatal(err)
	}
	if hit != count || !slices.Equal(got.A, want.A) {
		t.Errorf("inter-module lesion hits %d weights, one of all weights %d, or others", hit, count)
	}
}

// TestPickExamples checks which entries of outputs become which trial's error.
func TestPickExamples(t *testing.T) {
	const steps, trials, out = 2, 4, 2
	outputs, targets := make([]float64, steps*trials*out), make([]float64, steps*trials*out)
	for i := range outputs {
		targets[i] = float64(i)
		outputs[i] = targets[i]
	}
	outputs[(1*trials+2)*out+1] += 3 // step 1, trial 2, output 1
	e := pickExamples(rnn.Criterion{Tolerance: 1, Fixation: 1, Window: steps}, outputs, targets, trials, out)
	if want := []float64{0, 0, 4.5, 0}; !slices.Equal(e.Error[1], want) || !slices.Equal(e.Error[0], make([]float64, trials)) {
		t.Errorf("errors are %v, want %v of output 1 alone", e.Error, want)
	}
	if want := []bool{false, false, true, false}; !slices.Equal(e.Wrong[1], want) {
		t.Errorf("wrong are %v, want %v", e.Wrong[1], want)
	}
	if want := []float64{0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 16}; !slices.Equal(e.Outputs, want) {
		t.Errorf("traced outputs are %v, want %v", e.Outputs, want)
	}
}

// TestDamageStreams checks that every damage, draw and seed has random numbers of
// its own.
func TestDamageStreams(t *testing.T) {
	seen := map[kernels.Stream]bool{}
	for _, d := range Damages {
		for draw := range 3 {
			for seed := range uint64(3) {
				s := d.Stream(seed, draw)
				if seen[s] {
					t.Errorf("draw %d of %s, seed %d, has the random numbers of another", draw, d, seed)
				}
				seen[s] = true
			}
		}
	}
}
