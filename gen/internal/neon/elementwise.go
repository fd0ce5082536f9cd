package neon

import (
	"slices"

	"molap/gen/internal/a64"
	"molap/gen/internal/formula"
	"molap/gen/internal/vector"
)

// eachVectors writes a loop of body over n elements, where the register n holds a multiple of the
// lanes. A turn treats most vectors; the last turns treat one. The loop moves pointers on.
func (e *emitter) eachVectors(n gp, most int, pointers []gp, body func(vecs int)) {
	for _, vecs := range slices.Compact([]int{most, 1}) {
		loop, end := e.newLabel("loop"), e.newLabel("end")
		e.ins("SUBS $%d, %v, %v", vecs*e.lanes(), n, n)
		e.ins("BLT %s", end)
		e.label(loop)
		body(vecs)
		for _, p := range pointers {
			e.ins("ADD $%d, %v, %v", vecs*vectorBytes, p, p)
		}
		e.ins("SUBS $%d, %v, %v", vecs*e.lanes(), n, n)
		e.ins("BGE %s", loop)
		e.label(end)
		e.ins("ADD $%d, %v, %v", vecs*e.lanes(), n, n)
	}
}

// A tanh is one chain of some forty operations: six together, the most vectors
// of a panel, each tanhSkew operations behind the one before, hide its latency.
// They share the constants in the first tanhPool registers. Here and below the
// numbers are the best in the model of estimate.sh.
const (
	tanhTogether, tanhSkew = 6, 2
	tanhPool               = 6
)

func (e *emitter) tanh() {
	e.function("Tanh", "func(dst, src *T, n int)",
		"sets dst[i] = tanh(src[i]) for i below n, a multiple of the lanes.")
	dst, src, n := e.arg("dst"), e.arg("src"), e.arg("n")
	consts := e.tableAddress()
	e.eachVectors(n, tanhTogether, []gp{dst, src}, func(vecs int) { e.tanhVectors(dst, src, consts, vecs) })
	e.ins("RET")
}

// tanhVectors sets vecs vectors at dst to the tanh of those at src.
func (e *emitter) tanhVectors(dst, src, consts gp, vecs int) {
	groups := (vecs + tanhTogether - 1) / tanhTogether
	for g := range groups {
		first, end := g*vecs/groups, (g+1)*vecs/groups
		p := vector.Interleave(e.elem, end-first, tanhSkew, func(p *vector.Program, i int) {
			p.Store(formula.Tanh(p, func() vector.Value { return p.Load(0, first+i) }), 1, first+i)
		})
		e.lower(p, []gp{src, dst}, consts, consecutive(tanhPool, registers-tanhPool), consecutive(0, tanhPool))
	}
}

// noisyTanh writes the kernel of NoisyTanh.
func (e *emitter) noisyTanh() {
	e.function("NoisyTanh", "func(dst, src, noise *T, n int, sigma T)",
		"sets dst[i] = tanh(sigma·noise[i] + src[i]) for i below n, a multiple of the lanes.")
	const sigma, pool, free = 0, 1, 1 + tanhPool
	const together = tanhTogether - 1 // sigma has a register
	dst, src, noise, n := e.arg("dst"), e.arg("src"), e.arg("noise"), e.arg("n")
	consts := e.tableAddress()
	e.broadcastArg("sigma", sigma)
	e.eachVectors(n, together, []gp{dst, src, noise}, func(vecs int) {
		p := vector.Interleave(e.elem, vecs, tanhSkew, func(p *vector.Program, i int) {
			p.Store(formula.Tanh(p, func() vector.Value {
				return p.Do(vector.Fma, p.Pinned(sigma), p.Load(2, i), p.Load(0, i))
			}), 1, i)
		})
		e.lower(p, []gp{src, dst, noise}, consts, consecutive(free, registers-free), consecutive(pool, tanhPool))
	})
	e.ins("RET")
}

// addScaled writes the kernel of AddScaled.
func (e *emitter) addScaled() {
	e.function("AddScaled", "func(dst, x *T, n int, c T)",
		"adds c·x[i] to dst[i] for i below n, a multiple of the lanes.")
	const c, most = 0, 4
	dst, x, n := e.arg("dst"), e.arg("x"), e.arg("n")
	e.broadcastArg("c", c)
	e.eachVectors(n, most, []gp{dst, x}, func(vecs int) {
		p := vector.Interleave(e.elem, vecs, 0, func(p *vector.Program, i int) {
			p.Store(p.Do(vector.Fma, p.Pinned(c), p.Load(1, i), p.Load(0, i)), 0, i)
		})
		e.lower(p, []gp{dst, x}, 0, consecutive(1, registers-1), nil)
	})
	e.ins("RET")
}

