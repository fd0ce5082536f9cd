package kernels

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"testing"
)

// testAlphas are leaks from slow to none, and one whose complement is not α's exactly.
var testAlphas = []float64{0.1, 0.5, 0.7, 1}

func TestLeakVariants(t *testing.T) { eachVariant(t, testLeak[float32], testLeak[float64]) }

func testLeak[T Float](t *testing.T, o *Ops[T]) {
	d := newDice[T](22, 30)
	hs, as, nexts := newGuard[T](t, testLength), newGuard[T](t, testLength), newGuard[T](t, testLength)
	for n := range testLength + 1 {
		c := NewLeak[T](testAlphas[n%len(testAlphas)])
		h, a := d.fill(hs.take(n)), d.fill(as.take(n))
		want := make([]T, n)
		leak(want, h, a, c)
		for place, next := range [][]T{nexts.take(n), h, a} { // next may be either
			before := append(append([]T(nil), h...), a...)
			o.Leak(next, h, a, c)
			for i := range want {
				if !sameBits(next[i], want[i]) {
					t.Fatalf("n=%d, place %d: [%d] %v·%v + %v·%v = %v, want %v", n, place, i, c.Alpha, before[n+i], c.Keep, before[i], next[i], want[i])
				}
			}
			copy(h, before)
			copy(a, before[n:])
		}
		for _, g := range []*guard[T]{hs, as, nexts} {
			g.check(t, "next, h or a")
		}
	}
}

func TestStepBackwardLeak(t *testing.T) {
	for _, specials := range []int{0, 50} {
		t.Run(fmt.Sprint("specials=", specials), func(t *testing.T) {
			eachVariant(t,
				func(t *testing.T, o *Ops[float32]) { testBackwardLeak(t, o, specials) },
				func(t *testing.T, o *Ops[float64]) { testBackwardLeak(t, o, specials) })
		})
	}
}

func testBackwardLeak[T Float](t *testing.T, o *Ops[T], specials int) {
	lanes, law := o.m.lanes, Of[T](generic)
	most := (2*o.m.single + 1) * lanes
	d := newDice[T](23, specials)
	size := testRows * (most + 1)
	var guards [5]*guard[T] // prev, carry, h, a, delta
	for i := range guards {
		guards[i] = newGuard[T](t, size)
	}
	for depth := 1; depth <= testDepth; depth++ {
		w := d.fill(make([]T, most*depth))
		var want, source [5][]T
		for i := range source {
			source[i] = d.fill(make([]T, testRows*most))
			want[i] = append([]T(nil), source[i]...)
		}
		whole := law.NewPanels(most, most, depth, testRows)
		whole.Pack(w, 1, most) // transposed
		const activity = 0.37
		c := NewLeak[T](testAlphas[depth%len(testAlphas)])
		law.StepBackwardLeak(want[0], want[1], want[2], want[3], want[4], whole, c, activity, testRows, most)
		eachPanel(o, func(trials, outs, mostRows int) {
			panels := o.NewPanels(outs, outs, depth, trials)
			panels.Pack(w, 1, most)
			stride := max(o.Stride(outs), depth) + depth%2
			for rows := range mostRows + 1 {
				var got [5][]T
				for i, g := range guards {
					got[i] = g.take(rows * stride)
					cols := outs
					if i == 4 {
						cols = depth
					}
					for b := range rows {
						copy(got[i][b*stride:][:cols], source[i][b*most:])
					}
				}
				o.StepBackwardLeak(got[0], got[1], got[2], got[3], got[4], panels, c, activity, rows, stride)
				for b := range rows {
					for i := range outs {
						for k, what := range []string{"prev", "carry"} {
							if got, want := got[k][b*stride+i], want[k][b*most+i]; !sameBits(got, want) {
								t.Fatalf("depth %d, %d outputs, %d rows, stride %d: %s[%d][%d] = %v, want %v", depth, outs, rows, stride, what, b, i, got, want)
							}
						}
					}
				}
				for _, g := range guards {
					g.check(t, "prev, carry, h, a or delta")
				}
			}
		})
	}
}

// TestLeakNone: at α = 1 a leaky step is one without leak, to the bit but for the sign
// of zero, and what is carried back is the derivative by h before the slope of tanh.
func TestLeakNone(t *testing.T) {
	for _, v := range Variants() {
		testLeakNone[float32](t, v)
		testLeakNone[float64](t, v)
	}
}

func testLeakNone[T Float](t *testing.T, v Variant) {
	const n, depth, trials, activity = 21, 23, 5, 0.3
	o, d := Of[T](v), newDice[T](24, 0)
	stride := o.Stride(depth)
	w := o.NewPanels(n, n, depth, trials)
	w.Pack(d.fill(make([]T, n*depth)), depth, 1)
	x := func() []T { return d.fill(make([]T, trials*stride)) }
	delta, h, carry, prev, want := x(), x(), x(), x(), x()
	o.Tanh(h, h)
	c := NewLeak[T](1)
	next := x()
	o.Leak(next, x(), h, c)
	o.StepBackward(want, h, delta, w, activity, trials, stride)
	o.StepBackwardLeak(prev, carry, h, h, delta, w, c, activity, trials, stride)
	for b := range trials {
		for i := range n {
			if at := b*stride + i; prev[at] != want[at] || next[at] != h[at] {
				t.Fatalf("%v %T: [%d][%d] δ %v, want %v; h %v, want %v", v, want[0], b, i, prev[at], want[at], next[at], h[at])
			}
		}
	}
}

