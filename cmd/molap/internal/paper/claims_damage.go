package paper

import (
	"cmp"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// Why claims of damage may not hold: what we think.
const (
	fits = "We think input weights and readout are fitted so closely to one W_rec that any missing weight shows; nothing in training asks for more"
	lose = "What an arm has to lose counts: compare the intact networks, and dni after its last task"
)

// every is the upper end of levels that has all of them.
var every = obs.AllLevels

// damageData is what claims of damage are held against.
type damageData struct{ obs.Robustness }

// ids returns the tasks.
func (d damageData) ids() []string {
	return seq.Map(d.Tasks, func(t tasks.Task) string { return t.ID })
}

// lead returns what molap has over an arm in a score, on average over tasks, draws and
// the levels of a damage up to most, by seed.
func (d damageData) lead(score obs.DamageMeasure, arm lab.Arm, ids []string, damage lab.Damage, most float64) []float64 {
	return d.On(ids...).Lead(lab.MoLaP, arm, damage, most, score)
}

// leads are parts: molap less dni and less separate.
func (d damageData) leads(score obs.DamageMeasure, ids []string, damage lab.Damage, most float64) []part {
	return seq.Map([]lab.Arm{lab.Separate, lab.DNI}, func(arm lab.Arm) part {
		return part{"over " + string(arm), d.lead(score, arm, ids, damage, most)}
	})
}

// inBoth returns a claim that compares arms in two rows: by all outputs, the paper's
// measure, and by the responses alone, since fixation needs no memory.
func inBoth(c claim, by func(c claim, score obs.DamageMeasure) claim) []claim {
	response := c
	response.id, response.measure = c.id+"-response", c.measure+", response alone"
	return []claim{by(c, obs.AllOutputs), by(response, obs.Responses)}
}

// falls are parts: the intact network less the damaged one, at levels of a damage.
func (d damageData) falls(arm lab.Arm, ids []string, damage lab.Damage, levels ...float64) []part {
	intact := d.On(ids...).BySeed(arm, damage, 0, obs.AllOutputs)
	return seq.Map(levels, func(level float64) part {
		return part{damage.Amount(level), minus(intact, d.On(ids...).BySeed(arm, damage, level, obs.AllOutputs))}
	})
}

// heights are parts: the score at levels of a damage.
func (d damageData) heights(arm lab.Arm, ids []string, damage lab.Damage, levels ...float64) []part {
	return seq.Map(levels, func(level float64) part {
		return part{damage.Amount(level), d.On(ids...).BySeed(arm, damage, level, obs.AllOutputs)}
	})
}

// intact tells what an arm's networks score before damage, beside the better null:
// who has learnt nothing has nothing to lose.
func (d damageData) intact(arm lab.Arm, ids []string, damage lab.Damage) string {
	blind, constant := d.On(ids...).Nulls(damage, obs.AllOutputs)
	return fmt.Sprintf("Intact %s scores %.1f %%, the better null %.1f %%", arm, seq.Mean(d.On(ids...).BySeed(arm, damage, 0, obs.AllOutputs)), max(blind, constant))
}

// lesionClaim is a claim of what lesions do, for which networks of some arms must
// have the modules that are hit; parts is called if they do.
func (d damageData) lesionClaim(c claim, arms []lab.Arm, damages []lab.Damage, parts func() []part) claim {
	c.where, c.section = "§4.1, Fig. 3", "fig3"
	for _, arm := range arms {
		for _, damage := range damages {
			if !d.Has(arm, damage) {
				c.missing = fmt.Sprintf("the units of %s do not divide into two modules or more", arm)
				return c
			}
		}
	}
	c.parts = parts()
	return c
}

// m1Claims are of lesions within module 1, task T9.
func (d claimsData) m1Claims() []claim {
	q, ids := d.lesioned, d.lesioned.ids()
	small := slices.DeleteFunc(slices.Clone(lab.LesionM1.Levels()), func(level float64) bool { return level >= 10 })
	most := small[len(small)-1]
	upTo := fmt.Sprintf("mean over %g to %g %%", small[0], most)
	high := claim{words: "With <10 % of M1's weights lesioned MoLaP's performance remains high (T9)", why: fits,
		note: q.intact(lab.MoLaP, ids, lab.LesionM1)}
	height, fall := high, high
	height.id, height.measure, height.unit, height.expect = "m1-70", "molap with M1 lesioned", "%", judge.Above(publishedCriterion)
	fall.id, fall.measure, fall.unit, fall.expect = "m1-fall", "intact molap less molap with M1 lesioned", "points", judge.Below(similarMargin)
	one := []lab.Damage{lab.LesionM1}
	// over compares molap to an arm.
	over := func(c claim, arm lab.Arm) []claim {
		c.unit, c.measure = "points", fmt.Sprintf("molap less %s with M1 lesioned, %s", arm, upTo)
		return inBoth(c, func(c claim, score obs.DamageMeasure) claim {
			return q.lesionClaim(c, []lab.Arm{lab.MoLaP, arm}, one, func() []part { return []part{{upTo, q.lead(score, arm, ids, lab.LesionM1, most)}} })
		})
	}
	return slices.Concat([]claim{
		q.lesionClaim(height, []lab.Arm{lab.MoLaP}, one, func() []part { return q.heights(lab.MoLaP, ids, lab.LesionM1, small...) }),
		q.lesionClaim(fall, []lab.Arm{lab.MoLaP}, one, func() []part { return q.falls(lab.MoLaP, ids, lab.LesionM1, small...) }),
	},
		over(claim{id: "m1-dni", words: "… above that of DNI", expect: judge.Above(0), why: lose}, lab.DNI),
		over(claim{id: "m1-separate", words: "… and comparable to separately trained networks", expect: judge.Within(0, similarMargin), why: lose}, lab.Separate))
}

// m2Claims are of lesions within module 2, task T9.
func (d claimsData) m2Claims() []claim {
	q, ids := d.lesioned, d.lesioned.ids()
	both := []lab.Damage{lab.LesionM1, lab.LesionM2}
	// tolerated compares damage to the modules by a measure of molap.
	tolerated := func(id, words, measure string, of func(lab.Damage) []float64) claim {
		return q.lesionClaim(claim{id: id, words: words, unit: "points", expect: judge.Above(0), measure: measure,
			why: "We think the readout draws on both modules alike, whatever the variance that their variates explain"}, []lab.Arm{lab.MoLaP}, both, func() []part {
			return []part{{"M2 less M1", minus(of(lab.LesionM2), of(lab.LesionM1))}}
		})
	}
	at := func(score obs.DamageMeasure) func(lab.Damage) []float64 {
		return func(damage lab.Damage) []float64 {
			return q.BySeed(lab.MoLaP, damage, fig3Level, score)
		}
	}
	const better = "Lesions of M2 are better tolerated than those of M1"
	arms := inBoth(claim{id: "m2-arms", words: "… above that of DNI and separate networks", unit: "points", expect: judge.Above(0), why: lose,
		measure: "molap less the others with M2 lesioned, mean over all levels"}, func(c claim, score obs.DamageMeasure) claim {
		return q.lesionClaim(c, lab.DamagedArms, both, func() []part { return q.leads(score, ids, lab.LesionM2, every) })
	})
	return slices.Concat([]claim{
		q.lesionClaim(claim{id: "m2-70", words: "With M2's weights lesioned MoLaP's performance remains high even at a higher percentage (T9)", unit: "%",
			measure: "molap with M2 lesioned", expect: judge.Above(publishedCriterion), why: fits}, []lab.Arm{lab.MoLaP}, both, func() []part {
			return q.heights(lab.MoLaP, ids, lab.LesionM2, 10, 20, fig3Level)
		}),
	}, arms, []claim{
		tolerated("m2-m1", better, "molap with M2 less with M1 lesioned, mean over all levels",
			func(damage lab.Damage) []float64 {
				return q.Over(lab.MoLaP, damage, every, obs.AllOutputs)
			}),
		tolerated("m2-m1-30", better, fmt.Sprintf("molap with M2 less with M1 lesioned at %d %%", fig3Level), at(obs.AllOutputs)),
		tolerated("m2-m1-output-1", fmt.Sprintf("With %d %% of M2's weights lesioned output 1 remains high, with more decisions right than with M1 lesioned", fig3Level),
			"output 1 of molap, M2 less M1 lesioned at that level", at(obs.DamageMeasure{Of: func(s lab.Scores) float64 { return s.Output[0] }})),
	})
}

// interClaims are of lesions between modules, task T9.
func (d claimsData) interClaims() []claim {
	const around = "We think weights within a module carry its variate, and readouts learn around those between modules, which nothing trains"
	q, ids := d.lesioned, d.lesioned.ids()
	inter, within := []lab.Damage{lab.LesionInter}, []lab.Damage{lab.LesionM1, lab.LesionM2}
	less := func(measure func(lab.Damage) []float64, sign float64) func() []part {
		return func() []part {
			return seq.Map(within, func(damage lab.Damage) part {
				x := minus(measure(damage), measure(lab.LesionInter))
				return part{"against " + damage.Short(), seq.Map(x, func(v float64) float64 { return sign * v })}
			})
		}
	}
	note := ""
	if q.Has(lab.MoLaP, lab.LesionInter) {
		hit := func(damage lab.Damage) float64 {
			return float64(q.Hit(lab.MoLaP, damage, slices.Max(damage.Levels())))
		}
		note = fmt.Sprintf("The same per cent hits %.1f times as many weights as within a module", hit(lab.LesionInter)/hit(lab.LesionM1))
	}
	return []claim{
		q.lesionClaim(claim{id: "inter-fall", words: "Performance degrades quickly when inter-module weights are lesioned, for all approaches (T9)", unit: "points", expect: judge.Above(similarMargin),
			measure: "intact less 10 % between modules lesioned", why: lose}, lab.DamagedArms, inter, func() []part {
			return seq.Map(lab.DamagedArms, func(arm lab.Arm) part { return part{string(arm), q.falls(arm, ids, lab.LesionInter, 10)[0].x} })
		}),
		q.lesionClaim(claim{id: "inter-worst", words: "Cutting connections between modules is far more devastating than damage within", unit: "points", expect: judge.Above(similarMargin), note: note, why: around,
			measure: "molap with a module lesioned less with inter-module weights lesioned, mean over all levels"}, []lab.Arm{lab.MoLaP}, slices.Concat(within, inter),
			less(func(damage lab.Damage) []float64 {
				return q.Over(lab.MoLaP, damage, every, obs.AllOutputs)
			}, 1)),
		q.lesionClaim(claim{id: "inter-error", words: "The combined error is higher with inter-module weights lesioned than with intra-module weights", expect: judge.Above(0), note: note, why: around,
			measure: fmt.Sprintf("mean squared error of molap at %d %% between modules less within", fig3Level)}, []lab.Arm{lab.MoLaP}, slices.Concat(within, inter),
			less(func(damage lab.Damage) []float64 {
				return q.BySeed(lab.MoLaP, damage, fig3Level, obs.SquaredError)
			}, -1)),
	}
}

// globalClaims are of damage anywhere, tasks T1 and T7.
func (d claimsData) globalClaims() []claim {
	q := d.global
	easy, hard := []string{"T1"}, []string{"T7"}
	all := func(damage lab.Damage, arm lab.Arm) []float64 {
		return q.On(easy...).Over(arm, damage, every, obs.AllOutputs)
	}
	pair := func(damage lab.Damage, a, b lab.Arm) part {
		return part{fmt.Sprintf("%s, %s less %s", damage.Short(), a, b), minus(all(damage, a), all(damage, b))}
	}
	var alike, better []part
	for _, damage := range globalDamages {
		alike = append(alike, pair(damage, lab.MoLaP, lab.Separate), pair(damage, lab.MoLaP, lab.DNI), pair(damage, lab.Separate, lab.DNI))
	}
	for _, damage := range []lab.Damage{lab.LesionGlobal, lab.Silencing} {
		better = append(better, pair(damage, lab.DNI, lab.MoLaP), pair(damage, lab.DNI, lab.Separate))
	}
	const margins = "mean over all levels"
	// over compares molap to the others on T7 up to 10 % of a damage.
	over := func(id, words string, damage lab.Damage) []claim {
		return inBoth(claim{id: id, words: words, unit: "points", expect: judge.Above(0), measure: "molap less the others, mean over 1 to 10 %"},
			func(c claim, score obs.DamageMeasure) claim { c.parts = q.leads(score, hard, damage, 10); return c })
	}
	claims := slices.Concat([]claim{
		{id: "t1-alike", words: "On simpler tasks such as T1 all approaches do similarly under global damage", unit: "points", expect: judge.Within(0, similarMargin),
			measure: "arms less each other, lesions, noise and silenced units, " + margins, parts: alike},
		{id: "t1-dni-better", words: "… DNI somewhat better when weights and activity are lesioned", unit: "points", expect: judge.Above(0),
			measure: "dni less the others on T1, " + margins, parts: better},
		{id: "t1-dni-worse", words: "… and somewhat worse with noise", unit: "points", expect: judge.Above(0),
			measure: "the others less dni on T1, weight noise, " + margins, parts: []part{pair(lab.WeightNoise, lab.MoLaP, lab.DNI), pair(lab.WeightNoise, lab.Separate, lab.DNI)}},
	},
		over("t7-lesions", "On T7 MoLaP remains higher than the others when up to 10 % of connections are lesioned", lab.LesionGlobal),
		over("t7-silenced", "… or up to 10 % of units are silenced", lab.Silencing),
		[]claim{
			{id: "t7-noise", words: "… and is robust to global noise, even at relatively high levels", unit: "points", expect: judge.Below(similarMargin),
				measure: "intact molap less molap with noise, T7", parts: q.falls(lab.MoLaP, hard, lab.WeightNoise, slices.Max(lab.NoiseLevels)), note: q.intact(lab.MoLaP, hard, lab.WeightNoise), why: fits},
		})
	for i := range claims {
		claims[i].where, claims[i].section, claims[i].why = "§4.1, Fig. S5", "figS5", cmp.Or(claims[i].why, lose)
	}
	return claims
}

// everyDamageClaims are of all tasks under all kinds of damage.
func (d claimsData) everyDamageClaims() []claim {
	q := d.damaged
	return inBoth(claim{id: "damage-best", words: "Over all tasks MoLaP performs better than the other approaches for all perturbations", where: "§4.1, Fig. 4", section: "fig4",
		measure: "molap less the others, mean over nine tasks and all levels", unit: "points", expect: judge.Above(0),
		why: lose}, func(c claim, score obs.DamageMeasure) claim {
		for _, damage := range q.Damages {
			for _, arm := range []lab.Arm{lab.Separate, lab.DNI} {
				if q.Has(arm, damage) {
					c.parts = append(c.parts, part{fmt.Sprintf("%s, over %s", damage.Short(), arm), q.lead(score, arm, q.ids(), damage, every)})
				}
			}
		}
		intact := func(arm lab.Arm) float64 { return seq.Mean(q.BySeed(arm, lab.LesionGlobal, 0, score)) }
		c.note = fmt.Sprintf("Intact networks: molap %.1f %%, separate %.1f %%, dni %.1f %%", intact(lab.MoLaP), intact(lab.Separate), intact(lab.DNI))
		return c
	})
}

// taskNames names tasks for a figure.
func taskNames(ts []tasks.Task) []string {
	return seq.Map(ts, func(t tasks.Task) string { return t.ID + " " + t.Title })
}
