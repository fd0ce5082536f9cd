package kernels

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	all := Variants()
	if all[len(all)-1].String() != "generic" {
		t.Errorf("the last variant is %s", all[len(all)-1])
	}
	for _, v := range all {
		if got, err := Lookup(v.String()); err != nil || got.String() != v.String() {
			t.Errorf("Lookup(%s) = %s, %v", v, got, err)
		}
	}
	if v, err := Lookup("auto"); err != nil || v.String() != all[0].String() || Best().String() != all[0].String() {
		t.Errorf("auto is %s (%v), the best is %s", v, err, all[0])
	}
	for _, name := range []string{"sse9", "", "avx2", "avx512", "neon"} {
		v, err := Lookup(name)
		if err == nil {
			continue // runs here
		}
		if v.String() != "" || strings.HasPrefix(err.Error(), "kernels: ") {
			t.Errorf("Lookup(%q) = %q, %v", name, v, err)
		}
		for _, v := range all {
			if !strings.Contains(err.Error(), v.String()) {
				t.Errorf("%v: does not list %s", err, v)
			}
		}
	}
}

// kernelDigest runs every kernel on a small network and returns the digest of all
// that comes out.
func kernelDigest[T Float](v Variant) []byte {
	const trials, units, inputs, outputs, steps = 7, 21, 3, 2, 4
	o := Of[T](v)
	outs, depth := units+outputs, units+inputs+1
	stride := max(o.Stride(outs), o.Stride(depth))
	d := newDice[T](21, 0)
	a := d.fill(make([]T, outs*depth))
	for i := range a {
		a[i] /= 4
	}
	forward, back := o.NewPanels(outs, units, depth, trials), o.NewPanels(units, units, outs, trials)
	forward.Pack(a, depth, 1)
	back.Pack(a, 1, depth)

	noise := make([]float32, steps*trials*inputs)
	v.Normal(noise, NewStream(8), 1)
	size := trials * stride
	states, deltas, raw := make([]T, (steps+1)*size), make([]T, (steps+1)*size), make([]T, size)
	for b := range trials {
		o.Tanh(states[b*stride:][:units], d.fill(make([]T, units)))
	}
	h := sha256.New()
	put := func(x []T) { _ = binary.Write(h, binary.LittleEndian, x) }
	for t := range steps {
		s := states[t*size:]
		for b := range trials {
			for i := range inputs {
				s[b*stride+units+i] = T(noise[(t*trials+b)*inputs+i])
			}
			s[b*stride+units+inputs] = 1
		}
		o.StepForward(states[(t+1)*size:][:size], raw, s[:size], forward, trials, stride)
		for b := range trials {
			y, e := raw[b*stride+units:][:outputs], make([]T, outputs)
			put([]T{T(o.Loss(e, y, d.fill(make([]T, outputs)), 0.25))})
			copy(deltas[(t+1)*size+b*stride+units:], e)
			put(states[(t+1)*size+b*stride:][:units])
		}
	}
	g := make([]T, outs*o.Stride(depth))
	for t := steps; t > 0; t-- {
		delta, prev := deltas[t*size:], deltas[(t-1)*size:]
		errors := make([]T, size)
		copy(errors, prev[:size])
		o.StepBackward(prev[:size], states[(t-1)*size:][:size], delta[:size], back, 1e-3, trials, stride)
		for b := range trials {
			copy(prev[b*stride+units:][:outputs], errors[b*stride+units:])
			put(prev[b*stride:][:units])
		}
		o.AccumulateGrad(g, delta[:size], states[(t-1)*size:][:size], outs, depth, trials, stride)
	}
	dw := make([]T, outs*depth)
	for i := range outs {
		copy(dw[i*depth:][:depth], g[i*o.Stride(depth):])
	}
	put(dw)
	m, u := make([]T, len(a)), make([]T, len(a))
	for n := 1; n <= 3; n++ {
		c := NewAdamStep[T](1e-2, 0.9, 0.999, 1e-8, n)
		o.Adam(a, m, u, dw, &c)
		put(a)
	}
	return h.Sum(nil)
}

// TestGolden: every variant on every machine gives the same bits.
func TestGolden(t *testing.T) {
	for _, v := range Variants() {
		checkGolden(t, v.String()+" float32", kernelDigest[float32](v), "054939506829368bbf0cadf68e1ddeaf")
		checkGolden(t, v.String()+" float64", kernelDigest[float64](v), "b89ba43e4cb505d4a69fab72a11b5a42")
	}
}

func TestAllocations(t *testing.T) {
	for _, v := range Variants() {
		t.Run(v.String()+"/f32", func(t *testing.T) { testAllocations[float32](t, v) })
		t.Run(v.String()+"/f64", func(t *testing.T) { testAllocations[float64](t, v) })
	}
}

func testAllocations[T Float](t *testing.T, v Variant) {
	o := Of[T](v)
	const n, trials = 9, 3
	w := o.NewPanels(n, n-2, n, trials)
	a, z := make([]T, n*n), make([]float32, 70)
	stride := o.Stride(n)
	x, y, g := make([]T, trials*stride), make([]T, trials*stride), make([]T, n*stride)
	for name, call := range map[string]func(){
		"Pack":             func() { w.Pack(a, n, 1) },
		"StepForward":      func() { o.StepForward(y, y, x, w, trials, stride) },
		"Readout":          func() { o.Readout(y, x, w, trials, stride) },
		"StepBackward":     func() { o.StepBackward(y, x, x, w, 0, trials, stride) },
		"AccumulateGrad":   func() { o.AccumulateGrad(g, x, x, n, n, trials, stride) },
		"StepForwardNoise": func() { o.StepForwardNoise(y, g, x, x, 1, w, trials, stride) },
		"AddScaled":        func() { o.AddScaled(y, x, 1) },
		"Prefetch":         func() { o.Prefetch(x) },
		"Leak":             func() { o.Leak(y, x, x, NewLeak[T](0.2)) },
		"StepBackwardLeak": func() { o.StepBackwardLeak(y, g, x, x, x, w, NewLeak[T](0.2), 0, trials, stride) },
		"Tanh":             func() { o.Tanh(y, x) },
		"Loss":             func() { o.Loss(y, x, x, 1) },
		"Adam": func() {
			c := NewAdamStep[T](1e-2, 0.9, 0.999, 1e-8, 3)
			o.Adam(y, x, x, x, &c)
		},
		"Normal": func() { v.Normal(z, NewStream(1).Child(2), 0) },
	} {
		if n := testing.AllocsPerRun(10, call); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
