package sweep

import (
	"fmt"
	"os"
	"slices"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/taskset"
)

// Result is the result of an index. It has no times and no machines, so an index gives the same bytes
// wherever it was done.
type Result struct {
	Sweep  string  `json:"sweep"` // SHA-256 of the manifest
	Index  int     `json:"index"`
	Scores []Score `json:"scores"` // by task
	Sum    string  `json:"sha256"`
}

// Score is the result of one network. Scores are per cent of test trials.
type Score struct {
	Task         string    `json:"task"`
	Output       []float64 `json:"output"`                // by output
	NoFixation   bool      `json:"no_fixation,omitempty"` // the first of them is not fixation: a task of one's own
	Overall      float64   `json:"overall"`               // mean over all outputs
	Decision     float64   `json:"decision"`              // mean over the outputs other than fixation
	DecisionUnit float64   `json:"decision_unit"`         // response outputs within a tenth of the targets' range
	DecisionRaw  float64   `json:"decision_raw"`          // response outputs within 0.1 in the task's own units
	Blind        lab.Null  `json:"blind"`                 // the mean target
	Constant     lab.Null  `json:"constant"`              // the best constant answer
	Escape       int       `json:"escape"`                // iteration at which the loss left the plateau of the blind answer; -1: never
	FinalLoss    Number    `json:"final_loss"`
	BlindLoss    Number    `json:"blind_loss"`
	Trained      int       `json:"trained"`
	Parameters   int       `json:"parameters"`
	Diverged     string    `json:"diverged"` // how training broke off; empty: it did not
}

// scoreOf returns what a sweep keeps of a run: all but the curve of its loss.
func scoreOf(r lab.Run) Score {
	return Score{
		Task: r.Task, Output: r.Output, NoFixation: r.Fixation != 1, Overall: r.Overall,
		Decision: r.Decision, DecisionUnit: r.DecisionUnit, DecisionRaw: r.DecisionRaw,
		Blind: r.Blind, Constant: r.Constant, Escape: r.Escape, FinalLoss: Number(r.FinalLoss), BlindLoss: Number(r.BlindLoss),
		Trained: r.Trained, Parameters: r.Parameters, Diverged: r.Diverged,
	}
}

// run returns the run of a score.
func (s Score) run() lab.Run {
	r := lab.Run{
		Task: s.Task, Output: s.Output, Fixation: 1, Overall: s.Overall, Decision: s.Decision, DecisionUnit: s.DecisionUnit, DecisionRaw: s.DecisionRaw,
		Blind: s.Blind, Constant: s.Constant, Trained: s.Trained, Parameters: s.Parameters, Diverged: s.Diverged,
		Learning: lab.Learning{Escape: s.Escape, FinalLoss: float64(s.FinalLoss), BlindLoss: float64(s.BlindLoss)},
	}
	if s.NoFixation {
		r.Fixation = 0
	}
	return r
}

// resultMost is the largest size of a result in bytes. One of nine tasks has 7 kB, one of a task with
// [tasks.MaxChannels] outputs 20 kB.
const resultMost = 1 << 18

func resultName(i int) string { return fmt.Sprintf("results/%06d.json", i) }

// writeResult writes the result of an index, if its scores are possible. The directory of its state
// must be there.
func writeResult(dir string, m *Manifest, index int, scores []Score) error {
	if err := (&scoreCheck{Manifest: m}).possible(index, scores); err != nil {
		return err
	}
	data := seal(Result{Sweep: m.Sum, Index: index, Scores: scores})
	err := regularfile.Within(dir, func(root *os.Root) error { // through the state's directory, which is cleared away
		return atomicfile.WriteThrough(root, stateName(index), resultName(index), data)
	})
	return atomicfile.Gone(dir, err)
}

// parseResult reads the result of an index. An error means that the file is corrupt: damaged, of another
// sweep or of another index.
func parseResult(data []byte, m *scoreCheck, index int) (*Result, error) {
	r := &Result{}
	if err := unseal(data, r); err != nil {
		return nil, err
	}
	if r.Sweep != m.Sum || r.Index != index {
		return nil, fmt.Errorf("it is index %d of sweep %.12s, not index %d of %.12s", r.Index, r.Sweep, index, m.Sum)
	}
	if len(r.Scores) != len(m.Tasks) {
		return nil, fmt.Errorf("it has %d scores for %d tasks", len(r.Scores), len(m.Tasks))
	}
	for i, s := range r.Scores {
		if s.Task != m.Tasks[i] {
			return nil, fmt.Errorf("its score %d is of %.60q, not of %s", i+1, s.Task, m.Tasks[i])
		}
	}
	return r, m.possible(index, r.Scores)
}

// scoreCheck checks scores of a sweep. One is for many results: it makes the tasks, some of which are texts to
// be read, once.
type scoreCheck struct {
	*Manifest
	outputs map[string]int // of each task, which are the same at every point; nil before the first check
}

// countOutputs fills in the outputs.
func (m *scoreCheck) countOutputs() error {
	ts, err := taskset.FindAll(m.Settings, m.Tasks)
	if err != nil {
		return err
	}
	m.outputs = map[string]int{}
	for _, t := range ts {
		m.outputs[t.ID] = len(t.Targets)
	}
	return nil
}

// possible returns an error if networks of an index cannot have such scores.
func (m *scoreCheck) possible(index int, scores []Score) error {
	if m.outputs == nil {
		if err := m.countOutputs(); err != nil {
			return err
		}
	}
	ix := m.Indices[index]
	s, err := m.apply(m.Points[ix.Point])
	if err != nil {
		return err
	}
	iterations := lab.Arm(ix.Arm).Iterations(s)
	for _, r := range scores {
		if what := r.mistake(m.outputs[r.Task], iterations); what != "" {
			return fmt.Errorf("the score of %s has %s", r.Task, what)
		}
	}
	return nil
}

// maxDiverged is the most bytes of a text that says how training broke off.
const maxDiverged = 1000

// mistake names something impossible in the score of a network that has at most so many outputs and
// iterations, or returns "" if there is nothing.
func (s *Score) mistake(outputs, iterations int) string {
	shares := slices.Concat(s.Output, []float64{s.Overall, s.Decision, s.DecisionUnit, s.DecisionRaw, s.Blind.Overall, s.Blind.Decision,
		s.Blind.DecisionUnit, s.Constant.Overall, s.Constant.Decision, s.Constant.DecisionUnit})
	none := func(x float64) bool { return !(x >= 0 && x <= 100) }
	switch {
	case len(s.Output) > outputs:
		return fmt.Sprintf("%d outputs (allowed: %d)", len(s.Output), outputs)
	case slices.ContainsFunc(shares, none):
		return fmt.Sprintf("%v %% (allowed: 0 to 100)", shares[slices.IndexFunc(shares, none)])
	case s.FinalLoss < 0 || s.BlindLoss < 0:
		return fmt.Sprintf("the losses %v and %v (allowed: ≥ 0)", s.FinalLoss, s.BlindLoss)
	case s.Escape < -1 || s.Escape > iterations:
		return fmt.Sprintf("escape %d (allowed: -1 to %d)", s.Escape, iterations)
	case s.Trained < 0 || s.Trained > s.Parameters:
		return fmt.Sprintf("%d of %d parameters trained (allowed: 0 to all of them)", s.Trained, s.Parameters)
	case len(s.Diverged) > maxDiverged || hasControl(s.Diverged):
		return fmt.Sprintf("diverged %.60q (want printable text of at most %d bytes)", s.Diverged, maxDiverged)
	}
	return ""
}
