package x86

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile is a block of rows × vecs sums of a product, held in the first registers.
type tile struct{ rows, vecs int }

// sums returns the number of registers of the tile.
func (t tile) sums() int { return t.rows * t.vecs }

// sum returns the register of vector v in row m.
func (t tile) sum(m, v int) int { return m*t.vecs + v }

// free returns the registers beside the tile, from the skip-th on.
func (e *emitter) free(t tile, skip int) (regs []int) {
	for i := t.sums() + skip; i < e.isa.Registers; i++ {
		regs = append(regs, i)
	}
	return regs
}

// term adds one term a(m)·b(v) to each sum: a broadcast, b a vector. The side
// that fits stays in registers and the other passes by.
func (e *emitter) term(t tile, a func(m int) operand.Mem, b func(v int) operand.Mem) {
	free := e.free(t, 0)
	fma := func(m, v, x, y int) { e.ps("VFMADD231", e.vec(y), e.vec(x), e.vec(t.sum(m, v))) }
	switch {
	case t.rows == 1: // nothing is used twice
		e.broadcast(a(0), free[0])
		for v := range t.vecs {
			e.ps("VFMADD231", b(v), e.vec(free[0]), e.vec(t.sum(0, v)))
		}
	case len(free) > t.vecs:
		for v := range t.vecs {
			e.ps("VMOVU", b(v), e.vec(free[v]))
		}
		for m := range t.rows {
			x := free[t.vecs+m%(len(free)-t.vecs)]
			e.broadcast(a(m), x)
			for v := range t.vecs {
				fma(m, v, x, free[v])
			}
		}
	case len(free) > t.rows:
		for m := range t.rows {
			e.broadcast(a(m), free[m])
		}
		for v := range t.vecs {
			y := free[t.rows+v%(len(free)-t.rows)]
			e.ps("VMOVU", b(v), e.vec(y))
			for m := range t.rows {
				fma(m, v, free[m], y)
			}
		}
	default:
		panic(fmt.Sprintf("x86: tile %d×%d leaves %d registers", t.rows, t.vecs, len(free)))
	}
}

// unroll is the number of terms in one turn of the inner loop.
const unroll = 4

// terms adds depth terms; a and b address term k < unroll of a turn, advance
// moves them on by n terms.
func (e *emitter) terms(t tile, depth operand.Mem, a, b func(i, k int) operand.Mem, advance func(n int)) {
	turn := func(n int) {
		for k := range n {
			e.term(t, func(m int) operand.Mem { return a(m, k) }, func(v int) operand.Mem { return b(v, k) })
		}
		advance(n)
	}
	loop, rest, one, end := e.label("turns"), e.label("rest"), e.label("one"), e.label("end")
	k := e.GP64()
	e.MOVQ(depth, k)
	e.SUBQ(operand.Imm(unroll), k)
	e.JLT(to(rest))
	e.Label(loop)
	turn(unroll)
	e.SUBQ(operand.Imm(unroll), k)
	e.JGE(to(loop))
	e.Label(rest)
	e.ADDQ(operand.Imm(unroll), k)
	e.JE(to(end))
	e.Label(one)
	turn(1)
	e.DECQ(k)
	e.JNE(to(one))
	e.Label(end)
}

// tiles cuts rows into tiles. At the returned label the code takes the next
// tile and jumps to the text that body wrote for it, which must take its rows
// off, move its pointers and jump back; without rows left it jumps to done.
func (e *emitter) tiles(vecs int, rows reg.GPVirtual, done string, body func(t tile, next string)) {
	sizes := e.isa.sizes(vecs)
	next := e.label("next")
	labels := map[int]string{}
	for _, r := range sizes {
		labels[r] = e.label(fmt.Sprintf("tile%dx%dn", r, vecs))
	}
	e.Label(next)
	for n, r := range exceptions(sizes, vecs) {
		if r > 0 {
			e.CMPQ(rows, operand.Imm(uint64(n)))
			e.JEQ(to(labels[r]))
		}
	}
	for _, r := range sizes {
		e.CMPQ(rows, operand.Imm(uint64(r)))
		e.JGE(to(labels[r]))
	}
	e.JMP(to(done))
	for _, r := range sizes {
		e.Label(labels[r])
		body(tile{r, vecs}, next)
	}
}

// exceptions returns, by the number of rows left, the tile to take where it is
// not the largest that fits: 8 rows are better cut into 4+4 than into 6+2, since
// few sums do not hide the latency of their additions.
func exceptions(sizes []int, vecs int) []int {
	const hidden, overhead = 10, 1 // sums that keep the units busy; cost of a term besides
	out := make([]int, 2*sizes[0])
	best := make([]int, len(out))
	for n := 1; n < len(out); n++ {
		largest, choice := 0, 0
		for _, r := range sizes {
			if r > n {
				continue
			}
			largest = max(largest, r)
			if cost := max(r*vecs, hidden) + overhead + best[n-r]; choice == 0 || cost < best[n] {
				best[n], choice = cost, r
			}
		}
		if choice != largest {
			out[n] = choice
		}
	}
	return out
}
