package main

import (
	"log"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"molap/gen/internal/coef"
)

// One argument just above ⅛, where the last rounding of q goes the wrong way, has the largest error
// of float32 tanh. The last bits of the coefficients decide which argument that is, so a better fit
// does not help, but luck does. A walk starts at the minimax coefficients and goes through their
// neighbours; it judges them by the largest error over all arguments.

// coefsF32 holds the coefficients of r … r⁵ in q; that of 1 is ½.
type coefsF32 [5]float32

// q returns ½ + c[0]·r + … + c[4]·r⁵ as kernels.Tanh does.
func (c *coefsF32) q(r float32) float32 {
	q := c[4]
	for i := 3; i >= 0; i-- {
		q = fma32(q, r, c[i])
	}
	return fma32(q, r, 0.5)
}

// reducedArgument is an argument of tanh, reduced: x = (n·ln2 + r + rl)/2, s = 2ⁿ.
type reducedArgument struct{ r, rl, s float32 }

func reduce(x float32) reducedArgument {
	t := coef.TanhF32
	magic, log2e, hi, lo := float32(t.Magic), float32(t.Log2E), float32(t.Ln2Hi), float32(t.Ln2Lo)
	y := min(x+x, float32(t.Clamp))
	m := fma32(y, log2e, magic)
	n := m - magic
	rh := fma32(-n, hi, y)
	r := fma32(-n, lo, rh)
	return reducedArgument{r, fma32(-n, lo, rh-r), math.Float32frombits(math.Float32bits(m) << 23)}
}

// tanh is the rest of kernels.Tanh after q, for arguments ≥ 0.
func (a reducedArgument) tanh(q float32) float32 {
	t := fma32(a.r*a.r, q, a.rl)
	s1 := a.s - 1
	hi := fma32(a.s, a.r, s1)
	lo := fma32(a.s, t, fma32(a.s, a.r, s1-hi))
	e := hi + lo
	el := lo - (e - hi)
	d := e + 2
	dl := (min(e, 2) - (d - max(e, 2))) + el
	iv := 1 / d
	z := e * iv
	rem := fma32(-z, dl, fma32(-z, d, e)+el)
	return fma32(rem, iv, z)
}

// tanhSample is an argument with its true value and the size of a unit in the last place there.
type tanhSample struct {
	reducedArgument
	want, unit float64
}

func newSample(x float32) tanhSample {
	want := math.Tanh(float64(x)) // 2⁻²⁸ of a unit off at most
	_, e := math.Frexp(want)
	return tanhSample{reduce(x), want, math.Ldexp(1, e-24)}
}

// off returns the error in units in the last place, rounded to 10⁻⁵, since math.Tanh may differ
// between machines below that.
func (s *tanhSample) off(q float32) float64 {
	u := math.Abs(float64(s.tanh(q))-s.want) / s.unit
	return math.Round(u*1e5) / 1e5
}

// eachArgument calls f for all arguments from first to last, on all processors.
func eachArgument(first, last uint32, f func(worker int, x float32)) {
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for b := first + uint32(w); b <= last; b += uint32(workers) {
				f(w, math.Float32frombits(b))
			}
		})
	}
	wait.Wait()
}

var workers = runtime.GOMAXPROCS(0)

// errorGoal is the error to stay below, in units in the last place. Some coefficients reach 0.74478,
// which is what the best q leaves at 0x1.00a898p-3, but they are twenty times as far from minimax.
const errorGoal = 0.75

// largestShift is how far the walk may take q from where it started.
const largestShift = 0x1p-27

// away returns the largest difference of two q on |r| ≤ 0.35.
func (c coefsF32) away(from coefsF32) float64 {
	most := 0.0
	for i := -35.0; i <= 35; i++ {
		y := 0.0
		for k := len(c) - 1; k >= 0; k-- {
			y = float64(y*(i/100)) + (float64(c[k]) - float64(from[k]))
		}
		most = max(most, math.Abs(y*(i/100)))
	}
	return most
}

