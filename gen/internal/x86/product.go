package x86

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
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

// byNumber writes jumps to the labels it returns, one for each value of n from 1
// to most.
func (e *emitter) byNumber(n operand.Op, most int, what string) []string {
	labels := make([]string, most+1)
	for v := 1; v < len(labels); v++ {
		labels[v] = e.label(fmt.Sprintf("%s%dn", what, v))
		if v < most {
			e.CMPQ(n, operand.Imm(uint64(v)))
			e.JEQ(labelRef(labels[v]))
		}
	}
	e.JMP(labelRef(labels[most]))
	return labels
}

// byVecs writes body once for each possible number of vectors, at most most.
func (e *emitter) byVecs(n operand.Op, most int, body func(vecs int)) {
	labels := e.byNumber(n, most, "vecs")
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

// product writes the kernel of StepForward and StepBackward. The sums go to z and
// are read back for what follows: they are in L1, and tanh needs the registers.
// That text is shared by all tiles.
func (e *emitter) product() {
	e.function("Product", "func(z, next, h, s, w *T, activity T, vecs, rows, depth, stride int, ahead *T)",
		"sets z[r][v] = Σk s[r][k]·w[k][v] for rows values of r and vecs vectors of v, k increasing",
		"from 0 below depth ≥ 1; then next[r][v] = tanh(z[r][v]) unless next is nil, or else",
		"z[r][v] = (z[r][v] + activity·h[r][v])·(1-h[r][v]²) unless h is nil.",
		"Rows of z, next, h and s are stride elements apart, those of w vecs vectors.",
		"Tiles whose terms go four at a time, in AVX-512 alone, ask in every turn for a line of the cache",
		"to be brought into the second-level cache, the first time for the one at ahead.")
	z, s, rows, ld := e.arg("z"), e.arg("s"), e.arg("rows"), e.countBytes("stride")
	vecs, count := e.argMem("vecs"), e.GP64() // count: rows of a tile
	e.Label("panel")
	e.byVecs(vecs, e.isa.Single, func(vecs int) {
		width := vecs * e.isa.Bytes
		e.tiles(vecs, rows, func(t tile, _ string) {
			for i := range t.sums() {
				e.zero(i)
			}
			pointers, at := e.rowPointers(s, ld, t.rows)
			w, turn := e.arg("w"), t.unroll()
			var ahead reg.GPVirtual
			asks := turn == 4 && t.rows > 1 // a tile of many sums: an instruction more costs nothing
			if asks {
				ahead = e.arg("ahead")
			}
			e.terms(t, turn,
				func(m, k int) operand.Mem { return at(m, k*e.elem.Bytes()) },
				func(v, k int) operand.Mem { return operand.Mem{Base: w, Disp: k*width + v*e.isa.Bytes} },
				func(n int) {
					for _, p := range pointers {
						e.ADDQ(operand.I32(n*e.elem.Bytes()), p)
					}
					e.ADDQ(operand.I32(n*width), w)
					if asks && n == turn {
						e.PREFETCHT1(operand.Mem{Base: ahead})
						e.ADDQ(operand.Imm(cacheLine), ahead)
					}
				})
			if asks {
				e.MOVQ(ahead, e.argMem("ahead"))
			}
			out := e.GP64()
			e.MOVQ(z, out)
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
			e.JMP(labelRef("then"))
		})
	})
	e.Label("then")
	e.SUBQ(count, rows)
	other := e.GP64()
	e.MOVQ(e.argMem("next"), other)
	e.TESTQ(other, other)
	e.JNE(labelRef("activate"))
	e.MOVQ(e.argMem("h"), other)
	e.TESTQ(other, other)
	e.JNE(labelRef("backprop"))
	e.IMULQ(ld, count)
	e.ADDQ(count, z)
	e.JMP(labelRef("again"))

	for _, rows := range []struct {
		label string
		write func(z, other, ld reg.GPVirtual, vecs operand.Op, count reg.GPVirtual)
	}{{"activate", e.tanhRows}, {"backprop", e.backpropRows}} {
		e.Label(rows.label)
		e.SUBQ(e.argMem("z"), other) // from the first row to the present one
		e.ADDQ(z, other)
		rows.write(z, other, ld, vecs, count)
		e.JMP(labelRef("again"))
	}
	e.Label("again")
	e.TESTQ(rows, rows)
	e.JNE(labelRef("panel"))
	e.ret()
}

// grad writes the kernel of AccumulateGrad. Here the broadcast side lies along
// the rows of its matrix, and the sums start from dw.
func (e *emitter) grad() {
	e.function("Grad", "func(dw, d, s *T, vecs, rows, depth, dwStride, stride int)",
		"adds Σr d[r][i]·s[r][v] to dw[i][v] for rows values of i and vecs vectors of v,",
		"r increasing from 0 below depth ≥ 1. Rows of d and s are stride elements apart, those of dw dwStride.")
	dw, d, rows := e.arg("dw"), e.arg("d"), e.arg("rows") // g is a register's name
	dwld, ld := e.countBytes("dwStride"), e.countBytes("stride")
	e.byVecs(e.arg("vecs"), len(e.isa.Tiles)-1, func(vecs int) {
		e.tiles(vecs, rows, func(t tile, next string) {
			e.eachSum(t, dw, dwld, func(m operand.Mem, i int) { e.ps("VMOVU", m, e.vec(i)) })
			a, b := e.GP64(), e.arg("s")
			e.MOVQ(d, a)
			at := func(base reg.GPVirtual, k, disp int) operand.Mem {
				m := operand.Mem{Base: base, Disp: disp}
				if k > 0 {
					m.Index, m.Scale = ld, 1
				}
				return m
			}
			e.terms(t, min(2, t.unroll()),
				func(m, k int) operand.Mem { return at(a, k, m*e.elem.Bytes()) },
				func(v, k int) operand.Mem { return at(b, k, v*e.isa.Bytes) },
				func(n int) {
					for _, p := range []reg.GPVirtual{a, b} {
						if n < 0 {
							e.SUBQ(ld, p)
						} else {
							e.LEAQ(operand.Mem{Base: p, Index: ld, Scale: uint8(n)}, p)
						}
					}
				})
			e.eachSum(t, dw, dwld, func(m operand.Mem, i int) { e.ps("VMOVU", e.vec(i), m) })
			e.advance(dw, dwld, t.rows)
			e.ADDQ(operand.I32(t.rows*e.elem.Bytes()), d)
			e.SUBQ(operand.Imm(uint64(t.rows)), rows)
			e.JNE(labelRef(next))
			e.ret()
		})
	})
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
