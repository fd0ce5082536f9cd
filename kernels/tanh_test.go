package kernels

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// Bounds of the error of Tanh in units in the last place, as its comment states them.
const (
	tanhULP32 = 0.75
	tanhULP64 = 0.82
)

// normalWorst bounds the error of every normal deviate in 2⁻²⁴ of its radius.
const normalWorst = 4.1

// ulp32 returns the error of y as a float32 against the true value w.
func ulp32(y float32, w float64) float64 {
	_, e := math.Frexp(math.Abs(w))
	return math.Abs(float64(y)-w) / math.Ldexp(1, max(e-24, -149))
}

func TestTanhULP32(t *testing.T) {
	step := uint32(4099)
	if testing.Short() {
		step = 40961
	}
	worst, at, before := 0.0, float32(0), float32(0)
	for b := uint32(0); b <= 0x7f800000; b += step {
		x := math.Float32frombits(b)
		y := Tanh(x)
		if u := ulp32(y, math.Tanh(float64(x))); u > worst {
			worst, at = u, x
		}
		if y < before || y > 1 {
			t.Fatalf("tanh(%v) = %v after %v: not monotone below 1", x, y, before)
		}
		if bitsOf(Tanh(-x)) != bitsOf(-y) {
			t.Fatalf("tanh(%v) is not odd", x)
		}
		before = y
	}
	t.Logf("worst %.3f ULP at %v", worst, at)
	if worst > tanhULP32 {
		t.Errorf("tanh(%v) is %.3f ULP off, at most %v stated", at, worst, tanhULP32)
	}
}

// TestTanhExhaustive tries every float32 number: the accuracy, and that every
// variant is the definition.
func TestTanhExhaustive(t *testing.T) {
	if !*exhaustive {
		t.Skip("takes minutes: -exhaustive")
	}
	const block = 1 << 16
	workers := runtime.GOMAXPROCS(0)
	worst, falls := make([]float64, workers), make([]int, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			x, y, got := make([]float32, block), make([]float32, block), make([]float32, block)
			for b := uint64(w) * block; b < 1<<32; b += uint64(workers) * block {
				last := float32(0)
				if b%(1<<31) > 0 {
					last = Tanh(math.Float32frombits(uint32(b - 1)))
				}
				for i := range x {
					x[i] = math.Float32frombits(uint32(b + uint64(i)))
					y[i] = Tanh(x[i])
					if x[i] == x[i] {
						worst[w] = max(worst[w], ulp32(y[i], math.Tanh(float64(x[i]))))
						if abs(y[i]) < abs(last) {
							falls[w]++
						}
						last = y[i]
					}
				}
				for _, v := range native() {
					Of[float32](v).Tanh(got, x)
					for i := range x {
						if bitsOf(got[i]) != bitsOf(y[i]) {
							t.Errorf("%s: tanh(%x) = %x, want %x", v, bitsOf(x[i]), bitsOf(got[i]), bitsOf(y[i]))
							return
						}
					}
				}
			}
		})
	}
	wait.Wait()
	u, fallen := slices.Max(worst), 0
	for _, n := range falls {
		fallen += n
	}
	t.Logf("worst %.5f ULP over all numbers, falls %d times", u, fallen)
	if u > tanhULP32 || fallen > 0 {
		t.Errorf("worst %.5f ULP, at most %v stated; falls %d times", u, tanhULP32, fallen)
	}
}

func TestTanhULP64(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	points := 20000
	if testing.Short() {
		points = 2000
	}
	worst, at := 0.0, 0.0
	for i := range points {
		// Half the points in the binades where tanh works, half in [0, 20].
		x := math.Ldexp(1+float64(r.Uint64()>>12)*(1.0/(1<<52)), i%40-35)
		if i%2 == 0 {
			x = float64(r.Uint64()>>11) * (20.0 / (1 << 53))
		}
		if i == 0 {
			x = 0x1.00d330342befap-3 // the worst known: docs/accuracy.md
		}
		y := Tanh(x)
		want := bigTanh(x)
		w, _ := want.Float64()
		_, e := math.Frexp(w)
		diff, _ := new(big.Float).Sub(new(big.Float).SetFloat64(y), want).Float64()
		if u := math.Abs(diff) / math.Ldexp(1, e-53); u > worst {
			worst, at = u, x
		}
		if y > 1 || bitsOf(Tanh(-x)) != bitsOf(-y) {
			t.Fatalf("tanh(%v) = %v is not odd or beyond 1", x, y)
		}
		if next := Tanh(math.Nextafter(x, 100)); next < y {
			t.Errorf("tanh falls after %v", x)
		}
	}
	t.Logf("worst %.3f ULP at %v", worst, at)
	if worst > tanhULP64 {
		t.Errorf("tanh(%v) is %.3f ULP off, at most %v stated", at, worst, tanhULP64)
	}
}

