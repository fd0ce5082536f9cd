package kernels

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// Lengths of the elementwise kernels: several turns of the largest loop, plus tails.
const testLength = 200

func TestTanhVariants(t *testing.T) {
	eachVariant(t, testTanh[float32], testTanh[float64])
}

func testTanh[T Float](t *testing.T, o *Ops[T]) {
	d := newDice[T](4, 4)
	srcs, dsts := newGuard[T](t, testLength), newGuard[T](t, testLength)
	for n := range testLength + 1 {
		src, dst := d.fill(srcs.take(n)), dsts.take(n)
		check := func(dst []T, src []T) {
			for i, x := range src {
				if got, want := dst[i], Tanh(x); bitsOf(got) != bitsOf(want) {
					t.Fatalf("n=%d: [%d] tanh(%v) = %x, want %x", n, i, x, bitsOf(got), bitsOf(want))
				}
			}
		}
		o.Tanh(dst, src)
		check(dst, src)
		dsts.check(t, "dst")
		in := append([]T(nil), src...)
		o.Tanh(src, src)
		check(src, in)
	}
}

func TestNoisyTanhVariants(t *testing.T) {
	eachVariant(t, testNoisyTanh[float32], testNoisyTanh[float64])
}

func testNoisyTanh[T Float](t *testing.T, o *Ops[T]) {
	const sigma = 0.3
	d := newDice[T](7, 8)
	srcs, noises, dsts := newGuard[T](t, testLength), newGuard[T](t, testLength), newGuard[T](t, testLength)
	for n := range testLength + 1 {
		src, noise, dst := d.fill(srcs.take(n)), d.fill(noises.take(n)), dsts.take(n)
		o.NoisyTanh(dst, src, noise, sigma)
		for i, x := range src {
			if want := Tanh(FMA(sigma, noise[i], x)); bitsOf(dst[i]) != bitsOf(want) {
				t.Fatalf("n=%d: [%d] tanh(%v·%v + %v) = %v, want %v", n, i, sigma, noise[i], x, dst[i], want)
			}
		}
		dsts.check(t, "dst")
	}
}

func TestAddScaledVariants(t *testing.T) {
	eachVariant(t, testAddScaled[float32], testAddScaled[float64])
}

func testAddScaled[T Float](t *testing.T, o *Ops[T]) {
	d := newDice[T](8, 30)
	xs, dsts := newGuard[T](t, testLength), newGuard[T](t, testLength)
	for n := range testLength + 1 {
		x, dst := d.fill(xs.take(n)), d.fill(dsts.take(n))
		c, before := d.draw(), append([]T(nil), dst...)
		o.AddScaled(dst, x, c)
		for i := range x {
			if want := FMA(c, x[i], before[i]); !sameBits(dst[i], want) {
				t.Fatalf("n=%d: [%d] %v·%v + %v = %v, want %v", n, i, c, x[i], before[i], dst[i], want)
			}
		}
		dsts.check(t, "dst")
	}
}

// TestPrefetch: a prefetch changes nothing and may ask for lines that lie partly on a page that nobody may touch.
func TestPrefetch(t *testing.T) { eachVariant(t, testPrefetch[float32], testPrefetch[float64]) }

func testPrefetch[T Float](t *testing.T, o *Ops[T]) {
	xs, d := newGuard[T](t, testLength), newDice[T](8, 0)
	for n := range testLength + 1 {
		x := d.fill(xs.take(n))
		before := slices.Clone(x)
		o.Prefetch(x)
		if !slices.Equal(x, before) {
			t.Fatalf("n=%d: a prefetch changed %v to %v", n, before, x)
		}
		xs.check(t, "x")
	}
}

func TestLossVariants(t *testing.T) {
	eachVariant(t, testLoss[float32], testLoss[float64])
}

