package paper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
)

// experimentNamed returns an experiment.
func experimentNamed(name string) Experiment {
	all := Experiments()
	return all[slices.IndexFunc(all, func(e Experiment) bool { return e.Name == name })]
}

// files returns the tables of an experiment as they would be written.
func files(t *testing.T, l *lab.Lab, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	err := Run(t.Context(), l, &silent{}, []Experiment{experimentNamed(name)}, func(_ int, r Result) error {
		for _, table := range r.Tables {
			b.Write(table.CSV())
			b.Write(table.JSON())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// golden are digests of all result tables of an experiment, for two seeds with tiny
// settings: they change when any number of the main job does.
var golden = map[string]map[string]string{
	"paper": {
		"fig2":     "b802e1bdcc1fef07e78c4702f635860b47ff403e291101eeaf7d37f9a0c6a065",
		"dni":      "680cb8d6fdebfc389743ab658e5c9ee950e1b6cf0cc586f971146924a339b59b",
		"cca":      "5b33bf23b8da344040aa85c6e02b6e84b3c963981f29377e116905040e5cff41",
		"fig2d":    "1b0e15595cd01ea7c3f8763ce3ac233dab091efa327e214dc800df2e4a19d74c",
		"fig3":     "f3d8d34fb411b3b8fe81a030e3b6798eec5d51ac56d3264fa28df380930923c7",
		"figS5":    "f5c125c8bcd13a3f166a01f379bcd05c409db19954cd9b086ace2a37c1034150",
		"fig5":     "fd20a171c441a8289a634c3a97818c834c7b46ff3211a6079b523b7fb4af483c",
		"modules3": "edcc81d9bfc5fa70ba316d69f7f91f3d713c690a222b76787ed1bb0dae34ff34",
		"claims":   "f34695796db5bacdb2821e420607561cef1182d534a21205625ad8febcaf6194",
	},
	"authors": {
		"fig2":  "ebb4d7c1e463fd5dae7ebaef6263aa8061ee8b75d05f20c11a9afd072fc283ff",
		"dni":   "86bbd97347ad6d001b193b605d243f017f8961757b71eac82fb48bb34bd3e481",
		"cca":   "c4e34dacaf950da2c361d62537c4ab9a82a1c3798e7b4013812880066a97602f",
		"fig2d": "5068afcddfa8a9dd74504180268083494e18f2afcd1629f0487faf315766e6bc",
		"fig3":  "eda1be58d4de507d90a1271c77c22f32bafcceb3b67f398ea670f8ae7a6ad570",
		"figS5": "98777940e4247df9747df5c7953b69e86adfd0a7cb6ddf8a1ccb69ac5ac77fc7",
		"fig4":  "38162b1d25eb072a81d8090284f811b3b7d0c2bf02e00eeb2095872adcdfadb1",
	},
	"extended": {
		"fig2":  "fb358ada63297d5561dc2931db61ee3568cc41be036f343dc5f8fd56f151f8de",
		"cca":   "5b33bf23b8da344040aa85c6e02b6e84b3c963981f29377e116905040e5cff41",
		"fig2d": "e29e51ddea8e34bc1d004904d28f2d125f8f067e6d58abc8098aeefcd39a5c1f",
		"fig3":  "479d809bc840a6158e58b98d66058103213c977f426ccfc4e8045419b979da83",
		"figS5": "040eabbe3cd42925e4ebd36fb9bef59b68bb8c56dbcb4d65a2cb0382b754b0a6",
		"fig4":  "c10a23d1840580cd312dabaa9ff2e0f9ee8df07fe81ae64d3364274b153d4bd0",
	},
	"paper f64": {
		"fig2":  "2e436babe8500e1eff184407cfaaa419d118c63ac37320a0b30e50ed799e837d",
		"dni":   "23e2287a356a2818931726321ca52d31064e0d45fb7c08971b1ce1c2c9e858f4",
		"cca":   "44299a17535a8e8ae72e429a2c9416a15ee4be74cc2cc5142a19fe582a8cb74d",
		"fig2d": "855638a076f1689b5c5637d9f2956b6c0d23c7a1b2798b123d8c23731c8df433",
		"fig3":  "ce488a32b177a4aa05996e96c34116a2f03292ef3d8aff8013489bd097f41955",
		"figS5": "5dc825978f45e1c7d7adf98ff041bf0f775da7e84661cd2bba7622b1cc15c444",
		"fig4":  "3920a901df2551d7832296fb2de05b12dac6ad7e919eb0c88f0e66cafeaa002c",
	},
}

// TestSameFiles checks that result files depend on settings and seeds alone, and
// that they are what they were.
func TestSameFiles(t *testing.T) {
	for name := range golden {
		t.Run(name, func(t *testing.T) { testSameFiles(t, name) })
	}
}

func testSameFiles(t *testing.T, name string) {
	base, double, _ := strings.Cut(name, " ")
	s := tiny(t, base)
	if double != "" {
		s.Run.Precision = profile.F64
	}
	made := func(seeds []uint64, v kernels.Variant, workers int) *lab.Lab {
		return lab.NewLab(lab.Config{Settings: s, Seeds: seeds, Variant: v}, &jobs.Pool{Workers: workers})
	}
	one := made([]uint64{1, 2}, kernels.Best(), 1)
	var others []*lab.Lab
	if !testing.Short() { // then the digest alone must do
		others = append(others, made([]uint64{3, 2}, kernels.Best(), 1))
		for _, v := range kernels.Variants() {
			others = append(others, made([]uint64{1, 2}, v, 3))
		}
	}
	for experiment, digest := range golden[name] {
		want := files(t, one, experiment)
		sum := sha256.Sum256(want)
		if got := hex.EncodeToString(sum[:]); got != digest {
			t.Errorf("digest of the tables of %s is %s, want %s", experiment, got, digest)
		}
		for i, l := range others {
			same := bytes.Equal(files(t, l, experiment), want)
			if i == 0 && same {
				t.Errorf("another seed gives the same files of %s", experiment)
			}
			if i > 0 && !same {
				t.Errorf("files of %s differ between %v with 3 workers and %v with 1", experiment, l.Variant, kernels.Best())
			}
		}
	}
}

// TestCost checks that the work announced is the work reported.
func TestCost(t *testing.T) {
	p := &silent{}
	l := newLab(tiny(t, "paper"), []uint64{1, 2})
	if err := Run(t.Context(), l, p, Experiments(), func(int, Result) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if p.Total == 0 || p.Added < 0.999*p.Total || p.Added > 1.001*p.Total {
		t.Errorf("%v units of work reported, %v announced", p.Added, p.Total)
	}
}

// TestResume checks that an experiment that is interrupted again and again gives
// the files of one that is not, that a change of the score trains nothing, and another
// rate of separate networks those alone.
func TestResume(t *testing.T) {
	s := tiny(t, "paper")
	want := files(t, newLab(s, []uint64{1}), "fig2")
	store, err := jobs.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	stored := func(s profile.Settings) *lab.Lab {
		return lab.NewLab(lab.Config{Settings: s, Seeds: []uint64{1}, Variant: kernels.Best()}, &jobs.Pool{Workers: 2, Store: store})
	}
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		err := Run(ctx, stored(s), &cutShort{left: 30, cancel: cancel}, []Experiment{experimentNamed("fig2")}, func(int, Result) error { return nil })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error is %v, want an interruption", err)
		}
	}
	if got := files(t, stored(s), "fig2"); !bytes.Equal(got, want) {
		t.Error("files differ after interruptions")
	}
	cost := func(s profile.Settings) float64 {
		p := &silent{}
		if err := Run(t.Context(), stored(s), p, []Experiment{experimentNamed("fig2")}, func(int, Result) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return p.Total
	}
	rate := s
	rate.Training.SeparateRate /= 2
	tests := lab.StepCost(s.Network.Units, s.Score.TestTrials, lab.ForwardShare)
	want9 := 9 * (lab.StepCost(s.Network.Units, s.Training.Batch, 1)*float64(s.Training.Levels*s.Training.LevelIterations) + tests)
	if got := cost(rate); got < 0.999*want9 || got > 1.001*want9 {
		t.Errorf("another rate of separate networks costs %v, training and testing those %v", got, want9)
	}
	// Of settings that few networks depend on those alone are trained again: the two
	// modules of a base and nine networks, none, all but the modules of two bases.
	phase := func(units int, p profile.Schedule, share float64) float64 {
		return lab.StepCost(units, p.Batch, share) * float64(p.Levels*p.LevelIterations)
	}
	everything := &silent{}
	if err := Run(t.Context(), newLab(s, []uint64{1}), everything, []Experiment{experimentNamed("fig2")}, func(int, Result) error { return nil }); err != nil {
		t.Fatal(err)
	}
	nine := 9 * (phase(s.Network.Units, s.Training.Schedule, lab.TaskShare) + tests)
	pca, leave, gain := s, s, s
	pca.Arms.PCA, leave.Arms.LeaveOut, gain.Network.InputGain = profile.JointPCA, false, 2
	for _, c := range []struct {
		name string
		s    profile.Settings
		want float64
	}{
		{"another reading of PCA", pca, 2*phase(s.Network.Units, s.Pretraining.Schedule, 1) + nine},
		{"another reading of what is left out", leave, 0},
		{"another input gain", gain, everything.Total - 4*phase(s.Network.Units, s.Pretraining.Schedule, 1)},
	} {
		if got := cost(c.s); math.Abs(got-c.want) > 0.001*max(c.want, 1e-9) {
			t.Errorf("%s costs %v, want %v", c.name, got, c.want)
		}
	}
	s.Score.Tolerance *= 2
	least := 0.0
	for _, arm := range fig2Arms {
		least += 9 * lab.StepCost(arm.Units(s), s.Score.TestTrials, lab.ForwardShare)
	}
	if got := cost(s); got > 1.001*least {
		t.Errorf("another tolerance costs %v, evaluating all networks %v", got, least)
	}
}

// cutShort is a Progress that interrupts after so many reports.
type cutShort struct {
	left   int
	mu     sync.Mutex
	cancel func()
}

func (c *cutShort) Start(float64)         {}
func (c *cutShort) Found(float64, string) {}
func (c *cutShort) Milestone(string)      {}
func (c *cutShort) Add(float64, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		c.cancel()
	}
}
