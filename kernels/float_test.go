package kernels

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestFMA32 compares fma32 with exact arithmetic, above all near ties and below
// the normal range, where rounding twice goes wrong.
func TestFMA32(t *testing.T) {
	d := newDice[float32](11, 3)
	rounds := 60000
	if testing.Short() {
		rounds = 6000
	}
	twice := 0
	check := func(x, y, z float32) {
		exact := new(big.Float).SetPrec(700).SetFloat64(float64(x) * float64(y))
		exact.Add(exact, new(big.Float).SetFloat64(float64(z)))
		if exact.Sign() == 0 {
			return // the sign of zero is checked below
		}
		want, _ := exact.Float32()
		if got := fma32(x, y, z); got != want {
			t.Fatalf("fma(%x, %x, %x) = %x, want %x", bitsOf(x), bitsOf(y), bitsOf(z), bitsOf(got), bitsOf(want))
		}
		if float32(math.FMA(float64(x), float64(y), float64(z))) != want {
			twice++
		}
	}
	finite := func() float32 {
		for {
			x := d.draw()
			if d.IntN(4) == 0 {
				x = math.Float32frombits(d.Uint32())
			}
			if x-x == 0 {
				return x
			}
		}
	}
	near1 := func() float32 { return math.Float32frombits(0x3f800000 + uint32(d.IntN(4)) - 1) }
	for range rounds {
		check(finite(), finite(), finite())
		// x·y about half an ulp of z.
		z := float32(math.Ldexp(1+float64(d.IntN(1<<23))*(1.0/(1<<23)), d.IntN(60)-30))
		half := float32(math.Ldexp(1, int(math.Float32bits(z)>>23)-127-24))
		x, y := near1(), half*near1()
		check(x, y, z)
		check(-x, y, z)
		// The same below the normal range.
		z = math.Float32frombits(d.Uint32() & 0x00ffffff)
		half = float32(math.Ldexp(1, -75))
		x, y = half*near1(), half*near1()
		check(x, y, z)
		check(-x, y, z)
	}
	if twice == 0 {
		t.Error("no operand on which rounding twice is wrong was tried")
	}
	zero, negative := float32(0), float32(math.Copysign(0, -1))
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct{ x, y, z, want float32 }{
		{1, negative, negative, negative}, {1, negative, zero, zero}, {2, 3, -6, zero},
		{inf, 1, -1, inf}, {1, 1, -inf, -inf}, {inf, 0, 1, nan}, {inf, 1, -inf, nan}, {1, 1, nan, nan},
		{math.MaxFloat32, 2, 0, inf}, {math.MaxFloat32, 2, -math.MaxFloat32, math.MaxFloat32},
	} {
		if got := fma32(c.x, c.y, c.z); !sameBits(got, c.want) {
			t.Errorf("fma(%v, %v, %v) = %v, want %v", c.x, c.y, c.z, got, c.want)
		}
	}
}

func TestSincosTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 1))
	points := 4000
	if testing.Short() {
		points = 400
	}
	worst := 0.0
	for range points {
		turns := float64(int64(r.Uint64())>>10) * (2.0 / (1 << 53)) // [-2, 2)
		sin, cos := SincosTurns(turns)
		ws, wc := bigSincosTurns(turns)
		worst = max(worst, bigULP(sin, ws), bigULP(cos, wc))
	}
	t.Logf("worst %.3f ULP", worst)
	if worst > 2 {
		t.Errorf("worst %.3f ULP, below 2 stated", worst)
	}
	for _, c := range []struct{ turns, sin, cos float64 }{{0, 0, 1}, {0.25, 1, 0}, {0.5, 0, -1}, {-0.25, -1, 0}, {1, 0, 1}, {2.75, -1, 0}} {
		if sin, cos := SincosTurns(c.turns); sin != c.sin || cos != c.cos {
			t.Errorf("SincosTurns(%v) = %v, %v, want %v, %v", c.turns, sin, cos, c.sin, c.cos)
		}
	}
}

// bigULP returns the error of y against w in units of y's last place.
func bigULP(y float64, w *big.Float) float64 {
	f, _ := w.Float64()
	_, e := math.Frexp(f)
	diff, _ := new(big.Float).SetPrec(300).Sub(new(big.Float).SetFloat64(y), w).Float64()
	return math.Abs(diff) / math.Ldexp(1, e-53)
}

