//go:build linux

package main

import (
	"math"

	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"

	"molap/kernels"
)

// gonum is the step as one writes it in Go without kernels of one's own: with gonum's matrix
// product and math.Tanh. Matrices are trials × units.
type gonum[T kernels.Float] struct {
	*problem
	gemm                               func(ta, tb blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
	wRec, wIn, b, wOut, bOut, h0, x, y []T
	h, d, e                            []T // h[0 … steps], deltas of the pre-activations of h[t], errors
	dwRec, dwIn, db, dwOut, dbOut, dh0 []T
	loss                               float64
}

func newGonum[T kernels.Float](p *problem) *gonum[T] {
	g := &gonum[T]{
		problem: p,
		wRec:    convertFrom64[T](p.wRec), wIn: convertFrom64[T](p.wIn), b: convertFrom64[T](p.b),
		wOut: convertFrom64[T](p.wOut), bOut: convertFrom64[T](p.bOut),
		h0: convertFrom64[T](p.h0), x: convertFrom64[T](p.x), y: convertFrom64[T](p.y),
		h: make([]T, (p.steps+1)*p.trials*p.units), d: make([]T, (p.steps+1)*p.trials*p.units), e: make([]T, len(p.y)),
		dwRec: make([]T, len(p.wRec)), dwIn: make([]T, len(p.wIn)), db: make([]T, p.units),
		dwOut: make([]T, len(p.wOut)), dbOut: make([]T, p.out), dh0: make([]T, p.units),
	}
	switch gemm := any(&g.gemm).(type) {
	case *func(ta, tb blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int):
		*gemm = blasgonum.Implementation{}.Sgemm
	case *func(ta, tb blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int):
		*gemm = blasgonum.Implementation{}.Dgemm
	}
	return g
}

// product sets c (m × n) to a·b + beta·c; ta and tb say whether a and b are
// stored transposed. All are dense.
func (g *gonum[T]) product(ta, tb bool, m, n, k int, a, b []T, beta T, c []T) {
	transA, lda := blas.NoTrans, k
	if ta {
		transA, lda = blas.Trans, m
	}
	transB, ldb := blas.NoTrans, n
	if tb {
		transB, ldb = blas.Trans, k
	}
	g.gemm(transA, transB, m, n, k, 1, a, lda, b, ldb, beta, c, n)
}

func (g *gonum[T]) step() {
	slab, rows := g.trials*g.units, g.steps*g.trials
	for i := range g.trials {
		copy(g.h[i*g.units:], g.h0)
	}
	for t := range g.steps {
		h := g.h[(t+1)*slab:][:slab]
		for i := range g.trials {
			copy(h[i*g.units:], g.b)
		}
		g.product(false, true, g.trials, g.units, g.in, g.x[t*g.trials*g.in:], g.wIn, 1, h)
		g.product(false, true, g.trials, g.units, g.units, g.h[t*slab:], g.wRec, 1, h)
		for i, v := range h {
			h[i] = T(math.Tanh(float64(v)))
		}
	}
	for i := range rows {
		copy(g.e[i*g.out:], g.bOut)
	}
	g.product(false, true, rows, g.out, g.units, g.h[slab:], g.wOut, 1, g.e)
	squares, scale := 0.0, T(2/float64(len(g.e)))
	for i, y := range g.e {
		e := y - g.y[i]
		squares += float64(e) * float64(e)
		g.e[i] = e * scale
	}
	g.loss = squares / float64(len(g.e))

	g.product(false, false, rows, g.units, g.out, g.e, g.wOut, 0, g.d[slab:])
	for t := g.steps; t >= 1; t-- {
		d := g.d[t*slab:][:slab]
		if t < g.steps {
			g.product(false, false, g.trials, g.units, g.units, g.d[(t+1)*slab:], g.wRec, 1, d)
		}
		for i, h := range g.h[t*slab:][:slab] {
			d[i] *= 1 - h*h
		}
	}
	deltas := g.d[slab:]
	g.product(true, false, g.units, g.units, rows, deltas, g.h, 0, g.dwRec)
	g.product(true, false, g.units, g.in, rows, deltas, g.x, 0, g.dwIn)
	g.product(true, false, g.out, g.units, rows, g.e, g.h[slab:], 0, g.dwOut)
	sumRows(g.db, deltas)
	sumRows(g.dbOut, g.e)
	sum := g.d[:g.units] // the slab of t = 0 is free
	sumRows(sum, deltas[:slab])
	g.product(false, false, 1, g.units, g.units, sum, g.wRec, 0, g.dh0)
}

// sumRows sets dst to the sum of the rows of v.
func sumRows[T kernels.Float](dst, v []T) {
	clear(dst)
	for ; len(v) >= len(dst); v = v[len(dst):] {
		for j, x := range v[:len(dst)] {
			dst[j] += x
		}
	}
}

func (g *gonum[T]) result() (float64, [][]float64) {
	return g.loss, [][]float64{convertTo64(g.dwRec), convertTo64(g.dwIn), convertTo64(g.db), convertTo64(g.dwOut), convertTo64(g.dbOut), convertTo64(g.dh0)}
}
