package paper

import (
	"maps"
	"math"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"slices"
	"strings"
	"testing"
)

// madeUp returns data of two seeds and three draws with scores that tell where they
// come from: 100·seed + 10·level + draw, and 1000 more for the second task.
func madeUp(l *lab.Lab) damageData {
	d := damageData{tasks: l.Tasks()[:2], damages: []lab.Damage{lab.WeightNoise}, seeds: []uint64{1, 2}, draws: 3,
		arms: map[lab.Damage][]lab.Arm{lab.WeightNoise: {lab.MoLaP}}, scores: map[damagedCell]lab.Perturbed{}}
	for _, seed := range d.seeds {
		for i, task := range d.tasks {
			score := func(level, draw int) lab.Scores {
				return lab.Scores{Output: []float64{1000*float64(i) + 100*float64(seed) + 10*float64(level) + float64(draw)}}
			}
			p := lab.Perturbed{Intact: score(0, 0)}
			for k := range lab.NoiseLevels {
				p.Damaged = append(p.Damaged, []lab.Scores{score(k+1, 0), score(k+1, 1), score(k+1, 2)})
			}
			d.scores[damagedCell{lab.MoLaP, task.ID, lab.WeightNoise, seed}] = p
		}
	}
	return d
}

// beside adds an arm to made-up data, with scores made of molap's and the seed.
func (d damageData) beside(arm lab.Arm, of func(s lab.Scores, seed float64) lab.Scores) {
	for cell, p := range maps.Clone(d.scores) {
		cell.arm = arm
		score := func(s lab.Scores) lab.Scores { return of(s, float64(cell.seed)) }
		d.scores[cell] = lab.Perturbed{Intact: score(p.Intact), Damaged: seq.Map(p.Damaged, func(draws []lab.Scores) []lab.Scores { return seq.Map(draws, score) })}
	}
}

// TestDamageMeans checks means and spreads over tasks, draws, levels and seeds.
func TestDamageMeans(t *testing.T) {
	d := madeUp(newLab(tiny(t, "paper"), []uint64{1, 2}))
	both := d.ids()
	if got := d.draw(lab.MoLaP, both, lab.WeightNoise, 2, lab.Scores.Overall); !slices.Equal(got[0], []float64{620, 621, 622}) || !slices.Equal(got[1], []float64{720, 721, 722}) {
		t.Errorf("means over tasks are %v", got)
	}
	if got := d.bySeed(lab.MoLaP, both[:1], lab.WeightNoise, 0, lab.Scores.Overall); !slices.Equal(got, []float64{100, 200}) {
		t.Errorf("intact networks score %v, want 100 and 200", got)
	}
	m, sd := d.at(lab.MoLaP, both[:1], lab.WeightNoise, 1, lab.Scores.Overall)
	if want := math.Sqrt((2 + 2 + 6*50*50) / 5.0); m != 161 || math.Abs(sd-want) > 1e-12 {
		t.Errorf("level 1 scores %v ± %v, want 161 ± %v", m, sd, want)
	}
	// Levels 1 and 2 are σ = 0.005 and 0.01.
	if got := d.overLevels(lab.MoLaP, both[:1], lab.WeightNoise, 0.01, lab.Scores.Overall); !slices.Equal(got, []float64{116, 216}) {
		t.Errorf("means over the first two levels are %v, want 116 and 216", got)
	}
}

// TestDamageOrder checks the comparison of arms on made-up networks: dni has 10 and 20
// less than molap in all outputs, by seed, and 4 and 8 in the responses.
func TestDamageOrder(t *testing.T) {
	d := madeUp(newLab(tiny(t, "paper"), []uint64{1, 2}))
	d.arms[lab.WeightNoise] = []lab.Arm{lab.DNI, lab.MoLaP}
	d.beside(lab.DNI, func(s lab.Scores, seed float64) lab.Scores {
		return lab.Scores{Output: []float64{s.Output[0] - 10*seed}, DecisionUnit: -4 * seed}
	})
	levels := float64(len(lab.NoiseLevels))
	overall := 500 + 150 + 10*(levels+1)/2 + 1
	const t1 = 12.706204736432095 // quantile 0.975 of Student's t with one degree of freedom
	for k, want := range [][]any{
		{"noise", "dni", 2, -6.0, 6.0, 6 - 2*t1, 6 + 2*t1, overall - 15, 15.0, 15 - 5*t1, 15 + 5*t1},
		{"noise", "molap", 2, 0.0, 0.0, nil, nil, overall, 0.0, nil, nil},
	} {
		checkRow(t, d.order("order").Rows[k], want)
	}
}

