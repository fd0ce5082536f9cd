package paper

import (
	"fmt"
	"math"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// moduleSizes are the sizes of networks that both two and three modules divide:
// the nearest to that of the settings, and to half as much again, which is 150 for
// the paper's 100 as in the authors' program.
func moduleSizes(units int) [2]int {
	sixes := func(n int) int { return max(6, (n+3)/6*6) }
	return [2]int{sixes(units), sixes(units + units/2)}
}

// planModules3 compares networks of three modules with networks of two (A.2.1).
func planModules3(n *obs.Notebook) func() Result {
	data := modules3(n)
	return func() Result { return data().result() }
}

// threeModules is the data of modules3: for each size two modules, then three.
type threeModules struct {
	comparison
	sizes [2]int
}

// modules3 asks for the scores of the experiment.
func modules3(n *obs.Notebook) func() threeModules {
	ts, sizes := n.Tasks(), moduleSizes(n.Settings.Network.Units)
	var kinds []kind
	for size, units := range sizes {
		for _, modules := range []int{2, 3} {
			settings := fmt.Sprintf("network.units=%d network.modules=%d", units, modules)
			kinds = append(kinds, kind{
				name:  fmt.Sprintf("modules_%d_units_%d", modules, units),
				title: fmt.Sprintf("%d modules of %d units", modules, units/modules),
				look:  [2][2]string{{"molap", "molap, three modules"}, {"molap, larger", "molap, larger, three modules"}}[size][modules-2],
				about: fmt.Sprintf("molap with %d modules of %d units", modules, units/modules),
				score: func(i int, seed uint64) func() lab.Run {
					return n.Score(settings, lab.Cell{Arm: lab.MoLaP, Task: ts[i].ID, Seed: seed})
				},
			})
		}
	}
	data := compare(n, kinds)
	return func() threeModules { return threeModules{data(), sizes} }
}

func (m threeModules) result() Result {
	return Result{
		Title: "A.2.1: three modules against two", UsesSettings: true,
		Headline: m.headline(), Findings: m.findings(),
		Tables: []*table.Table{m.glance("modules3", "Performance by number of modules, mean over seeds"), m.summary("modules3"), m.all("modules3")},
		Figures: []*figure.Figure{m.performance("modules3",
			"Per cent of decisions correct for each of nine tasks, for networks of two and of three modules in two sizes, with the scores of two answers that do not know the stimulus.")},
		Captions: []string{fmt.Sprintf("Per cent of test trials decided correctly by networks of %d and of %d units in two modules and in three, pre-trained by CCA: ", m.sizes[0], m.sizes[1]) + performanceCaption},
	}
}

// differences returns three modules less two at the k-th size, in points, by task:
// means over seeds, which are the same in both.
func (m threeModules) differences(k int) []float64 {
	d := make([]float64, len(m.tasks))
	for i := range d {
		d[i] = m.mean(2*k+1, i, overall) - m.mean(2*k, i, overall)
	}
	return d
}

func (m threeModules) headline() string {
	return fmt.Sprintf("Three modules score %+.1f points over two with %d units, %+.1f with %d, on average over the nine tasks and %d seed(s); the paper finds them similar.",
		seq.Mean(m.differences(0)), m.sizes[0], seq.Mean(m.differences(1)), m.sizes[1], m.seeds())
}

func (m threeModules) findings() (out []string) {
	for k, units := range m.sizes {
		d := m.differences(k)
		largest, better := 0, 0
		for i, v := range d {
			if v > 0 {
				better++
			}
			if math.Abs(v) > math.Abs(d[largest]) {
				largest = i
			}
		}
		out = append(out, fmt.Sprintf("%d units: two modules score %.1f %% over the tasks, three %.1f %%; three are ahead on %d of %d, and differ most on %s, %+.1f points. Above both answers that do not know the stimulus: two on %s; three on %s.",
			units, m.overTasks(2*k, overall), m.overTasks(2*k+1, overall), better, len(d), m.tasks[largest].ID, d[largest],
			list(m.aboveNulls(2*k)), list(m.aboveNulls(2*k+1))))
	}
	if m.seeds() < 3 {
		out = append(out, fmt.Sprintf("With %d seed(s) these are single observations: -seeds 10 gives spreads.", m.seeds()))
	}
	return out
}