// bigTanh returns tanh(x) for x > 0 to some 200 bits: E = expm1(2x) from its
// series at 2x/2ᵏ, doubled k times by E(2y) = E(y)·(E(y)+2), then E/(E+2).
func bigTanh(x float64) *big.Float {
	const prec, halvings = 300, 12
	num := func(x float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(x) }
	y := num(2 * x)
	y.SetMantExp(y, -halvings)
	e, term := num(0), num(1)
	for n := 1; n < 40; n++ {
		term.Mul(term, y)
		term.Quo(term, num(float64(n)))
		e.Add(e, term)
	}
	two := num(2)
	for range halvings {
		e.Mul(e, num(0).Add(e, two))
	}
	return num(0).Quo(e, num(0).Add(e, two))
}

func TestTanhEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ x, want float64 }{{0, 0}, {math.Copysign(0, -1), math.Copysign(0, -1)}, {inf, 1}, {-inf, -1}, {30, 1}, {-1e300, -1}, {5e-324, 5e-324}} {
		if got := Tanh(c.x); bitsOf(got) != bitsOf(c.want) {
			t.Errorf("tanh(%v) = %v, want %v", c.x, got, c.want)
		}
		if x, want := float32(c.x), float32(c.want); c.x != 5e-324 && bitsOf(Tanh(x)) != bitsOf(want) {
			t.Errorf("float32 tanh(%v) = %v, want %v", x, Tanh(x), want)
		}
	}
	for _, b := range []uint64{0x7ff8000000000000, 0xfff8000000000000, 0x7ff0000000000001, 0xffffffffffffffff} {
		if got := bitsOf(Tanh(math.Float64frombits(b))); got != 0x7ff8000000000000 {
			t.Errorf("tanh of NaN %x is %x", b, got)
		}
	}
	for _, b := range []uint32{0x7fc00000, 0xffc00000, 0x7f800001, 0xffffffff} {
		if got := bitsOf(Tanh(math.Float32frombits(b))); got != 0x7fc00000 {
			t.Errorf("tanh of NaN %x is %x", b, got)
		}
	}
}

// TestNormalExhaustive bounds the error of all normal deviates: every radius
// and every angle is tried, apart from each other, and a rounding added.
func TestNormalExhaustive(t *testing.T) {
	if !*exhaustive {
		t.Skip("takes seconds: -exhaustive")
	}
	radius, unit := 0.0, uint32(0)
	for a := range uint32(1<<24 - 1) {
		r, _ := normalAt(a<<8, 0) // cos 0 = 1
		want := math.Sqrt(-2 * math.Log(float64(a+1)*(1.0/(1<<24))))
		radius = max(radius, math.Abs(float64(r)-want)/want)
		if r == 1 {
			unit = a << 8
		}
	}
	if r, _ := normalAt(unit, 0); r != 1 {
		t.Fatal("no radius is 1")
	}
	worst := 0.0
	for j := range uint32(1 << 24) { // the quadrant only swaps and negates
		cosine, sine := normalAt(unit, j<<6)
		sin, cos := math.Sincos(float64(int32(j<<8)>>8) * (math.Pi / (1 << 25)))
		worst = max(worst,
			math.Abs(float64(cosine)-cos)+cos*(radius+0x1p-24),
			math.Abs(float64(sine)-sin)+math.Abs(sin)*(radius+0x1p-24))
	}
	t.Logf("error at most %.3f·2⁻²⁴ of the radius", worst*0x1p24)
	if worst > normalWorst*0x1p-24 {
		t.Errorf("error up to %.3f·2⁻²⁴ of the radius, at most %v stated", worst*0x1p24, normalWorst)
	}
}

// TestGoldenTanh: the same tanh on every machine, in this version and the next.
// Most last bits of a constant move no result, so the constants have a digest too.
func TestGoldenTanh(t *testing.T) {
	h := sha256.New()
	fmt.Fprint(h, tanhF32, tanhF64, normalF32)
	checkGolden(t, "the constants", h.Sum(nil), "8a28eaaeee611eab74e1b041704dc2f4")
	for _, v := range Variants() {
		checkGolden(t, v.String()+" float32 tanh", tanhDigest[float32](v), "51066d76d6b68f0975ff9d8f40a3fe4b")
		checkGolden(t, v.String()+" float64 tanh", tanhDigest[float64](v), "884939d3d63664a81ab4fc45813b8fd9")
	}
}

// tanhDigest returns the digest of tanh at many points in ten binades.
func tanhDigest[T Float](v Variant) []byte {
	x, y := make([]T, 1<<15), make([]T, 1<<15)
	step := uint64(2557)
	if !is32[T]() {
		step = step<<29 + 12345
	}
	for i := range x {
		x[i] = fromBits[T](bitsOf(T(1.0/64)) + uint64(i)*step)
	}
	Of[T](v).Tanh(y, x)
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, y)
	return h.Sum(nil)
}