// TestLeakRoundings holds the definitions to their formulas with every rounding written
// out, in float64.
func TestLeakRoundings(t *testing.T) {
	d := newDice[float64](25, 0)
	for range 1000 {
		h, a, after, z, activity := d.draw(), d.draw(), d.draw(), d.draw(), d.draw()
		c := NewLeak[float64](math.Abs(Tanh(d.draw())))
		next, delta, carry := []float64{0}, []float64{z}, []float64{after}
		leak(next, []float64{h}, []float64{a}, c)
		kept := c.Keep * h
		if want := math.FMA(c.Alpha, a, kept); next[0] != want {
			t.Fatalf("α %v: h %v, a %v give %v, want %v", c.Alpha, h, a, next[0], want)
		}
		leakBackward(delta, carry, []float64{h}, []float64{a}, c, activity)
		z = math.FMA(activity, h, z)
		g := math.FMA(c.Keep, after, z)
		taken, slope := c.Alpha*g, math.FMA(-a, a, 1)
		if want := taken * slope; carry[0] != g || delta[0] != want {
			t.Fatalf("α %v: carry %v, δ %v, want %v, %v", c.Alpha, carry[0], delta[0], g, want)
		}
	}
}

// TestGoldenLeak: a few leaky steps forth and back give the same bits everywhere.
func TestGoldenLeak(t *testing.T) {
	for _, v := range Variants() {
		checkGolden(t, v.String()+" float32", leakDigest[float32](v), "7044e096e8833a4f2d62025b68db0054")
		checkGolden(t, v.String()+" float64", leakDigest[float64](v), "7b368501a0a62b446cf75de1c83d56d8")
	}
}

func leakDigest[T Float](v Variant) []byte {
	const n, trials, steps = 21, 7, 5
	o, d, c := Of[T](v), newDice[T](26, 0), NewLeak[T](0.3)
	stride := o.Stride(n)
	forward, back := o.NewPanels(n, n, n, trials), o.NewPanels(n, n, n, trials)
	w := d.fill(make([]T, n*n))
	forward.Pack(w, n, 1)
	back.Pack(w, 1, n)
	x := func() []T { return spreadRows(d.fill(make([]T, trials*n)), trials, n, stride) }
	h, delta, carry := x(), x(), x()
	sum := sha256.New()
	put := func(x []T) {
		for b := range trials {
			_ = binary.Write(sum, binary.LittleEndian, x[b*stride:][:n])
		}
	}
	for range steps {
		a, next, prev := x(), x(), x()
		o.StepForward(a, next, h, forward, trials, stride)
		o.Leak(next, h, a, c)
		o.StepBackwardLeak(prev, carry, next, a, delta, back, c, 1e-3, trials, stride)
		h, delta = next, prev
		put(h)
		put(delta)
		put(carry)
	}
	return sum.Sum(nil)
}

func fuzzLeak[T Float](c *fuzzCase[T]) {
	n, tail := c.length()
	k := Leak[T]{c.numbers(1)[0], c.numbers(1)[0]}
	x, y := c.numbers(n), c.numbers(n)
	place := c.in.upTo(2)
	want := make([]T, n)
	leak(want, x, y, k)
	c.each(func(o *Ops[T]) {
		next := c.result("next", n, tail)
		h, a := c.operand("h", x, tail/2), c.operand("a", y, tail/3)
		switch place {
		case 1:
			copy(next, h)
			h = next
		case 2:
			copy(next, a)
			a = next
		}
		o.Leak(next, h, a, k)
		for i := range want {
			c.equal(o, "next", i, next[i], want[i], false)
		}
	})
}

func fuzzBackwardLeak[T Float](c *fuzzCase[T]) {
	p := c.product()
	activity, k := c.numbers(1)[0], Leak[T]{c.numbers(1)[0], c.numbers(1)[0]}
	w, delta := c.numbers(p.outs*p.depth), c.numbers(p.trials*p.depth)
	h, a, after := c.numbers(p.trials*p.outs), c.numbers(p.trials*p.outs), c.numbers(p.trials*p.outs)
	law := Of[T](generic)
	whole := law.NewPanels(p.outs, p.outs, p.depth, p.trials)
	whole.Pack(w, 1, p.outs)
	s := p.stride(p.outs)
	wide := func(x []T, stride int) []T { return spreadRows(x, p.trials, p.outs, stride) }
	want, wantCarry := make([]T, p.trials*s), wide(after, s)
	law.StepBackwardLeak(want, wantCarry, wide(h, s), wide(a, s), spreadRows(delta, p.trials, p.depth, s), whole, k, activity, p.trials, s)
	c.each(func(o *Ops[T]) {
		stride := p.stride(o.Stride(p.outs))
		panels := c.panels(o, p, p.outs, w, true)
		hs, as := c.operand("h", wide(h, stride), p.tail), c.operand("a", wide(a, stride), p.tail)
		ds := c.operand("delta", spreadRows(delta, p.trials, p.depth, stride), p.tail)
		prev, carry := c.result("prev", p.trials*stride, p.tail), c.changed("carry", wide(after, stride), p.tail)
		o.StepBackwardLeak(prev, carry, hs, as, ds, panels, k, activity, p.trials, stride)
		for b := range p.trials {
			for i := range p.outs {
				c.equal(o, "prev", b*stride+i, prev[b*stride+i], want[b*s+i], false)
				c.equal(o, "carry", b*stride+i, carry[b*stride+i], wantCarry[b*s+i], false)
			}
		}
	})
}
