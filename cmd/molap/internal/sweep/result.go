package sweep

import (
	"fmt"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
)

// Result is what came of an index. Times and machines are not in it: the same
// index gives the same bytes wherever it was done.
type Result struct {
	Sweep  string  `json:"sweep"` // SHA-256 of the manifest
	Index  int     `json:"index"`
	Scores []Score `json:"scores"` // by task
	Sum    string  `json:"sha256"`
}

// Score is what came of one network. Scores are per cent of test trials.
type Score struct {
	Task         string   `json:"task"`
	Output       []Number `json:"output"`                // by output
	NoFixation   bool     `json:"no_fixation,omitempty"` // the first of them is a decision as well: a task of one's own
	Overall      Number   `json:"overall"`               // mean over all outputs
	Decision     Number   `json:"decision"`              // mean over the outputs other than fixation
	DecisionUnit Number   `json:"decision_unit"`         // response outputs within a tenth of the targets' range
	DecisionRaw  Number   `json:"decision_raw"`          // response outputs within 0.1 in the task's own units
	Blind        Null     `json:"blind"`                 // the mean target
	Constant     Null     `json:"constant"`              // the best constant answer
	Escape       int      `json:"escape"`                // iteration at which the loss left the plateau of the blind answer; -1: never
	FinalLoss    Number   `json:"final_loss"`
	BlindLoss    Number   `json:"blind_loss"`
	Trained      int      `json:"trained"`
	Parameters   int      `json:"parameters"`
	Diverged     string   `json:"diverged"` // how training broke off; empty: it did not
}

// Null is the score of an answer that does not know the stimulus.
type Null struct {
	Overall      Number `json:"overall"`
	Decision     Number `json:"decision"`
	DecisionUnit Number `json:"decision_unit"`
}

// resultMost bounds what is read of a result, in bytes; one of nine tasks has 7 kB.
const resultMost = 1 << 16

// fileName is the name of an index's files.
func fileName(index int) string { return fmt.Sprintf("%06d.json", index) }

func resultPath(dir string, index int) string {
	return filepath.Join(dir, "results", fileName(index))
}

// writeResult writes the result of an index.
func writeResult(dir string, m *Manifest, index int, scores []Score) error {
	data := seal(Result{Sweep: m.Sum, Index: index, Scores: scores})
	return atomicfile.Write(resultPath(dir, index), data)
}

// readResult reads the result of an index. An error that is not fs.ErrNotExist
// means that the file is corrupt: damaged, of another sweep or of another index.
func readResult(dir string, m *Manifest, index int) (*Result, error) {
	data, err := readFile(resultPath(dir, index), resultMost)
	if err != nil {
		return nil, err
	}
	return parseResult(data, m, index)
}

func parseResult(data []byte, m *Manifest, index int) (*Result, error) {
	r := &Result{}
	if _, err := unseal(data, r); err != nil {
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
			return nil, fmt.Errorf("its score %d is of %s, not of %s", i+1, s.Task, m.Tasks[i])
		}
	}
	return r, nil
}
