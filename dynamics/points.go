package dynamics

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"molap/kernels"
	"molap/kernels/linear"
)

// Search holds the settings of a search for fixed and slow points (Sussillo and Barak 2013). The
// search minimises the speed of the map from many states, keeps the minima that are slow enough,
// and merges points that are alike. Speeds and distances are root mean squares over units, see
// [Map.Speed].
type Search struct {
	Iterations int     // the most steps of the minimisation from one state
	Fixed      float64 // a point of at most this speed is fixed
	Slow       float64 // a point of at most this speed is slow; faster minima are dropped
	Same       float64 // points no further apart are one
	Workers    int     // ≥ 1; results do not depend on it

	// Ended, unless nil, is called after the minimisation from each state, by several
	// goroutines at once.
	Ended func()
}

// DefaultSearch suits trials of some hundred steps: a slow point moves each unit by at
// most half a per cent of its range in a step.
var DefaultSearch = Search{Iterations: 200, Fixed: 1e-10, Slow: 1e-2, Same: 1e-3, Workers: 1}

// Point is a fixed or slow point of a map.
type Point struct {
	H        []float64
	Speed    float64 // |F(H)-H|/√Units
	Fixed    bool
	Starts   int     // states whose search ended here
	Distance float64 // to the nearest of all states that the search started from
}

