package neon

import (
	"molap/gen/internal/formula"
	"molap/gen/internal/vector"
)

// product writes the kernel of StepForward and StepBackward. A vector of a row of s
// holds consecutive k. Each FMA takes one of them. The sums go to z and
// are read back for what follows: they are in L1, and tanh needs the registers.
// That text is shared by all tiles.
func (e *emitter) product() {
	e.function("Product", "func(z, next, h, s, w *T, activity T, vecs, rows, depth, stride int, ahead *T)",
		"sets z[r][v] = Σk s[r][k]·w[k][v] for rows values of r and vecs vectors of v, k increasing",
		"from 0 below depth ≥ 1; then next[r][v] = tanh(z[r][v]) unless next is nil, or else",
		"z[r][v] = (z[r][v] + activity·h[r][v])·(1-h[r][v]²) unless h is nil.",
		"Rows of z, next, h and s are stride elements apart, those of w vecs vectors. It does not use ahead.")
	z, s, rows, ld := e.arg("z"), e.arg("s"), e.arg("rows"), e.countBytes("stride")
	first, vecs, consts := e.arg("z"), e.arg("vecs"), e.tableAddress()
	count, other := e.reg(), e.reg() // count: rows of a tile
	e.label("panel")
	e.byVecs(vecs, panelTiles, func(vecs int) {
		e.tiles(panelTiles[vecs], vecs, rows, func(t tile, _ string) {
			e.panelTile(t, s, ld)
			e.ins("MOVD %v, %v", z, other)
			for m := range t.rows {
				e.storeVectors(t.row(m), other, 0)
				if m < t.rows-1 {
					e.advance(other, ld, 1)
				}
			}
			e.advance(s, ld, t.rows)
			e.ins("MOVD $%d, %v", t.rows, count)
			e.ins("B then")
		})
	})
	e.label("then")
	e.ins("SUB %v, %v, %v", count, rows, rows)
	e.ins("MOVD %s, %v", e.frame("next"), other)
	e.ins("CBNZ %v, activate", other)
	e.ins("MOVD %s, %v", e.frame("h"), other)
	e.ins("CBNZ %v, backprop", other)
	e.ins("MADD %v, %v, %v, %v", ld, z, count, z)
	e.ins("B again")

	// eachRow writes a loop of row over the rows of the tile, for each number of vectors in them.
	// Before the loop other points at the first row of a matrix; it is moved to the present row.
	eachRow := func(row func(vecs int)) {
		e.ins("SUB %v, %v, %v", first, other, other)
		e.ins("ADD %v, %v, %v", z, other, other)
		e.byVecs(vecs, panelTiles, func(vecs int) {
			loop := e.newLabel("row")
			e.label(loop)
			row(vecs)
			e.advance(z, ld, 1)
			e.advance(other, ld, 1)
			e.ins("SUBS $1, %v, %v", count, count)
			e.ins("BNE %s", loop)
			e.ins("B again")
		})
	}
	e.label("activate")
	eachRow(func(vecs int) { e.tanhVectors(other, z, consts, vecs) })

	e.label("backprop")
	const activity, pool, free = 0, 1, 2
	e.broadcastArg("activity", activity)
	eachRow(func(vecs int) {
		p := vector.Interleave(e.elem, vecs, 1, func(p *vector.Program, i int) {
			p.Store(formula.Backprop(p, p.Load(0, i), p.Pinned(activity), p.Load(1, i)), 0, i)
		})
		e.lower(p, []gp{z, other}, consts, consecutive(free, registers-free), consecutive(pool, 1))
	})
	e.label("again")
	e.ins("CBNZ %v, panel", rows)
	e.ins("RET")
}

// panelTile sets the sums of t to Σk s[m][k]·w[k][v].
func (e *emitter) panelTile(t tile, s, ld gp) {
	for _, i := range consecutive(0, t.sums()) {
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
	e.terms(t.turn(e.lanes()), func(n int) {
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

// grad writes the kernel of AccumulateGrad. Here the elements lie along the rows
// of their matrix, one vector for several rows of the tile, and the sums start
// from dw.
func (e *emitter) grad() {
	e.function("Grad", "func(dw, d, s *T, vecs, rows, depth, dwStride, stride int)",
		"adds Σr d[r][i]·s[r][v] to dw[i][v] for rows values of i and vecs vectors of v,",
		"r increasing from 0 below depth ≥ 1. Rows of d and s are stride elements apart, those of dw dwStride.")
	dw, d, rows := e.arg("dw"), e.arg("d"), e.arg("rows") // g is a register's name
	dwld, ld := e.countBytes("dwStride"), e.countBytes("stride")
	e.byVecs(e.arg("vecs"), gradTiles, func(vecs int) {
		e.tiles(gradTiles[vecs], vecs, rows, func(t tile, next string) {
			p, a, b := e.reg(), e.reg(), e.arg("s")
			e.ins("MOVD %v, %v", dw, p)
			e.ins("MOVD %v, %v", d, a)
			for m := range t.rows {
				e.loadVectors(p, 0, t.row(m))
				e.advance(p, dwld, 1)
			}
			e.terms(t.turn(gradTurn), func(n int) {
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
			e.ins("SUBS $%d, %v, %v", t.rows, rows, rows)
			e.ins("BNE %s", next)
			e.ins("RET")
		})
	})
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