// walkCoefficients returns float32 coefficients near coefs that keep every error of tanh at or below errorGoal, and
// the largest of these errors.
func walkCoefficients(coefs []number) (best []number, worst float64) {
	var start coefsF32
	for i := range start {
		start[i] = float32(float(coefs[i]))
	}
	hard := hardOnes(start)
	log.Printf("%d arguments are hard", len(hard))
	var active []tanhSample // the hard ones met so far
	r := rand.New(rand.NewPCG(1, 1))
	now, level := start, 1.0
	for step := 0; ; step++ {
		c := now
		for range 1 + r.IntN(3) {
			i := r.IntN(len(c))
			// Far in the high coefficients, which count least.
			span := max(1, []int{2, 1 << 6, 1 << 11, 1 << 15, 1 << 17}[i]>>r.IntN(20))
			c[i] = math.Float32frombits(math.Float32bits(c[i]) + uint32(r.IntN(2*span+1)-span))
		}
		u := worstOf(active, c, level)
		if u > level || c.away(start) > largestShift {
			continue
		}
		now, level = c, u
		if u > errorGoal {
			continue
		}
		if u = worstOf(hard, c, errorGoal); u > errorGoal {
			active = append(active, hard[0])
			level = max(level, u)
			continue
		}
		x, u := worstOfAll(c)
		log.Printf("step %d: %d met, %.5f of all, at %x", step, len(active), u, x)
		if u <= errorGoal {
			for _, x := range c {
				best = append(best, num(float64(x)))
			}
			return best, u
		}
		hard = append(hard, newSample(x))
		active = append(active, newSample(x))
		level = max(level, u)
	}
}

// hardOnes returns the arguments whose error is above errorGoal if q is off by one unit.
func hardOnes(c coefsF32) []tanhSample {
	var lock sync.Mutex
	var found []float32
	eachArgument(math.Float32bits(0x1p-4), math.Float32bits(0x1p-2), func(_ int, x float32) {
		s := newSample(x)
		q := math.Float32bits(c.q(s.r))
		for k := q - 1; k <= q+1; k++ {
			if s.off(math.Float32frombits(k)) > errorGoal {
				lock.Lock()
				found = append(found, x)
				lock.Unlock()
				break
			}
		}
	})
	slices.Sort(found)
	out := make([]tanhSample, len(found))
	for i, x := range found {
		out[i] = newSample(x)
	}
	return out
}

// worstOf returns the largest error of the samples, or the first error above limit. It moves that
// sample to the front, since it is likely to be above limit again.
func worstOf(s []tanhSample, c coefsF32, limit float64) float64 {
	worst := 0.0
	for i := range s {
		u := s[i].off(c.q(s[i].r))
		if u > limit {
			s[i], s[0] = s[0], s[i]
			return u
		}
		worst = max(worst, u)
	}
	return worst
}

// worstOfAll returns the largest error and its argument, of all arguments, or of the first binade
// that has an error above errorGoal.
func worstOfAll(c coefsF32) (at float32, worst float64) {
	binades := []uint32{math.Float32bits(0x1p-3), math.Float32bits(0x1p-4), math.Float32bits(0x1p-5)}
	for b := math.Float32bits(0x1p-19); b < math.Float32bits(16); b += 1 << 23 {
		if !slices.Contains(binades, b) {
			binades = append(binades, b)
		}
	}
	for _, b := range binades {
		type extreme struct {
			at    float32
			worst float64
		}
		found := make([]extreme, workers)
		eachArgument(b, b+1<<23-1, func(w int, x float32) {
			s := newSample(x)
			if u := s.off(c.q(s.r)); u > found[w].worst {
				found[w] = extreme{x, u}
			}
		})
		for _, f := range found {
			if f.worst > worst || f.worst == worst && f.at < at {
				at, worst = f.at, f.worst
			}
		}
		if worst > errorGoal {
			break
		}
	}
	return at, worst
}
