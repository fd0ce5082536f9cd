package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// plateau is why what was not learnt is not: what we think.
const plateau = "Where training does not leave the plateau of a blind answer scores are those of the nulls; docs/search.md has what moves that"

// The tasks that §4 calls easier, those it calls more complex, and all, by place.
var (
	easyTasks = []int{0, 1, 2, 3}
	hardTasks = []int{4, 5, 6, 7, 8}
	nineTasks = slices.Concat(easyTasks, hardTasks)
)

// once are the arms of Fig. 2 with dni in one reading, right after each task: what
// it has learnt, not what it still knows.
var once = []lab.Arm{lab.Separate, lab.DNIFresh, lab.MoLaP, lab.MoLaPPCA, lab.Reservoir}

// minus returns x − y, seed by seed.
func minus(x, y []float64) []float64 {
	d := make([]float64, len(x))
	for i := range x {
		d[i] = x[i] - y[i]
	}
	return d
}

// meanOf returns the mean of several measures, seed by seed.
func meanOf(xs ...[]float64) []float64 {
	m := make([]float64, len(xs[0]))
	for i := range m {
		m[i] = seq.Mean(seq.Map(xs, func(x []float64) float64 { return x[i] }))
	}
	return m
}

// grouped are the scores of Fig. 2.
type grouped struct{ obs.Scores }

// over returns the mean of a measure of an arm over tasks, by seed.
func (g grouped) over(arm lab.Arm, tasks []int, m obs.Measure) []float64 {
	return g.Over(string(arm), m, tasks...)
}

// lead returns what molap has over an arm on average over tasks, by seed.
func (g grouped) lead(arm lab.Arm, tasks []int, measure obs.Measure) []float64 {
	return minus(g.over(lab.MoLaP, tasks, measure), g.over(arm, tasks, measure))
}

// leads are parts: molap less each of some arms on average over tasks.
func (g grouped) leads(arms []lab.Arm, tasks []int, measure obs.Measure) []part {
	return seq.Map(arms, func(arm lab.Arm) part { return part{"over " + series(arm).Name, g.lead(arm, tasks, measure)} })
}

// taskRange tells how far apart the tasks lie that a lead is the mean of.
func (g grouped) taskRange(arm lab.Arm, tasks []int, measure obs.Measure) string {
	leads := seq.Map(tasks, func(i int) float64 { return seq.Mean(g.lead(arm, []int{i}, measure)) })
	ahead := 0
	for _, v := range leads {
		if v > 0 {
			ahead++
		}
	}
	return fmt.Sprintf("By task %+.1f to %+.1f, ahead on %d of %d", slices.Min(leads), slices.Max(leads), ahead, len(tasks))
}

// levels tells what arms score on average over tasks, beside the better null: arms
// that have learnt nothing are alike, too.
func (g grouped) levels(tasks []int, arms ...lab.Arm) string {
	text := ""
	for _, arm := range arms {
		text += fmt.Sprintf("%s %.1f %%, ", series(arm).Name, seq.Mean(g.over(arm, tasks, obs.Overall)))
	}
	null := minus(g.over(lab.MoLaP, tasks, obs.Overall), g.over(lab.MoLaP, tasks, obs.Overall.OverNulls()))
	return text + fmt.Sprintf("the better null %.1f %%", seq.Mean(null))
}

// successClaims are of the level that §4 calls successful.
func (d claimsData) successClaims() []claim {
	g := d.learnt
	each := func(measure obs.Measure) []part {
		return seq.Map(nineTasks, func(i int) part { return part{g.Tasks[i].ID, g.On("molap", i, measure)} })
	}
	left, all := 0, 0
	for i := range g.Tasks {
		rs := g.Of("molap", i)
		left, all = left+len(obs.Escapes(rs)), all+len(rs)
	}
	c := claim{words: "Successful learning (>70 % decisions correct) across all 9 tasks", where: "§4, Fig. 2", section: "fig2", why: plateau,
		note: fmt.Sprintf("Training left the plateau of a blind answer in %d of %d runs", left, all)}
	of := func(id, measure, unit string, parts []part, e judge.Expectation) claim {
		c := c
		c.id, c.measure, c.unit, c.parts, c.expect = id, measure, unit, parts, e
		return c
	}
	return []claim{
		of("success-70", "molap on each task", "%", each(obs.Overall), judge.Above(publishedCriterion)),
		of("success-nulls", "molap less the better null", "points", each(obs.Overall.OverNulls()), judge.Above(0)),
		of("success-nulls-response", "molap less the better null, response alone", "points", each(obs.Response.OverNulls()), judge.Above(0)),
	}
}

