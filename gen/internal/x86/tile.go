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

// term adds one term a(m)·b(v) to each sum, where a is broadcast and b is a vector. The side that
// fits stays in registers, and the other passes by.
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

// unroll returns the number of terms in one turn of the inner loop. A tile of few sums waits for
// its FMAs, which take four cycles, two a cycle; the wait hides the cost of the loop. A tile of many
// sums reads weights as fast as the second-level cache gives them, and is 4% faster with four terms
// than with two.
func (t tile) unroll() int {
	switch {
	case t.sums() <= 4:
		return 1
	case t.sums() <= 12:
		return 2
	}
	return 4
}

// terms adds the terms of k below the argument depth, n in a turn. a and b address term k of a
// turn, advance moves them by n terms. If n does not divide the depth, the code enters the first
// turn in the middle.
func (e *emitter) terms(t tile, n int, a, b func(i, k int) operand.Mem, advance func(n int)) {
	left := e.GP64()
	entries := make([]string, n)
	for k := range entries {
		entries[k] = e.label("term")
	}
	e.MOVQ(e.argMem("depth"), left)
	if n > 1 {
		skip := e.GP64() // terms of the first turn
		e.MOVQ(left, skip)
		e.NEGQ(skip)
		e.ANDQ(operand.Imm(uint64(n-1)), skip)
		e.JEQ(labelRef(entries[0]))
		e.ADDQ(skip, left)
		for k := 1; k < n; k++ {
			advance(-1)
			if k < n-1 {
				e.DECQ(skip)
				e.JEQ(labelRef(entries[k]))
			}
		}
		e.JMP(labelRef(entries[n-1]))
	}
	for k, entry := range entries {
		e.Label(entry)
		e.term(t, func(m int) operand.Mem { return a(m, k) }, func(v int) operand.Mem { return b(v, k) })
	}
	advance(n)
	e.SUBQ(operand.Imm(uint64(n)), left)
	e.JNE(labelRef(entries[0]))
}

// tiles cuts rows, at least one, into tiles. At the returned label the code takes the next tile and
// jumps to the text that body wrote for it. That text must take its rows off, move its pointers,
// and jump back as long as rows are left.
func (e *emitter) tiles(vecs int, rows reg.GPVirtual, body func(t tile, next string)) {
	sizes := e.isa.sizes(vecs)
	next := e.label("next")
	labels := map[int]string{}
	for _, r := range sizes {
		labels[r] = e.label(fmt.Sprintf("tile%dx%dn", r, vecs))
	}
	e.Label(next)
	for n, r := range betterTiles(sizes, vecs) {
		if r > 0 {
			e.CMPQ(rows, operand.Imm(uint64(n)))
			e.JEQ(labelRef(labels[r]))
		}
	}
	for _, r := range sizes[:len(sizes)-1] {
		e.CMPQ(rows, operand.Imm(uint64(r)))
		e.JGE(labelRef(labels[r]))
	}
	e.JMP(labelRef(labels[1]))
	for _, r := range sizes {
		e.Label(labels[r])
		body(tile{r, vecs}, next)
	}
}

// betterTiles returns, by the number of rows left, the tile to take where that is not the largest
// that fits. For example, 8 rows are better cut into 4+4 than into 6+2, since the latency of
// additions shows in a tile of few sums.
func betterTiles(sizes []int, vecs int) []int {
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
