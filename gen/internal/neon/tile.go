package neon

import (
	"fmt"

	"molap/gen/internal/a64"
)

// The tiles of a product: for each number of vectors in a panel, the numbers of rows treated
// together, largest first. Sixteen sums hide the latency of four FMA pipes with four cycles each.
// Beside the sums there must be room for a vector of each row (forward, backward) or of each four
// or two rows (gradient), and for two vectors of the panel, or one if it has one.
var (
	panelTiles = [][]int{1: {12, 8, 4, 2, 1}, 2: {8, 4, 2, 1}, 3: {6, 4, 2, 1}, 4: {4, 3, 2, 1}, 5: {4, 3, 2, 1}, 6: {4, 3, 2, 1}}
	gradTiles  = [][]int{1: {16, 8, 4, 2, 1}, 2: {8, 4, 2, 1}, 3: {6, 4, 2, 1}, 4: {4, 2, 1}, 5: {4, 2, 1}, 6: {4, 2, 1}}
)

// tile is a block of rows × vecs sums of a product, held in the first registers.
type tile struct{ rows, vecs int }

func (t tile) sums() int        { return t.rows * t.vecs }
func (t tile) sum(m, v int) int { return m*t.vecs + v }

// row returns the sums of row m.
func (t tile) row(m int) []int { return consecutive(t.sum(m, 0), t.vecs) }

// element is one lane of a vector register.
type element struct{ reg, lane int }

// term adds one term a[m]·b(v) to each sum: a are elements of registers, b the
// vectors at a pointer, which pass through the registers from free on.
func (e *emitter) term(t tile, a []element, b gp, offset, free int) {
	group := min(registers-free, t.vecs)
	if group < t.vecs {
		group = group / 2 * 2 // loads come in pairs
	}
	if group < 1 {
		panic(fmt.Sprintf("neon: tile %d×%d leaves %d registers", t.rows, t.vecs, registers-free))
	}
	for v := 0; v < t.vecs; v += group {
		regs := consecutive(free, min(group, t.vecs-v))
		e.loadVectors(b, offset+v*vectorBytes, regs)
		for i, y := range regs {
			for m, x := range a {
				e.word(a64.FmlaElement(e.arr, t.sum(m, v+i), y, x.reg, x.lane))
			}
		}
	}
}

// turn returns the number of terms in one turn of the inner loop, at most most. A tile of few sums
// waits for the latency of its FMAs, which hides the cost of the loop.
func (t tile) turn(most int) int {
	if t.sums() < 8 {
		return 1
	}
	return most
}

// terms adds the terms of k below the argument depth, most of them in turns of n.
func (e *emitter) terms(n int, turn func(n int)) {
	left := e.arg("depth")
	rest, end := e.newLabel("rest"), e.newLabel("end")
	loop := func(n int) {
		l := e.newLabel("turn")
		e.label(l)
		turn(n)
		e.ins("SUBS $%d, %v, %v", n, left, left)
		if n > 1 {
			e.ins("BGE %s", l)
		} else {
			e.ins("BNE %s", l)
		}
	}
	if n > 1 {
		e.ins("SUBS $%d, %v, %v", n, left, left)
		e.ins("BLT %s", rest)
		loop(n)
		e.label(rest)
		e.ins("ADDS $%d, %v, %v", n, left, left)
		e.ins("BEQ %s", end)
	}
	loop(1)
	if n > 1 {
		e.label(end)
	}
}

// byVecs writes body once for each possible number of vectors n.
func (e *emitter) byVecs(n gp, tiles [][]int, body func(vecs int)) {
	labels, mark := make([]string, len(tiles)), e.mark()
	for v := 1; v < len(labels); v++ {
		labels[v] = e.newLabel(fmt.Sprintf("vecs%dn", v))
		if v > 1 {
			e.ins("CMP $%d, %v", v, n)
			e.ins("BEQ %s", labels[v])
		}
	}
	for v := 1; v < len(labels); v++ {
		e.release(mark)
		e.label(labels[v])
		body(v)
	}
}

// tiles cuts rows, at least one, into the largest tiles that fit. At the returned label the code
// takes the next tile and jumps to the text that body wrote for it. That text must take its rows
// off, move its pointers, and jump back as long as rows are left.
func (e *emitter) tiles(sizes []int, vecs int, rows gp, body func(t tile, next string)) {
	next := e.newLabel("next")
	labels := make([]string, len(sizes))
	e.label(next)
	for i, r := range sizes {
		labels[i] = e.newLabel(fmt.Sprintf("tile%dx%dn", r, vecs))
		if r > 1 {
			e.ins("CMP $%d, %v", r, rows)
			e.ins("BGE %s", labels[i])
		} else {
			e.ins("B %s", labels[i])
		}
	}
	mark := e.mark()
	for i, r := range sizes {
		e.release(mark)
		e.label(labels[i])
		body(tile{r, vecs}, next)
	}
}
