package paper

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// The claims of §4.1: Fig. 3, 4 and S5.

// Our explanations for claims about damage that do not hold.
const (
	whyFitted  = "We think input weights and readout are fitted so closely to one W_rec that any missing weight shows; nothing in training asks for more"
	whyIntact  = "What an arm has to lose counts: compare the intact networks, and dni after its last task"
	whyEvenly  = "We think the readout draws on both modules alike, whatever the variance that their variates explain"
	whyBetween = "We think weights within a module carry its variate, and readouts learn around those between modules, which nothing trains"
)

// everyLevel is an upper end above all levels; byBoth are the two measures of [claims.Claim.InBoth].
var (
	everyLevel = math.Inf(1)
	byBoth     = []obs.DamageMeasure{obs.AllOutputs, obs.Responses}
)

// lesions returns the claims about lesions within modules and between them, task T9.
func (d claimsData) lesions() []claimedPassage {
	const where, section = "§4.1, Fig. 3", "fig3"
	t9, all, molap := d.lesioned, obs.AllOutputs, lab.MoLaP
	small := seq.Where(lab.LesionM1.Levels(), func(level float64) bool { return level < 10 })
	most := small[len(small)-1]
	range1 := fmt.Sprintf("mean over %g to %g %%", small[0], most)
	withM1 := func(id string, arm lab.Arm, e judge.Expectation) []claim {
		c := claim{ID: id, Measure: fmt.Sprintf("molap less %s with M1 lesioned, %s", arm, range1), Unit: "points", Expect: e}
		return c.InBoth(func(c *claim, i int) {
			c.Parts = []side{leadsAfterDamage(t9, byBoth[i], lab.LesionM1, most, arm)[0].As(range1)}
		})
	}
	// overM1 returns a claim that a number of molap is larger with module 2 lesioned than with module
	// 1.
	overM1 := func(id, measure string, of func(lab.Damage) side) claim {
		return claim{ID: id, Measure: measure, Unit: "points", Expect: aboveZero, Parts: []side{claims.LeadOver(of(lab.LesionM2), of(lab.LesionM1)).As("M2 less M1")}}
	}
	at30 := func(m obs.DamageMeasure) func(lab.Damage) side {
		return func(damage lab.Damage) side { return claims.ScoreAfter(t9, molap, damage, m, fig3Level) }
	}
	overall := func(damage lab.Damage) side { return claims.ScoreAfter(t9, molap, damage, all, damage.Levels()...) }
	within := func(against func(damage lab.Damage) side) []side {
		return seq.Map([]lab.Damage{lab.LesionM1, lab.LesionM2}, func(damage lab.Damage) side { return against(damage).As("against " + damage.Short()) })
	}
	more := ""
	if t9.Has(molap, lab.LesionInter) {
		hit := func(damage lab.Damage) float64 {
			return float64(t9.Hit(molap, damage, slices.Max(damage.Levels())))
		}
		more = fmt.Sprintf("The same per cent hits %.1f times as many weights as within a module", hit(lab.LesionInter)/hit(lab.LesionM1))
	}
	m2 := claim{ID: "m2-arms", Measure: "molap less the others with M2 lesioned, mean over all levels", Unit: "points", Expect: aboveZero}
	return []claimedPassage{
		{"With <10 % of M1's weights lesioned MoLaP's performance remains high (T9)", where, section, whyFitted, []claim{
			{ID: "m1-70", Measure: "molap with M1 lesioned", Unit: "%", Expect: aboveCriterion, Parts: scoresAt(t9, molap, lab.LesionM1, small...), Note: intactRemark(t9, lab.LesionM1)},
			{ID: "m1-fall", Measure: "intact molap less molap with M1 lesioned", Unit: "points", Expect: judge.Below(similarMargin), Parts: lossesAt(t9, molap, lab.LesionM1, small...), Note: intactRemark(t9, lab.LesionM1)},
		}},
		{"… above that of DNI", where, section, whyIntact, withM1("m1-dni", lab.DNI, aboveZero)},
		{"… and comparable to separately trained networks", where, section, whyIntact, withM1("m1-separate", lab.Separate, withinMargin)},
		{"With M2's weights lesioned MoLaP's performance remains high even at a higher percentage (T9)", where, section, whyFitted, []claim{
			{ID: "m2-70", Measure: "molap with M2 lesioned", Unit: "%", Expect: aboveCriterion, Parts: scoresAt(t9, molap, lab.LesionM2, 10, 20, fig3Level)},
		}},
		{"… above that of DNI and separate networks", where, section, whyIntact, m2.InBoth(func(c *claim, i int) {
			c.Parts = leadsAfterDamage(t9, byBoth[i], lab.LesionM2, everyLevel, lab.Separate, lab.DNI)
		})},
		{"Lesions of M2 are better tolerated than those of M1", where, section, whyEvenly, []claim{
			overM1("m2-m1", "molap with M2 less with M1 lesioned, mean over all levels", overall),
			overM1("m2-m1-30", fmt.Sprintf("molap with M2 less with M1 lesioned at %d %%", fig3Level), at30(all)),
		}},
		{fmt.Sprintf("With %d %% of M2's weights lesioned output 1 remains high, with more decisions right than with M1 lesioned", fig3Level), where, section, whyEvenly, []claim{
			overM1("m2-m1-output-1", "output 1 of molap, M2 less M1 lesioned at that level", at30(obs.DamageMeasure{Of: func(s lab.Scores) float64 { return s.Output[0] }})),
		}},
		{"Performance degrades quickly when inter-module weights are lesioned, for all approaches (T9)", where, section, whyIntact, []claim{
			{ID: "inter-fall", Measure: "intact less 10 % between modules lesioned", Unit: "points", Expect: judge.Above(similarMargin),
				Parts: seq.Map(lab.DamagedArms, func(arm lab.Arm) side { return lossesAt(t9, arm, lab.LesionInter, 10)[0].As(string(arm)) })},
		}},
		{"Cutting connections between modules is far more devastating than damage within", where, section, whyBetween, []claim{
			{ID: "inter-worst", Measure: "molap with a module lesioned less with inter-module weights lesioned, mean over all levels", Unit: "points", Expect: judge.Above(similarMargin), Note: more,
				Parts: within(func(damage lab.Damage) side { return claims.LeadOver(overall(damage), overall(lab.LesionInter)) })},
		}},
		{"The combined error is higher with inter-module weights lesioned than with intra-module weights", where, section, whyBetween, []claim{
			{ID: "inter-error", Measure: fmt.Sprintf("mean squared error of molap at %d %% between modules less within", fig3Level), Expect: aboveZero, Note: more,
				Parts: within(func(damage lab.Damage) side {
					return claims.LeadOver(at30(obs.SquaredError)(lab.LesionInter), at30(obs.SquaredError)(damage))
				})},
		}},
	}
}

