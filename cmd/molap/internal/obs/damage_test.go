package obs

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// madeUpDamage returns data of two seeds and three draws with scores that tell where they
// come from: 100·seed + 10·level + draw, and 1000 more for the second task.
func madeUpDamage() Robustness {
	q := Robustness{Arms: []lab.Arm{lab.MoLaP}, Tasks: tasks.All(tasks.Options{})[:2], Damages: []lab.Damage{lab.WeightNoise}, Seeds: []uint64{1, 2}, Draws: 3,
		Scores: map[DamagedNet]lab.Perturbed{}}
	for _, seed := range q.Seeds {
		for i, task := range q.Tasks {
			score := func(level, draw int) lab.Scores {
				return lab.Scores{Output: []float64{1000*float64(i) + 100*float64(seed) + 10*float64(level) + float64(draw)}}
			}
			p := lab.Perturbed{Intact: score(0, 0)}
			for k := range lab.NoiseLevels {
				p.Damaged, p.Hit = append(p.Damaged, []lab.Scores{score(k+1, 0), score(k+1, 1), score(k+1, 2)}), append(p.Hit, 7)
			}
			q.Scores[DamagedNet{lab.MoLaP, task.ID, lab.WeightNoise, seed}] = p
		}
	}
	return q
}

// TestDamageMeans checks means and spreads over tasks, draws, levels and seeds.
func TestDamageMeans(t *testing.T) {
	both := madeUpDamage()
	first := both.On(both.Tasks[0].ID)
	if got := both.ByDraw(lab.MoLaP, lab.WeightNoise, 0.01, AllOutputs); !slices.Equal(got[0], []float64{620, 621, 622}) || !slices.Equal(got[1], []float64{720, 721, 722}) {
		t.Errorf("means over tasks are %v", got)
	}
	if got := first.BySeed(lab.MoLaP, lab.WeightNoise, 0, AllOutputs); !slices.Equal(got, []float64{100, 200}) {
		t.Errorf("intact networks score %v, want 100 and 200", got)
	}
	m, sd := first.Mean(lab.MoLaP, lab.WeightNoise, 0.005, AllOutputs), seq.SD(first.All(lab.MoLaP, lab.WeightNoise, 0.005, AllOutputs))
	if want := math.Sqrt((2 + 2 + 6*50*50) / 5.0); m != 161 || math.Abs(sd-want) > 1e-12 {
		t.Errorf("σ = 0.005 scores %v ± %v, want 161 ± %v", m, sd, want)
	}
	if got := first.Over(lab.MoLaP, lab.WeightNoise, LevelsTo(lab.WeightNoise, 0.01), AllOutputs); !slices.Equal(got, []float64{116, 216}) {
		t.Errorf("means over the first two levels are %v, want 116 and 216", got)
	}
	if got := first.Hit(lab.MoLaP, lab.WeightNoise, 0.03); got != 7 {
		t.Errorf("%d weights are hit, want 7", got)
	}
}

// TestDamageOrder checks the comparison of arms on made-up networks: dni has 10 and 20
// less than molap in all outputs, by seed, and 4 and 8 in the responses.
func TestDamageOrder(t *testing.T) {
	q := madeUpDamage()
	q.Arms = []lab.Arm{lab.DNI, lab.MoLaP}
	for net, p := range maps.Clone(q.Scores) {
		seed := float64(net.Seed)
		less := func(s lab.Scores) lab.Scores {
			return lab.Scores{Output: []float64{s.Output[0] - 10*seed}, DecisionUnit: -4 * seed}
		}
		net.Arm = lab.DNI
		q.Scores[net] = lab.Perturbed{Intact: less(p.Intact), Damaged: seq.Map(p.Damaged, func(draws []lab.Scores) []lab.Scores { return seq.Map(draws, less) }), Hit: p.Hit}
	}
	if got := q.Highest(lab.WeightNoise); got != lab.MoLaP {
		t.Errorf("%s is highest, want molap", got)
	}
	levels := float64(len(lab.NoiseLevels))
	overall := 500 + 150 + 10*(levels+1)/2 + 1
	const t1 = 12.706204736432095 // quantile 0.975 of Student's t with one degree of freedom
	for k, want := range [][]any{
		{"noise", "dni", 2, -6.0, 6.0, 6 - 2*t1, 6 + 2*t1, overall - 15, 15.0, 15 - 5*t1, 15 + 5*t1},
		{"noise", "molap", 2, 0.0, 0.0, nil, nil, overall, 0.0, nil, nil},
	} {
		row := q.Order("order").Rows[k]
		for i, w := range want {
			a, isFloat := row[i].(float64)
			b, wantFloat := w.(float64)
			if near := isFloat && wantFloat && math.Abs(a-b) <= 1e-7*max(1, math.Abs(b)); !near && row[i] != w {
				t.Errorf("column %d of %v: %v, want %v", i, row[:2], row[i], w)
			}
		}
	}
}

// TestTolerated checks up to which level scores count as above the nulls.
func TestTolerated(t *testing.T) {
	q := madeUpDamage()
	q = q.On(q.Tasks[0].ID)
	for _, c := range []struct {
		bar, want float64
	}{
		{150, -1},   // intact networks score 150 on the mean over seeds
		{149, 0.03}, // and damaged ones 160 to 190 and the draw
		{1000, -1},
	} {
		m := AllOutputs
		m.Null = func(lab.Null) float64 { return c.bar }
		if got := q.Tolerated(lab.MoLaP, lab.WeightNoise, m); got != c.want {
			t.Errorf("above %v up to %v, want %v", c.bar, got, c.want)
		}
	}
	if got, want := q.Above(), "The mean stays above both answers that ignore the stimulus up to these levels: weight noise, molap σ = 0.03."; got != want {
		t.Errorf("in words: %s", got)
	}
	falling := DamageMeasure{Of: func(s lab.Scores) float64 { return -s.Overall() }, Null: func(lab.Null) float64 { return -165 }} // -150, -161, -171, …
	if got := q.Tolerated(lab.MoLaP, lab.WeightNoise, falling); got != 0.005 {
		t.Errorf("above -165 up to %v, want 0.005", got)
	}
}

// TestDamageInWords checks numbers of draws and seeds in words.
func TestDamageInWords(t *testing.T) {
	q := madeUpDamage()
	if got := q.Sample(); got != "Means over 3 draws and 2 seeds." {
		t.Error(got)
	}
	q.Draws, q.Seeds = 1, q.Seeds[:1]
	if got := q.Sample(); got != "Means over 1 draw and 1 seed." {
		t.Error(got)
	}
	const few = "-seeds 10"
	if three := (Robustness{Seeds: []uint64{1, 2, 3}}); !strings.Contains(q.Method(), few) || strings.Contains(three.Method(), few) {
		t.Error("not only captions of fewer than 3 seeds ask for more")
	}
}