func testLoss[T Float](t *testing.T, o *Ops[T]) {
	law := Of[T](generic)
	for _, specials := range []int{0, 30} {
		d := newDice[T](5, specials)
		es, ys, ts := newGuard[T](t, testLength), newGuard[T](t, testLength), newGuard[T](t, testLength)
		for n := range testLength + 1 {
			e, y, target := es.take(n), d.fill(ys.take(n)), d.fill(ts.take(n))
			want := make([]T, n)
			got, sum := o.Loss(e, y, target, 0.3), law.Loss(want, y, target, 0.3)
			if !sameBits(got, sum) {
				t.Fatalf("n=%d: loss %v, want %v", n, got, sum)
			}
			for i := range e {
				if !sameBits(e[i], want[i]) {
					t.Fatalf("n=%d: e[%d] = %v, want %v", n, i, e[i], want[i])
				}
			}
			es.check(t, "e")
		}
	}
}

// TestLossSum adds by hand.
func TestLossSum(t *testing.T) {
	e := make([]float32, 19)
	y, target := make([]float32, 19), make([]float32, 19)
	want := 0.0
	for i := range y {
		y[i], target[i] = float32(i), float32(2*i)
		want += float64(i * i)
	}
	if got := Of[float32](Best()).Loss(e, y, target, 2); got != want {
		t.Errorf("loss %v, want %v", got, want)
	}
	if e[5] != -10 {
		t.Errorf("e[5] = %v, want -10", e[5])
	}
}

func TestAdamVariants(t *testing.T) {
	eachVariant(t, testAdam[float32], testAdam[float64])
}

func testAdam[T Float](t *testing.T, o *Ops[T]) {
	law := Of[T](generic)
	for _, specials := range []int{0, 30} {
		d := newDice[T](6, specials)
		var guards [4]*guard[T]
		for i := range guards {
			guards[i] = newGuard[T](t, testLength)
		}
		for n := range testLength + 1 {
			var got, want [4][]T // p, m, v, g
			for i, g := range guards {
				got[i] = d.fill(g.take(n))
				if i == 2 && specials == 0 {
					for k, v := range got[i] {
						got[i][k] = abs(v)
					}
				}
				want[i] = append([]T(nil), got[i]...)
			}
			c := NewAdamStep[T](1e-2, 0.9, 0.999, 1e-8, n+1)
			o.Adam(got[0], got[1], got[2], got[3], &c)
			law.Adam(want[0], want[1], want[2], want[3], &c)
			for i := range got {
				for k := range got[i] {
					if !sameBits(got[i][k], want[i][k]) {
						t.Fatalf("n=%d: %s[%d] = %v, want %v", n, []string{"p", "m", "v", "g"}[i], k, got[i][k], want[i][k])
					}
				}
				guards[i].check(t, "p, m, v or g")
			}
		}
	}
}

// TestAdamStepLayout holds AdamStep to the eight elements that machine code reads.
func TestAdamStepLayout(t *testing.T) {
	c := AdamStep[float32]{Beta1: 0, Beta2: 1, Grad1: 2, Grad2: 3, Unbias1: 4, Scale: 5, Rate: 6, Epsilon: 7}
	if size := unsafe.Sizeof(c); size != 32 {
		t.Fatalf("AdamStep has %d bytes, want 32", size)
	}
	for i, x := range (*[8]float32)(unsafe.Pointer(&c)) {
		if x != float32(i) {
			t.Errorf("element %d is %v", i, x)
		}
	}
}

// TestAdamStepRefuses what would divide by 0.
func TestAdamStepRefuses(t *testing.T) {
	for want, f := range map[string]func(){
		"kernels: NewAdamStep: step 0 with β = 0.9 and 0.999": func() { NewAdamStep[float32](1e-2, 0.9, 0.999, 1e-8, 0) },
		"kernels: NewAdamStep: step 1 with β = 1 and 0.999":   func() { NewAdamStep[float32](1e-2, 1, 0.999, 1e-8, 1) },
		"kernels: NewAdamStep: step 1 with β = 0.9 and NaN":   func() { NewAdamStep[float64](1e-2, 0.9, math.NaN(), 1e-8, 1) },
		"kernels: NewAdamStep: step 1 with β = -0.5 and 0":    func() { NewAdamStep[float64](1e-2, -0.5, 0, 1e-8, 1) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\n want %s", got, want)
				}
			}()
			f()
		}()
	}
}

