package kernels

import "math"

// product are the shape and layout of a product.
type product struct{ trials, outs, depth, panelTrials, gap, tail int }

// fuzzTerms keeps the definition below ten milliseconds.
const fuzzTerms = 1 << 20

func (c *fuzzCase[T]) product() product {
	in := c.in
	p := product{depth: 1 + in.upTo(40), trials: in.upTo(52), outs: in.upTo(160), gap: in.upTo(5), tail: in.upTo(5)}
	if in.upTo(7) == 0 { // so deep that more than 24 trials take two calls
		p.depth += 300 + in.upTo(255)
	}
	p.panelTrials = 1 + in.upTo(1)*(p.trials+1)
	p.trials = min(p.trials, max(1, fuzzTerms/(p.depth*(p.outs+1))))
	p.outs = min(p.outs, fuzzTerms/p.depth)
	return p
}

func (p product) stride(outs int) int { return max(outs, p.depth) + p.gap }

// panels packs a matrix outs × depth, or its transpose, behind a guard.
func (c *fuzzCase[T]) panels(o *Ops[T], p product, units int, a []T, transposed bool) *Panels[T] {
	w := o.NewPanels(p.outs, units, p.depth, p.panelTrials)
	if transposed {
		w.Pack(a, 1, p.outs)
	} else {
		w.Pack(a, p.depth, 1)
	}
	w.data = c.operand("weights", w.data, 0)
	return w
}

func fuzzForward[T Float](c *fuzzCase[T]) {
	p := c.product()
	units := min(c.in.upTo(160), p.outs)
	a, state := c.numbers(p.outs*p.depth), c.numbers(p.trials*p.depth)
	law := Of[T](generic)
	whole := law.NewPanels(p.outs, units, p.depth, p.trials)
	whole.Pack(a, p.depth, 1)
	s := p.stride(p.outs)
	n := p.trials * s
	wantNext, wantRaw := make([]T, n), make([]T, n)
	law.StepForward(wantNext, wantRaw, spreadRows(state, p.trials, p.depth, s), whole, p.trials, s)
	c.each(func(o *Ops[T]) {
		stride := p.stride(o.Stride(p.outs))
		n := p.trials * stride
		w := c.panels(o, p, units, a, false)
		st := c.operand("state", spreadRows(state, p.trials, p.depth, stride), p.tail)
		next, raw, readout := c.result("next", n, p.tail), c.result("raw", n, p.tail), c.result("readout", n, p.tail)
		o.StepForward(next, raw, st, w, p.trials, stride)
		o.Readout(readout, st, w, p.trials, stride)
		for b := range p.trials {
			for i := range p.outs {
				if i < units {
					c.equal(o, "next", b*stride+i, next[b*stride+i], wantNext[b*s+i], true)
					continue
				}
				c.equal(o, "raw", b*stride+i, raw[b*stride+i], wantRaw[b*s+i], false)
				c.equal(o, "readout", b*stride+i, readout[b*stride+i], wantRaw[b*s+i], false)
			}
		}
		for what, x := range map[string][]T{"next": next, "raw": raw, "readout": readout} {
			c.untouched(o, what, x, p.trials, o.Stride(p.outs), stride)
		}
	})
}

func fuzzForwardNoise[T Float](c *fuzzCase[T]) {
	p := c.product()
	inPlace := c.in.upTo(1) == 0
	sigma := c.numbers(1)[0]
	a, state, noise := c.numbers(p.outs*p.depth), c.numbers(p.trials*p.depth), c.numbers(p.trials*p.outs)
	law := Of[T](generic)
	whole := law.NewPanels(p.outs, p.outs, p.depth, p.trials)
	whole.Pack(a, p.depth, 1)
	s := p.stride(p.outs)
	want, wantRaw := make([]T, p.trials*s), make([]T, p.trials*s)
	law.StepForwardNoise(want, wantRaw, spreadRows(state, p.trials, p.depth, s), spreadRows(noise, p.trials, p.outs, s), sigma, whole, p.trials, s)
	c.each(func(o *Ops[T]) {
		stride := p.stride(o.Stride(p.outs))
		w := c.panels(o, p, p.outs, a, false)
		st := c.operand("state", spreadRows(state, p.trials, p.depth, stride), p.tail)
		raw, placed := c.result("raw", p.trials*stride, p.tail), spreadRows(noise, p.trials, p.outs, stride)
		next := c.changed("next", placed, p.tail)
		eta := next
		if !inPlace {
			eta = c.operand("noise", placed, p.tail)
		}
		o.StepForwardNoise(next, raw, st, eta, sigma, w, p.trials, stride)
		for b := range p.trials {
			for i := range p.outs {
				c.equal(o, "next", b*stride+i, next[b*stride+i], want[b*s+i], true)
			}
		}
	})
}