// leak writes the kernel of Leak.
func (e *emitter) leak() {
	e.function("Leak", "func(next, h, a *T, n int, alpha, keep T)",
		"sets next[i] = alpha·a[i] + keep·h[i] for i below n, a multiple of the lanes.")
	const alpha, keep, pinned, most = 0, 1, 2, 4
	next, h, a, n := e.arg("next"), e.arg("h"), e.arg("a"), e.arg("n")
	e.broadcastArg("alpha", alpha)
	e.broadcastArg("keep", keep)
	e.eachVectors(n, most, []gp{next, h, a}, func(vecs int) {
		p := vector.Interleave(e.elem, vecs, 0, func(p *vector.Program, i int) {
			p.Store(formula.Leak(p, p.Pinned(alpha), p.Pinned(keep), p.Load(1, i), p.Load(2, i)), 0, i)
		})
		e.lower(p, []gp{next, h, a}, 0, consecutive(pinned, registers-pinned), nil)
	})
	e.ins("RET")
}

// leakBackward writes the kernel of what follows the product in StepBackwardLeak.
func (e *emitter) leakBackward() {
	e.function("LeakBackward", "func(delta, carry, h, a *T, n int, alpha, keep, activity T)",
		"sets carry[i] = keep·carry[i] + (activity·h[i] + delta[i]) and then",
		"delta[i] = (alpha·carry[i])·(1-a[i]²) for i below n, a multiple of the lanes.")
	const alpha, keep, activity, pinned, most = 0, 1, 2, 3, 4
	delta, carry, h, a, n := e.arg("delta"), e.arg("carry"), e.arg("h"), e.arg("a"), e.arg("n")
	consts := e.tableAddress()
	e.broadcastArg("alpha", alpha)
	e.broadcastArg("keep", keep)
	e.broadcastArg("activity", activity)
	e.eachVectors(n, most, []gp{delta, carry, h, a}, func(vecs int) {
		prog := vector.Interleave(e.elem, vecs, 0, func(p *vector.Program, i int) {
			c, d := formula.LeakBackward(p, p.Pinned(alpha), p.Pinned(keep), p.Pinned(activity),
				p.Load(0, i), p.Load(1, i), p.Load(2, i), p.Load(3, i))
			p.Store(c, 1, i)
			p.Store(d, 0, i)
		})
		e.lower(prog, []gp{delta, carry, h, a}, consts, consecutive(pinned, registers-pinned), nil)
	})
	e.ins("RET")
}

func (e *emitter) adam() {
	e.function("Adam", "func(p, m, v, dp *T, n int, c *T)",
		"moves n parameters p, a multiple of the lanes, by one step of Adam with",
		"gradients dp and moments m and v; c are the fields of an AdamStep in order.")
	p, m, v, dp, n, c := e.arg("p"), e.arg("m"), e.arg("v"), e.arg("dp"), e.arg("n"), e.arg("c")
	const coefs, together = 8, 2
	for i := range coefs {
		e.ins("VLD1R.P %d(%v), [%s]", e.elem.Bytes(), c, e.v(i))
	}
	e.eachVectors(n, together, []gp{p, m, v, dp}, func(vecs int) {
		prog := vector.Interleave(e.elem, vecs, 0, func(b *vector.Program, i int) {
			var step [coefs]vector.Value
			for k := range step {
				step[k] = b.Pinned(k)
			}
			w, m1, v1 := formula.Adam(b, b.Load(0, i), b.Load(1, i), b.Load(2, i), b.Load(3, i), formula.AdamStep{
				Beta1: step[0], Beta2: step[1], Grad1: step[2], Grad2: step[3],
				Unbias1: step[4], Scale: step[5], Rate: step[6], Epsilon: step[7]})
			b.Store(w, 0, i)
			b.Store(m1, 1, i)
			b.Store(v1, 2, i)
		})
		e.lower(prog, []gp{p, m, v, dp}, c, consecutive(coefs, registers-coefs), nil)
	})
	e.ins("RET")
}

// loss writes the kernel of Loss: eight partial sums in float64, four vectors.
func (e *emitter) loss() {
	e.function("Loss", "func(e, y, target *T, n int, scale T, sum *float64)",
		"sets e[i] = scale·(y[i]-target[i]) and adds (y[i]-target[i])² in float64 to",
		"sum[i%8], i increasing from 0 below n, a multiple of 8.")
	out, y, target, n, sum := e.arg("e"), e.arg("y"), e.arg("target"), e.arg("n"), e.arg("sum")
	const block, sums, scale, a, b, wide = 8, 4, 4, 5, 9, 13 // the sums lie in the first registers
	e.loadVectors(sum, 0, consecutive(0, sums))
	e.broadcastArg("scale", scale)
	vecs := block / e.lanes()
	loop, end := e.newLabel("loop"), e.newLabel("end")
	e.ins("CBZ %v, %s", n, end)
	e.label(loop)
	e.loadVectors(y, 0, consecutive(a, vecs))
	e.loadVectors(target, 0, consecutive(b, vecs))
	for i := range vecs {
		e.word(a64.Three("fsub", e.arr, a+i, a+i, b+i))
		e.word(a64.Three("fmul", e.arr, b+i, a+i, scale))
	}
	e.storeVectors(consecutive(b, vecs), out, 0)
	for i := range sums {
		d := a + i
		if e.elem.Bits == 32 {
			d = wide + i
			e.word(a64.Fcvtl(i%2 == 1, d, a+i/2))
		}
		e.ins("VFMLA V%d.D2, V%d.D2, V%d.D2", d, d, i)
	}
	for _, p := range []gp{out, y, target} {
		e.ins("ADD $%d, %v, %v", block*e.elem.Bytes(), p, p)
	}
	e.ins("SUBS $%d, %v, %v", block, n, n)
	e.ins("BNE %s", loop)
	e.label(end)
	e.storeVectors(consecutive(0, sums), sum, 0)
	e.ins("RET")
}

