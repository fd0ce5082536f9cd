package main

import (
	"fmt"
	"math/big"
)

// number is a big.Float of enough bits that no coefficient depends on how it
// is computed.
type number = *big.Float

const precision = 300

func num(x float64) number      { return new(big.Float).SetPrec(precision).SetFloat64(x) }
func add(x, y number) number    { return num(0).Add(x, y) }
func sub(x, y number) number    { return num(0).Sub(x, y) }
func mul(x, y number) number    { return num(0).Mul(x, y) }
func quo(x, y number) number    { return num(0).Quo(x, y) }
func abs(x number) number       { return num(0).Abs(x) }
func float(x number) float64    { f, _ := x.Float64(); return f }
func isLarger(x, y number) bool { return abs(x).Cmp(abs(y)) > 0 }
func sameSign(x, y number) bool { return x.Sign() == y.Sign() }
func power(x number, n int) number { // xⁿ
	y := num(1)
	for range n {
		y = mul(y, x)
	}
	return y
}

// horner evaluates the polynomial with coefficients c, lowest degree first.
func horner(c []number, x number) number {
	y := num(0)
	for i := len(c) - 1; i >= 0; i-- {
		y = add(mul(y, x), c[i])
	}
	return y
}

// minimaxProblem asks for the polynomial of a given degree that is nearest to a power series on [lo, hi]:
// its largest error times |x|^weight is the smallest.
type minimaxProblem struct {
	series []number // lowest degree first, long enough for all digits of a float64
	lo, hi number
	degree int
	weight int
}

// weighted returns |x|^weight·(series - c) at x.
func (p minimaxProblem) weighted(c []number, x number) number {
	return mul(power(abs(x), p.weight), sub(horner(p.series, x), horner(c, x)))
}

// gridIntervals is the number of intervals between the points where extremes of an error are sought.
const gridIntervals = 4000

func (p minimaxProblem) at(i int) number {
	return add(p.lo, mul(sub(p.hi, p.lo), quo(num(float64(i)), num(gridIntervals))))
}

// worst returns the largest weighted error of c.
func (p minimaxProblem) worst(c []number) float64 {
	_, worst := p.extremes(c)
	return worst
}

// minimax returns the coefficients, lowest degree first, by Remez's exchange. It finds the
// polynomial whose error is ±E in turn at degree+2 points, moves the points to where the error is
// largest, and repeats this until the largest error is E.
func (p minimaxProblem) minimax() []number {
	points := make([]number, p.degree+2)
	for i := range points { // equal spacing is good enough to start with
		points[i] = p.at((2*i + 1) * gridIntervals / (2 * len(points)))
	}
	for range 40 {
		c, level := p.levelled(points)
		var worst float64
		points, worst = p.extremes(c)
		if len(points) != p.degree+2 {
			panic(fmt.Sprintf("fit: the error has %d extremes, want %d", len(points), p.degree+2))
		}
		if worst <= float(abs(level))*(1+1e-6) {
			return c
		}
	}
	panic("fit: Remez's exchange does not settle")
}

// levelled returns the polynomial whose weighted errors at the points are
// level, -level, level and so on.
func (p minimaxProblem) levelled(points []number) (c []number, level number) {
	n := len(points)
	rows := make([][]number, n) // [w, w·x, w·x², …, ±1 | w·f]
	for i, x := range points {
		w := power(abs(x), p.weight)
		for k := range n - 1 {
			rows[i] = append(rows[i], mul(w, power(x, k)))
		}
		rows[i] = append(rows[i], num(float64(1-2*(i%2))), mul(w, horner(p.series, x)))
	}
	for k := range n { // Gauss and Jordan
		pivot := k
		for i := k + 1; i < n; i++ {
			if isLarger(rows[i][k], rows[pivot][k]) {
				pivot = i
			}
		}
		rows[k], rows[pivot] = rows[pivot], rows[k]
		for i := range n {
			if i == k {
				continue
			}
			f := quo(rows[i][k], rows[k][k])
			for j := k; j <= n; j++ {
				rows[i][j] = sub(rows[i][j], mul(f, rows[k][j]))
			}
		}
	}
	for k := range n {
		c = append(c, quo(rows[k][n], rows[k][k]))
	}
	return c[:n-1], c[n-1]
}

// extremes returns the point of the largest error in each stretch where the error keeps its sign,
// and the largest error of all. If there are more than degree+2 points, it leaves out the smaller
// of the first and the last until there are not.
func (p minimaxProblem) extremes(c []number) (points []number, worst float64) {
	var errors []number
	for i := range gridIntervals + 1 {
		x := p.at(i)
		e := p.weighted(c, x)
		worst = max(worst, float(abs(e)))
		last := len(errors) - 1
		switch {
		case e.Sign() == 0:
		case last < 0 || !sameSign(e, errors[last]):
			points, errors = append(points, x), append(errors, e)
		case isLarger(e, errors[last]):
			points[last], errors[last] = x, e
		}
	}
	for len(points) > p.degree+2 {
		if last := len(points) - 1; isLarger(errors[0], errors[last]) {
			points, errors = points[:last], errors[:last]
		} else {
			points, errors = points[1:], errors[1:]
		}
	}
	return points, worst
}
