package paper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// TestPretrained checks what fig4 says of reservoirs, here 30 and 50 above molap in all
// outputs, by seed, and 2 and 4 below in the responses: they are no rival of the paper's.
func TestPretrained(t *testing.T) {
	n := obs.New(newLab(tiny(t, "paper"), []uint64{1, 2}))
	q := obs.Robustness{Arms: []lab.Arm{lab.MoLaP, lab.Reservoir}, Tasks: n.Tasks()[:1], Damages: []lab.Damage{lab.WeightNoise}, Seeds: n.Seeds, Draws: 1,
		Scores: map[obs.DamagedNet]lab.Perturbed{}}
	for _, seed := range q.Seeds {
		for arm, more := range map[lab.Arm]float64{lab.MoLaP: 0, lab.Reservoir: 1} {
			s := lab.Scores{Output: []float64{20 + more*(10+20*float64(seed))}, DecisionUnit: more * -2 * float64(seed)}
			q.Scores[obs.DamagedNet{Arm: arm, Task: q.Tasks[0].ID, Damage: lab.WeightNoise, Seed: seed}] = lab.Perturbed{
				Intact: s, Damaged: seq.Map(lab.NoiseLevels, func(float64) []lab.Scores { return []lab.Scores{s} }), Hit: make([]int, len(lab.NoiseLevels))}
		}
	}
	if got, want := fig4Headline(q), "all levels: molap under weight noise. The paper"; !strings.Contains(got, want) {
		t.Errorf("%q, want %q in it", got, want)
	}
	row := q.Order("fig4_arms").Rows[1]
	if got, want := fmt.Sprintf("%s %s %d %.1f %.1f %.1f", row[0], row[1], row[2], row[4], row[5], row[6]), "noise reservoir 2 3.0 -9.7 15.7"; got != want {
		t.Errorf("%q, want %q", got, want)
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
		scores, result := fig3Scores(n), planFig3(n)
		do(t, l, n.Needs()...)
		if got := scores().ArmsUnder(lab.LesionInter); !slices.Equal(got, c.inter) {
			t.Errorf("%d modules of %d units, %d of dni: inter-module lesions of %v, want %v", c.modules, c.units, c.dni, got, c.inter)
		}
		for _, f := range result().Figures {
			if len(f.SVG()) == 0 {
				t.Errorf("figure %s is empty", f.Name)
			}
		}
	}
}
