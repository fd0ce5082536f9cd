package obs

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// recordRow is a row of records.csv: a network on its task, or after damage of some level. After damage
// run has the means over draws, and nothing about the training.
type recordRow struct {
	Key
	level      float64
	hit, draws int
	errors     []float64 // mean squared error by output; of damaged networks alone
	run        lab.Run
}

// keyColumns say which network a row is of.
var keyColumns = []Col[Key]{
	{Name: "observed", Doc: "what was done with the network: score, it was tested on its task; damage, it was tested after damage", Of: func(k Key) any { return string(k.Kind) }},
	{Name: "settings", Doc: "settings that differ from those of the run", Of: func(k Key) any { return k.Settings }},
	{Name: "arm", Doc: "way of training", Of: func(k Key) any { return string(k.Arm) }},
	{Name: "task", Doc: "task of the paper", Of: func(k Key) any { return k.Task }},
	{Name: "seed", Doc: "seed of all random numbers", Of: func(k Key) any { return k.Seed }},
	{Name: "left_out", Doc: "tasks that the corpus of pre-training lacks, with + between", Of: func(k Key) any { return strings.Join(k.LeftOut, "+") }},
	{Name: "after", Doc: "number of tasks that arm dni has learnt in sequence; 0: all", Of: func(k Key) any { return k.After }},
	{Name: "damage", Doc: "what is done to the trained network", Of: func(k Key) any { return string(k.Damage) }},
	{Name: "trials", Doc: "test trials of each damaged network; 0: as score.test_trials says", Of: func(k Key) any { return k.Trials }},
}

// outputColumns returns a column for each of n outputs, empty in rows that lack the output.
func outputColumns[R any](n int, name, unit, doc string, of func(R) []float64) []Col[R] {
	return numberedColumns(n, name, unit, doc, func(r R, o int) any {
		if x := of(r); o < len(x) {
			return x[o]
		}
		return nil
	})
}

// recordColumns returns the columns of records.csv for networks with that many outputs.
func recordColumns(outputs int) []Col[recordRow] {
	cols := append(Lift(keyColumns, func(r recordRow) *Key { return &r.Key }),
		Col[recordRow]{Name: "level", Doc: "amount of damage: per cent of the weights or units concerned, or σ of the noise; 0: the intact network", Of: func(r recordRow) any { return r.level }},
		Col[recordRow]{Name: "hit", Doc: "weights or units that the damage hits", Of: func(r recordRow) any { return r.hit }},
		Col[recordRow]{Name: "draws", Doc: "random draws of the damage, over which the row has the means; draws.csv.gz has each", Of: func(r recordRow) any { return r.draws }},
		Col[recordRow]{Name: "fixation", Doc: "true: output 1 is fixation; false: none is; else the number of the output that is", Of: func(r recordRow) any {
			if r.run.Fixation > 1 {
				return r.run.Fixation
			}
			return r.run.Fixation == 1
		}})
	cols = append(cols, outputColumns(outputs, "output", "%", "trials whose output %d is correct by the profile's criterion", func(r recordRow) []float64 { return r.run.Output })...)
	cols = append(cols,
		Col[recordRow]{Name: "overall", Unit: "%", Doc: "correct by the profile's criterion, mean over all outputs", Of: func(r recordRow) any { return r.run.Overall }},
		Col[recordRow]{Name: "decision", Unit: "%", Doc: "the same, outputs other than fixation", Of: func(r recordRow) any { return r.run.Decision }},
		Col[recordRow]{Name: "decision_unit", Heading: "response within a tenth", Unit: "%", Doc: "response outputs within a tenth of the targets' range", Of: func(r recordRow) any { return r.run.DecisionUnit }},
		Lift([]Col[lab.Run]{{Name: "decision_raw", Unit: "%", Doc: "response outputs within 0.1 in the task's own units", Of: func(r lab.Run) any { return r.DecisionRaw }}}, scoredRun)[0])
	cols = append(cols, outputColumns(outputs, "error", "", "mean squared error of output %d over all steps, of networks tested for damage", func(r recordRow) []float64 { return r.errors })...)
	for _, null := range []struct {
		name, doc string
		of        func(recordRow) lab.Null
	}{{"blind", "the mean target", func(r recordRow) lab.Null { return r.run.Blind }}, {"constant", "the best constant answer", func(r recordRow) lab.Null { return r.run.Constant }}} {
		cols = append(cols,
			Col[recordRow]{Name: null.name, Unit: "%", Doc: "overall score of " + null.doc + " with perfect fixation", Of: func(r recordRow) any { return null.of(r).Overall }},
			Col[recordRow]{Name: null.name + "_decision", Unit: "%", Doc: "decision of " + null.doc, Of: func(r recordRow) any { return null.of(r).Decision }},
			Col[recordRow]{Name: null.name + "_decision_unit", Unit: "%", Doc: "decision_unit of " + null.doc, Of: func(r recordRow) any { return null.of(r).DecisionUnit }})
	}
	return append(cols, Lift(slices.Concat([]Col[lab.Run]{
		{Name: "iterations", Doc: "of training on the task", Of: func(r lab.Run) any { return r.Iterations }},
		{Name: "escape", Doc: "iteration at which the loss left the plateau of the blind answer; −1: never", Of: func(r lab.Run) any { return r.Escape }},
	}, trainingColumns, []Col[lab.Run]{
		{Name: "diverged", Doc: "where and how training broke off; empty: it did not", Of: func(r lab.Run) any { return r.Diverged }},
	}), scoredRun)...)
}