// normal writes the kernel of Normal.
func (e *emitter) normal() {
	const (
		blocks                        = 16 // of Threefry in a group
		key0, key1, parity, low, high = 0, 1, 2, 3, 4
		firstPool, pool               = 5, 6
		free                          = firstPool + pool
		skew                          = 12
		skein                         = 0x1bd11bda
	)
	e.function("Normal", "func(dst *T, k0, k1 uint32, group uint64, groups int)",
		"sets dst to the normal deviates of groups groups of 32, from number group on,",
		"of the stream with key (k0, k1).")
	dst, k0, k1, block, groups := e.arg("dst"), e.arg("k0"), e.arg("k1"), e.arg("group"), e.arg("groups")
	consts, iota, hi := e.tableAddress(), e.reg(), e.reg()
	vecs := blocks / e.lanes()
	var iotas []constant
	for n := uint32(0); n < blocks; n += uint32(e.lanes()) {
		iotas = append(iotas, constant{n, n + 1, n + 2, n + 3})
	}
	e.ins("ADD $%d, %v, %v", e.table.block(iotas), consts, iota)
	e.ins("VDUP %v, %s", k0, e.v(key0))
	e.ins("VDUP %v, %s", k1, e.v(key1))
	e.ins("EOR %v, %v, %v", k0, k1, k1)
	e.ins("MOVD $%#x, %v", skein, hi)
	e.ins("EOR %v, %v, %v", hi, k1, k1)
	e.ins("VDUP %v, %s", k1, e.v(parity))
	e.ins("LSL $%d, %v, %v", log2(blocks), block, block)
	e.ins("CBZ %v, done", groups)
	e.label("group")
	e.ins("LSR $32, %v, %v", block, hi)
	e.ins("VDUP %v, %s", block, e.v(low))
	e.ins("VDUP %v, %s", hi, e.v(high))
	p := vector.Interleave(e.elem, vecs, skew, func(p *vector.Program, v int) {
		key := [3]vector.Value{p.Pinned(key0), p.Pinned(key1), p.Pinned(parity)}
		x0 := p.Do(vector.IAdd, p.Pinned(low), p.Load(0, v))
		a, b := formula.Threefry(p, key, x0, p.Pinned(high))
		cosine, sine := formula.Normal(p, a, b)
		p.Store(cosine, 1, v)
		p.Store(sine, 1, vecs+v)
	})
	e.lower(p, []gp{iota, dst}, consts, consecutive(free, registers-free), consecutive(firstPool, pool))
	e.ins("ADD $%d, %v, %v", 2*blocks*e.elem.Bytes(), dst, dst)
	e.ins("ADD $%d, %v, %v", blocks, block, block)
	e.ins("SUBS $1, %v, %v", groups, groups)
	e.ins("BNE group")
	e.label("done")
	e.ins("RET")
}

// prefetch writes the kernel of Prefetch, which serves both types.
func (e *emitter) prefetch() {
	const line = 64 // bytes of a line of the cache; some CPUs have longer ones
	e.function("Prefetch", "func(p *T, n int)",
		"asks for the lines of n ≥ 1 elements from p on to be brought into the second-level cache.")
	p, left := e.arg("p"), e.countBytes("n")
	e.label("loop")
	e.ins("PRFM (%v), PLDL2KEEP", p)
	e.ins("ADD $%d, %v, %v", line, p, p)
	e.ins("SUBS $%d, %v, %v", line, left, left)
	e.ins("BGT loop")
	e.ins("RET")
}

// peak writes a loop of independent FMAs, the most that any kernel can do. Twelve
// chains do not fill four pipes of four cycles, so two turns run side by side.
func (e *emitter) peak() {
	const chains = 12
	e.function("Peak", "func(n int)",
		"executes n times twelve vector FMAs, twenty-four of them independent, to measure the peak.")
	n := e.arg("n")
	for i := range 2*chains + 1 {
		e.ins("VMOVI $0, V%d.B16", i)
	}
	fmas := func(n int) {
		for i := range n {
			e.word(a64.FmlaElement(e.arr, i, 2*chains, 2*chains, 0))
		}
	}
	e.ins("SUBS $2, %v, %v", n, n)
	e.ins("BLT rest")
	e.label("loop")
	fmas(2 * chains)
	e.ins("SUBS $2, %v, %v", n, n)
	e.ins("BGE loop")
	e.label("rest")
	e.ins("ADDS $2, %v, %v", n, n)
	e.ins("BEQ done")
	fmas(chains)
	e.label("done")
	e.ins("RET")
}