// TestAdamFirstStep: after one step from zero moments Adam moves by the rate
// against the sign of the gradient.
func TestAdamFirstStep(t *testing.T) {
	p, m, v, g := []float64{1, 1}, make([]float64, 2), make([]float64, 2), []float64{0.25, -4}
	c := NewAdamStep[float64](0.5, 0.9, 0.999, 0, 1)
	Of[float64](Best()).Adam(p, m, v, g, &c)
	for i, want := range []float64{0.5, 1.5} {
		if d := abs(p[i] - want); d > 1e-14 {
			t.Errorf("p[%d] = %v, want %v", i, p[i], want)
		}
	}
}

func TestNormalVariants(t *testing.T) {
	variants := native()
	if len(variants) == 0 {
		t.Skip("no machine code for this CPU or build")
	}
	for _, v := range variants {
		t.Run(v.String(), func(t *testing.T) {
			dsts := newGuard[float32](t, testLength)
			// Groups around the carry of the 32-bit halves of the counter.
			for _, group := range []uint64{0, 1, 7, 1<<28 - 2, 1 << 28, 1<<60 - 2, 1<<60 - 1, 1<<64 - 2} {
				for n := range testLength + 1 {
					s := NewStream(0x0123456789abcdef * uint64(n+1)).Child(group)
					dst, want := dsts.take(n), make([]float32, n)
					v.Normal(dst, s, group)
					normalGeneric(want, s, group)
					for i := range dst {
						if bitsOf(dst[i]) != bitsOf(want[i]) {
							t.Fatalf("group %d, n=%d: [%d] = %v, want %v", group, n, i, dst[i], want[i])
						}
					}
					dsts.check(t, "dst")
				}
			}
		})
	}
}

// TestNormalBlocks checks many blocks, so that every branch of the definition is met.
func TestNormalBlocks(t *testing.T) {
	n := 1 << 17
	if testing.Short() {
		n = 1 << 13
	}
	want := make([]float32, n)
	normalGeneric(want, NewStream(9), 5)
	for _, v := range native() {
		got := make([]float32, n)
		v.Normal(got, NewStream(9), 5)
		for i := range got {
			if bitsOf(got[i]) != bitsOf(want[i]) {
				t.Fatalf("%s: [%d] = %v, want %v", v, i, got[i], want[i])
			}
		}
	}
}

// backLeak calls StepBackwardLeak for three trials.
func backLeak(o *Ops[float32], w *Panels[float32], prev, carry, h, a, delta []float32, stride int) {
	o.StepBackwardLeak(prev, carry, h, a, delta, w, Leak[float32]{}, 0, 3, stride)
}