func fuzzBackward[T Float](c *fuzzCase[T]) {
	p := c.product()
	activity := c.numbers(1)[0]
	a, h, delta := c.numbers(p.outs*p.depth), c.numbers(p.trials*p.outs), c.numbers(p.trials*p.depth)
	law := Of[T](generic)
	whole := law.NewPanels(p.outs, p.outs, p.depth, p.trials)
	whole.Pack(a, 1, p.outs)
	s := p.stride(p.outs)
	want := make([]T, p.trials*s)
	law.StepBackward(want, spreadRows(h, p.trials, p.outs, s), spreadRows(delta, p.trials, p.depth, s), whole, activity, p.trials, s)
	c.each(func(o *Ops[T]) {
		stride := p.stride(o.Stride(p.outs))
		w := c.panels(o, p, p.outs, a, true)
		hs := c.operand("h", spreadRows(h, p.trials, p.outs, stride), p.tail)
		ds := c.operand("delta", spreadRows(delta, p.trials, p.depth, stride), p.tail)
		prev := c.result("prev", p.trials*stride, p.tail)
		o.StepBackward(prev, hs, ds, w, activity, p.trials, stride)
		for b := range p.trials {
			for i := range p.outs {
				c.equal(o, "prev", b*stride+i, prev[b*stride+i], want[b*s+i], false)
			}
		}
		c.untouched(o, "prev", prev, p.trials, o.Stride(p.outs), stride)
	})
}

func fuzzGrad[T Float](c *fuzzCase[T]) {
	p := c.product() // trials × outs: the rectangle
	i0, j0 := c.in.upTo(20), c.in.upTo(20)
	delta, state, g := c.numbers(p.depth*p.trials), c.numbers(p.depth*p.outs), c.numbers(p.trials*p.outs)
	want := append([]T(nil), g...)
	if p.outs > 0 {
		law := Of[T](generic)
		s := max(p.trials, p.outs)
		law.AccumulateGrad(want, spreadRows(delta, p.depth, p.trials, s), spreadRows(state, p.depth, p.outs, s), p.trials, p.outs, p.depth, s)
	}
	c.each(func(o *Ops[T]) {
		width := o.Stride(p.outs)
		stride := max(i0+p.trials, j0+width) + p.gap
		// The rectangle begins at row i0, column j0 of something larger, and its
		// last rows end where they must reach.
		place := func(what string, x []T, cols, first, reach int) []T {
			all := spreadRows(x, p.depth, cols, stride)
			return c.operand(what, append(make([]T, first), all[:(p.depth-1)*stride+reach]...), p.tail)[first:]
		}
		ds, ss := place("delta", delta, p.trials, i0, p.trials), place("state", state, p.outs, j0, width)
		gs := c.changed("g", spreadRows(g, p.trials, p.outs, width), p.tail)
		o.AccumulateGrad(gs, ds, ss, p.trials, p.outs, p.depth, stride)
		for i := range p.trials {
			for j := range p.outs {
				c.equal(o, "g", i*width+j, gs[i*width+j], want[i*p.outs+j], false)
			}
		}
	})
}

// length returns a number of elements, sometimes more than one call treats.
func (c *fuzzCase[T]) length() (n, tail int) {
	n, tail = c.in.upTo(200), c.in.upTo(20)
	if c.in.upTo(7) == 0 {
		n += callElements - 100
	}
	return n, tail
}

