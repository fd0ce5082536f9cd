package x86

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"molap/gen/internal/formula"
	"molap/gen/internal/vector"
)

// rowPointers returns pointers to rows 0, 3, 6, … of a matrix whose row length
// is ld bytes, and the address of any of the rows, disp bytes in.
func (e *emitter) rowPointers(first, ld reg.GPVirtual, rows int) (pointers []reg.GPVirtual, at func(m, disp int) operand.Mem) {
	for m := 0; m < rows; m += 3 {
		p := e.GP64()
		if m == 0 {
			e.MOVQ(first, p)
		} else {
			before := pointers[len(pointers)-1]
			e.LEAQ(operand.Mem{Base: before, Index: ld, Scale: 2}, p)
			e.ADDQ(ld, p)
		}
		pointers = append(pointers, p)
	}
	return pointers, func(m, disp int) operand.Mem {
		a := operand.Mem{Base: pointers[m/3], Disp: disp}
		if m%3 > 0 {
			a.Index, a.Scale = ld, uint8(m%3)
		}
		return a
	}
}

// panelProduct sets the sums of t to Σk s[m][k]·w[k][v].
func (e *emitter) panelProduct(t tile, s, ld reg.GPVirtual) {
	for i := range t.sums() {
		e.zero(i)
	}
	pointers, at := e.rowPointers(s, ld, t.rows)
	w := e.arg("w")
	width := t.vecs * e.isa.Bytes
	e.terms(t, e.argMem("depth"),
		func(m, k int) operand.Mem { return at(m, k*e.elem.Bytes()) },
		func(v, k int) operand.Mem { return operand.Mem{Base: w, Disp: k*width + v*e.isa.Bytes} },
		func(n int) {
			for _, p := range pointers {
				e.ADDQ(operand.I32(n*e.elem.Bytes()), p)
			}
			e.ADDQ(operand.I32(n*width), w)
		})
}

// byVecs writes body once for each possible value of the argument vecs, at most most.
func (e *emitter) byVecs(most int, body func(vecs int)) {
	labels := make([]string, most+1)
	for v := 1; v < len(labels); v++ {
		labels[v] = e.label(fmt.Sprintf("vecs%dn", v))
		if v > 1 {
			e.CMPQ(e.argMem("vecs"), operand.Imm(uint64(v)))
			e.JEQ(to(labels[v]))
		}
	}
	for v := 1; v < len(labels); v++ {
		e.Label(labels[v])
		body(v)
	}
}

// advance moves p on by n rows of ld bytes.
func (e *emitter) advance(p, ld reg.GPVirtual, n int) {
	t := e.GP64()
	e.IMUL3Q(operand.Imm(uint64(n)), ld, t)
	e.ADDQ(t, p)
}

// forward writes the kernel of StepForward. The sums go to raw and are read
// back for tanh row by row: they are in L1, and tanh needs the registers.
func (e *emitter) forward() {
	e.function("Forward", "func(next, raw, s, w *T, vecs, rows, depth, stride int)",
		"sets raw[r][v] = Σk s[r][k]·w[k][v] for rows values of r and vecs vectors of v,",
		"k increasing from 0 below depth, and next[r][v] = tanh(raw[r][v]) unless next is nil.",
		"Rows of s, raw and next are stride elements apart, those of w vecs vectors.")
	next, raw, s, rows, ld := e.arg("next"), e.arg("raw"), e.arg("s"), e.arg("rows"), e.countBytes("stride")
	e.byVecs(e.isa.Single, func(vecs int) {
		activate := e.label("activate")
		var again string
		count := e.GP64()
		e.tiles(vecs, rows, "done", func(t tile, dispatch string) {
			again = dispatch
			e.panelProduct(t, s, ld)
			out := e.GP64()
			e.MOVQ(raw, out)
			for m := range t.rows {
				for v := range vecs {
					e.ps("VMOVU", e.vec(t.sum(m, v)), operand.Mem{Base: out, Disp: v * e.isa.Bytes})
				}
				if m < t.rows-1 {
					e.ADDQ(ld, out)
				}
			}
			e.advance(s, ld, t.rows)
			e.MOVQ(operand.I32(t.rows), count)
			e.SUBQ(count, rows)
			e.JMP(to(activate))
		})
		row, skip := e.label("row"), e.label("skip")
		e.Label(activate)
		e.TESTQ(next, next)
		e.JE(to(skip))
		e.Label(row)
		e.tanhRow(next, raw, vecs)
		e.ADDQ(ld, raw)
		e.ADDQ(ld, next)
		e.DECQ(count)
		e.JNE(to(row))
		e.JMP(to(again))
		e.Label(skip)
		e.IMULQ(ld, count)
		e.ADDQ(count, raw)
		e.JMP(to(again))
	})
	e.Label("done")
	e.ret()
}