// similarClaims compare arms that §4 finds alike.
func (d claimsData) similarClaims() []claim {
	g := d.learnt
	var all []claim
	for _, arm := range []lab.Arm{lab.Separate, lab.DNIFresh, lab.DNI} {
		c := claim{id: "similar-" + string(arm), words: "Similar performance to independent networks and DNI", where: "§4, Fig. 2", section: "fig2",
			measure: "molap less " + series(arm).Name + ", mean over nine tasks", unit: "points",
			parts: []part{{"mean of nine tasks", g.lead(arm, nineTasks, obs.Overall)}}, expect: judge.Within(0, similarMargin),
			note: g.taskRange(arm, nineTasks, obs.Overall) + ". " + g.levels(nineTasks, lab.MoLaP, arm)}
		switch arm {
		case lab.Separate:
			c.why = "A separate network has every weight trained; with molap input weights and readout have to do with what pre-training left in the modules"
		case lab.DNIFresh:
			c.why = "DNI trains every weight, but each task within what those before leave of it"
		case lab.DNI:
			c.why = "We think the paper shows dni right after each task; after the last much of it is forgotten"
		}
		all = append(all, c)
	}
	spread := func(tasks []int) []float64 {
		return meanOf(seq.Map(tasks, func(i int) []float64 {
			by := seq.Map(once, func(arm lab.Arm) []float64 { return g.On(string(arm), i, obs.Overall) })
			s := make([]float64, len(g.Seeds))
			for k := range s {
				at := seq.Map(by, func(x []float64) float64 { return x[k] })
				s[k] = slices.Max(at) - slices.Min(at)
			}
			return s
		})...)
	}
	alike := claim{words: "Performance is more similar for easier tasks (T1–T4) than for more complex tasks (T5–T9)", where: "§4, Fig. 2", section: "fig2", unit: "points",
		why: "Arms are alike on a task that none of them learns, and on one that all do, whatever its complexity"}
	easier, each := alike, alike
	easier.id, easier.measure = "easy-alike", "highest less lowest of five arms, mean over T5–T9 less mean over T1–T4"
	easier.parts, easier.expect = []part{{"T5–T9 less T1–T4", minus(spread(hardTasks), spread(easyTasks))}}, judge.Above(0)
	each.id, each.measure = "easy-each", "molap less each other arm, mean over T1–T4"
	each.parts, each.expect = g.leads([]lab.Arm{lab.Separate, lab.DNIFresh, lab.MoLaPPCA, lab.Reservoir}, easyTasks, obs.Overall), judge.Within(0, similarMargin)
	each.note = g.levels(easyTasks, once...)
	return append(all, easier, each)
}

// bestClaims are of molap being first, and of what pre-training is good for.
func (d claimsData) bestClaims() []claim {
	const contracts = "We think pre-training makes the modules contract: a reservoir whose states converge forgets the pulses before the response, a random one keeps them longer"
	g := d.learnt
	others := []lab.Arm{lab.Separate, lab.DNIFresh, lab.DNI, lab.MoLaPPCA, lab.Reservoir}
	each := func(tasks []int, measure obs.Measure) (parts []part) {
		for _, i := range tasks {
			for _, p := range g.leads(others, []int{i}, measure) {
				parts = append(parts, part{g.Tasks[i].ID + " " + p.name, p.x})
			}
		}
		return parts
	}
	best := func(id, measure string, parts []part) claim {
		return claim{id: id, words: "Only MoLaP achieves the highest performance across all tasks", where: "§4, Fig. 2", section: "fig2",
			measure: measure, unit: "points", parts: parts, expect: judge.Above(0),
			why: "molap is not ahead on a task that other arms learn as well, or that it does not learn itself"}
	}
	all := []claim{
		best("best-each", "molap less each other arm on each of nine tasks", each(nineTasks, obs.Overall)),
		best("best-hard", "molap less each other arm on each of T5–T9", each(hardTasks, obs.Overall)),
		best("best-mean", "molap less each other arm, mean over nine tasks", g.leads(others, nineTasks, obs.Overall)),
		best("best-mean-response", "molap less each other arm, mean over nine tasks, response alone", g.leads(others, nineTasks, obs.Response)),
	}
	for _, arm := range []lab.Arm{lab.MoLaPPCA, lab.Reservoir} {
		words, why := "CCA rather than PCA is crucial for deriving useful latent primitives", "Where neither arm learns a task the difference is one between blind answers"
		if arm == lab.Reservoir {
			words, why = "Pre-training by CCA is better than none on the complex tasks", contracts
		}
		c := claim{id: "hard-" + string(arm), words: words, where: "§4, Fig. 2", section: "fig2",
			measure: "molap less " + string(arm) + ", mean over T5–T9", unit: "points",
			parts: g.leads([]lab.Arm{arm}, hardTasks, obs.Overall), expect: judge.Above(0), note: g.taskRange(arm, hardTasks, obs.Overall), why: why}
		response := c
		response.id, response.measure = c.id+"-response", "molap less "+string(arm)+", mean over T5–T9, response alone"
		response.parts, response.note = g.leads([]lab.Arm{arm}, hardTasks, obs.Response), g.taskRange(arm, hardTasks, obs.Response)
		all = append(all, c, response)
	}
	const t7 = 6
	t7Claim := func(id, measure, why string, parts ...part) claim {
		return claim{id: id, words: "On T7, with pre-training both readouts hit the target, without it one misses", where: "§4, Fig. 2D, E", section: "fig2d",
			measure: measure, unit: "points", parts: parts, expect: judge.Above(0), why: why}
	}
	output := func(o int) obs.Measure { return obs.Measure{Of: func(r lab.Run) float64 { return r.Output[o] }} }
	hits := func(arm lab.Arm, o int, sign float64) part {
		return part{fmt.Sprintf("output %d of %s", o+1, arm), seq.Map(g.On(string(arm), t7, output(o)), func(v float64) float64 { return sign * (v - publishedCriterion) })}
	}
	return append(all,
		t7Claim("t7-readouts", "output 2 of molap less that of reservoir, T7", contracts, part{"T7", g.lead(lab.Reservoir, []int{t7}, output(1))}),
		t7Claim("t7-hits", fmt.Sprintf("by how much outputs 1 and 2 of molap are above %g %% and output 2 of reservoir below, T7", float64(publishedCriterion)),
			"By settings that learn T7 (profile extended) a reservoir hits both targets as well, by those of the text and of the authors no arm but dni hits the second",
			hits(lab.MoLaP, 0, 1), hits(lab.MoLaP, 1, 1), hits(lab.Reservoir, 1, -1)))
}

