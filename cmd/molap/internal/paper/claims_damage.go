package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// The claims of §4.1: Fig. 3, 4 and S5.

// Why claims of damage may not hold: what we think.
const (
	fits    = "We think input weights and readout are fitted so closely to one W_rec that any missing weight shows; nothing in training asks for more"
	lose    = "What an arm has to lose counts: compare the intact networks, and dni after its last task"
	evenly  = "We think the readout draws on both modules alike, whatever the variance that their variates explain"
	outside = "We think weights within a module carry its variate, and readouts learn around those between modules, which nothing trains"
)

// every is the upper end of levels that has all of them; byBoth are the two measures of [claim.inBoth].
var (
	every  = obs.AllLevels
	byBoth = []obs.DamageMeasure{obs.AllOutputs, obs.Responses}
)

// lesions are the claims about lesions within modules and between them, task T9.
func (d claimsData) lesions() []passage {
	const where, section = "§4.1, Fig. 3", "fig3"
	t9, all, molap := d.lesioned, obs.AllOutputs, lab.MoLaP
	small := slices.DeleteFunc(slices.Clone(lab.LesionM1.Levels()), func(level float64) bool { return level >= 10 })
	most := small[len(small)-1]
	range1 := fmt.Sprintf("mean over %g to %g %%", small[0], most)
	withM1 := func(id string, arm lab.Arm, e judge.Expectation) []claim {
		c := claim{id: id, measure: fmt.Sprintf("molap less %s with M1 lesioned, %s", arm, range1), unit: "points", expect: e}
		return c.inBoth(func(c *claim, i int) {
			c.parts = []part{{range1, withstands(t9, byBoth[i], lab.LesionM1, most, arm)[0].side}}
		})
	}
	// overM1 has what of molap is more with module 2 lesioned than with module 1.
	overM1 := func(id, measure string, of func(lab.Damage) side) claim {
		return claim{id: id, measure: measure, unit: "points", expect: ahead, parts: []part{{"M2 less M1", leadOver(of(lab.LesionM2), of(lab.LesionM1))}}}
	}
	at30 := func(m obs.DamageMeasure) func(lab.Damage) side {
		return func(damage lab.Damage) side { return scoreAt(t9, molap, damage, fig3Level, m) }
	}
	overall := func(damage lab.Damage) side { return scoreUpTo(t9, molap, damage, every, all) }
	within := func(against func(damage lab.Damage) side) []part {
		return seq.Map([]lab.Damage{lab.LesionM1, lab.LesionM2}, func(damage lab.Damage) part { return part{"against " + damage.Short(), against(damage)} })
	}
	more := ""
	if t9.Has(molap, lab.LesionInter) {
		hit := func(damage lab.Damage) float64 {
			return float64(t9.Hit(molap, damage, slices.Max(damage.Levels())))
		}
		more = fmt.Sprintf("The same per cent hits %.1f times as many weights as within a module", hit(lab.LesionInter)/hit(lab.LesionM1))
	}
	m2 := claim{id: "m2-arms", measure: "molap less the others with M2 lesioned, mean over all levels", unit: "points", expect: ahead}
	return []passage{
		{"With <10 % of M1's weights lesioned MoLaP's performance remains high (T9)", where, section, fits, []claim{
			{id: "m1-70", measure: "molap with M1 lesioned", unit: "%", expect: high, parts: heights(t9, molap, lab.LesionM1, small...), note: intact(t9, lab.LesionM1)},
			{id: "m1-fall", measure: "intact molap less molap with M1 lesioned", unit: "points", expect: judge.Below(similarMargin), parts: falls(t9, molap, lab.LesionM1, small...), note: intact(t9, lab.LesionM1)},
		}},
		{"… above that of DNI", where, section, lose, withM1("m1-dni", lab.DNI, ahead)},
		{"… and comparable to separately trained networks", where, section, lose, withM1("m1-separate", lab.Separate, similarly)},
		{"With M2's weights lesioned MoLaP's performance remains high even at a higher percentage (T9)", where, section, fits, []claim{
			{id: "m2-70", measure: "molap with M2 lesioned", unit: "%", expect: high, parts: heights(t9, molap, lab.LesionM2, 10, 20, fig3Level)},
		}},
		{"… above that of DNI and separate networks", where, section, lose, m2.inBoth(func(c *claim, i int) {
			c.parts = withstands(t9, byBoth[i], lab.LesionM2, every, lab.Separate, lab.DNI)
		})},
		{"Lesions of M2 are better tolerated than those of M1", where, section, evenly, []claim{
			overM1("m2-m1", "molap with M2 less with M1 lesioned, mean over all levels", overall),
			overM1("m2-m1-30", fmt.Sprintf("molap with M2 less with M1 lesioned at %d %%", fig3Level), at30(all)),
		}},
		{fmt.Sprintf("With %d %% of M2's weights lesioned output 1 remains high, with more decisions right than with M1 lesioned", fig3Level), where, section, evenly, []claim{
			overM1("m2-m1-output-1", "output 1 of molap, M2 less M1 lesioned at that level", at30(obs.DamageMeasure{Of: func(s lab.Scores) float64 { return s.Output[0] }})),
		}},
		{"Performance degrades quickly when inter-module weights are lesioned, for all approaches (T9)", where, section, lose, []claim{
			{id: "inter-fall", measure: "intact less 10 % between modules lesioned", unit: "points", expect: judge.Above(similarMargin),
				parts: seq.Map(lab.DamagedArms, func(arm lab.Arm) part { return part{string(arm), fall(t9, arm, lab.LesionInter, 10)} })},
		}},
		{"Cutting connections between modules is far more devastating than damage within", where, section, outside, []claim{
			{id: "inter-worst", measure: "molap with a module lesioned less with inter-module weights lesioned, mean over all levels", unit: "points", expect: judge.Above(similarMargin), note: more,
				parts: within(func(damage lab.Damage) side { return leadOver(overall(damage), overall(lab.LesionInter)) })},
		}},
		{"The combined error is higher with inter-module weights lesioned than with intra-module weights", where, section, outside, []claim{
			{id: "inter-error", measure: fmt.Sprintf("mean squared error of molap at %d %% between modules less within", fig3Level), expect: ahead, note: more,
				parts: within(func(damage lab.Damage) side {
					return leadOver(at30(obs.SquaredError)(lab.LesionInter), at30(obs.SquaredError)(damage))
				})},
		}},
	}
}

