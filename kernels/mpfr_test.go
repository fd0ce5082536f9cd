package kernels

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var (
	mpfrPoints = flag.Int("mpfr", 0, "compare tanh and the normal deviates with MPFR at that many points")
	hardPoints = flag.String("hard", "", "`file` of further arguments of float64 tanh for -mpfr, one a line")
)

// TestMPFR compares with MPFR, for which testdata/README.md gives the command.
func TestMPFR(t *testing.T) {
	if *mpfrPoints == 0 {
		t.Skip("needs a C compiler and MPFR, and minutes: -mpfr 12000000")
	}
	judge := filepath.Join(t.TempDir(), "accuracy")
	cc := exec.Command("cc", "-O2", "-o", judge, "testdata/mpfr/accuracy.c", "-lmpfr", "-lgmp", "-lm")
	if out, err := cc.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tanhMPFR[float64](t, judge, *mpfrPoints, tanhULP64)
	tanhMPFR[float32](t, judge, *mpfrPoints/8, tanhULP32)
	turns := func(r *rand.Rand) float64 { return math.Ldexp(float64(int64(r.Uint64())), -62-r.IntN(60)) } // |turns| ≤ 2
	for k, name := range []string{"sin", "cos"} {
		r := rand.New(rand.NewPCG(21, 1))
		checkByMPFR(t, judge, name, 53, *mpfrPoints/16, 2, func() (p, q, y float64) {
			p = turns(r)
			sin, cos := SincosTurns(p)
			return p, 0, []float64{sin, cos}[k]
		})
	}
	for k, name := range []string{"normalcos", "normalsin"} {
		s, i := NewStream(22), uint64(0)
		checkByMPFR(t, judge, name, 24, *mpfrPoints/16, normalWorst, func() (p, q, y float64) {
			a, b := s.Block(i)
			if i%2 == 0 {
				a |= ^(^uint32(0) >> (i / 2 % 25)) // small radii
			}
			i++
			cosine, sine := normalAt(a, b)
			p = float64(a>>8+1) * (1.0 / (1 << 24))
			q = (float64(b>>30) + float64(int32(b<<2)>>8)*(1.0/(1<<24))) / 4
			return p, q, float64([]float32{cosine, sine}[k])
		})
	}
}

// checkByMPFR pipes n records to the program and fails when their largest error is
// above the bound.
func checkByMPFR(t *testing.T, judge, function string, bits, n int, bound float64, record func() (p, q, y float64)) {
	t.Helper()
	c := exec.Command(judge, function, fmt.Sprint(bits))
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		w := bufio.NewWriterSize(in, 1<<16)
		for range n {
			p, q, y := record()
			_ = binary.Write(w, binary.NativeEndian, [3]float64{p, q, y})
		}
		_ = w.Flush() // a broken pipe shows in the count
		_ = in.Close()
	}()
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var count int
	var worst float64
	var p, q, y string
	if _, err := fmt.Sscan(string(out), &count, &worst, &p, &q, &y); err != nil || count != n {
		t.Fatalf("%s of %d records says %q (%v)", function, n, out, err)
	}
	t.Logf("%-9s %d bits, %8d points: worst %.4f at %s %s", function, bits, n, worst, p, q)
	if !(worst <= bound) {
		t.Errorf("%s(%s, %s) = %s is off by %v, at most %v stated", function, p, q, y, worst, bound)
	}
}

// stratum is a way to draw arguments of tanh, and its share of the points.
type stratum[T Float] struct {
	name  string
	share float64
	draw  func(r *rand.Rand) T
}

