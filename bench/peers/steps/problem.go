//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

	"molap/kernels"
)

// problem is a network with a batch, as run.py writes it: five int32, then
// float64, little endian; weights by rows, x and y steps × trials × channels.
type problem struct {
	units, trials, steps, in, out      int
	wRec, wIn, b, wOut, bOut, h0, x, y []float64
}

func readProblem(path string) (*problem, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := bytes.NewReader(data)
	var n [5]int32
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p := &problem{units: int(n[0]), trials: int(n[1]), steps: int(n[2]), in: int(n[3]), out: int(n[4])}
	rows := p.steps * p.trials
	for _, a := range []struct {
		dst *[]float64
		n   int
	}{
		{&p.wRec, p.units * p.units}, {&p.wIn, p.units * p.in}, {&p.b, p.units},
		{&p.wOut, p.out * p.units}, {&p.bOut, p.out}, {&p.h0, p.units},
		{&p.x, rows * p.in}, {&p.y, rows * p.out},
	} {
		*a.dst = make([]float64, a.n)
		if err := binary.Read(r, binary.LittleEndian, *a.dst); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return p, nil
}

// convertFrom64 converts numbers to element type T.
func convertFrom64[T kernels.Float](v []float64) []T {
	w := make([]T, len(v))
	for i, x := range v {
		w[i] = T(x)
	}
	return w
}

// convertTo64 converts numbers to float64.
func convertTo64[T kernels.Float](v []T) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}
