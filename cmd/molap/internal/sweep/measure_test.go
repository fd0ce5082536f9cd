package sweep

import (
	"strings"
	"testing"

	"molap/kernels"
)

// countedProgress counts what it is told.
type countedProgress struct {
	begun       int
	total, done float64
}

func (p *countedProgress) Start(total float64)        { p.begun, p.total = p.begun+1, total }
func (p *countedProgress) Add(done float64, _ string) { p.done += done }
func (p *countedProgress) Found(float64, string)      {}
func (p *countedProgress) Milestone(string)           {}

// TestMeasureShows checks that progress is shown while huge networks are timed, where there are no others, and
// that those of one size are timed once.
func TestMeasureShows(t *testing.T) {
	for units, huge := range map[string]bool{"20, 40": false, "20, 1002": false, "1002": true} {
		m := planText(t, strings.NewReplacer("values = [20, 40]", "values = ["+units+"]", `"molap", `, "",
			`["training.levels=2"]`, `["training.batch=1", "score.test_trials=1"]`).Replace(smallFile))
		var p countedProgress
		r := newRunner(t.TempDir(), m, nil)
		r.Progress, r.Variant = &p, kernels.Best()
		e, err := r.Measure(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if rates := map[bool]int{true: 1, false: 2}[huge]; (p.begun == 1) != huge || (p.done > 0) != huge || p.done < p.total*(1-1e-9) || len(e.Rates) != rates {
			t.Errorf("%s units: %d counts, %g of %g done, rates %v", units, p.begun, p.done, p.total, e.Rates)
		}
	}
}