func tanhStrata[T Float]() []stratum[T] {
	mantissa, least := 52, -1074
	if is32[T]() {
		mantissa, least = 23, -149
	}
	significand := func(r *rand.Rand) float64 { return 1 + float64(r.Uint64()>>12)*(1.0/(1<<52)) }
	near := func(r *rand.Rand, x float64, ulps int64) T { // x > 0
		return fromBits[T](bitsOf(T(x)) + uint64(r.Int64N(2*ulps+1)-ulps))
	}
	return []stratum[T]{
		{"subnormal", 0.05, func(r *rand.Rand) T { return fromBits[T](r.Uint64() >> (64 - mantissa + r.IntN(mantissa))) }},
		{"every binade", 0.2, func(r *rand.Rand) T { return T(math.Ldexp(significand(r), least+r.IntN(5-least))) }},
		{"binades from 2⁻³⁰", 0.2, func(r *rand.Rand) T { return T(math.Ldexp(significand(r), r.IntN(35)-30)) }},
		{"0 to 20", 0.1, func(r *rand.Rand) T { return T(r.Float64() * 20) }},
		// Odd multiples are where n changes; at even ones r cancels to nothing.
		{"multiples of ln2/4", 0.1, func(r *rand.Rand) T { return near(r, float64(1+r.IntN(115))*(math.Ln2/4), 100) }},
		{"⅛ to ¼", 0.2, func(r *rand.Rand) T { return T(0.125 + r.Float64()/8) }}, // where the worst are
		// There an error counts most units.
		{"results above 2⁻ᵏ", 0.1, func(r *rand.Rand) T {
			return T(math.Atanh(math.Ldexp(1, -1-r.IntN(25))) * (1 + r.Float64()/16))
		}},
		{"where the result is 1", 0.05, func(r *rand.Rand) T {
			if is32[T]() {
				return T(8.5 + r.Float64())
			}
			return T(18.5 + r.Float64())
		}},
		{"the clamp", 0.001, func(r *rand.Rand) T { return near(r, tanhLimit[T](), 100) }},
	}
}

// tanhLimit is the argument beyond which Tanh computes the same.
func tanhLimit[T Float]() float64 { return float64(tanhOf[T]().clamp) / 2 }

// tanhMPFR judges tanh in strata, and holds every variant to the definition there.
func tanhMPFR[T Float](t *testing.T, judge string, points int, bound float64) {
	strata, bits := tanhStrata[T](), 53
	if is32[T]() {
		bits = 24
	} else if *hardPoints != "" {
		hard := readNumbers(t, *hardPoints)
		next := 0
		strata = append(strata, stratum[T]{filepath.Base(*hardPoints), float64(len(hard)) / float64(points), func(*rand.Rand) T {
			next++
			return T(hard[next-1])
		}})
	}
	for _, s := range strata {
		t.Run(fmt.Sprintf("tanh/%d/%s", bits, s.name), func(t *testing.T) {
			const block = 1 << 12
			n := int(math.Round(s.share * float64(points)))
			r := rand.New(rand.NewPCG(20, uint64(bits)))
			x, y, got := make([]T, 0, block), make([]T, block), make([]T, block)
			drawn, at := 0, 0
			checkByMPFR(t, judge, "tanh", bits, n, bound, func() (p, q, v float64) {
				if at == len(x) {
					x, at = x[:0], 0
					for ; drawn < n && len(x) < block; drawn++ {
						x = append(x, s.draw(r))
					}
					for i := range x {
						y[i] = Tanh(x[i])
						if above := Tanh(fromBits[T](bitsOf(x[i]) + 1)); x[i] > 0 && (y[i] > above || above > 1) {
							t.Errorf("tanh(%v) = %v, then %v", x[i], y[i], above)
						}
						if odd := Tanh(-x[i]); bitsOf(odd) != bitsOf(-y[i]) {
							t.Errorf("tanh(%v) = %v is not odd", x[i], y[i])
						}
					}
					for _, variant := range native() {
						Of[T](variant).Tanh(got[:len(x)], x)
						for i := range x {
							if bitsOf(got[i]) != bitsOf(y[i]) {
								t.Errorf("%s: tanh(%x) = %x, want %x", variant, bitsOf(x[i]), bitsOf(got[i]), bitsOf(y[i]))
							}
						}
					}
				}
				at++
				return float64(x[at-1]), 0, float64(y[at-1])
			})
		})
	}
}

// readNumbers returns the finite numbers of a file, one a line.
func readNumbers(t *testing.T, path string) (numbers []float64) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, "0x") && !strings.Contains(line, "p") {
			continue
		}
		if x, err := strconv.ParseFloat(line, 64); err == nil && x-x == 0 {
			numbers = append(numbers, x)
		}
	}
	return numbers
}
