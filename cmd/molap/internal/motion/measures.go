// Package motion shows the dynamics of a network, and compares those of runs: measures, tables,
// figures and sentences.
package motion

import (
	"math"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/dynamics"
)

// gradientGain returns how much of the gradient at the first step of the response arrives at
// the onset of the stimulus; NaN if there is no gradient.
func gradientGain(m states.Motion) float64 {
	if m.Gradient == nil {
		return math.NaN()
	}
	return m.Gradient[m.Onset] / m.Gradient[m.Response]
}

// gradientRate returns the mean logarithm of the growth of the gradient in a step back from
// the response to the onset of the stimulus.
func gradientRate(m states.Motion) float64 {
	return dynamics.Ln(gradientGain(m)) / float64(max(1, m.Response-m.Onset))
}

// spectralRadius returns the largest modulus of the eigenvalues of W_rec.
func spectralRadius(m states.Motion) float64 { return dynamics.Modulus(m.Recurrent[0]) }

// finalReading returns the reading at the end of the trial; NaN if there is none.
func finalReading(m states.Motion) float64 {
	if m.Readable == nil {
		return math.NaN()
	}
	return m.Readable[len(m.Readable)-1].R2
}

// countUnstable returns how many eigenvalues lie outside the unit circle.
func countUnstable(r states.Rest) int {
	return len(seq.Where(r.Eigenvalues, func(l complex128) bool { return dynamics.Modulus(l) > 1 }))
}

// pointKind names the kind of a point.
func pointKind(r states.Rest) string {
	switch n := countUnstable(r); {
	case !r.Fixed:
		return "slow"
	case n == 0:
		return "attractor"
	case n == len(r.Eigenvalues):
		return "repeller"
	}
	return "saddle"
}
