package kernels

import (
	"fmt"
	"testing"
)

// Sizes from nothing to past twice the largest tile and the unrolled loop.
const (
	testRows  = 2*12 + 1
	testDepth = 2*4 + 1
)

// testVecs is the largest number of vectors in a row.
func testVecs[T Float](o *Ops[T]) int { return 2*o.m.vecs + 1 }

// eachPanel calls test with the numbers of trials that decide the width of
// panels, all widths of a product and the most rows to try.
func eachPanel[T Float](o *Ops[T], test func(trials, outs, mostRows int)) {
	for _, k := range []struct{ trials, mostVecs, mostRows int }{{testRows, testVecs(o), testRows}, {1, 2*o.m.single + 1, 2}} {
		for vecs := range k.mostVecs + 1 {
			for _, outs := range testWidths(vecs, o.m.lanes) {
				test(k.trials, outs, k.mostRows)
			}
		}
	}
}

// testWidths returns widths that fill vecs vectors, or all but one element, or
// only one element of the last.
func testWidths(vecs, lanes int) []int {
	if vecs == 0 {
		return []int{0}
	}
	return []int{(vecs-1)*lanes + 1, vecs*lanes - 1, vecs * lanes}
}

func TestStepForward(t *testing.T) {
	for _, specials := range []int{0, 50} {
		t.Run(fmt.Sprint("specials=", specials), func(t *testing.T) {
			eachVariant(t,
				func(t *testing.T, o *Ops[float32]) { testForward(t, o, specials) },
				func(t *testing.T, o *Ops[float64]) { testForward(t, o, specials) })
		})
	}
}

func testForward[T Float](t *testing.T, o *Ops[T], specials int) {
	lanes, law := o.m.lanes, Of[T](generic)
	most := (2*o.m.single + 1) * lanes
	d := newDice[T](1, specials)
	size := testRows * (most + 1)
	states, raws, nexts, readouts := newGuard[T](t, size), newGuard[T](t, size), newGuard[T](t, size), newGuard[T](t, size)
	weights := newGuard[T](t, most*testDepth)
	for depth := 1; depth <= testDepth; depth++ {
		a := d.fill(make([]T, most*depth))
		for i := range a {
			a[i] /= 4
		}
		source := d.fill(make([]T, testRows*most))
		wantRaw, wantNext := make([]T, testRows*most), make([]T, testRows*most)
		whole := law.NewPanels(most, most, depth, testRows)
		whole.Pack(a, depth, 1)
		law.StepForward(wantNext, wantRaw, source, whole, testRows, most)
		eachPanel(o, func(trials, outs, mostRows int) {
			units := outs - outs%4
			w := o.NewPanels(outs, units, depth, trials)
			w.Pack(a, depth, 1)
			w.data = append(weights.take(len(w.data))[:0], w.data...)
			stride := max(o.Stride(outs), depth) + depth%2
			for rows := range mostRows + 1 {
				state := states.take(rows * stride) // NaN behind the depth
				for b := range rows {
					copy(state[b*stride:][:depth], source[b*most:])
				}
				raw, next := raws.take(rows*stride), nexts.take(rows*stride)
				o.StepForward(next, raw, state, w, rows, stride)
				readout := readouts.take(rows * stride)
				o.Readout(readout, state, w, rows, stride)
				for b := range rows {
					for i := range outs {
						what, got, want := "next", next[b*stride+i], wantNext[b*most+i]
						good := bitsOf(got) == bitsOf(want)
						if i >= units {
							what, got, want = "raw", raw[b*stride+i], wantRaw[b*most+i]
							good = sameBits(got, want) && sameBits(readout[b*stride+i], want)
						}
						if !good {
							t.Fatalf("depth %d, %d outputs, %d rows, stride %d: %s[%d][%d] = %v, want %v", depth, outs, rows, stride, what, b, i, got, want)
						}
					}
				}
				states.check(t, "state")
				raws.check(t, "raw")
				readouts.check(t, "raw of Readout")
				nexts.check(t, "next")
			}
		})
	}
}

func TestStepBackward(t *testing.T) {
	for _, specials := range []int{0, 50} {
		t.Run(fmt.Sprint("specials=", specials), func(t *testing.T) {
			eachVariant(t,
				func(t *testing.T, o *Ops[float32]) { testBackward(t, o, specials) },
				func(t *testing.T, o *Ops[float64]) { testBackward(t, o, specials) })
		})
	}
}

func testBackward[T Float](t *testing.T, o *Ops[T], specials int) {
	lanes, law := o.m.lanes, Of[T](generic)
	most := (2*o.m.single + 1) * lanes
	d := newDice[T](2, specials)
	size := testRows * (most + 1)
	deltas, hs, prevs, weights := newGuard[T](t, size), newGuard[T](t, size), newGuard[T](t, size), newGuard[T](t, most*testDepth)
	for depth := 1; depth <= testDepth; depth++ {
		a, source, h := d.fill(make([]T, most*depth)), d.fill(make([]T, testRows*most)), d.fill(make([]T, testRows*most))
		want := make([]T, testRows*most)
		whole := law.NewPanels(most, most, depth, testRows)
		whole.Pack(a, 1, most) // transposed
		const activity = 0.37
		law.StepBackward(want, h, source, whole, activity, testRows, most)
		eachPanel(o, func(trials, outs, mostRows int) {
			w := o.NewPanels(outs, outs, depth, trials)
			w.Pack(a, 1, most)
			w.data = append(weights.take(len(w.data))[:0], w.data...)
			stride := max(o.Stride(outs), depth) + depth%2
			for rows := range mostRows + 1 {
				delta, hidden, prev := deltas.take(rows*stride), hs.take(rows*stride), prevs.take(rows*stride)
				for b := range rows {
					copy(delta[b*stride:][:depth], source[b*most:])
					copy(hidden[b*stride:][:outs], h[b*most:])
				}
				o.StepBackward(prev, hidden, delta, w, activity, rows, stride)
				for b := range rows {
					for i := range outs {
						if got, want := prev[b*stride+i], want[b*most+i]; !sameBits(got, want) {
							t.Fatalf("depth %d, %d outputs, %d rows, stride %d: [%d][%d] = %v, want %v", depth, outs, rows, stride, b, i, got, want)
						}
					}
				}
				prevs.check(t, "prev")
				hs.check(t, "h")
			}
		})
	}
}