// anywhere are the claims about damage anywhere, tasks T1 and T7.
func (d claimsData) anywhere() []passage {
	const where, section = "§4.1, Fig. S5", "figS5"
	t1, t7 := d.global.On("T1"), d.global.On("T7")
	pair := func(damage lab.Damage, a, b lab.Arm) part {
		return part{fmt.Sprintf("%s, %s less %s", damage.Short(), a, b), leadOver(scoreUpTo(t1, a, damage, every, obs.AllOutputs), scoreUpTo(t1, b, damage, every, obs.AllOutputs))}
	}
	var same, better []part
	for _, damage := range globalDamages {
		same = append(same, pair(damage, lab.MoLaP, lab.Separate), pair(damage, lab.MoLaP, lab.DNI), pair(damage, lab.Separate, lab.DNI))
	}
	for _, damage := range []lab.Damage{lab.LesionGlobal, lab.Silencing} {
		better = append(better, pair(damage, lab.DNI, lab.MoLaP), pair(damage, lab.DNI, lab.Separate))
	}
	onT7 := func(id string, damage lab.Damage) []claim {
		return claim{id: id, measure: "molap less the others, mean over 1 to 10 %", unit: "points", expect: ahead}.inBoth(func(c *claim, i int) {
			c.parts = withstands(t7, byBoth[i], damage, 10, lab.Separate, lab.DNI)
		})
	}
	return []passage{
		{"On simpler tasks such as T1 all approaches do similarly under global damage", where, section, lose, []claim{
			{id: "t1-alike", measure: "arms less each other, lesions, noise and silenced units, mean over all levels", unit: "points", expect: similarly, parts: same},
		}},
		{"… DNI somewhat better when weights and activity are lesioned", where, section, lose, []claim{
			{id: "t1-dni-better", measure: "dni less the others on T1, mean over all levels", unit: "points", expect: ahead, parts: better},
		}},
		{"… and somewhat worse with noise", where, section, lose, []claim{
			{id: "t1-dni-worse", measure: "the others less dni on T1, weight noise, mean over all levels", unit: "points", expect: ahead,
				parts: []part{pair(lab.WeightNoise, lab.MoLaP, lab.DNI), pair(lab.WeightNoise, lab.Separate, lab.DNI)}},
		}},
		{"On T7 MoLaP remains higher than the others when up to 10 % of connections are lesioned", where, section, lose, onT7("t7-lesions", lab.LesionGlobal)},
		{"… or up to 10 % of units are silenced", where, section, lose, onT7("t7-silenced", lab.Silencing)},
		{"… and is robust to global noise, even at relatively high levels", where, section, fits, []claim{
			{id: "t7-noise", measure: "intact molap less molap with noise, T7", unit: "points", expect: judge.Below(similarMargin),
				parts: falls(t7, lab.MoLaP, lab.WeightNoise, slices.Max(lab.NoiseLevels)), note: intact(t7, lab.WeightNoise)},
		}},
	}
}

// everywhere is the claim about all tasks under all kinds of damage.
func (d claimsData) everywhere() []passage {
	q := d.damaged
	c := claim{id: "damage-best", measure: "molap less the others, mean over nine tasks and all levels", unit: "points", expect: ahead}
	return []passage{{"Over all tasks MoLaP performs better than the other approaches for all perturbations", "§4.1, Fig. 4", "fig4", lose, c.inBoth(func(c *claim, i int) {
		for _, damage := range q.Damages {
			for _, arm := range []lab.Arm{lab.Separate, lab.DNI} {
				if q.Has(arm, damage) {
					lead := withstands(q, byBoth[i], damage, every, arm)[0]
					c.parts = append(c.parts, part{damage.Short() + ", " + lead.name, lead.side})
				}
			}
		}
		before := func(arm lab.Arm) float64 { return seq.Mean(q.BySeed(arm, lab.LesionGlobal, 0, byBoth[i])) }
		c.note = fmt.Sprintf("Intact networks: molap %.1f %%, separate %.1f %%, dni %.1f %%", before(lab.MoLaP), before(lab.Separate), before(lab.DNI))
	})}}
}
