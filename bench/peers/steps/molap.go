//go:build linux

package main

import (
	"molap/autodiff"
	"molap/kernels"
)

// molap is our own step: an engine that trains everything, on one worker.
type molap[T kernels.Float] struct {
	engine *autodiff.Engine[T]
	params *autodiff.Params[T]
	blocks []int // their lengths
	x, y   []T
	loss   float64
}

func newMolap[T kernels.Float](p *problem, v kernels.Variant) *molap[T] {
	s := autodiff.Shape{Units: p.units, In: p.in, Out: p.out}
	rects := []autodiff.Rect{s.WRec(), s.WIn(), s.B(), s.WOut(), s.BOut()} // as in the problem file
	mask := autodiff.Mask{Rects: rects, H0: true}
	m := &molap[T]{params: autodiff.NewParams[T](s), x: convertFrom64[T](p.x), y: convertFrom64[T](p.y)}
	var all []T
	for _, block := range [][]float64{p.wRec, p.wIn, p.b, p.wOut, p.bOut, p.h0} {
		all = append(all, convertFrom64[T](block)...)
		m.blocks = append(m.blocks, len(block))
	}
	autodiff.Scatter(mask, m.params, all)
	m.engine = autodiff.New[T](v, s, p.steps, p.trials, mask, autodiff.Penalty{}, 1)
	return m
}

func (m *molap[T]) step() { m.loss = m.engine.Gradient(m.params, m.x, m.y).MSE }

func (m *molap[T]) result() (float64, [][]float64) {
	all := convertTo64(m.engine.Grad())
	var blocks [][]float64
	for _, n := range m.blocks {
		blocks = append(blocks, all[:n])
		all = all[n:]
	}
	return m.loss, blocks
}