// tanhRow sets vecs vectors at dst to the tanh of those at src, in groups of
// nearly the same size.
func (e *emitter) tanhRow(dst, src reg.GPVirtual, vecs int) {
	groups := (vecs + e.isa.Interleave - 1) / e.isa.Interleave
	group := func(to, from reg.GPVirtual, first, n int) {
		p := vector.Interleave(e.elem, n, e.isa.Skew, func(p *vector.Program, i int) {
			p.Store(formula.Tanh(p, func() vector.Value { return p.Load(0, first+i) }), 1, first+i)
		})
		e.lower(p, []operand.Mem{{Base: from}, {Base: to}}, e.free(tile{}, 0))
	}
	if vecs < len(e.isa.Tiles) {
		for g := range groups {
			first, end := g*vecs/groups, (g+1)*vecs/groups
			group(dst, src, first, end-first)
		}
		return
	}
	// Wide panels loop over groups, to keep the text short.
	to, from, count := e.GP64(), e.GP64(), e.GP64()
	e.MOVQ(dst, to)
	e.MOVQ(src, from)
	n := vecs / groups
	for _, run := range []struct{ count, vecs int }{{vecs % groups, n + 1}, {groups - vecs%groups, n}} {
		if run.count == 0 {
			continue
		}
		loop := e.label("group")
		e.MOVQ(operand.I32(run.count), count)
		e.Label(loop)
		group(to, from, 0, run.vecs)
		e.ADDQ(operand.I32(run.vecs*e.isa.Bytes), from)
		e.ADDQ(operand.I32(run.vecs*e.isa.Bytes), to)
		e.DECQ(count)
		e.JNE(operand.LabelRef(loop))
	}
}

// backward writes the kernel of StepBackward.
func (e *emitter) backward() {
	e.function("Backward", "func(prev, h, d, w *T, activity T, vecs, rows, depth, stride int)",
		"sets prev[r][v] = (Σk d[r][k]·w[k][v] + activity·h[r][v])·(1-h[r][v]²)",
		"for rows values of r and vecs vectors of v, k increasing from 0 below depth. Rows of d, h",
		"and prev are stride elements apart, those of w vecs vectors.")
	prev, h, d, rows, ld := e.arg("prev"), e.arg("h"), e.arg("d"), e.arg("rows"), e.countBytes("stride")
	e.byVecs(e.isa.Single, func(vecs int) {
		e.tiles(vecs, rows, "done", func(t tile, next string) {
			e.panelProduct(t, d, ld)
			activity := t.sums()
			e.broadcast(e.argMem("activity"), activity)
			for m := range t.rows {
				for v := range vecs {
					p := vector.New(e.elem)
					p.Store(formula.Backprop(p, p.Input(t.sum(m, v)), p.Pinned(activity), p.Load(0, v)), 1, v)
					e.lower(p, []operand.Mem{{Base: h}, {Base: prev}}, e.free(t, 1))
				}
				e.ADDQ(ld, h)
				e.ADDQ(ld, prev)
			}
			e.advance(d, ld, t.rows)
			e.SUBQ(operand.Imm(uint64(t.rows)), rows)
			e.JMP(to(next))
		})
	})
	e.Label("done")
	e.ret()
}

// grad writes the kernel of AccumulateGrad. Here the broadcast side lies along
// the rows of its matrix, and the sums start from dw.
func (e *emitter) grad() {
	e.function("Grad", "func(dw, d, s *T, vecs, rows, depth, dwStride, stride int)",
		"adds Σr d[r][i]·s[r][v] to dw[i][v] for rows values of i and vecs vectors of v,",
		"r increasing from 0 below depth. Rows of d and s are stride elements apart, those of dw dwStride.")
	dw, d, rows := e.arg("dw"), e.arg("d"), e.arg("rows") // g is a register's name
	dwld, ld := e.countBytes("dwStride"), e.countBytes("stride")
	ld3 := e.GP64()
	e.LEAQ(operand.Mem{Base: ld, Index: ld, Scale: 2}, ld3)
	e.byVecs(len(e.isa.Tiles)-1, func(vecs int) {
		e.tiles(vecs, rows, "done", func(t tile, next string) {
			e.eachSum(t, dw, dwld, func(m operand.Mem, i int) { e.ps("VMOVU", m, e.vec(i)) })
			a, b := e.GP64(), e.arg("s")
			e.MOVQ(d, a)
			at := func(base reg.GPVirtual, k, disp int) operand.Mem {
				m := operand.Mem{Base: base, Disp: disp}
				switch k {
				case 1, 2:
					m.Index, m.Scale = ld, uint8(k)
				case 3:
					m.Index, m.Scale = ld3, 1
				}
				return m
			}
			e.terms(t, e.argMem("depth"),
				func(m, k int) operand.Mem { return at(a, k, m*e.elem.Bytes()) },
				func(v, k int) operand.Mem { return at(b, k, v*e.isa.Bytes) },
				func(n int) {
					e.LEAQ(operand.Mem{Base: a, Index: ld, Scale: uint8(n)}, a)
					e.LEAQ(operand.Mem{Base: b, Index: ld, Scale: uint8(n)}, b)
				})
			e.eachSum(t, dw, dwld, func(m operand.Mem, i int) { e.ps("VMOVU", e.vec(i), m) })
			e.advance(dw, dwld, t.rows)
			e.ADDQ(operand.I32(t.rows*e.elem.Bytes()), d)
			e.SUBQ(operand.Imm(uint64(t.rows)), rows)
			e.JMP(to(next))
		})
	})
	e.Label("done")
	e.ret()
}

// eachSum calls f for each sum of t with its place in the matrix at first.
func (e *emitter) eachSum(t tile, first, ld reg.GPVirtual, f func(m operand.Mem, i int)) {
	p := e.GP64()
	e.MOVQ(first, p)
	for m := range t.rows {
		for v := range t.vecs {
			f(operand.Mem{Base: p, Disp: v * e.isa.Bytes}, t.sum(m, v))
		}
		if m < t.rows-1 {
			e.ADDQ(ld, p)
		}
	}
}
