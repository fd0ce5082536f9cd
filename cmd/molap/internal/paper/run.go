package paper

import (
	"fmt"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/table"
)

// RunTable has a row for every run, with all its measures.
func RunTable(name string, runs []lab.Run) *table.Table {
	t := &table.Table{Name: name, Title: "Every run", Columns: []table.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "task", Description: "task of the paper"},
		{Name: "fixation", Unit: "%", Description: "correct, output 1"},
		{Name: "output_2", Unit: "%", Description: "correct, output 2"},
		{Name: "output_3", Unit: "%", Description: "correct, output 3, if the task has one"},
	}}
	outputs := 3
	for _, r := range runs { // tasks of one's own may have no fixation, and any number of outputs
		if r.NoFixation {
			t.Columns[3] = table.Column{Name: "output_1", Unit: "%", Description: "correct, output 1, which is fixation where the task has it"}
		}
		for ; outputs < len(r.Output); outputs++ {
			t.Columns = append(t.Columns, table.Column{Name: fmt.Sprintf("output_%d", outputs+1), Unit: "%", Description: "correct, if the task has it"})
		}
	}
	t.Columns = append(t.Columns, []table.Column{
		{Name: "overall", Unit: "%", Description: "mean over all outputs"},
		{Name: "decision", Unit: "%", Description: "mean over the outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
		{Name: "blind", Unit: "%", Description: "overall score of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "overall score of the best constant answer with perfect fixation"},
		{Name: "blind_decision_unit", Unit: "%", Description: "decision_unit of the mean target"},
		{Name: "constant_decision_unit", Unit: "%", Description: "decision_unit of the best constant answer"},
		{Name: "escape", Description: "iteration at which the loss left the plateau of the blind answer; empty if never"},
		{Name: "final_loss", Description: "mean squared error over the last 20 iterations"},
		{Name: "blind_loss", Description: "mean squared error of the blind answer"},
		{Name: "trained", Description: "parameters trained on the task, with h[0]"},
		{Name: "parameters", Description: "parameters of the network, with h[0]"},
	}...)
	for _, r := range runs {
		row := []any{r.Seed, string(r.Arm), r.Task}
		for o := range outputs {
			if o < len(r.Output) {
				row = append(row, r.Output[o])
			} else {
				row = append(row, nil)
			}
		}
		var escape any
		if e := r.Escape; e >= 0 {
			escape = e
		}
		t.Add(append(row, r.Overall, r.Decision, r.DecisionUnit, r.DecisionRaw,
			r.Blind.Overall, r.Constant.Overall, r.Blind.DecisionUnit, r.Constant.DecisionUnit, escape, r.FinalLoss, r.BlindLoss, r.Trained, r.Parameters)...)
	}
	return t
}