// scoredRun returns the run of a row, nil if it is of a damaged network.
func scoredRun(r recordRow) *lab.Run {
	if r.Kind != Score {
		return nil
	}
	return &r.run
}

// drawRow is a row of draws.csv.gz: a network after one draw of a damage.
type drawRow struct {
	Key
	level float64
	n     int // from 1
	lab.Scores
}

func drawColumns(outputs int) []Col[drawRow] {
	cols := append(Lift(keyColumns, func(d drawRow) *Key { return &d.Key }),
		Col[drawRow]{Name: "level", Doc: "amount of damage; 0: the intact network", Of: func(d drawRow) any { return d.level }},
		Col[drawRow]{Name: "draw", Doc: "of the damage, from 1", Of: func(d drawRow) any { return d.n }})
	cols = append(cols, outputColumns(outputs, "output", "%", "trials whose output %d is correct by the profile's criterion", func(d drawRow) []float64 { return d.Output })...)
	cols = append(cols, Col[drawRow]{Name: "decision_unit", Heading: "response within a tenth", Unit: "%", Doc: "response outputs within a tenth of the targets' range", Of: func(d drawRow) any { return d.DecisionUnit }})
	return append(cols, outputColumns(outputs, "error", "", "mean squared error of output %d over all steps", func(d drawRow) []float64 { return d.Error })...)
}

// lossRow is a row of losses.csv.gz.
type lossRow struct {
	Key
	lossPoint
}

// lossPoint is a part of a training.
type lossPoint struct{ iteration, loss float64 }

// lossPoints returns the parts of a run's training.
func lossPoints(r lab.Run) []lossPoint {
	at := r.LossAt()
	return seq.Map(seq.UpTo(len(at)), func(i int) lossPoint { return lossPoint{at[i], r.Losses[i]} })
}

// pointColumns have the loss of a part of a training.
var pointColumns = []Col[lossPoint]{
	{Name: "iteration", Doc: "last of the iterations averaged", Of: func(p lossPoint) any { return int(p.iteration) }},
	{Name: "loss", Doc: fmt.Sprintf("mean squared error, mean of %d iterations", lab.LossStep), Of: func(p lossPoint) any { return p.loss }},
}

// rows returns the observations as rows of the three tables.
func (n *Notebook) rows() (records []recordRow, draws []drawRow, losses []lossRow) {
	for _, k := range n.sorted(Score) {
		r := n.have[k.id()]().(lab.Run)
		records = append(records, recordRow{Key: k, run: r})
		losses = append(losses, seq.Map(lossPoints(r), func(p lossPoint) lossRow { return lossRow{k, p} })...)
	}
	for _, k := range n.sorted(Damage) {
		p := n.have[k.id()]().(lab.Perturbed)
		for i, level := range Levels(k.Damage) {
			ds, hit := p.At(i)
			over := func(of func(lab.Scores) float64) float64 { return seq.Mean(seq.Map(ds, of)) }
			r := recordRow{Key: k, level: level, hit: hit, draws: len(ds), run: lab.Run{Fixation: p.Intact.Fixation,
				Overall: over(lab.Scores.Overall), Decision: over(lab.Scores.Decision), DecisionUnit: over(lab.Scores.Unit), Blind: p.Blind, Constant: p.Constant}}
			for o := range p.Intact.Output {
				r.run.Output = append(r.run.Output, over(func(s lab.Scores) float64 { return s.Output[o] }))
				r.errors = append(r.errors, over(func(s lab.Scores) float64 { return s.Error[o] }))
			}
			records = append(records, r)
			for j, s := range ds {
				draws = append(draws, drawRow{k, level, j + 1, s})
			}
		}
	}
	return records, draws, losses
}

// mostOutputs returns the largest number of outputs of the rows.
func mostOutputs[R any](rows []R, of func(R) []float64) (most int) {
	for _, r := range rows {
		most = max(most, len(of(r)))
	}
	return most
}

// Tables returns the observations as tables: records, draws and losses.
func (n *Notebook) Tables() (records, draws, losses *table.Table) {
	rs, ds, ls := n.rows()
	return Table("records", "Everything that was measured, a row for each network and test", rs,
			recordColumns(mostOutputs(rs, func(r recordRow) []float64 { return r.run.Output }))...),
		Table("draws", "Every draw of damage", ds, drawColumns(mostOutputs(ds, func(d drawRow) []float64 { return d.Output }))...),
		Table("losses", "The loss of every training", ls, append(
			Lift(keyColumns, func(l lossRow) *Key { return &l.Key }), Lift(pointColumns, func(l lossRow) *lossPoint { return &l.lossPoint })...)...)
}