// TestPretrained checks what fig4 says of reservoirs, here 30 and 50 above molap in all
// outputs, by seed, and 2 and 4 below in the responses: they are no rival of the paper's.
func TestPretrained(t *testing.T) {
	d := madeUp(newLab(tiny(t, "paper"), []uint64{1, 2}))
	d.arms[lab.WeightNoise] = []lab.Arm{lab.MoLaP, lab.Reservoir}
	d.beside(lab.Reservoir, func(s lab.Scores, seed float64) lab.Scores {
		return lab.Scores{Output: []float64{s.Output[0] + 10 + 20*seed}, DecisionUnit: -2 * seed}
	})
	f := fig4Data{d}
	if molap, others := f.winners(); len(molap) != 1 || len(others) != 0 {
		t.Errorf("molap is highest under %v, others under %v", molap, others)
	}
	if got, want := f.pretrained(), "weight noise +3.0 [-9.7, 15.7]."; !strings.HasSuffix(got, want) {
		t.Errorf("%q, want %q at the end", got, want)
	}
}

// TestModulesOfDamage checks figures of networks without what some damages hit.
func TestModulesOfDamage(t *testing.T) {
	s := tiny(t, "paper")
	s.Damage.Draws = 1
	for _, c := range []struct {
		units, modules, dni int
		inter               []lab.Arm // whose inter-module weights are lesioned
	}{
		{8, 1, 6, nil},
		{8, 4, 6, []lab.Arm{lab.Separate, lab.MoLaP}},
		{8, 2, 6, lab.DamagedArms},
	} {
		s.Network.Units, s.Network.Modules, s.DNI.Units = c.units, c.modules, c.dni
		l := newLab(s, []uint64{1})
		n := obs.New(l)
		data := fig3(n)
		do(t, l, n.Needs()...)
		d := data()
		if got := d.arms[lab.LesionInter]; !slices.Equal(got, c.inter) {
			t.Errorf("%d modules of %d units, %d of dni: inter-module lesions of %v, want %v", c.modules, c.units, c.dni, got, c.inter)
		}
		for _, f := range d.result().Figures {
			if len(f.SVG()) == 0 {
				t.Errorf("figure %s is empty", f.Name)
			}
		}
	}
}

// TestTolerance checks up to which level scores count as above the nulls.
func TestTolerance(t *testing.T) {
	d := madeUp(newLab(tiny(t, "paper"), []uint64{1, 2}))
	ids := d.ids()[:1]
	for _, c := range []struct {
		bar, want float64
	}{
		{150, -1},   // intact networks score 150 on the mean over seeds
		{149, 0.03}, // and damaged ones 160 to 190 and the draw
		{1000, -1},
	} {
		null := func(lab.Null) float64 { return c.bar }
		if got := d.tolerance(lab.MoLaP, ids, lab.WeightNoise, lab.Scores.Overall, null); got != c.want {
			t.Errorf("above %v up to %v, want %v", c.bar, got, c.want)
		}
	}
	if got, want := d.tolerated(ids), "Above both answers that do not know the stimulus, on the mean, stay under weight noise: molap up to σ = 0.03."; got != want {
		t.Errorf("in words: %s", got)
	}
	falling := func(s lab.Scores) float64 { return -s.Overall() } // -150, -161, -171, …
	if got := d.tolerance(lab.MoLaP, ids, lab.WeightNoise, falling, func(lab.Null) float64 { return -165 }); got != 0.005 {
		t.Errorf("above -165 up to %v, want 0.005", got)
	}
}