func fuzzTanh[T Float](c *fuzzCase[T]) {
	n, tail := c.length()
	x := c.numbers(n)
	inPlace := c.in.upTo(1) == 0
	c.each(func(o *Ops[T]) {
		dst := c.changed("dst", x, tail)
		src := dst
		if !inPlace {
			src = c.operand("src", x, tail/2)
		}
		o.Tanh(dst, src)
		for i := range x {
			c.equal(o, "dst", i, dst[i], Tanh(x[i]), true)
		}
	})
}

func fuzzNoisyTanh[T Float](c *fuzzCase[T]) {
	n, tail := c.length()
	sigma := c.numbers(1)[0]
	x, eta := c.numbers(n), c.numbers(n)
	place := c.in.upTo(2)
	want := make([]T, n)
	noisyTanh(want, x, eta, sigma)
	c.each(func(o *Ops[T]) {
		dst := c.result("dst", n, tail)
		src, noise := c.operand("src", x, tail/2), c.operand("noise", eta, tail/3)
		switch place {
		case 1:
			copy(dst, src)
			src = dst
		case 2:
			copy(dst, noise)
			noise = dst
		}
		o.NoisyTanh(dst, src, noise, sigma)
		for i := range want {
			c.equal(o, "dst", i, dst[i], want[i], true)
		}
	})
}

func fuzzAddScaled[T Float](c *fuzzCase[T]) {
	n, tail := c.length()
	k := c.numbers(1)[0]
	x, y := c.numbers(n), c.numbers(n)
	want := append([]T(nil), y...)
	addScaled(want, x, k)
	c.each(func(o *Ops[T]) {
		dst := c.changed("dst", y, tail)
		o.AddScaled(dst, c.operand("x", x, tail/2), k)
		for i := range want {
			c.equal(o, "dst", i, dst[i], want[i], false)
		}
	})
}

func fuzzLoss[T Float](c *fuzzCase[T]) {
	n, tail := c.length()
	scale := c.numbers(1)[0]
	y, target := c.numbers(n), c.numbers(n)
	want := make([]T, n)
	sum := Of[T](generic).Loss(want, y, target, scale)
	c.each(func(o *Ops[T]) {
		e := c.result("e", n, tail)
		got := o.Loss(e, c.operand("y", y, tail/2), c.operand("target", target, tail/3), scale)
		if math.Float64bits(got) != math.Float64bits(sum) && (got == got || sum == sum) {
			c.t.Fatalf("%s: loss %v, want %v", o.Variant(), got, sum)
		}
		for i := range want {
			c.equal(o, "e", i, e[i], want[i], false)
		}
	})
}

func fuzzAdam[T Float](c *fuzzCase[T]) {
	n, tail := c.length()
	step := NewAdamStep[T](1e-2, 0.9, 0.999, 1e-8, 1+c.in.upTo(1<<15))
	var start, want [4][]T // p, m, v, g
	for i := range start {
		start[i] = c.numbers(n)
		want[i] = append([]T(nil), start[i]...)
	}
	adam(want[0], want[1], want[2], want[3], &step)
	c.each(func(o *Ops[T]) {
		p, m, v := c.changed("p", start[0], tail), c.changed("m", start[1], tail/2), c.changed("v", start[2], tail/3)
		o.Adam(p, m, v, c.operand("g", start[3], tail/4), &step)
		for i := range p {
			c.equal(o, "p", i, p[i], want[0][i], false)
			c.equal(o, "m", i, m[i], want[1][i], false)
			c.equal(o, "v", i, v[i], want[2][i], false)
		}
	})
}

// fuzzNormal tests normal deviates, which are float32 whatever T is.
func fuzzNormal[T Float](c *fuzzCase[T]) {
	n := c.in.upTo(300)
	s := NewStream(c.in.word()).Child(c.in.word())
	group := c.in.word()
	want := make([]float32, n)
	normalGeneric(want, s, group)
	for _, v := range native() {
		g := newGuard[float32](c.t, n)
		dst := g.take(n)
		v.Normal(dst, s, group)
		g.check(c.t, v.String())
		for i := range dst {
			if bitsOf(dst[i]) != bitsOf(want[i]) {
				c.t.Fatalf("%s: deviate %d of %d is %v, want %v", v, i, n, dst[i], want[i])
			}
		}
	}
}
