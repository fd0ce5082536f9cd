package cca

import (
	"fmt"
	"math"
)

// shardRows is the number of rows summed or factored together. Shards are
// combined in order; their size is part of what decides the bits of a result.
const shardRows = 1024

// eachShard calls f with the bounds of each shard of n rows, in order.
func eachShard(n int, f func(from, to int)) {
	for from := 0; from < n; from += shardRows {
		f(from, min(from+shardRows, n))
	}
}

// standardise returns the mean and the scale of every column. The scale is the sample standard
// deviation (divisor n-1), or 0 for a column without variance, that is one whose deviation is below
// four roundings of its mean.
func standardise(m Matrix, name string) (mean, scale []float64, err error) {
	mean, scale = make([]float64, m.Cols), make([]float64, m.Cols)
	// The sums are of differences to the first row: they are exact for constant columns, and an
	// offset costs no digits.
	first := m.Row(0)
	sum := make([]float64, m.Cols)
	eachShard(m.Rows, func(from, to int) {
		clear(sum)
		for i := from; i < to; i++ {
			for j, v := range m.Row(i) {
				sum[j] += v - first[j]
			}
		}
		for j, s := range sum {
			mean[j] += s
		}
	})
	for j := range mean {
		mean[j] = first[j] + mean[j]/float64(m.Rows)
	}
	eachShard(m.Rows, func(from, to int) {
		clear(sum)
		for i := from; i < to; i++ {
			for j, v := range m.Row(i) {
				d := v - mean[j]
				sum[j] = math.FMA(d, d, sum[j])
			}
		}
		for j, s := range sum {
			scale[j] += s
		}
	})
	for j, ss := range scale {
		s := math.Sqrt(ss / float64(m.Rows-1))
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return nil, nil, fmt.Errorf("%s: the variance of column %d overflows", name, j)
		}
		if s <= math.Abs(mean[j])*0x1p-50 {
			s = 0
		}
		scale[j] = s
	}
	return mean, scale, nil
}

// unitScale replaces the scale 0 of columns without variance by 1, as
// scikit-learn does, and returns how many columns do vary.
func unitScale(scale []float64) (varying int) {
	for j, s := range scale {
		if s == 0 {
			scale[j] = 1
		} else {
			varying++
		}
	}
	return varying
}

// factorQR returns R, Cols × Cols and upper triangular, of the standardised
// m = Q·R. A column without variance, of scale 0, is a column of zeros.
func factorQR(m Matrix, mean, scale []float64) Matrix {
	k := m.Cols
	stack := NewMatrix(2*k, k) // R so far above the R of a shard
	shard := NewMatrix(min(shardRows, m.Rows), k)
	v := make([]float64, max(shard.Rows, stack.Rows))
	w := make([]float64, k)
	eachShard(m.Rows, func(from, to int) {
		s := Matrix{to - from, k, shard.Data[:(to-from)*k]}
		for i := range s.Rows {
			row := s.Row(i)
			for j, x := range m.Row(from + i) {
				row[j] = 0
				if scale[j] != 0 {
					row[j] = (x - mean[j]) / scale[j]
				}
			}
		}
		triangularise(s, v, w)
		below := stack.Data[k*k:]
		clear(below)
		copy(below, s.Data[:min(s.Rows, k)*k])
		triangularise(stack, v, w)
	})
	return Matrix{k, k, stack.Data[:k*k]}
}

// triangularise replaces m by the R of m = Q·R, with zeros below its diagonal:
// Householder reflections H = I - v·vᵀ/h, one per column, each sum a chain of
// FMA down the rows. v needs m.Rows and w m.Cols elements.
func triangularise(m Matrix, v, w []float64) {
	for j := range min(m.Rows-1, m.Cols) {
		v := v[j:m.Rows]
		unit := 0.0
		for i := range v {
			v[i] = m.Data[(j+i)*m.Cols+j]
			unit = max(unit, math.Abs(v[i]))
		}
		if unit == 0 {
			continue
		}
		// What is left of a dependent column may be so small that its squares
		// underflow, and H would not be orthogonal: reflect in units of the largest.
		ss := 0.0
		for i := range v {
			v[i] /= unit
			ss = math.FMA(v[i], v[i], ss)
		}
		norm, alpha := math.Sqrt(ss), v[0]
		h := float64(norm * (norm + math.Abs(alpha))) // vᵀv/2
		norm = math.Copysign(norm, alpha)
		v[0] = alpha + norm // the larger of the two choices: no cancellation

		w := w[j+1 : m.Cols]
		clear(w)
		for i, vi := range v {
			row := m.Row(j + i)[j+1:]
			for c, x := range row {
				w[c] = math.FMA(vi, x, w[c])
			}
		}
		for c := range w {
			w[c] /= h
		}
		for i, vi := range v {
			row := m.Row(j + i)
			row[j] = 0
			row = row[j+1:]
			for c, x := range row {
				row[c] = math.FMA(-vi, w[c], x)
			}
		}
		m.Data[j*m.Cols+j] = -norm * unit
	}
}
