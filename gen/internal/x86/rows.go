package x86

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"molap/gen/internal/formula"
	"molap/gen/internal/vector"
)

// What follows a product treats the rows of a tile: count rows of vecs vectors. It leaves its first
// pointer at the row after them. Panels of up to narrow vectors have tiles of several rows; wider
// panels have tiles of one.

// narrow returns the most vectors of a panel with tiles of several rows.
func (isa ISA) narrow() int { return len(isa.Tiles) - 1 }

// eachRow writes row as a loop that runs count times, with the pointers step bytes apart.
func (e *emitter) eachRow(p, q, step, count reg.GPVirtual, row func()) {
	loop := e.label("row")
	e.Label(loop)
	row()
	e.ADDQ(step, p)
	e.ADDQ(step, q)
	e.DECQ(count)
	e.JNE(labelRef(loop))
}

// tanhRows sets the rows at dst to the tanh of those at src. It treats a wide row like many narrow
// ones: first some with one vector more, then the others.
func (e *emitter) tanhRows(src, dst, ld reg.GPVirtual, vecs operand.Op, count reg.GPVirtual) {
	step, others, rest := e.GP64(), e.GP64(), e.GP64() // rest: to the row after a wide one
	e.MOVQ(ld, step)
	e.XORQ(others, others)
	e.XORQ(rest, rest)
	labels := e.byNumber(vecs, e.isa.Single, "tanh")
	for n := e.isa.Single; n > e.isa.narrow(); n-- {
		e.Label(labels[n])
		groups := (n + e.isa.Interleave - 1) / e.isa.Interleave
		size, larger := n/groups, n%groups
		e.LEAQ(operand.Mem{Base: ld, Disp: -n * e.isa.Bytes}, rest)
		if larger == 0 {
			e.MOVQ(operand.I32(groups), count)
		} else {
			e.MOVQ(operand.I32(larger), count)
			e.MOVQ(operand.I32(groups-larger), others)
			size++
		}
		e.MOVQ(operand.I32(size*e.isa.Bytes), step)
		e.JMP(labelRef(labels[size]))
	}
	end := e.label("end")
	for n := e.isa.narrow(); n > 0; n-- {
		e.Label(labels[n])
		e.eachRow(src, dst, step, count, func() { e.tanhVectors(dst, src, n) })
		if n > 1 {
			e.TESTQ(others, others)
			e.JEQ(labelRef(end))
			e.MOVQ(others, count)
			e.XORQ(others, others)
			e.SUBQ(operand.Imm(uint64(e.isa.Bytes)), step)
		}
	}
	e.Label(end)
	e.ADDQ(rest, src)
}

// tanhVectors sets n vectors at dst to the tanh of those at src, in groups of at
// most Interleave and nearly the same size.
func (e *emitter) tanhVectors(dst, src reg.GPVirtual, n int) {
	groups := (n + e.isa.Interleave - 1) / e.isa.Interleave
	for g := range groups {
		first, end := g*n/groups, (g+1)*n/groups
		p := vector.Interleave(e.elem, end-first, e.isa.Skew, func(p *vector.Program, i int) {
			p.Store(formula.Tanh(p, func() vector.Value { return p.Load(0, first+i) }), 1, first+i)
		})
		e.lower(p, []operand.Mem{{Base: src}, {Base: dst}}, e.free(tile{}, 0))
	}
}

// backpropRows sets the rows at z to (z + activity·h)·(1-h²).
func (e *emitter) backpropRows(z, h, ld reg.GPVirtual, vecs operand.Op, count reg.GPVirtual) {
	const activity = 0
	vectors := func(first, n int) {
		p := vector.Interleave(e.elem, n, 0, func(p *vector.Program, i int) {
			p.Store(formula.Backprop(p, p.Load(0, first+i), p.Pinned(activity), p.Load(1, first+i)), 0, first+i)
		})
		e.lower(p, []operand.Mem{{Base: z}, {Base: h}}, e.free(tile{1, 1}, 0))
	}
	e.broadcast(e.argMem("activity"), activity)
	labels, end := e.byNumber(vecs, e.isa.Single, "backprop"), e.label("end")
	for n := e.isa.Single; n > 0; n-- {
		e.Label(labels[n])
		if n > e.isa.narrow() { // the vectors of one row, down to those of a narrow one
			vectors(n-1, 1)
			continue
		}
		e.eachRow(z, h, ld, count, func() { vectors(0, n) })
		if n > 1 {
			e.JMP(labelRef(end))
		}
	}
	e.Label(end)
}
