package neon

import (
	"molap/gen/internal/formula"
	"molap/gen/internal/vector"
)

// panelProduct sets the sums of t to Σk s[m][k]·w[k][v]. A vector of a row holds
// consecutive k, of which each FMA takes one element.
func (e *emitter) panelProduct(t tile, s, ld gp) {
	for _, i := range run(0, t.sums()) {
		e.ins("VMOVI $0, V%d.B16", i)
	}
	w := e.arg("w")
	rows := make([]gp, t.rows)
	for m := range rows {
		rows[m] = e.reg()
		if m == 0 {
			e.ins("MOVD %v, %v", s, rows[m])
		} else {
			e.ins("ADD %v, %v, %v", ld, rows[m-1], rows[m])
		}
	}
	e.terms(e.lanes(), func(n int) {
		for m, p := range rows {
			e.ins("%s.P %d(%v), F%d", e.scalarMove(n), n*e.elem.Bytes(), p, t.sums()+m)
		}
		for k := range n {
			a := make([]element, t.rows)
			for m := range a {
				a[m] = element{t.sums() + m, k}
			}
			e.term(t, a, w, k*t.vecs*vectorBytes, t.sums()+t.rows)
		}
		e.ins("ADD $%d, %v, %v", n*t.vecs*vectorBytes, w, w)
	})
}

// forward writes the kernel of StepForward. The sums go to raw and are read
// back for tanh row by row: they are in L1, and tanh needs the registers.
func (e *emitter) forward() {
	e.function("Forward", "func(next, raw, s, w *T, vecs, rows, depth, stride int)",
		"sets raw[r][v] = Σk s[r][k]·w[k][v] for rows values of r and vecs vectors of v,",
		"k increasing from 0 below depth, and next[r][v] = tanh(raw[r][v]) unless next is nil.",
		"Rows of s, raw and next are stride elements apart, those of w vecs vectors.")
	next, raw, s, rows, ld := e.arg("next"), e.arg("raw"), e.arg("s"), e.arg("rows"), e.countBytes("stride")
	consts := e.tableAddress()
	e.byVecs(panelTiles, func(vecs int) {
		activate, row, skip := e.newLabel("activate"), e.newLabel("row"), e.newLabel("skip")
		var again string
		count := e.reg()
		e.tiles(panelTiles[vecs], vecs, rows, func(t tile, dispatch string) {
			again = dispatch
			e.panelProduct(t, s, ld)
			out := e.reg()
			e.ins("MOVD %v, %v", raw, out)
			for m := range t.rows {
				e.storeVectors(t.row(m), out, 0)
				e.advance(out, ld, 1)
			}
			e.advance(s, ld, t.rows)
			e.ins("MOVD $%d, %v", t.rows, count)
			e.ins("SUB %v, %v, %v", count, rows, rows)
			e.ins("B %s", activate)
		})
		e.label(activate)
		e.ins("CBZ %v, %s", next, skip)
		e.label(row)
		e.tanhVectors(next, raw, consts, vecs)
		e.ins("ADD %v, %v, %v", ld, raw, raw)
		e.ins("ADD %v, %v, %v", ld, next, next)
		e.ins("SUBS $1, %v, %v", count, count)
		e.ins("BNE %s", row)
		e.ins("B %s", again)
		e.label(skip)
		e.ins("MADD %v, %v, %v, %v", ld, raw, count, raw)
		e.ins("B %s", again)
	})
	e.label("done")
	e.ins("RET")
}

// backward writes the kernel of StepBackward.
func (e *emitter) backward() {
	e.function("Backward", "func(prev, h, d, w *T, activity T, vecs, rows, depth, stride int)",
		"sets prev[r][v] = (Σk d[r][k]·w[k][v] + activity·h[r][v])·(1-h[r][v]²)",
		"for rows values of r and vecs vectors of v, k increasing from 0 below depth. Rows of d, h",
		"and prev are stride elements apart, those of w vecs vectors.")
	prev, h, d, rows, ld := e.arg("prev"), e.arg("h"), e.arg("d"), e.arg("rows"), e.countBytes("stride")
	consts := e.tableAddress()
	e.byVecs(panelTiles, func(vecs int) {
		e.tiles(panelTiles[vecs], vecs, rows, func(t tile, next string) {
			e.panelProduct(t, d, ld)
			activity := t.sums()
			e.broadcastArg("activity", activity)
			free := run(activity+1, registers-activity-1)
			for m := range t.rows {
				for v := range vecs {
					p := vector.New(e.elem)
					p.Store(formula.Backprop(p, p.Input(t.sum(m, v)), p.Pinned(activity), p.Load(0, v)), 1, v)
					e.lower(p, []gp{h, prev}, consts, free, nil)
				}
				e.advance(h, ld, 1)
				e.advance(prev, ld, 1)
			}
			e.advance(d, ld, t.rows)
			e.ins("SUB $%d, %v, %v", t.rows, rows, rows)
			e.ins("B %s", next)
		})
	})
	e.label("done")
	e.ins("RET")
}

// grad writes the kernel of AccumulateGrad. Here the elements lie along the rows
// of their matrix, one vector for several rows of the tile, and the sums start
// from dw.
func (e *emitter) grad() {
	e.function("Grad", "func(dw, d, s *T, vecs, rows, depth, dwStride, stride int)",
		"adds Σr d[r][i]·s[r][v] to dw[i][v] for rows values of i and vecs vectors of v,",
		"r increasing from 0 below depth. Rows of d and s are stride elements apart, those of dw dwStride.")
	dw, d, rows := e.arg("dw"), e.arg("d"), e.arg("rows") // g is a register's name
	dwld, ld := e.countBytes("dwStride"), e.countBytes("stride")
	e.byVecs(gradTiles, func(vecs int) {
		e.tiles(gradTiles[vecs], vecs, rows, func(t tile, next string) {
			p, a, b := e.reg(), e.reg(), e.arg("s")
			e.ins("MOVD %v, %v", dw, p)
			e.ins("MOVD %v, %v", d, a)
			for m := range t.rows {
				e.loadVectors(p, 0, t.row(m))
				e.advance(p, dwld, 1)
			}
			e.terms(gradTurn, func(n int) {
				for range n {
					elements, free := e.loadElements(a, t.rows, t.sums())
					e.term(t, elements, b, 0, free)
					e.advance(a, ld, 1)
					e.advance(b, ld, 1)
				}
			})
			for m := range t.rows {
				e.storeVectors(t.row(m), dw, 0)
				e.advance(dw, dwld, 1)
			}
			e.ins("ADD $%d, %v, %v", t.rows*e.elem.Bytes(), d, d)
			e.ins("SUB $%d, %v, %v", t.rows, rows, rows)
			e.ins("B %s", next)
		})
	})
	e.label("done")
	e.ins("RET")
}

// gradTurn is the number of terms in one turn of the gradient's loop.
const gradTurn = 2

// loadElements loads n consecutive elements, and nothing beyond them, into the
// registers from first on; it returns them and the first register after.
func (e *emitter) loadElements(base gp, n, first int) (elements []element, free int) {
	for at := 0; at < n; {
		some := e.lanes()
		for some > n-at {
			some /= 2
		}
		e.ins("%s %d(%v), F%d", e.scalarMove(some), at*e.elem.Bytes(), base, first)
		for lane := range some {
			elements = append(elements, element{first, lane})
		}
		at += some
		first++
	}
	return elements, first
}
