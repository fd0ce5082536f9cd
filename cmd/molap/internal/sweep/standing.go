package sweep

import (
	"cmp"
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// Measures lists what a leaderboard can be ordered by.
func Measures() []string { return []string{"decision_unit", "decision", "overall"} }

// measure returns a score by the name of a measure.
func (s *Score) measure(by string) float64 {
	return lab.Null{Overall: s.Overall, Decision: s.Decision, DecisionUnit: s.DecisionUnit}.Of(by)
}

// Standing sums up one point of the design with one arm, over all tasks and seeds that are done.
type Standing struct {
	Point                           int
	Arm                             string
	Runs, Wanted                    int     // networks
	Overall, Decision, DecisionUnit float64 // means, per cent
	Blind, Constant                 float64 // the same by the measure, of answers that ignore the stimulus
	Worst                           float64 // mean of the task that is worst by the measure
	WorstTask                       string
	Escapes, Learnt, Diverged       int     // networks that left the plateau, that have learnt, whose training broke off
	Escaped                         float64 // per cent of networks that left the plateau
	Escape                          float64 // median iteration of leaving it; never counts as later than any; NaN: never

	scores  []*Score
	measure float64            // mean over all networks
	bySeed  map[uint64]float64 // over tasks
}

// standingsOf returns the standing of every point and arm by a measure, in the order of the indices.
func standingsOf(m *Manifest, results map[int]*Result, by string) (all []Standing) {
	type key struct {
		point int
		arm   string
	}
	at := map[key]int{}
	for i, ix := range m.Indices {
		k := key{ix.Point, ix.Arm}
		n, known := at[k]
		if !known {
			n = len(all)
			at[k] = n
			all = append(all, Standing{Point: ix.Point, Arm: ix.Arm, bySeed: map[uint64]float64{}})
		}
		s := &all[n]
		s.Wanted += len(m.Tasks)
		if r := results[i]; r != nil {
			sum := 0.0
			for t := range r.Scores {
				s.scores = append(s.scores, &r.Scores[t])
				sum += r.Scores[t].measure(by)
			}
			s.bySeed[ix.Seed] = sum / float64(len(r.Scores))
		}
	}
	for n := range all {
		if len(all[n].scores) > 0 {
			all[n].sumUp(m.Tasks, by)
		}
	}
	return slices.DeleteFunc(all, func(s Standing) bool { return len(s.scores) == 0 })
}

func (s *Standing) sumUp(tasks []string, by string) {
	mean := func(by string, of []*Score) float64 {
		return seq.Mean(seq.Map(of, func(r *Score) float64 { return r.measure(by) }))
	}
	s.Runs, s.Worst = len(s.scores), math.Inf(1)
	s.Overall, s.Decision, s.DecisionUnit = mean("overall", s.scores), mean("decision", s.scores), mean("decision_unit", s.scores)
	s.Blind = seq.Mean(seq.Map(s.scores, func(r *Score) float64 { return r.Blind.Of(by) }))
	s.Constant = seq.Mean(seq.Map(s.scores, func(r *Score) float64 { return r.Constant.Of(by) }))
	s.measure = mean(by, s.scores)
	for _, r := range s.scores {
		if r.Escape >= 0 {
			s.Escapes++
		}
		if r.DecisionUnit >= profile.Learnt {
			s.Learnt++
		}
		if r.Diverged != "" {
			s.Diverged++
		}
	}
	for _, task := range tasks {
		of := slices.DeleteFunc(slices.Clone(s.scores), func(r *Score) bool { return r.Task != task })
		if v := mean(by, of); v < s.Worst {
			s.Worst, s.WorstTask = v, task
		}
	}
	s.Escaped = 100 * float64(s.Escapes) / float64(s.Runs)
	s.Escape = obs.MedianEscape(seq.Map(s.scores, func(r *Score) int { return r.Escape }))
}

// Leaderboard ranks points and arms by the mean of a measure, those with runs
// missing last; ties by escape, then by number.
func Leaderboard(m *Manifest, results map[int]*Result, by string) []Standing {
	board := standingsOf(m, results, by)
	slices.SortStableFunc(board, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Runs-b.Wanted, a.Runs-a.Wanted), cmp.Compare(b.measure, a.measure),
			cmp.Compare(b.Escaped, a.Escaped), cmp.Compare(escapeOrder(a.Escape), escapeOrder(b.Escape)), cmp.Compare(a.Point, b.Point))
	})
	return board
}

// escapeOrder returns an iteration of escape as a number to sort by: later than all if there was none.
func escapeOrder(escape float64) float64 {
	if math.IsNaN(escape) {
		return math.Inf(1)
	}
	return escape
}

// overSeeds returns the mean of the measure with its interval over seeds.
func (s Standing) overSeeds() stats.Interval { return stats.Mean(s.differences(nil), 0.95) }

// more returns the mean lead of s over another, over the seeds that both have.
func (s Standing) more(other Standing) stats.Interval {
	return stats.Mean(s.differences(other.bySeed), 0.95)
}

// differences returns s less other, for each seed that both have; for nil it returns the values of s.
func (s Standing) differences(other map[uint64]float64) []float64 {
	var seeds []uint64
	for seed := range s.bySeed {
		if _, both := other[seed]; both || other == nil {
			seeds = append(seeds, seed)
		}
	}
	slices.Sort(seeds)
	return seq.Map(seeds, func(seed uint64) float64 { return s.bySeed[seed] - other[seed] })
}
