package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// taskGroup is tasks over which scores are averaged, under one name.
type taskGroup struct {
	name string
	ids  []string
}

// each returns every task as a group of its own.
func (d damageData) each() []taskGroup {
	var groups []taskGroup
	for _, t := range d.tasks {
		groups = append(groups, taskGroup{t.ID, []string{t.ID}})
	}
	return groups
}

// glance is a figure in numbers: a row for every level of every damage, a column
// for every arm.
func (d damageData) glance(name, title string, groups []taskGroup) *report.Table {
	t := &report.Table{Name: name, Title: title, Columns: []report.Column{
		{Name: "task", Description: "task of the paper, or all of them: the mean"},
		{Name: "damage", Description: "what is done to the trained network"},
		{Name: "level", Description: "per cent of the weights or units concerned, or σ of the noise; 0: the intact network"},
	}}
	for _, arm := range d.compared {
		t.Columns = append(t.Columns,
			report.Column{Name: string(arm), Unit: "%", Description: "correct by the profile's criterion, mean over all outputs, draws and seeds"},
			report.Column{Name: string(arm) + "_sd", Unit: "%", Description: "standard deviation over draws and seeds"})
	}
	t.Columns = append(t.Columns,
		report.Column{Name: "blind", Unit: "%", Description: "the same of the mean target with perfect fixation"},
		report.Column{Name: "constant", Unit: "%", Description: "the same of the best constant answer with perfect fixation"})
	for _, g := range groups {
		for _, damage := range d.damages {
			for k, level := range d.levels(damage) {
				row := []any{g.name, string(damage), level}
				for _, arm := range d.compared {
					if !d.hits(arm, damage) {
						row = append(row, nil, nil)
						continue
					}
					m, sd := d.at(arm, g.ids, damage, k, lab.Scores.Overall)
					row = append(row, m, known(sd))
				}
				t.Add(append(row, d.null(g.ids, damage, func(p lab.Perturbed) float64 { return p.Blind.Overall }),
					d.null(g.ids, damage, func(p lab.Perturbed) float64 { return p.Constant.Overall }))...)
			}
		}
	}
	return t
}

// known returns x, or a missing value for NaN.
func known(x float64) any {
	if math.IsNaN(x) {
		return nil
	}
	return x
}

// order compares the arms under each damage over tasks, draws and all its levels, by
// seed: who is before whom, and how surely.
func (d damageData) order(name string) *report.Table {
	t := &report.Table{Name: name, Title: "The order of the arms: means over tasks, draws and levels, with 95 % intervals over seeds", Columns: []report.Column{
		{Name: "damage", Description: "what is done to the trained network"},
		{Name: "arm", Description: "way of training"},
		{Name: "seeds", Description: "number of seeds"},
		{Name: "response", Unit: "%", Description: "response outputs within a tenth of the targets' range, mean over tasks, draws, levels above 0 and seeds"},
		{Name: "response_molap_more", Unit: "%", Description: "what molap has more, mean of the differences by seed"},
		{Name: "response_more_lo", Unit: "%", Description: "lower end of its 95 % paired t interval, not corrected for many tests; empty: too few seeds"},
		{Name: "response_more_hi", Unit: "%", Description: "upper end"},
		{Name: "overall", Unit: "%", Description: "correct by the profile's criterion, mean over all outputs and otherwise as response"},
		{Name: "overall_molap_more", Unit: "%", Description: "what molap has more, as above"},
		{Name: "overall_more_lo", Unit: "%", Description: "lower end"},
		{Name: "overall_more_hi", Unit: "%", Description: "upper end"},
	}}
	ids := d.ids()
	for _, damage := range d.damages {
		for _, arm := range d.arms[damage] {
			row := []any{string(damage), string(arm), len(d.seeds)}
			for _, score := range []damageScore{lab.Scores.Unit, lab.Scores.Overall} {
				scores := d.overLevels(arm, ids, damage, every, score)
				more := stats.Paired(d.overLevels(lab.MoLaP, ids, damage, every, score), scores, 0.95)
				row = append(row, seq.Mean(scores), more.Value, known(more.Lo), known(more.Hi))
			}
			t.Add(row...)
		}
	}
	return t
}

