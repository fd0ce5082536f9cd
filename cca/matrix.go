package cca

import (
	"fmt"
	"math"
)

// Matrix is a dense matrix in row-major order: element (i, j) is Data[i·Cols+j].
type Matrix struct {
	Rows, Cols int
	Data       []float64 // Rows × Cols
}

// NewMatrix returns a matrix of zeros. It panics if rows or cols is negative.
func NewMatrix(rows, cols int) Matrix {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("cca: NewMatrix: %d×%d", rows, cols))
	}
	return Matrix{rows, cols, make([]float64, rows*cols)}
}

// At returns element (i, j), both from 0. It panics if m has no such element.
func (m Matrix) At(i, j int) float64 {
	if i < 0 || i >= m.Rows || j < 0 || j >= m.Cols {
		panic(fmt.Sprintf("cca: At: element (%d, %d) of a matrix %d×%d", i, j, m.Rows, m.Cols))
	}
	return m.Data[i*m.Cols+j]
}

// Row returns row i, from 0, sharing memory with m. It panics if m has no such row.
func (m Matrix) Row(i int) []float64 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// Join returns [x y], x and y side by side. It panics if their rows differ.
func Join(x, y Matrix) Matrix {
	x.check("Join", "x")
	y.check("Join", "y")
	if x.Rows != y.Rows {
		panic(fmt.Sprintf("cca: Join: x has %d rows, y %d", x.Rows, y.Rows))
	}
	m := NewMatrix(x.Rows, x.Cols+y.Cols)
	for i := range m.Rows {
		copy(m.Row(i), x.Row(i))
		copy(m.Row(i)[x.Cols:], y.Row(i))
	}
	return m
}

// check panics if m's data and shape disagree.
func (m Matrix) check(caller, name string) {
	if m.Rows < 0 || m.Cols < 0 || len(m.Data) != m.Rows*m.Cols {
		panic(fmt.Sprintf("cca: %s: %s is %d×%d, its data has %d elements", caller, name, m.Rows, m.Cols, len(m.Data)))
	}
}

// checkCols panics if m is malformed or does not have the columns of the fit.
func (m Matrix) checkCols(caller, name string, fitted int) {
	m.check(caller, name)
	if m.Cols != fitted {
		panic(fmt.Sprintf("cca: %s: %s has %d columns, the fit %d", caller, name, m.Cols, fitted))
	}
}

// checkData returns an error unless m can be analysed: at least two rows and
// one column, all finite.
func (m Matrix) checkData(name string) error {
	if m.Rows < 2 {
		return fmt.Errorf("%s has %d rows, a variance needs 2", name, m.Rows)
	}
	if m.Cols < 1 {
		return fmt.Errorf("%s has no columns", name)
	}
	for k, v := range m.Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s at row %d, column %d is %v", name, k/m.Cols, k%m.Cols, v)
		}
	}
	return nil
}

// multiply returns a·b, each element one chain of FMA in increasing k.
func multiply(a, b Matrix) Matrix {
	m := NewMatrix(a.Rows, b.Cols)
	for i := range a.Rows {
		row := m.Row(i)
		for k, aik := range a.Row(i) {
			for j, bkj := range b.Row(k) {
				row[j] = math.FMA(aik, bkj, row[j])
			}
		}
	}
	return m
}

// columns returns a copy of rows 0 … rows-1 of m's columns from … to-1.
func (m Matrix) columns(rows, from, to int) Matrix {
	c := NewMatrix(rows, to-from)
	for i := range rows {
		copy(c.Row(i), m.Row(i)[from:to])
	}
	return c
}

// transpose returns mᵀ.
func (m Matrix) transpose() Matrix {
	t := NewMatrix(m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			t.Data[j*t.Cols+i] = v
		}
	}
	return t
}