// anywhere returns the claims about damage anywhere, tasks T1 and T7.
func (d claimsData) anywhere() []claimedPassage {
	const where, section = "§4.1, Fig. S5", "figS5"
	t1, t7 := d.global.On("T1"), d.global.On("T7")
	pair := func(damage lab.Damage, a, b lab.Arm) side {
		return claims.LeadOver(claims.ScoreAfter(t1, a, damage, obs.AllOutputs, damage.Levels()...),
			claims.ScoreAfter(t1, b, damage, obs.AllOutputs, damage.Levels()...)).As(fmt.Sprintf("%s, %s less %s", damage.Short(), a, b))
	}
	var same, better []side
	for _, damage := range globalDamages {
		same = append(same, pair(damage, lab.MoLaP, lab.Separate), pair(damage, lab.MoLaP, lab.DNI), pair(damage, lab.Separate, lab.DNI))
	}
	for _, damage := range []lab.Damage{lab.LesionGlobal, lab.Silencing} {
		better = append(better, pair(damage, lab.DNI, lab.MoLaP), pair(damage, lab.DNI, lab.Separate))
	}
	onT7 := func(id string, damage lab.Damage) []claim {
		return claim{ID: id, Measure: "molap less the others, mean over 1 to 10 %", Unit: "points", Expect: aboveZero}.InBoth(func(c *claim, i int) {
			c.Parts = leadsAfterDamage(t7, byBoth[i], damage, 10, lab.Separate, lab.DNI)
		})
	}
	return []claimedPassage{
		{"On simpler tasks such as T1 all approaches do similarly under global damage", where, section, whyIntact, []claim{
			{ID: "t1-alike", Measure: "arms less each other, lesions, noise and silenced units, mean over all levels", Unit: "points", Expect: withinMargin, Parts: same},
		}},
		{"… DNI somewhat better when weights and activity are lesioned", where, section, whyIntact, []claim{
			{ID: "t1-dni-better", Measure: "dni less the others on T1, mean over all levels", Unit: "points", Expect: aboveZero, Parts: better},
		}},
		{"… and somewhat worse with noise", where, section, whyIntact, []claim{
			{ID: "t1-dni-worse", Measure: "the others less dni on T1, weight noise, mean over all levels", Unit: "points", Expect: aboveZero,
				Parts: []side{pair(lab.WeightNoise, lab.MoLaP, lab.DNI), pair(lab.WeightNoise, lab.Separate, lab.DNI)}},
		}},
		{"On T7 MoLaP remains higher than the others when up to 10 % of connections are lesioned", where, section, whyIntact, onT7("t7-lesions", lab.LesionGlobal)},
		{"… or up to 10 % of units are silenced", where, section, whyIntact, onT7("t7-silenced", lab.Silencing)},
		{"… and is robust to global noise, even at relatively high levels", where, section, whyFitted, []claim{
			{ID: "t7-noise", Measure: "intact molap less molap with noise, T7", Unit: "points", Expect: judge.Below(similarMargin),
				Parts: lossesAt(t7, lab.MoLaP, lab.WeightNoise, slices.Max(lab.NoiseLevels)), Note: intactRemark(t7, lab.WeightNoise)},
		}},
	}
}

// everywhere returns the claim about all tasks under all kinds of damage.
func (d claimsData) everywhere() []claimedPassage {
	q := d.damaged
	c := claim{ID: "damage-best", Measure: "molap less the others, mean over nine tasks and all levels", Unit: "points", Expect: aboveZero}
	return []claimedPassage{{"Over all tasks MoLaP performs better than the other approaches for all perturbations", "§4.1, Fig. 4", "fig4", whyIntact, c.InBoth(func(c *claim, i int) {
		for _, damage := range q.Damages {
			for _, arm := range []lab.Arm{lab.Separate, lab.DNI} {
				if q.Has(arm, damage) {
					lead := leadsAfterDamage(q, byBoth[i], damage, everyLevel, arm)[0]
					c.Parts = append(c.Parts, lead.As(damage.Short()+", "+lead.Name))
				}
			}
		}
		before := func(arm lab.Arm) float64 { return seq.Mean(q.BySeed(arm, lab.LesionGlobal, 0, byBoth[i])) }
		c.Note = fmt.Sprintf("Intact networks: molap %.1f %%, separate %.1f %%, dni %.1f %%", before(lab.MoLaP), before(lab.Separate), before(lab.DNI))
	})}}
}
