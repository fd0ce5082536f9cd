package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// The claims of Fig. 5 and of §5: tasks left out of pre-training, and tasks learnt in sequence.

// leftOutScores asks for the scores of those networks of Fig. 5 that claims speak of.
func leftOutScores(n *obs.Notebook) func() obs.Scores {
	return n.Scores(seq.Where(fig5Conditions(n.Settings), func(c obs.Condition) bool {
		return slices.Contains([]string{"molap", "molap_one_out", "molap_two_out", "molap_pca"}, c.Name)
	})...)
}

// leftOut returns the claims of §4.2.
func (d claimsData) leftOut() []claimedPassage {
	const where, section, full, one, two, pca, t7 = "§4.2, Fig. 5", "fig5", "molap", "molap_one_out", "molap_two_out", "molap_pca", 6
	of := func(condition string, tasks ...int) side {
		return claims.ScoreOver(d.left, condition, obs.Overall, tasks...)
	}
	fall := func(i int) side { return claims.LeadOver(of(full, i), of(one, i)) }
	others := seq.Where(nineTasks, func(i int) bool { return i != t7 })
	won := seq.Where(nineTasks, func(i int) bool { return d.left.Mean(one, obs.Overall, i) > d.left.Mean(pca, obs.Overall, i) })
	all := []claimedPassage{
		{"Performance generalises to the left-out task relatively well, above pre-training on the complete corpus by PCA", where, section, whyPlateau, []claim{
			{ID: "left-out-well", Measure: "CCA of all tasks less CCA without the task tested, mean over nine tasks", Unit: "points", Expect: judge.Below(similarMargin),
				Parts: []side{claims.LeadOver(of(full), of(one)).As("mean of nine tasks")}, Why: whySingle, Note: scoresRemark(d.learnt, nineTasks, lab.MoLaP)},
			{ID: "left-out-pca", Measure: "CCA without the task tested less PCA of all tasks, mean over nine tasks", Unit: "points", Expect: aboveZero,
				Parts: []side{claims.LeadOver(of(one), of(pca)).As("mean of nine tasks")}, Note: fmt.Sprintf("Ahead on %d of %d tasks", len(won), len(nineTasks))},
		}},
		{"T7 is relatively worse when it is left out", where, section, whySingle, []claim{
			{ID: "left-out-t7", Measure: "fall from CCA of all tasks to CCA without the task tested, T7 less the mean of the other eight", Unit: "points", Expect: aboveZero,
				Parts: []side{claims.PairedDifference(fall(t7), claims.Averaged(seq.Map(others, fall)...)).As("T7")}},
			{ID: "left-out-t7-lowest", Measure: "CCA without the task tested, each other task less T7", Unit: "points", Expect: aboveZero,
				Parts: onEach(d.left, others, func(i int) side { return claims.LeadOver(of(one, i), of(one, t7)) })},
		}},
		{"With two tasks left out performance remains high on the majority of tasks", where, section, whyPlateau, []claim{
			{ID: "two-out-70", Measure: "CCA without the task tested and the next", Unit: "%", Expect: aboveCriterion, AtLeast: 5,
				Parts: onEach(d.left, nineTasks, func(i int) side { return of(two, i).Itself() })},
			{ID: "two-out-nulls", Measure: "the same less the better null", Unit: "points", Expect: aboveZero, AtLeast: 5,
				Parts: onEach(d.left, nineTasks, func(i int) side { return of(two, i).Beyond() })},
		}},
	}
	for _, p := range all {
		for i := range p.claims {
			switch {
			case !d.leaveOut:
				p.claims[i].Missing = "by this profile nothing is left out (arms.leave_out)"
			case len(d.left.Seeds) == 0:
				p.claims[i].Missing = "these runs left no task out (molap reproduce fig5)"
			}
		}
	}
	return all
}

// inOrders returns the claims of §5 about learning in sequence: it says that MoLaP suffers neither from
// interference nor from the order of tasks.
func (d claimsData) inOrders() []claimedPassage {
	s := d.sequence
	late := claim{ID: "dni-order", Measure: "what each later place in the order adds to dni right after the task, response alone", Unit: "points", Expect: judge.Below(0),
		Why: "We think a task late in the order gains from the dynamics that those before it have trained more than it loses to their projections"}
	spread := claim{ID: "dni-order-spread", Measure: "highest less lowest of the orders, dni right after each task, mean over nine tasks, response alone", Unit: "points", Expect: judge.Above(similarMargin),
		Note: "For molap this is 0: it learns every task by itself", Why: "A task that is learnt in every place, or in none, does not vary with it"}
	for _, c := range []*claim{&late, &spread} {
		if c.Missing = "dni has learnt in one order (dni.orders)"; s.Orders() > 1 {
			c.Missing, c.Measure = "", c.Measure+fmt.Sprintf(", %d orders a seed", s.Orders())
		}
	}
	if s.Orders() > 1 {
		late.Parts = []side{{Name: "slope", X: s.Slopes("fresh", obs.Response), Of: claims.ScoreOver(s.Scores, "fresh", obs.Response).Of}}
		spread.Parts = []side{{Name: "spread", X: s.Apart("fresh", obs.Response), Of: claims.ScoreOver(s.Scores, "fresh", obs.Response).Of}}
	}
	return []claimedPassage{{"Other continual learning approaches suffer from task interference and task order, MoLaP does not", "§5", "dni", "", []claim{
		{ID: "dni-interference", Measure: "dni right after each task less dni after all nine, mean over nine tasks", Unit: "points", Expect: aboveZero,
			Parts: []side{claims.LossFrom(claims.ScoreOver(s.Scores, "fresh", obs.Overall), claims.ScoreOver(s.Scores, "final", obs.Overall)).As("mean of nine tasks")},
			Note:  "For molap this is 0: what it learns of one task leaves the others as they are", Why: "What was not learnt is not forgotten"},
		late, spread,
	}}}
}
