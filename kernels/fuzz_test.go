package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// FuzzKernels lets the input choose a kernel, an element type, shapes, strides,
// alignments, special values and where they stand; every variant must then agree
// with the definition and touch nothing but its results.
//
//	go test ./kernels -run '^$' -fuzz FuzzKernels -fuzztime 10m
func FuzzKernels(f *testing.F) {
	r := rand.New(rand.NewPCG(11, 1))
	for i := range 24 * 2 * len(fuzzTests[float32]()) {
		seed := []byte{byte(i % 2), byte(i / 2)}
		for range 30 {
			seed = append(seed, byte(r.Uint32()))
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := &input{b}
		if in.upTo(1) == 0 {
			fuzz[float32](t, in)
		} else {
			fuzz[float64](t, in)
		}
	})
}

func fuzz[T Float](t *testing.T, in *input) {
	kernels := fuzzTests[T]()
	test := kernels[in.upTo(uint32(len(kernels)-1))]
	c := &fuzzCase[T]{t: t, in: in, dice: newDice[T](uint64(in.upTo(math.MaxUint16)), in.upTo(20))}
	for i := range c.pokes {
		c.pokes[i].at, c.pokes[i].what = in.upTo(math.MaxUint16), in.upTo(255)
	}
	test(c)
}

// input is read byte by byte; at its end come zeros.
type input struct{ bytes []byte }

// upTo returns a number from 0 to n, which may exceed a byte.
func (in *input) upTo(n uint32) int {
	x := uint32(0)
	for m := n; m > 0; m >>= 8 {
		if len(in.bytes) > 0 {
			x, in.bytes = x<<8|uint32(in.bytes[0]), in.bytes[1:]
		}
	}
	return int(x % (n + 1))
}

// word returns any number.
func (in *input) word() uint64 {
	return uint64(in.upTo(math.MaxUint32-1))<<32 | uint64(in.upTo(math.MaxUint32-1))
}

// fuzzCase is one call of a kernel that all variants make.
type fuzzCase[T Float] struct {
	t     *testing.T
	in    *input
	dice  *valueSource[T]
	pokes [3]struct{ at, what int } // special values for the numbers of every operand
	lent  []guardedSlice[T]
}

// guardedSlice is a slice that a kernel was given, within a larger one.
type guardedSlice[T Float] struct {
	what   string
	guard  *guard[T]
	s      []T
	before []T // nil: a result
	tail   []T
}

// numbers returns n values, of which the pokes make some special.
func (c *fuzzCase[T]) numbers(n int) []T {
	x := c.dice.fill(make([]T, n))
	for _, p := range c.pokes {
		if p.what < len(c.dice.edges) && n > 0 {
			x[p.at%n] = c.dice.edges[p.what]
		}
	}
	return x
}

// result lends n elements that a kernel sets: tail elements and then a protected
// page lie behind them.
func (c *fuzzCase[T]) result(what string, n, tail int) []T {
	g := newGuard[T](c.t, n+tail)
	all := g.take(n + tail)
	c.lent = append(c.lent, guardedSlice[T]{what, g, all[:n:n], nil, all[n:]})
	return all[:n:n]
}

// changed lends a copy of x, which a kernel changes.
func (c *fuzzCase[T]) changed(what string, x []T, tail int) []T {
	s := c.result(what, len(x), tail)
	copy(s, x)
	return s
}

// operand lends a copy of x, which a kernel may not change.
func (c *fuzzCase[T]) operand(what string, x []T, tail int) []T {
	s := c.changed(what, x, tail)
	c.lent[len(c.lent)-1].before = x
	return s
}

// spreadRows spreads rows of cols elements to the stride, with sentinels between them.
func spreadRows[T Float](x []T, n, cols, stride int) []T {
	out := make([]T, n*stride)
	for i := range out {
		out[i] = sentinelValue[T]()
	}
	for b := range n {
		copy(out[b*stride:][:cols], x[b*cols:])
	}
	return out
}

// returned checks all that was lent since the last time: no operand has changed,
// and nothing around a slice.
func (c *fuzzCase[T]) returned(o *Ops[T]) {
	for _, l := range c.lent {
		l.guard.check(c.t, l.what)
		for i, x := range l.tail {
			if bitsOf(x) != bitsOf(sentinelValue[T]()) {
				c.t.Fatalf("%s: %s: element %d behind the end was written", o.Variant(), l.what, i)
			}
		}
		for i, x := range l.before {
			if bitsOf(x) != bitsOf(l.s[i]) {
				c.t.Fatalf("%s: %s[%d] was %v and is %v", o.Variant(), l.what, i, x, l.s[i])
			}
		}
	}
	c.lent = nil
}

// equal compares results; exact: with the bits of NaN.
func (c *fuzzCase[T]) equal(o *Ops[T], what string, i int, got, want T, exact bool) {
	if bitsOf(got) != bitsOf(want) && (exact || !sameBits(got, want)) {
		c.t.Fatalf("%s: %s[%d] = %v (%x), want %v (%x)", o.Variant(), what, i, got, bitsOf(got), want, bitsOf(want))
	}
}

// untouched checks that the elements from..stride of n rows are as they were lent.
func (c *fuzzCase[T]) untouched(o *Ops[T], what string, x []T, n, from, stride int) {
	for b := range n {
		for i := from; i < stride; i++ {
			if bitsOf(x[b*stride+i]) != bitsOf(sentinelValue[T]()) {
				c.t.Fatalf("%s: %s: row %d was written at %d, beyond its %d elements", o.Variant(), what, b, i, from)
			}
		}
	}
}

// fuzzTests returns the tests, one a kernel.
func fuzzTests[T Float]() []func(*fuzzCase[T]) {
	return []func(*fuzzCase[T]){fuzzForward[T], fuzzForwardNoise[T], fuzzBackward[T], fuzzGrad[T],
		fuzzTanh[T], fuzzNoisyTanh[T], fuzzAddScaled[T], fuzzLoss[T], fuzzAdam[T], fuzzNormal[T], fuzzLeak[T], fuzzBackwardLeak[T]}
}

// each calls f for every variant of machine code.
func (c *fuzzCase[T]) each(f func(o *Ops[T])) {
	for _, v := range native() {
		o := Of[T](v)
		f(o)
		c.returned(o)
	}
}
