package dynamics_test

import (
	"context"
	"fmt"

	"molap/autodiff"
	"molap/dynamics"
	"molap/kernels"
)

// Two units that excite each other remember a choice: the state between them is a
// saddle, and both choices are attractors.
func Example() {
	p := autodiff.NewParams[float64](autodiff.Shape{Units: 2, Out: 1})
	copy(p.Row(p.WRec(), 0), []float64{0.5, 1})
	copy(p.Row(p.WRec(), 1), []float64{1, 0.5})

	m := dynamics.NewMap(p, nil)
	states := [][]float64{{0.9, 0.8}, {0.7, 0.6}, {0.5, 0.9}, {-0.5, -0.9}, {-0.8, -0.6}, {0.1, -0.1}}
	points, err := dynamics.DefaultSearch.Points(context.Background(), kernels.Best(), m, states)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, point := range points {
		l, err := m.Spectrum(point.H)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%6.3f  from %d states, λ = %.3f, %.3f\n", point.H, point.Starts, real(l[0]), real(l[1]))
	}
	// Output:
	// [ 0.859  0.859]  from 3 states, λ = 0.394, -0.131
	// [-0.859 -0.859]  from 2 states, λ = 0.394, -0.131
	// [ 0.000  0.000]  from 1 states, λ = 1.500, -0.500
}