// varianceClaims are those of A.2.1, of canonical variates and of modules.
func (d claimsData) varianceClaims() []claim {
	es := d.explained.chosen()
	share := func(f func(lab.Explained) []float64, m int) []float64 {
		return seq.Map(es, func(e lab.Explained) float64 { return float64(100 * f(e)[m-1]) })
	}
	reading := "the first angle of a trial shared by its tasks"
	if !d.explained.profile {
		reading = "every task with a first angle of its own"
	}
	var all []claim
	for _, of := range []struct {
		m     int
		words string
		level float64
	}{
		{2, "Two latent dimensions capture ≈60 % of the variance between inputs and targets", publishedTwoVariates},
		{3, "Three latent dimensions capture ≈70 %", publishedThreeVariates},
	} {
		for _, by := range []struct {
			id, name string
			f        func(lab.Explained) []float64
		}{
			{"r2", "variance of the targets explained, scikit-learn's score of CCA", lab.Explained.R2s},
			{"redundancy", "variance of the targets explained by the best linear prediction", lab.Explained.Redundancies},
			{"association", "share in the sum of squared canonical correlations", lab.Explained.Associations},
		} {
			all = append(all, claim{id: fmt.Sprintf("variance-%d-%s", of.m, by.id), words: of.words, where: "A.2.1", section: "cca",
				measure: by.name + ", " + reading, unit: "%", parts: []part{{"corpus", share(by.f, of.m)}}, expect: judge.Within(of.level, similarMargin),
				note: "The paper does not say how it measured", why: "Measures differ by more than the margin, and so do readings of the corpus"})
		}
	}
	first := claim{id: "variance-m1", words: "The first canonical dimension (M1) captures more of the variance than the second (M2)", where: "§4.1", section: "cca",
		why:     "Canonical variates are in the order of their correlations, not of the variance they explain",
		measure: "variance of the targets explained by the first variate less what the second adds, scikit-learn's score, " + reading, unit: "points",
		expect: judge.Above(0), parts: []part{{"corpus", minus(share(lab.Explained.R2s, 1), minus(share(lab.Explained.R2s, 2), share(lab.Explained.R2s, 1)))}}}
	m := d.modules
	three := claim{id: "three-modules", words: "Three modules do similarly to two", where: "A.2.1", section: "modules3", note: d.learnt.levels(nineTasks, lab.MoLaP),
		measure: "three modules less two, mean over nine tasks", unit: "points", expect: judge.Within(0, similarMargin),
		why: "A third module takes its units from the others, and its variate explains less"}
	for _, units := range d.sizes {
		three.parts = append(three.parts, part{fmt.Sprintf("%d units", units), m.Lead(inModules(3, units), inModules(2, units), obs.Overall)})
	}
	return append(all, first, three)
}