// TestShapes: a caller's mistake is met with a panic that names both numbers.
func TestShapes(t *testing.T) {
	for _, v := range Variants() {
		o := Of[float32](v)
		w := o.NewPanels(7, 5, 6, 3)
		stride := max(o.Stride(7), 6)
		x := func(n int) []float32 { return make([]float32, n) }
		full := 3 * stride
		for name, call := range map[string]func(){
			"NewPanels: depth is 0, at least 1":      func() { o.NewPanels(3, 3, 0, 1) },
			"Pack: matrix has 41 elements, 42":       func() { w.Pack(x(41), 6, 1) },
			"StepForward: state is":                  func() { o.StepForward(x(full), x(full), x(full-1), w, 3, stride) },
			"StepForward: raw is":                    func() { o.StepForward(x(full), x(full-1), x(full), w, 3, stride) },
			"StepForward: next is":                   func() { o.StepForward(x(full-1), x(full), x(full), w, 3, stride) },
			"StepForward: stride is 6, at least":     func() { o.StepForward(x(full), x(full), x(full), w, 3, 6) },
			"StepForwardNoise: raw is":               func() { o.StepForwardNoise(x(full), x(full-1), x(full), x(full), 1, w, 3, stride) },
			"StepForwardNoise: next is":              func() { o.StepForwardNoise(x(full-1), x(full), x(full), x(full), 1, w, 3, stride) },
			"StepForwardNoise: noise is":             func() { o.StepForwardNoise(x(full), x(full), x(full), x(full-1), 1, w, 3, stride) },
			"NoisyTanh: noise is 3, at least 4":      func() { o.NoisyTanh(x(4), x(4), x(3), 1) },
			"AddScaled: dst is 3, at least 4":        func() { o.AddScaled(x(3), x(4), 1) },
			"Readout: raw is":                        func() { o.Readout(x(full-1), x(full), w, 3, stride) },
			"StepBackward: prev is":                  func() { o.StepBackward(x(full-1), x(full), x(full), w, 0, 3, stride) },
			"StepBackward: h is":                     func() { o.StepBackward(x(full), x(full-1), x(full), w, 0, 3, stride) },
			"StepBackward: delta is":                 func() { o.StepBackward(x(full), x(full), x(full-1), w, 0, 3, stride) },
			"Leak: next is 3, at least 4":            func() { o.Leak(x(3), x(4), x(4), Leak[float32]{}) },
			"Leak: h is 3, at least 4":               func() { o.Leak(x(4), x(3), x(4), Leak[float32]{}) },
			"StepBackwardLeak: stride is 6":          func() { backLeak(o, w, x(full), x(full), x(full), x(full), x(full), 6) },
			"StepBackwardLeak: prev is":              func() { backLeak(o, w, x(full-1), x(full), x(full), x(full), x(full), stride) },
			"StepBackwardLeak: carry is":             func() { backLeak(o, w, x(full), x(full-1), x(full), x(full), x(full), stride) },
			"StepBackwardLeak: h is":                 func() { backLeak(o, w, x(full), x(full), x(full-1), x(full), x(full), stride) },
			"StepBackwardLeak: a is":                 func() { backLeak(o, w, x(full), x(full), x(full), x(full-1), x(full), stride) },
			"StepBackwardLeak: delta is":             func() { backLeak(o, w, x(full), x(full), x(full), x(full), x(full-1), stride) },
			"leak is 0, more than 0 and at most 1":   func() { NewLeak[float32](0) },
			"leak is 1.5, more than 0 and at most 1": func() { NewLeak[float32](1.5) },
			"leak is NaN, more than 0 and at most 1": func() { NewLeak[float32](math.NaN()) },
			"AccumulateGrad: g is 0, at least":       func() { o.AccumulateGrad(nil, x(full), x(full), 3, 4, 2, stride) },
			"AccumulateGrad: delta is 2, at least 3": func() { o.AccumulateGrad(x(full), x(2), x(full), 3, 4, 1, stride) },
			"AccumulateGrad: state is 3, at least":   func() { o.AccumulateGrad(x(full), x(full), x(3), 3, 4, 1, stride) },
			"Tanh: dst is 3, at least 4":             func() { o.Tanh(x(3), x(4)) },
			"Loss: y is 3, at least 4":               func() { o.Loss(x(4), x(3), x(4), 1) },
			"Loss: target is 3, at least 4":          func() { o.Loss(x(4), x(4), x(3), 1) },
			"Adam: v is 3, at least 4":               func() { o.Adam(x(4), x(4), x(3), x(4), &AdamStep[float32]{}) },
		} {
			func() {
				defer func() {
					if got := fmt.Sprint(recover()); !strings.Contains(got, "kernels: "+name) {
						t.Errorf("%s: panic %q, want one with %q", v, got, name)
					}
				}()
				call()
			}()
		}
	}
}
