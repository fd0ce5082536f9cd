package paper

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// The perturbations in the paper's order of panels.
var (
	modularDamages = []lab.Damage{lab.LesionM1, lab.LesionM2, lab.LesionInter}
	globalDamages  = []lab.Damage{lab.LesionGlobal, lab.WeightNoise, lab.Silencing}
)

// damageData is what networks of some arms score on some tasks under some damages.
type damageData struct {
	tasks         []tasks.Task
	damages       []lab.Damage
	seeds         []uint64
	draws, trials int
	compared      []lab.Arm                // all arms, in the order of figures
	arms          map[lab.Damage][]lab.Arm // those of them that a damage applies to
	scores        map[damagedCell]lab.Perturbed
}

type damagedCell struct {
	arm    lab.Arm
	task   string // ID
	damage lab.Damage
	seed   uint64
}

// damageScore is a measure of performance.
type damageScore func(lab.Scores) float64

// damage asks for the scores of some arms' networks, trained on some tasks, after damages;
// each is tested on that many trials.
func damage(n *obs.Notebook, ts []tasks.Task, arms []lab.Arm, damages []lab.Damage, trials int) func() damageData {
	d := damageData{tasks: ts, seeds: n.Seeds, draws: n.Settings.Damage.Draws, trials: trials, compared: arms,
		arms: map[lab.Damage][]lab.Arm{}, scores: map[damagedCell]lab.Perturbed{}}
	for _, damage := range damages {
		for _, arm := range arms {
			if damage.Applies(n.Settings, arm) {
				d.arms[damage] = append(d.arms[damage], arm)
			}
		}
		if len(d.arms[damage]) > 0 {
			d.damages = append(d.damages, damage)
		}
	}
	asked := map[damagedCell]func() lab.Perturbed{}
	for _, seed := range n.Seeds {
		for _, t := range ts {
			for _, damage := range d.damages {
				for _, arm := range d.arms[damage] {
					asked[damagedCell{arm, t.ID, damage, seed}] = n.Damaged(lab.Cell{Arm: arm, Task: t.ID, Seed: seed}, damage, trials)
				}
			}
		}
	}
	return func() damageData {
		for cell, answer := range asked {
			d.scores[cell] = answer()
		}
		return d
	}
}

// levels returns the levels of a damage, from 0, the intact network.
func (d damageData) levels(damage lab.Damage) []float64 {
	return append([]float64{0}, damage.Levels()...)
}

// hits reports whether the data have a damage of an arm's networks.
func (d damageData) hits(arm lab.Arm, damage lab.Damage) bool {
	return slices.Contains(d.arms[damage], arm)
}

// ids returns the tasks.
func (d damageData) ids() []string {
	return seq.Map(d.tasks, func(t tasks.Task) string { return t.ID })
}

// draw returns the mean over tasks of an arm's score by seed and draw, at the k-th
// level of a damage. The intact network, level 0, has one draw.
func (d damageData) draw(arm lab.Arm, ids []string, damage lab.Damage, k int, score damageScore) [][]float64 {
	out := make([][]float64, len(d.seeds))
	for i, seed := range d.seeds {
		for _, id := range ids {
			p := d.scores[damagedCell{arm, id, damage, seed}]
			draws := []lab.Scores{p.Intact}
			if k > 0 {
				draws = p.Damaged[k-1]
			}
			if out[i] == nil {
				out[i] = make([]float64, len(draws))
			}
			for j, s := range draws {
				out[i][j] += score(s) / float64(len(ids))
			}
		}
	}
	return out
}

// bySeed returns the mean over tasks and draws, by seed.
func (d damageData) bySeed(arm lab.Arm, ids []string, damage lab.Damage, k int, score damageScore) []float64 {
	return seq.Map(d.draw(arm, ids, damage, k, score), seq.Mean)
}

// at returns the mean over tasks, draws and seeds, and the standard deviation over
// draws and seeds, NaN of a single value.
func (d damageData) at(arm lab.Arm, ids []string, damage lab.Damage, k int, score damageScore) (m, sd float64) {
	all := slices.Concat(d.draw(arm, ids, damage, k, score)...)
	if len(all) == 1 {
		return all[0], math.NaN()
	}
	return seq.Mean(all), report.SD(all)
}

// overLevels returns the mean over tasks, draws and the levels from 0 (not
// included) to most, by seed.
func (d damageData) overLevels(arm lab.Arm, ids []string, damage lab.Damage, most float64, score damageScore) []float64 {
	sum := make([]float64, len(d.seeds))
	n := 0.0
	for k, level := range d.levels(damage) {
		if level == 0 || level > most {
			continue
		}
		n++
		for i, v := range d.bySeed(arm, ids, damage, k, score) {
			sum[i] += v
		}
	}
	return seq.Map(sum, func(v float64) float64 { return v / n })
}

// level returns the place of a level.
func (d damageData) level(damage lab.Damage, level float64) int {
	k := slices.Index(d.levels(damage), level)
	if k < 0 {
		panic(fmt.Sprintf("paper: level %g of damage %s is not among %v", level, damage, d.levels(damage)))
	}
	return k
}

// null returns the mean over tasks and seeds of a null, which is that of all arms.
func (d damageData) null(ids []string, damage lab.Damage, f func(lab.Perturbed) float64) float64 {
	var all []float64
	for _, seed := range d.seeds {
		for _, id := range ids {
			all = append(all, f(d.scores[damagedCell{d.arms[damage][0], id, damage, seed}]))
		}
	}
	return seq.Mean(all)
}

// panel draws the mean score over tasks against the amount of a damage; nil if the
// data have none of it.
func (d damageData) panel(frame report.Frame, ids []string, damage lab.Damage, score damageScore, null func(lab.Null) float64) report.Panel {
	if !slices.Contains(d.damages, damage) {
		return nil
	}
	frame.X, frame.Y.Max = report.Axis{Label: damage.Label(), Max: slices.Max(damage.Levels())}, 100
	c := &report.Curves{Frame: frame}
	for _, arm := range d.arms[damage] {
		s := series(arm)
		line := report.Curve{Name: s.Name, As: s.As, X: d.levels(damage), Marked: true}
		for k := range line.X {
			m, sd := d.at(arm, ids, damage, k, score)
			if math.IsNaN(sd) {
				sd = 0
			}
			line.Y, line.Lo, line.Hi = append(line.Y, m), append(line.Lo, m-sd), append(line.Hi, m+sd)
		}
		c.Series = append(c.Series, line)
	}
	c.Refs = []report.Ref{
		{Name: report.Blind, Y: d.null(ids, damage, func(p lab.Perturbed) float64 { return null(p.Blind) })},
		{Name: report.Constant, Y: d.null(ids, damage, func(p lab.Perturbed) float64 { return null(p.Constant) })},
	}
	return c
}

// The measures and their nulls.
func overallNull(n lab.Null) float64 { return n.Overall }
func unitNull(n lab.Null) float64    { return n.DecisionUnit }
