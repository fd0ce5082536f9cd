package claims

import (
	"cmp"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// Side is a number about networks, seed by seed. The parts of claims are sides with a name.
type Side struct {
	Name    string
	X       []float64
	Missing string          // in place of X: why nothing was measured
	Of      [][]judge.Score // groups of scores that tell whether the number can speak for a claim; none: it always can
	Step    float64         // the smallest difference that the measure shows, one test trial; 0: unknown
	Within  []float64       // upper bound of the variance that test trials and draws of damage give X, by seed; nil: unknown
}

// As names a number as a part of a claim.
func (s Side) As(name string) Side {
	s.Name = name
	return s
}

// ScoreOver returns the mean of a measure over tasks, of networks on their task.
func ScoreOver[C ~string](s obs.Scores, condition C, m obs.RunMeasure, tasks ...int) Side {
	v := Side{X: s.Over(string(condition), m, tasks...)}
	if m.Null != nil {
		name := s.Title(string(condition))
		if len(tasks) == 1 {
			name += " on " + s.Tasks[tasks[0]].ID
		}
		v.Of = [][]judge.Score{{{Name: name, Level: v.X, Null: s.Over(string(condition), obs.BetterNull(m), tasks...), Top: v.X}}}
		v.Within, v.Step = s.Sampling(string(condition), m, tasks...), oneTrial(s.Settings.Score.TestTrials)
	}
	return v
}

// Itself returns s for claims that networks learn: it can always be tested.
func (s Side) Itself() Side { return Side{X: s.X, Missing: s.Missing, Step: s.Step, Within: s.Within} }

// Beyond returns the score of networks less that of the better null.
func (s Side) Beyond() Side {
	return Side{X: seq.Minus(s.X, s.Of[0][0].Null), Step: s.Step, Within: s.Within}
}

// ScoreAfter returns the mean over tasks, draws and levels of a damage. The scores of the intact networks
// tell what the networks have learnt and can lose.
func ScoreAfter(q obs.Robustness, arm lab.Arm, damage lab.Damage, m obs.DamageMeasure, levels ...float64) Side {
	if !q.Has(arm, damage) {
		return Side{Missing: fmt.Sprintf("the units of %s do not divide into two modules or more", arm)}
	}
	v := Side{X: q.Over(arm, damage, levels, m), Within: q.Sampling(arm, damage, levels, m)}
	score := judge.Score{Name: string(arm)}
	if len(q.Tasks) == 1 {
		score.Name += " on " + q.Tasks[0].ID
	}
	if score.Top, v.Step = v.X, oneTrial(q.Trials); m.Null == nil {
		m, score.Top, v.Step = obs.AllOutputs, nil, 0
	}
	score.Level, score.Null = q.BySeed(arm, damage, 0, m), q.BetterNull(arm, damage, m)
	v.Of = [][]judge.Score{{score}}
	return v
}

// LeadOver returns a − b, seed by seed, for claims that need one of the two to have been learnt.
func LeadOver(a, b Side) Side {
	v := PairedDifference(a, b)
	v.Of = oneGroup(v.Of)
	return v
}

// PairedDifference returns a − b, seed by seed, for claims that need both to have been learnt.
func PairedDifference(a, b Side) Side {
	v := Side{X: seq.Minus(a.X, b.X), Missing: cmp.Or(a.Missing, b.Missing), Of: slices.Concat(a.Of, b.Of), Step: coarsestStep(a, b)}
	if a.Within != nil && b.Within != nil { // as if independent; if both are tested on the same trials, an upper bound
		v.Within = seq.Minus(a.Within, seq.Map(b.Within, func(variance float64) float64 { return -variance }))
	}
	return v
}

// LossFrom returns a − b, seed by seed, for claims that need a to have been learnt.
func LossFrom(a, b Side) Side {
	v := PairedDifference(a, b)
	v.Of = a.Of
	return v
}

// oneTrial returns the step of a score in per cent on so many test trials; 0 if they are unknown.
func oneTrial(trials int) float64 {
	if trials == 0 {
		return 0
	}
	return 100 / float64(trials)
}

// coarsestStep returns the largest step of several sides; 0 if one is unknown.
func coarsestStep(of ...Side) (step float64) {
	for _, s := range of {
		if s.Step == 0 {
			return 0
		}
		step = max(step, s.Step)
	}
	return step
}

// oneGroup makes one group of several.
func oneGroup(of [][]judge.Score) [][]judge.Score {
	if of == nil {
		return nil
	}
	return [][]judge.Score{slices.Concat(of...)}
}

// BySeed returns f of several sides, seed by seed.
func BySeed(f func([]float64) float64, of ...Side) Side {
	v := Side{Of: oneGroup(slices.Concat(seq.Map(of, func(s Side) [][]judge.Score { return s.Of })...)), Step: coarsestStep(of...)}
	for k := range of[0].X {
		v.X = append(v.X, f(seq.Map(of, func(s Side) float64 { return s.X[k] })))
	}
	return v
}

// Averaged returns the mean of several sides, seed by seed.
func Averaged(of ...Side) Side {
	v := BySeed(seq.Mean, of...)
	if !slices.ContainsFunc(of, func(s Side) bool { return s.Within == nil }) {
		v.Within = BySeed(seq.Mean, seq.Map(of, func(s Side) Side { return Side{X: s.Within} })...).X
		for k := range v.Within {
			v.Within[k] /= float64(len(of))
		}
	}
	return v
}
