package obs

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// Robustness holds what networks of some arms score on some tasks under some kinds of damage.
type Robustness struct {
	Arms          []lab.Arm // in the order of figures
	Tasks         []tasks.Task
	Damages       []lab.Damage // those that hit the networks of one arm at least
	Seeds         []uint64
	Draws, Trials int
	Scores        map[DamagedNet]lab.Perturbed
}

// DamagedNet names a network and what is done to it.
type DamagedNet struct {
	Arm    lab.Arm
	Task   string // ID
	Damage lab.Damage
	Seed   uint64
}

// Robustness asks for the scores of networks of some arms, trained on some tasks, after every damage
// that applies to them, each on that many trials.
func (n *Notebook) Robustness(ts []tasks.Task, arms []lab.Arm, damages []lab.Damage, trials int) func() Robustness {
	q := Robustness{Arms: arms, Tasks: ts, Seeds: n.Seeds, Draws: n.Settings.Damage.Draws, Trials: trials, Scores: map[DamagedNet]lab.Perturbed{}}
	q.Damages = seq.Where(damages, func(d lab.Damage) bool {
		return slices.ContainsFunc(arms, func(arm lab.Arm) bool { return d.Applies(n.Settings, arm) })
	})
	asked := map[DamagedNet]func() lab.Perturbed{}
	for _, seed := range n.Seeds {
		for _, t := range ts {
			for _, d := range q.Damages {
				for _, arm := range arms {
					if d.Applies(n.Settings, arm) {
						asked[DamagedNet{arm, t.ID, d, seed}] = n.Damaged(lab.Cell{Arm: arm, Task: t.ID, Seed: seed}, d, trials)
					}
				}
			}
		}
	}
	return func() Robustness {
		for net, answer := range asked {
			q.Scores[net] = answer()
		}
		return q
	}
}

// On returns the part of q for some tasks.
func (q Robustness) On(ids ...string) Robustness {
	q.Tasks = seq.Where(q.Tasks, func(t tasks.Task) bool { return slices.Contains(ids, t.ID) })
	return q
}

// Has reports whether networks of an arm were damaged in this way.
func (q Robustness) Has(arm lab.Arm, d lab.Damage) bool {
	_, ok := q.Scores[DamagedNet{arm, q.Tasks[0].ID, d, q.Seeds[0]}]
	return ok
}

// ArmsUnder returns the arms whose networks were damaged in this way.
func (q Robustness) ArmsUnder(d lab.Damage) []lab.Arm {
	return seq.Where(q.Arms, func(arm lab.Arm) bool { return q.Has(arm, d) })
}

// Levels returns the levels of a damage from 0, the intact network.
func Levels(d lab.Damage) []float64 { return append([]float64{0}, d.Levels()...) }

// LevelsTo returns the levels of a damage above 0 and up to most.
func LevelsTo(d lab.Damage, most float64) []float64 {
	return seq.Where(d.Levels(), func(amount float64) bool { return amount <= most })
}

// at returns the scores of a network at a level, by draw, and how many weights or units are hit.
func (q Robustness) at(net DamagedNet, amount float64) (draws []lab.Scores, hit int) {
	levels := Levels(net.Damage)
	k := slices.Index(levels, amount)
	if k < 0 {
		panic(fmt.Sprintf("obs: level %g of damage %s is not among %v", amount, net.Damage, levels))
	}
	return q.Scores[net].At(k)
}

// Hit returns how many weights or units of an arm's networks a damage hits.
func (q Robustness) Hit(arm lab.Arm, d lab.Damage, amount float64) int {
	_, hit := q.at(DamagedNet{arm, q.Tasks[0].ID, d, q.Seeds[0]}, amount)
	return hit
}

// ByDraw returns the mean over tasks by seed and draw.
func (q Robustness) ByDraw(arm lab.Arm, d lab.Damage, amount float64, m DamageMeasure) [][]float64 {
	return seq.Map(q.Seeds, func(seed uint64) (sums []float64) {
		for _, t := range q.Tasks {
			draws, _ := q.at(DamagedNet{arm, t.ID, d, seed}, amount)
			if sums == nil {
				sums = make([]float64, len(draws))
			}
			for j, s := range draws {
				sums[j] += m.Of(s) / float64(len(q.Tasks))
			}
		}
		return sums
	})
}