// networks has a row for every network and level, with every measure.
func (d damageData) networks(name string) *report.Table {
	t := &report.Table{Name: name, Title: "Every network, means over draws", Columns: []report.Column{
		{Name: "seed", Description: "seed of all random numbers"},
		{Name: "arm", Description: "way of training"},
		{Name: "task", Description: "task of the paper"},
		{Name: "damage", Description: "what is done to the trained network"},
		{Name: "level", Description: "per cent of the weights or units concerned, or σ of the noise; 0: the intact network"},
		{Name: "hit", Description: "weights or units hit"},
		{Name: "draws", Description: "random draws"},
		{Name: "overall", Unit: "%", Description: "correct by the profile's criterion, mean over all outputs"},
		{Name: "overall_sd", Unit: "%", Description: "its standard deviation over draws"},
		{Name: "decision", Unit: "%", Description: "mean over the outputs other than fixation"},
		{Name: "decision_sd", Unit: "%", Description: "its standard deviation over draws"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_unit_sd", Unit: "%", Description: "its standard deviation over draws"},
		{Name: "error", Description: "mean squared error of all steps and outputs"},
	}}
	for _, seed := range d.seeds {
		for _, task := range d.tasks {
			for _, damage := range d.damages {
				for _, arm := range d.arms[damage] {
					p := d.scores[damagedCell{arm, task.ID, damage, seed}]
					for k, level := range d.levels(damage) {
						draws, hit := []lab.Scores{p.Intact}, 0
						if k > 0 {
							draws, hit = p.Damaged[k-1], p.Hit[k-1]
						}
						row := []any{seed, string(arm), task.ID, string(damage), level, hit, len(draws)}
						for _, score := range []damageScore{lab.Scores.Overall, lab.Scores.Decision, lab.Scores.Unit} {
							s := report.MeanSD(seq.Map(draws, score))
							row = append(row, s.Mean, known(s.Hi-s.Mean))
						}
						t.Add(append(row, seq.Mean(seq.Map(draws, lab.Scores.MeanError)))...)
					}
				}
			}
		}
	}
	return t
}

// compare says in a sentence what the arms score at some levels of a damage.
func (d damageData) compare(ids []string, damage lab.Damage, levels ...float64) string {
	var arms []string
	for _, arm := range d.arms[damage] {
		var at []string
		for _, level := range levels {
			m, sd := d.at(arm, ids, damage, d.level(damage, level), lab.Scores.Overall)
			text := fmt.Sprintf("%.0f", m)
			if level > 0 && !math.IsNaN(sd) {
				text += fmt.Sprintf(" ± %.0f", sd)
			}
			at = append(at, text)
		}
		arms = append(arms, fmt.Sprintf("%s %s %%", arm, strings.Join(at, ", ")))
	}
	var amounts []string
	for _, level := range levels {
		if level == 0 {
			amounts = append(amounts, "intact")
			continue
		}
		amounts = append(amounts, damage.Amount(level))
	}
	return fmt.Sprintf("%s (%s): %s.", capitalised(damage.Short()), strings.Join(amounts, ", "), strings.Join(arms, "; "))
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// best returns which of the paper's arms has the highest mean over tasks and all levels
// of a damage up to the last that counts, and the means of all arms in words.
func (d damageData) best(ids []string, damage lab.Damage, most float64) (best lab.Arm, words string) {
	var all []string
	top := math.Inf(-1)
	for _, arm := range d.arms[damage] {
		m := seq.Mean(d.overLevels(arm, ids, damage, most, lab.Scores.Overall))
		if m > top && slices.Contains(lab.DamagedArms, arm) {
			top, best = m, arm
		}
		all = append(all, fmt.Sprintf("%s %.1f", arm, m))
	}
	return best, strings.Join(all, ", ")
}

// tolerance returns the largest amount of a damage up to which the mean of an arm
// stays above both nulls; negative if it is not above them intact.
func (d damageData) tolerance(arm lab.Arm, ids []string, damage lab.Damage, score damageScore, null func(lab.Null) float64) float64 {
	bar := max(d.null(ids, damage, func(p lab.Perturbed) float64 { return null(p.Blind) }), d.null(ids, damage, func(p lab.Perturbed) float64 { return null(p.Constant) }))
	most := -1.0
	for k, level := range d.levels(damage) {
		if m, _ := d.at(arm, ids, damage, k, score); !(m > bar) {
			break
		}
		most = level
	}
	return most
}

// tolerated says which arms are above both nulls, and under which damage they stay
// there.
func (d damageData) tolerated(ids []string) string {
	up := func(arm lab.Arm, damage lab.Damage) float64 {
		return d.tolerance(arm, ids, damage, lab.Scores.Overall, overallNull)
	}
	var above, below, all []string
	for _, arm := range d.arms[d.damages[0]] {
		if up(arm, d.damages[0]) < 0 {
			below = append(below, string(arm))
		} else {
			above = append(above, string(arm))
		}
	}
	if above == nil {
		return "Even intact, no arm is on the mean above both answers that do not know the stimulus."
	}
	for _, damage := range d.damages {
		var arms []string
		for _, arm := range d.arms[damage] {
			if most := up(arm, damage); most > 0 {
				arms = append(arms, fmt.Sprintf("%s up to %s", arm, damage.Amount(most)))
			}
		}
		if arms == nil {
			arms = []string{"none"}
		}
		all = append(all, fmt.Sprintf("%s: %s", damage.Short(), strings.Join(arms, ", ")))
	}
	text := "Above both answers that do not know the stimulus, on the mean, stay under " + strings.Join(all, "; ") + "."
	if below != nil {
		text += fmt.Sprintf(" Even intact, %s is not.", strings.Join(below, " or "))
	}
	return text
}

// few warns of few seeds; empty for three and more.
func (d damageData) few() []string {
	if len(d.seeds) >= 3 {
		return nil
	}
	return []string{fmt.Sprintf("With %d seed(s) the spread is that of draws on the same network(s): -seeds 10 tells how networks differ.", len(d.seeds))}
}

// method is what captions of damage have in common.
func (d damageData) method() string {
	return fmt.Sprintf("Points: mean over %d random draw(s) and %d seed(s), each network tested on %d trials of each task; bands: one standard deviation over draws and seeds. "+
		"Weights and units are drawn without replacement, those of a low level being among those of every higher one. The measure is the mean over all outputs, fixation among them. "+
		"The one network of dni is damaged after its last task. Lines: what an answer scores that does not know the stimulus, its fixation being perfect: the mean target (blind), and the best constant.",
		d.draws, len(d.seeds), d.trials)
}