func TestAccumulateGrad(t *testing.T) {
	for _, specials := range []int{0, 50} {
		t.Run(fmt.Sprint("specials=", specials), func(t *testing.T) {
			eachVariant(t,
				func(t *testing.T, o *Ops[float32]) { testGrad(t, o, specials) },
				func(t *testing.T, o *Ops[float64]) { testGrad(t, o, specials) })
		})
	}
}

func testGrad[T Float](t *testing.T, o *Ops[T], specials int) {
	lanes := o.m.lanes
	most := testVecs(o) * lanes
	d := newDice[T](3, specials)
	long := max(most, testRows)
	deltas, states, grads := newGuard[T](t, testDepth*(long+1)), newGuard[T](t, testDepth*(long+1)), newGuard[T](t, testRows*most)
	for depth := range testDepth + 1 {
		delta, state := d.fill(make([]T, depth*long)), d.fill(make([]T, depth*long))
		start := d.fill(make([]T, testRows*most))
		want := append([]T(nil), start...)
		accumulateGrad(want, delta, state, testRows, most, depth, most, long)
		for vecs := range testVecs(o) + 1 {
			for _, cols := range testWidths(vecs, lanes) {
				gStride := o.Stride(cols)
				for rows := range testRows + 1 {
					stride := max(gStride, rows) + depth%2
					length := max(0, (depth-1)*stride)
					if depth > 0 {
						length += max(rows, gStride)
					}
					dd, ss, g := deltas.take(length), states.take(length), grads.take(rows*gStride)
					for r := range depth {
						copy(dd[r*stride:][:rows], delta[r*long:])
						copy(ss[r*stride:][:cols], state[r*long:])
					}
					for i := range rows {
						copy(g[i*gStride:][:cols], start[i*most:])
					}
					o.AccumulateGrad(g, dd, ss, rows, cols, depth, stride)
					for i := range rows {
						for j := range cols {
							if got, want := g[i*gStride+j], want[i*most+j]; !sameBits(got, want) {
								t.Fatalf("depth %d, %d×%d, stride %d: [%d][%d] = %v, want %v", depth, rows, cols, stride, i, j, got, want)
							}
						}
					}
					grads.check(t, "g")
				}
			}
		}
	}
}

// TestCalls: products that take several calls equal those of one row.
func TestCalls(t *testing.T) { eachVariant(t, testCalls[float32], testCalls[float64]) }

func testCalls[T Float](t *testing.T, o *Ops[T]) {
	const depth, activity = 400, 0.1 // four vectors so deep: 24 rows a call
	d := newDice[T](9, 0)
	n := 4 * o.m.lanes
	stride := max(n, depth)
	equal := func(what string, rows, b int, got, want []T) {
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%d rows: %s[%d][%d] = %v, want %v", rows, what, b, i, got[i], want[i])
			}
		}
	}
	for _, rows := range []int{25, 49} {
		w := o.NewPanels(n, n-1, depth, rows)
		w.Pack(d.fill(make([]T, n*depth)), depth, 1)
		state, h := d.fill(make([]T, rows*stride)), d.fill(make([]T, rows*stride))
		next, raw, prev := make([]T, rows*stride), make([]T, rows*stride), make([]T, rows*stride)
		o.StepForward(next, raw, state, w, rows, stride)
		o.StepBackward(prev, h, state, w, activity, rows, stride)
		wantNext, wantRaw, wantPrev := make([]T, stride), make([]T, stride), make([]T, stride)
		for b := range rows {
			o.StepForward(wantNext, wantRaw, state[b*stride:], w, 1, stride)
			o.StepBackward(wantPrev, h[b*stride:], state[b*stride:], w, activity, 1, stride)
			equal("next", rows, b, next[b*stride:], wantNext[:n-1])
			equal("raw", rows, b, raw[b*stride+n-1:], wantRaw[n-1:n])
			equal("prev", rows, b, prev[b*stride:], wantPrev[:n])
		}
		delta, states, g := d.fill(make([]T, depth*rows)), d.fill(make([]T, depth*n)), make([]T, rows*n)
		gStride := max(rows, n)
		delta, states = spreadRows(delta, depth, rows, gStride), spreadRows(states, depth, n, gStride)
		o.AccumulateGrad(g, delta, states, rows, n, depth, gStride)
		for i := range rows {
			want := make([]T, n)
			o.AccumulateGrad(want, delta[i:], states, 1, n, depth, gStride)
			equal("g", rows, i, g[i*n:], want)
		}
	}
}
