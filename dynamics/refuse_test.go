package dynamics

import (
	"context"
	"math"
	"testing"

	"molap/kernels"
)

// TestPointsRefuse checks that a search says what is wrong before its workers start: nobody could
// recover from a panic of theirs.
func TestPointsRefuse(t *testing.T) {
	points := func(m *Map, states ...[]float64) error {
		found, err := DefaultSearch.Points(context.Background(), kernels.Best(), m, states)
		if found != nil {
			t.Errorf("%d points beside the error %v", len(found), err)
		}
		return err
	}
	m := mapOf([]float64{0, 0}, 1, 0, 0, 1)
	for want, err := range map[string]error{
		"dynamics: state 1 has 3 numbers, the map has 2 units":   points(m, []float64{1, 2}, []float64{1, 2, 3}),
		"dynamics: entry 1 of state 0 is NaN":                    points(m, []float64{0, math.NaN()}),
		"dynamics: entry 0 of state 1 is -Inf":                   points(m, []float64{0, 0}, []float64{math.Inf(-1), 0}),
		"dynamics: entry (1, 0) of the weights of a map is +Inf": points(mapOf([]float64{0, 0}, 1, 0, math.Inf(1), 1), []float64{0, 0}),
		"dynamics: entry 1 of the constants of a map is NaN":     points(mapOf([]float64{0, math.NaN()}, 1, 0, 0, 1), []float64{0, 0}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("error %v\n want %s", err, want)
		}
	}
	for want, wrong := range map[string]*Map{
		"dynamics: Points: a map of 2 units has 3 weights and 2 constants":             {Units: 2, W: make([]float64, 3), C: make([]float64, 2), Leak: 1},
		"dynamics: Points: a map of 2 units has 4 weights and 1 constants":             {Units: 2, W: make([]float64, 4), C: make([]float64, 1), Leak: 1},
		"dynamics: Points: a map of 0 units has 0 weights and 0 constants":             {Leak: 1},
		"dynamics: Points: the leak of the map is 0, more than 0 and at most 1 needed": {Units: 1, W: make([]float64, 1), C: make([]float64, 1)},
	} {
		panics(t, want, func() { points(wrong, make([]float64, wrong.Units)) })
	}
}

// TestRefuse checks what other functions say of arguments that do not belong together and of numbers
// that are not finite.
func TestRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	m := mapOf([]float64{0, 0}, 1, 0, 0, 1)
	run := &Trajectories{Steps: 2, Trials: 1, Units: 1, H: make([]float64, 2), Outputs: make([]float64, 2)}
	rows := func() [][]float64 { return [][]float64{{1}, {2}, {3}, {4}} }
	y := []float64{1, 2, 3, 4}
	long, infinite := rows(), rows()
	long[3], infinite[1][0] = []float64{1, 2}, inf
	for want, f := range map[string]func(){
		"dynamics: Jacobian: room for 5 derivatives, 2 × 2 needed":                                func() { m.Jacobian(make([]float64, 5), make([]float64, 2)) },
		"dynamics: Jacobian: vectors of 3 and 3, the map has 2 units":                             func() { m.Jacobian(make([]float64, 4), make([]float64, 3)) },
		"dynamics: State: trial 0 of 1, step 2 of 2":                                              func() { run.State(2, 0) },
		"dynamics: State: trial 0 of 1, step -1 of 2":                                             func() { run.State(-1, 0) },
		"dynamics: Project: a state of 2 numbers, a mean of 2, 3 components of 4 numbers in all":  func() { Project(y[:2], y[:2], y, 3) },
		"dynamics: Project: a state of 2 numbers, a mean of 2, -1 components of 4 numbers in all": func() { Project(y[:2], y[:2], y, -1) },
		"dynamics: Project: a state of 1 numbers, a mean of 2, 1 components of 4 numbers in all":  func() { Project(y[:1], y[:2], y, 1) },
		"dynamics: Eigenvalues: 4 numbers for a matrix -2 × -2":                                   func() { Eigenvalues(y, -2) },
		"dynamics: PrincipalComponents: 4 numbers for a matrix -2 × -2":                           func() { PrincipalComponents(y, -2) },
		"dynamics: PrincipalComponents: entry (0, 1) of the matrix is NaN":                        func() { PrincipalComponents([]float64{1, nan, 0, 1}, 2) },
		"dynamics: PrincipalComponents: entry (1, 1) of the matrix is +Inf":                       func() { PrincipalComponents([]float64{1, 0, 0, inf}, 2) },
		"dynamics: LinearR2: value 3 is NaN":                                                      func() { LinearR2(rows(), []float64{1, 2, 3, nan}, 1) },
		"dynamics: LinearR2: number 0 of row 1 is +Inf":                                           func() { LinearR2(infinite, y, 1) },
		"dynamics: LinearR2: row 3 has 2 numbers, row 0 has 1":                                    func() { LinearR2(long, y, 1) },
	} {
		panics(t, want, f)
	}
	if variances, _ := PrincipalComponents([]float64{1, 0, nan, 1}, 2); variances[0] != 1 {
		t.Errorf("variances %v of a matrix whose lower triangle nobody reads", variances)
	}
}

// panics runs f and reports an error unless it panics with the message want.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != want {
			t.Errorf("panic %v\n want %s", got, want)
		}
	}()
	f()
}
