package kernels

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var (
	require    = flag.String("require", "", "fail unless these `variants` run here, separated by commas")
	exhaustive = flag.Bool("exhaustive", false, "check tanh on all float32 numbers (minutes)")
)

func TestMain(m *testing.M) {
	flag.Parse()
	for name := range strings.SplitSeq(*require, ",") {
		if name == "" {
			continue
		}
		if _, err := Lookup(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// eachVariant runs a test for float32 and float64 on every variant of machine
// code that runs here.
func eachVariant(t *testing.T, f32 func(*testing.T, *Ops[float32]), f64 func(*testing.T, *Ops[float64])) {
	variants := native()
	if len(variants) == 0 {
		t.Skip("no machine code for this CPU or build")
	}
	for _, v := range variants {
		t.Run(v.String()+"/f32", func(t *testing.T) { t.Parallel(); f32(t, Of[float32](v)) })
		t.Run(v.String()+"/f64", func(t *testing.T) { t.Parallel(); f64(t, Of[float64](v)) })
	}
}

// bitsOf returns the bits of x.
func bitsOf[T Float](x T) uint64 {
	if is32[T]() {
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(float64(x))
}

// fromBits is the inverse of bitsOf.
func fromBits[T Float](b uint64) T {
	if is32[T]() {
		return T(math.Float32frombits(uint32(b)))
	}
	return T(math.Float64frombits(b))
}

// sameBits reports whether two results are equal by the contract: to the bit, but
// for the payload of a NaN.
func sameBits[T Float](x, y T) bool { return bitsOf(x) == bitsOf(y) || x != x && y != y }

// specialValues returns numbers at the edges of T.
func specialValues[T Float]() []T {
	s := []T{0, 1, 0.5, 20, 1e-20, 1e20, 9.010913, 0.34657359, T(math.Inf(1)), T(math.NaN())}
	if is32[T]() {
		s = append(s, fromBits[T](0x7f812345), fromBits[T](0x00000001), fromBits[T](0x007fffff), fromBits[T](0x00800000), fromBits[T](0x7f7fffff))
	} else {
		s = append(s, fromBits[T](0x7ff0000000012345), fromBits[T](1), fromBits[T](0x000fffffffffffff), fromBits[T](0x0010000000000000), fromBits[T](0x7fe0000000000000))
	}
	for _, x := range s {
		s = append(s, -x)
	}
	return s
}

// valueSource draws test values: near normal, one in specials of them special.
type valueSource[T Float] struct {
	*rand.Rand
	specials int // 0: none
	edges    []T
}

func newDice[T Float](seed uint64, specials int) *valueSource[T] {
	return &valueSource[T]{rand.New(rand.NewPCG(seed, 1)), specials, specialValues[T]()}
}

func (d *valueSource[T]) draw() T {
	if d.specials > 0 && d.IntN(d.specials) == 0 {
		return d.edges[d.IntN(len(d.edges))]
	}
	sum := int64(0)
	for range 4 {
		sum += int64(d.Uint64()) >> 14 // 50 bits
	}
	return T(float64(sum) * (1.0 / (1 << 49)))
}

func (d *valueSource[T]) fill(x []T) []T {
	for i := range x {
		x[i] = d.draw()
	}
	return x
}

// margin is the number of elements before a guarded slice that are watched.
const margin = 32

// guard lends slices that end where a protected page begins, and tells whether
// something was written in front of them.
type guard[T Float] struct {
	all  []T
	used int
}

func newGuard[T Float](t *testing.T, n int) *guard[T] { return &guard[T]{all: guarded[T](t, n+margin)} }

// take returns n elements, all the sentinel.
func (g *guard[T]) take(n int) []T {
	g.used = n
	s := g.all[len(g.all)-n-margin:]
	for i := range s {
		s[i] = sentinelValue[T]()
	}
	return s[margin:]
}

// check fails when the elements before the slice taken last have changed.
func (g *guard[T]) check(t *testing.T, what string) {
	t.Helper()
	for i, x := range g.all[len(g.all)-g.used-margin:][:margin] {
		if bitsOf(x) != bitsOf(sentinelValue[T]()) {
			t.Fatalf("%s: element %d was written", what, i-margin)
		}
	}
}

// sentinelValue is a NaN that no kernel makes.
func sentinelValue[T Float]() T {
	if is32[T]() {
		return fromBits[T](0x7fcabcde)
	}
	return fromBits[T](0x7ff8abcdef012345)
}