// BySeed returns the mean over tasks and draws, by seed.
func (q Robustness) BySeed(arm lab.Arm, d lab.Damage, amount float64, m DamageMeasure) []float64 {
	return seq.Map(q.ByDraw(arm, d, amount, m), seq.Mean)
}

// All returns the mean over tasks of every draw of every seed.
func (q Robustness) All(arm lab.Arm, d lab.Damage, amount float64, m DamageMeasure) []float64 {
	return slices.Concat(q.ByDraw(arm, d, amount, m)...)
}

// Mean returns the mean over tasks, draws and seeds.
func (q Robustness) Mean(arm lab.Arm, d lab.Damage, amount float64, m DamageMeasure) float64 {
	return seq.Mean(q.All(arm, d, amount, m))
}

// Over returns the mean over tasks, draws and levels, by seed.
func (q Robustness) Over(arm lab.Arm, d lab.Damage, levels []float64, m DamageMeasure) []float64 {
	return elementMeans(seq.Map(levels, func(amount float64) []float64 { return q.BySeed(arm, d, amount, m) }))
}

// Sampling returns, by seed, the part of the variance of a mean over tasks, draws and levels that comes
// from the choice of draws and test trials. It is the sum of the variance between draws over their
// number and of the variance by trials as in [Scores.Sampling]. If the measure is not in per cent, it
// is the former alone.
func (q Robustness) Sampling(arm lab.Arm, d lab.Damage, levels []float64, m DamageMeasure) []float64 {
	over := make([][]float64, len(q.Seeds)) // mean over levels, by draw
	for _, amount := range levels {
		for k, draws := range q.ByDraw(arm, d, amount, m) {
			if over[k] == nil {
				over[k] = make([]float64, len(draws))
			}
			for j, v := range draws {
				over[k][j] += v / float64(len(levels))
			}
		}
	}
	return seq.Map(over, func(draws []float64) (variance float64) {
		if n := float64(len(draws)); n > 1 {
			variance = seq.SD(draws) * seq.SD(draws) / n
		}
		if percent := seq.Mean(draws); m.Unit == "%" {
			variance += percent * (100 - percent) / float64(q.Trials*len(q.Tasks))
		}
		return variance
	})
}

// Nulls returns what the two answers that ignore the stimulus score, means over tasks and
// seeds: the mean target and the best constant. They do not depend on the arm.
func (q Robustness) Nulls(d lab.Damage, m DamageMeasure) (blind, constant float64) {
	var blinds, constants []float64
	for _, seed := range q.Seeds {
		for _, t := range q.Tasks {
			p := q.Scores[DamagedNet{q.ArmsUnder(d)[0], t.ID, d, seed}]
			blinds, constants = append(blinds, m.Null(p.Blind)), append(constants, m.Null(p.Constant))
		}
	}
	return seq.Mean(blinds), seq.Mean(constants)
}

// BetterNull returns what the better of the two answers that ignore the stimulus scores, mean
// over tasks, by seed.
func (q Robustness) BetterNull(arm lab.Arm, d lab.Damage, m DamageMeasure) []float64 {
	return seq.Map(q.Seeds, func(seed uint64) float64 {
		return seq.Mean(seq.Map(q.Tasks, func(t tasks.Task) float64 {
			p := q.Scores[DamagedNet{arm, t.ID, d, seed}]
			return max(m.Null(p.Blind), m.Null(p.Constant))
		}))
	})
}

// Highest returns which of the paper's arms has the highest mean of all outputs over tasks and the
// levels of a damage.
func (q Robustness) Highest(d lab.Damage) (highest lab.Arm) {
	top := math.Inf(-1)
	for _, arm := range q.ArmsUnder(d) {
		if m := seq.Mean(q.Over(arm, d, d.Levels(), AllOutputs)); m > top && slices.Contains(lab.DamagedArms, arm) {
			top, highest = m, arm
		}
	}
	return highest
}

// Tolerated returns the largest amount of a damage such that the mean of an arm stays above both
// nulls up to it, or a negative number if the intact networks are not above them.
func (q Robustness) Tolerated(arm lab.Arm, d lab.Damage, m DamageMeasure) float64 {
	blind, constant := q.Nulls(d, m)
	most := -1.0
	for _, amount := range Levels(d) {
		if !(q.Mean(arm, d, amount, m) > max(blind, constant)) {
			break
		}
		most = amount
	}
	return most
}
