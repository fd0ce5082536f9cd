package dynamics

import (
	"fmt"
	"math"

	"molap/kernels/linear"
)

// Covariance returns the mean of rows, each of n numbers, and their covariance matrix, n × n, with
// divisor len(rows)-1. It panics if rows are fewer than 2 or differ in length.
func Covariance(rows [][]float64) (mean, c []float64) {
	if len(rows) < 2 {
		panic(fmt.Sprintf("dynamics: Covariance of %d rows, at least 2 needed", len(rows)))
	}
	n := len(rows[0])
	mean, c = make([]float64, n), make([]float64, n*n)
	for k, r := range rows {
		if len(r) != n {
			panic(fmt.Sprintf("dynamics: Covariance: row %d has %d numbers, row 0 has %d", k, len(r), n))
		}
		linear.AddScaled(mean, r, 1)
	}
	for i := range mean {
		mean[i] /= float64(len(rows))
	}
	d := make([]float64, n)
	for _, r := range rows {
		for i, v := range r {
			d[i] = v - mean[i]
		}
		for i, v := range d {
			linear.AddScaled(c[i*n+i:][:n-i], d[i:], v)
		}
	}
	for i := range n {
		for j := i; j < n; j++ {
			c[i*n+j] /= float64(len(rows) - 1)
			c[j*n+i] = c[i*n+j]
		}
	}
	return mean, c
}

// ParticipationRatio returns (Σλ)²/Σλ², where λ are the eigenvalues of the covariance of units from
// … to-1 and c is the covariance of all n units, n × n. It tells in how many dimensions these units
// move, from 1 to to-from (Gao et al. 2017), and is 0 if nothing moves. It is computed as
// tr(C)²/tr(C²), without eigenvalues. It panics if c has another length or there are no such units.
func ParticipationRatio(c []float64, n, from, to int) float64 {
	if len(c) != n*n || from < 0 || to <= from || to > n {
		panic(fmt.Sprintf("dynamics: ParticipationRatio of units %d to %d of a covariance of %d units with %d entries", from, to, n, len(c)))
	}
	trace, squares := 0.0, 0.0
	for i := from; i < to; i++ {
		trace += c[i*n+i]
		row := c[i*n+from : i*n+to]
		squares = linear.Dot(squares, row, row)
	}
	if squares == 0 {
		return 0
	}
	return float64(trace*trace) / squares
}

// Project returns the coordinates of h - mean along the first k components, see
// [PrincipalComponents]. It panics if h and mean differ in length, or if there are no k components.
func Project(h, mean, components []float64, k int) []float64 {
	n := len(mean)
	if len(h) != n || k < 0 || k*n > len(components) {
		panic(fmt.Sprintf("dynamics: Project: a state of %d numbers, a mean of %d, %d components of %d numbers in all", len(h), n, k, len(components)))
	}
	z := make([]float64, k)
	for j := range z {
		for i, w := range components[j*n:][:n] {
			z[j] = math.FMA(w, h[i]-mean[i], z[j])
		}
	}
	return z
}

// LinearR2 returns how well a linear readout with an offset reads y from the rows of x. It fits the
// readout to rows 0, 2, 4, … and returns the share of the variance of y that the readout explains
// on the other rows. The penalty on the weights is ridge times the mean variance of the columns of
// x, times the number of rows. A result below 0 says that the readout is worse than the mean; it is
// NaN if y is the same in all of those rows. LinearR2 panics if x and y differ in length, on fewer
// than 4 rows, if rows differ in length, unless ridge is above 0, or if a number is not finite.
func LinearR2(x [][]float64, y []float64, ridge float64) float64 {
	if len(x) != len(y) || len(x) < 4 || !(ridge > 0) {
		panic(fmt.Sprintf("dynamics: LinearR2: %d rows, %d values, ridge %v: want as many, at least 4, and a ridge above 0", len(x), len(y), ridge))
	}
	if k := notFinite(y); k >= 0 {
		panic(fmt.Sprintf("dynamics: LinearR2: value %d is %v", k, y[k]))
	}
	for k, r := range x {
		if len(r) != len(x[0]) {
			panic(fmt.Sprintf("dynamics: LinearR2: row %d has %d numbers, row 0 has %d", k, len(r), len(x[0])))
		}
		if i := notFinite(r); i >= 0 {
			panic(fmt.Sprintf("dynamics: LinearR2: number %d of row %d is %v", i, k, r[i]))
		}
	}
	var fit [][]float64
	mean, rows := 0.0, 0
	for k := 0; k < len(x); k += 2 {
		fit = append(fit, x[k])
		mean += y[k]
		rows++
	}
	mean /= float64(rows)
	center, c := Covariance(fit)
	n := len(center)
	b := make([]float64, n)
	for k, r := range fit {
		for i, v := range r {
			b[i] = math.FMA(v-center[i], (y[2*k]-mean)/float64(rows-1), b[i])
		}
	}
	trace := 0.0
	for i := range n {
		trace += c[i*n+i]
	}
	for i := range n {
		c[i*n+i] += float64(ridge * (trace / float64(n)))
	}
	if trace == 0 || !linear.SolvePositive(c, n, b) {
		clear(b) // x tells nothing
	}
	test, same := 0.0, true // the mean of y in the tested rows
	for k := 1; k < len(x); k += 2 {
		same = same && y[k] == y[1]
		test += y[k] / float64(len(x)/2)
	}
	left, total := 0.0, 0.0
	for k := 1; k < len(x); k += 2 {
		d := y[k] - mean
		for i, w := range b {
			d = math.FMA(-w, x[k][i]-center[i], d)
		}
		left = math.FMA(d, d, left)
		total = math.FMA(y[k]-test, y[k]-test, total)
	}
	if same {
		return math.NaN()
	}
	return 1 - left/total
}