// bigSincosTurns returns sin and cos of 2π·turns from their series.
func bigSincosTurns(turns float64) (sin, cos *big.Float) {
	const prec = 300
	num := func() *big.Float { return new(big.Float).SetPrec(prec) }
	x, _ := num().SetString("6.28318530717958647692528676655900576839433879875021164194988918461563281257241799725606965068423413596429617302656461329418768921910116446345")
	x.Mul(x, num().SetFloat64(turns))
	sin, cos = num(), num().SetInt64(1)
	term := num().SetInt64(1)
	for n := int64(1); n < 120; n++ {
		term.Mul(term, x)
		term.Quo(term, num().SetInt64(n))
		to := cos
		if n%2 == 1 {
			to = sin
		}
		if n/2%2 == 1 {
			to.Sub(to, term)
		} else {
			to.Add(to, term)
		}
	}
	return sin, cos
}

// TestExpLog compares with the series of eˣ; of a logarithm y, e^y/x - 1 is its error.
func TestExpLog(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 2))
	points := 4000
	if testing.Short() {
		points = 400
	}
	worst, worstLog := 0.0, 0.0
	for range points {
		x := math.Ldexp(r.Float64()-0.5, r.IntN(30)-19) // small ones as well
		for math.Abs(x) > 700 {
			x /= 2
		}
		worst = max(worst, bigULP(Exp(x), bigExp(x)))
		u := math.Ldexp(1+r.Float64(), r.IntN(61)-30)
		if r.IntN(2) == 0 {
			u = 1 + math.Ldexp(r.Float64()-0.5, -r.IntN(20)) // where logarithms are small
		}
		y := Log(u)
		ratio := bigExp(y)
		off, _ := ratio.Sub(ratio.Quo(ratio, new(big.Float).SetPrec(300).SetFloat64(u)), new(big.Float).SetInt64(1)).Float64()
		_, e := math.Frexp(y)
		worstLog = max(worstLog, math.Abs(off)/math.Ldexp(1, e-53))
	}
	t.Logf("worst %.3f and %.3f ULP", worst, worstLog)
	if worst > 1 || worstLog > 1 {
		t.Errorf("worst %.3f and %.3f ULP, below 1 stated", worst, worstLog)
	}
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ x, exp, log float64 }{
		{0, 1, -inf}, {inf, inf, inf}, {-inf, 0, nan}, {nan, nan, nan}, {1000, inf, 0x1.ba18a998fffap+02},
		{-800, 0, nan}, {5e-324, 1, -0x1.74385446d71c3p+09},
	} {
		if got := Exp(c.x); !sameBits(got, c.exp) {
			t.Errorf("Exp(%v) = %v, want %v", c.x, got, c.exp)
		}
		if got := Log(c.x); !sameBits(got, c.log) {
			t.Errorf("Log(%v) = %x, want %x", c.x, got, c.log)
		}
	}
	if got := Exp(-740); !(got > 0 && got < 1e-320) { // below the normal range
		t.Errorf("Exp(-740) = %v", got)
	}
}

// bigExp returns eˣ from the series at x/2¹⁰.
func bigExp(x float64) *big.Float {
	num := func() *big.Float { return new(big.Float).SetPrec(400) }
	small := num().SetMantExp(num().SetFloat64(x), -10)
	sum, term := num().SetInt64(1), num().SetInt64(1)
	for n := int64(1); n < 60; n++ {
		term.Quo(term.Mul(term, small), num().SetInt64(n))
		sum.Add(sum, term)
	}
	for range 10 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestPowInt(t *testing.T) {
	for _, b := range []float64{0.9, 0.999, 1.0001, -0.5, 0} {
		for _, n := range []int{0, 1, 2, 3, 7, 10, 100, 1000, 12345} {
			want := new(big.Float).SetPrec(2000).SetInt64(1)
			for range n {
				want.Mul(want, new(big.Float).SetFloat64(b))
			}
			w, _ := want.Float64()
			got := PowInt(b, n)
			// The relative error of a power is its exponent times half an ulp.
			if math.Abs(got-w) > math.Abs(w)*float64(n+1)*0x1p-53 {
				t.Errorf("%v^%d = %v, want %v", b, n, got, w)
			}
		}
	}
}
