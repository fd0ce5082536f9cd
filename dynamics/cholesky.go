package dynamics

import (
	"math"

	"molap/kernels"
	"molap/kernels/linear"
)

// choleskySolver solves the systems A·x = b of a search, with A symmetric and positive definite. It
// gives the bits of [linear.SolvePositive]: every entry of the factor is the same chain of fused
// multiply-adds; the chains are only computed in other portions. Rows are factored blockRows at a time.
// Their contribution to the rows below is a product of matrices, which the kernels compute in vectors.
// The product goes stripRows at a time, so that little is computed below the diagonal.
type choleskySolver struct {
	ops        *kernels.Ops[float64]
	n, stride  int
	rows, less []float64 // rows of the factor, and the same with the other sign: blockRows × stride
	strip      []float64 // rows below, whose contribution from these rows is subtracted
}

const (
	blockRows = 32
	stripRows = 64
)

func newPositive(ops *kernels.Ops[float64], n int) *choleskySolver {
	p := &choleskySolver{ops: ops, n: n, stride: ops.Stride(n) + ops.Stride(1)}
	p.rows, p.less = make([]float64, blockRows*p.stride), make([]float64, blockRows*p.stride)
	p.strip = make([]float64, stripRows*p.stride)
	return p
}

// solve overwrites A and makes b the solution x. It reports false if A is not positive definite.
func (p *choleskySolver) solve(a, b []float64) bool {
	n := p.n
	for first := 0; first < n; first += blockRows {
		end := min(first+blockRows, n)
		for k := first; k < end; k++ {
			row := a[k*n:][:n]
			if !(row[k] > 0 && row[k] <= math.MaxFloat64) {
				return false
			}
			pivot := math.Sqrt(row[k])
			row[k] = pivot
			for j := k + 1; j < n; j++ {
				row[j] /= pivot
			}
			for i := k + 1; i < end; i++ {
				p.ops.AddScaled(a[i*n+i:][:n-i], row[i:], -row[i])
			}
		}
		for k := first; k < end; k++ {
			to := (k - first) * p.stride
			copy(p.rows[to:], a[k*n:][:n])
			for j, v := range a[k*n:][:n] {
				p.less[to+j] = -v
			}
		}
		for i := end; i < n; i += stripRows {
			p.takeOff(a, i, min(i+stripRows, n), end-first)
		}
	}
	linear.SolveLower(a, n, b)
	linear.SolveUpper(a, n, b)
	return true
}

// square sets the upper triangle of s to JᵀJ, both n × stride.
func (p *choleskySolver) square(s, j []float64, stride int) {
	for from := 0; from < p.n; from += stripRows { // a multiple of every variant's lanes
		rows, cols := min(stripRows, p.n-from), p.n-from
		width := p.ops.Stride(cols)
		clear(p.strip)
		p.ops.AccumulateGrad(p.strip, j[from:], j[from:], rows, cols, p.n, stride)
		for i := range rows {
			copy(s[(from+i)*stride+from:], p.strip[i*width:][:cols])
		}
	}
}

// takeOff subtracts the contribution of depth rows of the factor from rows from … to-1 of a, from
// column from on.
func (p *choleskySolver) takeOff(a []float64, from, to, depth int) {
	n, cols := p.n, p.n-from
	width := p.ops.Stride(cols)
	for i := from; i < to; i++ {
		copy(p.strip[(i-from)*width:], a[i*n+from:][:cols])
	}
	p.ops.AccumulateGrad(p.strip, p.less[from:], p.rows[from:], to-from, cols, depth, p.stride)
	for i := from; i < to; i++ {
		copy(a[i*n+from:][:cols], p.strip[(i-from)*width:])
	}
}