// Points returns the fixed and slow points that it finds from the states, Units numbers each: fixed
// ones first, then by rising speed, then by the number of states that led to them.
//
// From each state it minimises ½|F(h)-h|² by the method of Levenberg and Marquardt with Nielsen's
// rule for the damping (Madsen, Nielsen and Tingleff 2004, algorithm 3.16). Newton's method on F(h)
// = h then repairs the last digits of fixed points.
//
// If ctx ends, Points ends with the cause of ctx as its error. It returns an error if a state does
// not have Units numbers, or if a number of a state or of the map is not finite. It panics if a
// setting of the search is out of range or the map is malformed. All of this is checked before the
// search begins.
func (s Search) Points(ctx context.Context, v kernels.Variant, m *Map, states [][]float64) ([]Point, error) {
	if s.Iterations < 1 || s.Workers < 1 || !(s.Fixed >= 0) || !(s.Slow >= s.Fixed) || !(s.Same >= 0) {
		panic(fmt.Sprintf("dynamics: Points: %d iterations, speeds %v and %v, distance %v, %d workers", s.Iterations, s.Fixed, s.Slow, s.Same, s.Workers))
	}
	if err := m.checkStates(states); err != nil {
		return nil, err
	}
	found := make([]Point, len(states))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(s.Workers, len(states)) {
		d := newDescent(v, m)
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(states) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				found[i] = d.run(ctx, s, states[i])
				if s.Ended != nil {
					s.Ended()
				}
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return s.distinct(found, states), nil
}

// checkStates returns an error unless a search can start from the states. It panics if the map is
// malformed, since no caller could recover from a panic in a worker.
func (m *Map) checkStates(states [][]float64) error {
	m.check("Points", m.Units, m.Units)
	if i := notFinite(m.W); i >= 0 {
		return fmt.Errorf("dynamics: entry (%d, %d) of the weights of a map is %v", i/m.Units, i%m.Units, m.W[i])
	}
	if i := notFinite(m.C); i >= 0 {
		return fmt.Errorf("dynamics: entry %d of the constants of a map is %v", i, m.C[i])
	}
	for k, h := range states {
		if len(h) != m.Units {
			return fmt.Errorf("dynamics: state %d has %d numbers, the map has %d units", k, len(h), m.Units)
		}
		if i := notFinite(h); i >= 0 {
			return fmt.Errorf("dynamics: entry %d of state %d is %v", i, k, h[i])
		}
	}
	return nil
}

// distinct keeps the slowest of points that are alike.
func (s Search) distinct(found []Point, states [][]float64) (kept []Point) {
	slices.SortStableFunc(found, func(a, b Point) int { return cmp.Compare(a.Speed, b.Speed) })
	for _, p := range found {
		if !(p.Speed <= s.Slow) {
			break
		}
		i := slices.IndexFunc(kept, func(q Point) bool { return rmsDistance(p.H, q.H) <= s.Same })
		if i < 0 {
			kept = append(kept, p)
			continue
		}
		kept[i].Starts++
	}
	for i := range kept {
		p := &kept[i]
		p.Fixed = p.Speed <= s.Fixed
		p.Distance = math.Inf(1)
		for _, h := range states {
			p.Distance = min(p.Distance, rmsDistance(p.H, h))
		}
	}
	slices.SortStableFunc(kept, func(a, b Point) int {
		switch {
		case a.Fixed != b.Fixed && a.Fixed:
			return -1
		case a.Fixed != b.Fixed:
			return 1
		case a.Fixed: // the speeds are rounding
			return cmp.Compare(b.Starts, a.Starts)
		}
		return cmp.Compare(a.Speed, b.Speed)
	})
	return kept
}

// levenbergMarquardt holds the memory for minimisations of |F(h)-h|² by the method of that name.
type levenbergMarquardt struct {
	m                *Map
	ops              *kernels.Ops[float64]
	stride           int       // of j and jj
	j, jj            []float64 // DF-I; the upper triangle of (DF-I)ᵀ(DF-I); both Units × stride
	a                []float64 // the system to solve, Units × Units
	solver           *choleskySolver
	h, r, trial      []float64
	residual, g, dir []float64
}

func newDescent(v kernels.Variant, m *Map) *levenbergMarquardt {
	n := m.Units
	d := &levenbergMarquardt{m: m, ops: kernels.Of[float64](v)}
	d.stride = d.ops.Stride(n)
	d.j, d.jj = make([]float64, n*d.stride), make([]float64, n*d.stride)
	d.a, d.solver = make([]float64, n*n), newPositive(d.ops, n)
	for _, x := range []*[]float64{&d.h, &d.r, &d.trial, &d.residual, &d.g, &d.dir} {
		*x = make([]float64, n)
	}
	return d
}

// run minimises from a state. If ctx ends, it returns the point that it has reached.
func (d *levenbergMarquardt) run(ctx context.Context, s Search, from []float64) Point {
	copy(d.h, from)
	d.minimise(ctx, s.Iterations)
	if speed := math.Sqrt(d.residue(d.r, d.h) / float64(len(d.h))); speed <= s.Slow {
		d.polish()
	}
	return Point{H: slices.Clone(d.h), Speed: math.Sqrt(d.residue(d.r, d.h) / float64(len(d.h))), Starts: 1}
}

// residue sets r to F(h)-h and returns its square.
func (d *levenbergMarquardt) residue(r, h []float64) float64 {
	d.m.Step(r, h)
	s := 0.0
	for i, v := range r {
		r[i] = v - h[i]
		s = math.FMA(r[i], r[i], s)
	}
	return s
}

// derive sets j to DF(h)-I, from r = F(h)-h, which is α·(a-h) with the tanh a.
func (d *levenbergMarquardt) derive() {
	n, alpha := d.m.Units, d.m.Leak
	for i, r := range d.r {
		slope := tanhSlope(alpha, r/alpha+d.h[i])
		row := d.j[i*d.stride:][:n]
		for k, w := range d.m.W[i*n:][:n] {
			row[k] = float64(slope * w)
		}
		row[i] -= alpha
	}
}

// The minimisation ends when the speed, the gradient or the step is no more than rounding.
const (
	tinySquare   = 0x1p-100
	tinyGradient = 0x1p-46
	tinyStep     = 0x1p-44
)

// minimise moves h to a minimum of ½|F(h)-h|².
func (d *levenbergMarquardt) minimise(ctx context.Context, iterations int) {
	n := d.m.Units
	square := d.residue(d.r, d.h)
	damping, raise := -1.0, 2.0
	fresh := true // h has moved since jj and g were computed
	for range iterations {
		if ctx.Err() != nil {
			return
		}
		if fresh {
			d.derive()
			d.solver.square(d.jj, d.j, d.stride)
			clear(d.g)
			for i, r := range d.r {
				d.ops.AddScaled(d.g, d.j[i*d.stride:][:n], r)
			}
			if damping < 0 {
				for i := range n {
					damping = max(damping, 1e-3*d.jj[i*d.stride+i])
				}
			}
			fresh = false
		}
		steepest := 0.0
		for _, v := range d.g {
			steepest = max(steepest, math.Abs(v))
		}
		if square <= float64(n)*tinySquare || steepest <= tinyGradient*math.Sqrt(square) || !(damping <= 1e100) {
			return
		}
		for i := range n {
			copy(d.a[i*n:][:n], d.jj[i*d.stride:])
			d.a[i*n+i] += damping
			d.dir[i] = -d.g[i]
		}
		gain := -1.0
		if d.solver.solve(d.a, d.dir) {
			promise, length := 0.0, 0.0 // what the linear model gains, ½ dirᵀ(damping·dir - g)
			for i, v := range d.dir {
				d.trial[i] = d.h[i] + v
				promise = math.FMA(v, math.FMA(damping, v, -d.g[i]), promise)
				length = math.FMA(v, v, length)
			}
			if length <= float64(n)*tinyStep*tinyStep {
				return
			}
			after := d.residue(d.residual, d.trial)
			gain = (square - after) / promise
			if gain > 0 {
				square = after
				d.h, d.trial = d.trial, d.h
				d.r, d.residual = d.residual, d.r
				fresh = true
			}
		}
		if gain > 0 {
			c := math.FMA(2, gain, -1)
			damping = float64(damping * max(1.0/3, 1-float64(c*float64(c*c))))
			raise = 2
		} else {
			damping = float64(damping * raise)
			raise *= 2
		}
	}
}

// polish does Newton steps on F(h) = h as long as each halves the square of the residue. At slow
// points, where F(h) = h has no solution, it keeps none.
func (d *levenbergMarquardt) polish() {
	n := d.m.Units
	square := d.residue(d.r, d.h)
	for range 10 {
		d.derive()
		for i := range n {
			copy(d.a[i*n:][:n], d.j[i*d.stride:])
			d.dir[i] = -d.r[i]
		}
		if !linear.Solve(d.a, n, d.dir) {
			return
		}
		for i, v := range d.dir {
			d.trial[i] = d.h[i] + v
		}
		after := d.residue(d.residual, d.trial)
		if !(after < square/2) {
			return
		}
		square = after
		d.h, d.trial = d.trial, d.h
		d.r, d.residual = d.residual, d.r
	}
}