// leftOutClaims are those of §4.2.
func (d claimsData) leftOutClaims() []claim {
	g := d.left
	full, one, two, pca := "molap", "molap_one_out", "molap_two_out", "molap_pca"
	fall := func(i int) []float64 { return minus(g.On(full, i, obs.Overall), g.On(one, i, obs.Overall)) }
	ahead := 0
	for i := range g.Tasks {
		if g.Mean(one, obs.Overall, i) > g.Mean(pca, obs.Overall, i) {
			ahead++
		}
	}
	const t7 = 6
	others := slices.DeleteFunc(slices.Clone(nineTasks), func(i int) bool { return i == t7 })
	each := func(measure obs.Measure) []part {
		return seq.Map(nineTasks, func(i int) part { return part{g.Tasks[i].ID, g.On(two, i, measure)} })
	}
	const well = "Performance generalises to the left-out task relatively well, above pre-training on the complete corpus by PCA"
	const worst = "T7 is relatively worse when it is left out"
	const single = "Single networks that stay on the plateau of a blind answer decide what is lost without a task, and on which"
	const most = "With two tasks left out performance remains high on the majority of tasks"
	all := []claim{
		{id: "left-out-well", words: well, section: "fig5", unit: "points",
			measure: "CCA of all tasks less CCA without the task tested, mean over nine tasks",
			parts:   []part{{"mean of nine tasks", minus(g.Over(full, obs.Overall), g.Over(one, obs.Overall))}}, expect: judge.Below(similarMargin), why: single,
			note: d.learnt.levels(nineTasks, lab.MoLaP)},
		{id: "left-out-pca", words: well, section: "fig5", unit: "points",
			measure: "CCA without the task tested less PCA of all tasks, mean over nine tasks",
			parts:   []part{{"mean of nine tasks", minus(g.Over(one, obs.Overall), g.Over(pca, obs.Overall))}}, expect: judge.Above(0), why: plateau,
			note: fmt.Sprintf("Ahead on %d of %d tasks", ahead, len(g.Tasks))},
		{id: "left-out-t7", words: worst, section: "fig5", unit: "points",
			measure: "fall from CCA of all tasks to CCA without the task tested, T7 less the mean of the other eight",
			parts:   []part{{"T7", minus(fall(t7), meanOf(seq.Map(others, fall)...))}}, expect: judge.Above(0), why: single},
		{id: "left-out-t7-lowest", words: worst, section: "fig5", unit: "points",
			measure: "CCA without the task tested, each other task less T7", expect: judge.Above(0), why: single,
			parts: seq.Map(others, func(i int) part {
				return part{g.Tasks[i].ID, minus(g.On(one, i, obs.Overall), g.On(one, t7, obs.Overall))}
			})},
		{id: "two-out-70", words: most, section: "fig5", unit: "%", atLeast: 5,
			measure: "CCA without the task tested and the next", parts: each(obs.Overall), expect: judge.Above(publishedCriterion), why: plateau},
		{id: "two-out-nulls", words: most, section: "fig5", unit: "points", atLeast: 5,
			measure: "the same less the better null", parts: each(obs.Overall.OverNulls()), expect: judge.Above(0), why: plateau},
	}
	for i := range all {
		all[i].where = "§4.2, Fig. 5"
		if !d.leaveOut {
			all[i].parts, all[i].missing = nil, "by this profile nothing is left out (arms.leave_out)"
		}
	}
	return all
}

// sequenceClaims are of learning in sequence, which §5 says MoLaP does not suffer from.
func (d claimsData) sequenceClaims() []claim {
	s := d.sequence
	words := "Other continual learning approaches suffer from task interference and task order, MoLaP does not"
	interference := claim{id: "dni-interference", words: words, where: "§5", section: "dni", unit: "points", expect: judge.Above(0),
		measure: "dni right after each task less dni after all nine, mean over nine tasks", parts: []part{{"mean of nine tasks", s.Lead("fresh", "final", obs.Overall)}},
		note: "For molap this is 0: what it learns of one task leaves the others as they are", why: "What was not learnt is not forgotten"}
	late := claim{id: "dni-order", words: words, where: "§5", section: "dni", unit: "points", expect: judge.Below(0),
		measure: "what each later place in the order adds to dni right after the task, response alone",
		why:     "We think a task late in the order gains from the dynamics that those before it have trained more than it loses to their projections"}
	spread := claim{id: "dni-order-spread", words: words, where: "§5", section: "dni", unit: "points", expect: judge.Above(similarMargin),
		measure: "highest less lowest of the orders, dni right after each task, mean over nine tasks, response alone",
		note:    "For molap this is 0: it learns every task by itself", why: "A task that is learnt in every place, or in none, does not vary with it"}
	if orders := s.orders; orders > 1 {
		for _, c := range []*claim{&late, &spread} {
			c.measure += fmt.Sprintf(", %d orders a seed", orders)
		}
		late.parts = []part{{"slope", s.slopes("fresh", obs.Response)}}
		spread.parts = []part{{"spread", s.apart("fresh", obs.Response)}}
	} else {
		late.missing = "dni has learnt in one order (dni.orders)"
		spread.missing = late.missing
	}
	return []claim{interference, late, spread}
}
