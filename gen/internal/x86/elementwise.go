package x86

import (
	"slices"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"molap/gen/internal/formula"
	"molap/gen/internal/vector"
)

// eachVectors writes a loop of body over n elements, where the register n holds a multiple of the
// lanes. A turn treats most vectors; the last turns treat one. The loop moves pointers on.
func (e *emitter) eachVectors(n reg.GPVirtual, most int, pointers []reg.GPVirtual, body func(vecs int)) {
	for _, vecs := range slices.Compact([]int{most, 1}) {
		loop, end := e.label("loop"), e.label("end")
		e.SUBQ(operand.Imm(uint64(vecs*e.lanes())), n)
		e.JLT(labelRef(end))
		e.Label(loop)
		body(vecs)
		for _, p := range pointers {
			e.ADDQ(operand.I32(vecs*e.isa.Bytes), p)
		}
		e.SUBQ(operand.Imm(uint64(vecs*e.lanes())), n)
		e.JGE(labelRef(loop))
		e.Label(end)
		e.ADDQ(operand.Imm(uint64(vecs*e.lanes())), n)
	}
}

func (e *emitter) tanh() {
	e.function("Tanh", "func(dst, src *T, n int)",
		"sets dst[i] = tanh(src[i]) for i below n, a multiple of the lanes.")
	dst, src, n := e.arg("dst"), e.arg("src"), e.arg("n")
	e.eachVectors(n, e.isa.Interleave, []reg.GPVirtual{dst, src}, func(vecs int) { e.tanhVectors(dst, src, vecs) })
	e.ret()
}

// noisyTanh writes the kernel of NoisyTanh.
func (e *emitter) noisyTanh() {
	e.function("NoisyTanh", "func(dst, src, noise *T, n int, sigma T)",
		"sets dst[i] = tanh(sigma·noise[i] + src[i]) for i below n, a multiple of the lanes.")
	const sigma = 0
	dst, src, noise, n := e.arg("dst"), e.arg("src"), e.arg("noise"), e.arg("n")
	e.broadcast(e.argMem("sigma"), sigma)
	e.eachVectors(n, e.isa.Interleave, []reg.GPVirtual{dst, src, noise}, func(vecs int) {
		p := vector.Interleave(e.elem, vecs, e.isa.Skew, func(p *vector.Program, i int) {
			p.Store(formula.Tanh(p, func() vector.Value {
				return p.Do(vector.Fma, p.Pinned(sigma), p.Load(2, i), p.Load(0, i))
			}), 1, i)
		})
		e.lower(p, []operand.Mem{{Base: src}, {Base: dst}, {Base: noise}}, e.free(tile{1, 1}, 0))
	})
	e.ret()
}

// addScaled writes the kernel of AddScaled.
func (e *emitter) addScaled() {
	e.function("AddScaled", "func(dst, x *T, n int, c T)",
		"adds c·x[i] to dst[i] for i below n, a multiple of the lanes.")
	const c, most = 0, 4
	dst, x, n := e.arg("dst"), e.arg("x"), e.arg("n")
	e.broadcast(e.argMem("c"), c)
	e.eachVectors(n, most, []reg.GPVirtual{dst, x}, func(vecs int) {
		p := vector.Interleave(e.elem, vecs, 0, func(p *vector.Program, i int) {
			p.Store(p.Do(vector.Fma, p.Pinned(c), p.Load(1, i), p.Load(0, i)), 0, i)
		})
		e.lower(p, []operand.Mem{{Base: dst}, {Base: x}}, e.free(tile{1, 1}, 0))
	})
	e.ret()
}

// leak writes the kernel of Leak.
func (e *emitter) leak() {
	e.function("Leak", "func(next, h, a *T, n int, alpha, keep T)",
		"sets next[i] = alpha·a[i] + keep·h[i] for i below n, a multiple of the lanes.")
	const alpha, keep, pinned, most = 0, 1, 2, 4
	next, h, a, n := e.arg("next"), e.arg("h"), e.arg("a"), e.arg("n")
	e.broadcast(e.argMem("alpha"), alpha)
	e.broadcast(e.argMem("keep"), keep)
	e.eachVectors(n, most, []reg.GPVirtual{next, h, a}, func(vecs int) {
		p := vector.Interleave(e.elem, vecs, 0, func(p *vector.Program, i int) {
			p.Store(formula.Leak(p, p.Pinned(alpha), p.Pinned(keep), p.Load(1, i), p.Load(2, i)), 0, i)
		})
		e.lower(p, []operand.Mem{{Base: next}, {Base: h}, {Base: a}}, e.free(tile{1, pinned}, 0))
	})
	e.ret()
}

// leakBackward writes the kernel of what follows the product in StepBackwardLeak.
func (e *emitter) leakBackward() {
	e.function("LeakBackward", "func(delta, carry, h, a *T, n int, alpha, keep, activity T)",
		"sets carry[i] = keep·carry[i] + (activity·h[i] + delta[i]) and then",
		"delta[i] = (alpha·carry[i])·(1-a[i]²) for i below n, a multiple of the lanes.")
	const alpha, keep, activity, pinned, most = 0, 1, 2, 3, 2
	delta, carry, h, a, n := e.arg("delta"), e.arg("carry"), e.arg("h"), e.arg("a"), e.arg("n")
	e.broadcast(e.argMem("alpha"), alpha)
	e.broadcast(e.argMem("keep"), keep)
	e.broadcast(e.argMem("activity"), activity)
	e.eachVectors(n, most, []reg.GPVirtual{delta, carry, h, a}, func(vecs int) {
		prog := vector.Interleave(e.elem, vecs, 0, func(p *vector.Program, i int) {
			c, d := formula.LeakBackward(p, p.Pinned(alpha), p.Pinned(keep), p.Pinned(activity),
				p.Load(0, i), p.Load(1, i), p.Load(2, i), p.Load(3, i))
			p.Store(c, 1, i)
			p.Store(d, 0, i)
		})
		e.lower(prog, []operand.Mem{{Base: delta}, {Base: carry}, {Base: h}, {Base: a}}, e.free(tile{1, pinned}, 0))
	})
	e.ret()
}

func (e *emitter) adam() {
	e.function("Adam", "func(p, m, v, dp *T, n int, c *T)",
		"moves n parameters p, a multiple of the lanes, by one step of Adam with",
		"gradients dp and moments m and v; c are the fields of an AdamStep in order.")
	p, m, v, dp, n, c := e.arg("p"), e.arg("m"), e.arg("v"), e.arg("dp"), e.arg("n"), e.arg("c")
	const coefs = 8
	for i := range coefs {
		e.broadcast(operand.Mem{Base: c, Disp: i * e.elem.Bytes()}, i)
	}
	pointers := []reg.GPVirtual{p, m, v, dp}
	// AVX2 has no registers left for a second copy.
	e.eachVectors(n, e.isa.Interleave/2, pointers, func(vecs int) {
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
		e.lower(prog, []operand.Mem{{Base: p}, {Base: m}, {Base: v}, {Base: dp}}, e.free(tile{1, coefs}, 0))
	})
	e.ret()
}

// loss writes the kernel of Loss: eight partial sums in float64, two vectors of
// AVX2. Outputs are few; AVX-512 uses the same code.
func (e *emitter) loss() {
	e.function("Loss", "func(e, y, target *T, n int, scale T, sum *float64)",
		"sets e[i] = scale·(y[i]-target[i]) and adds (y[i]-target[i])² in float64 to",
		"sum[i%8], i increasing from 0 below n, a multiple of 8.")
	out, y, target, n, sum := e.arg("e"), e.arg("y"), e.arg("target"), e.arg("n"), e.arg("sum")
	const sums, scale, d, wide = 0, 2, 3, 4
	e.VMOVUPD(operand.Mem{Base: sum}, e.vec(sums))
	e.VMOVUPD(operand.Mem{Base: sum, Disp: 32}, e.vec(sums+1))
	e.broadcast(e.argMem("scale"), scale)
	e.SUBQ(operand.Imm(8), n)
	e.JLT(labelRef("end"))
	e.Label("loop")
	half := func(i int) {
		e.ps("VMOVU", operand.Mem{Base: y, Disp: i * 32}, e.vec(d))
		e.ps("VSUB", operand.Mem{Base: target, Disp: i * 32}, e.vec(d), e.vec(d))
	}
	store := func(i int) {
		e.ps("VMUL", e.vec(d), e.vec(scale), e.vec(wide))
		e.ps("VMOVU", e.vec(wide), operand.Mem{Base: out, Disp: i * 32})
	}
	if e.elem.Bits == 64 {
		for i := range 2 {
			half(i)
			e.VFMADD231PD(e.vec(d), e.vec(d), e.vec(sums+i))
			store(i)
		}
	} else {
		half(0)
		store(0)
		low := reg.Vector.Lookup(d, reg.S128)
		e.VCVTPS2PD(low, e.vec(wide))
		e.VFMADD231PD(e.vec(wide), e.vec(wide), e.vec(sums))
		e.VEXTRACTF128(operand.Imm(1), e.vec(d), low)
		e.VCVTPS2PD(low, e.vec(wide))
		e.VFMADD231PD(e.vec(wide), e.vec(wide), e.vec(sums+1))
	}
	for _, p := range []reg.GPVirtual{out, y, target} {
		e.ADDQ(operand.Imm(uint64(8*e.elem.Bytes())), p)
	}
	e.SUBQ(operand.Imm(8), n)
	e.JGE(labelRef("loop"))
	e.Label("end")
	e.VMOVUPD(e.vec(sums), operand.Mem{Base: sum})
	e.VMOVUPD(e.vec(sums+1), operand.Mem{Base: sum, Disp: 32})
	e.ret()
}

// normal writes the kernel of Normal: two vectors at a time, with AVX-512 those
// of two groups.
func (e *emitter) normal() {
	const (
		blocks = 16 // of Threefry in a group
		skew   = 45 // operations between two vectors: the least that leaves registers to AVX2
	)
	e.function("Normal", "func(dst *T, k0, k1 uint32, group uint64, groups int)",
		"sets dst to the normal deviates of groups groups of 32, from number group on,",
		"of the stream with key (k0, k1).")
	iota := e.StaticGlobal("iota")
	e.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * e.lanes() {
		e.AddDatum(4*i, operand.U32(i))
	}
	const key0, key1, parity, low, high = 0, 1, 2, 3, 4
	dst, groups := e.arg("dst"), e.arg("groups")
	e.broadcastReg(e.Load(e.Param("k0"), e.GP32()), key0)
	e.broadcastReg(e.Load(e.Param("k1"), e.GP32()), key1)
	e.withXor(parity)
	block := e.arg("group")
	e.SHLQ(operand.Imm(uint64(log2(blocks))), block)
	vecs := blocks / e.lanes() // of a group
	for _, together := range slices.Compact([]int{2 / vecs, 1}) {
		loop, end := e.label("loop"), e.label("end")
		e.SUBQ(operand.Imm(uint64(together)), groups)
		e.JLT(labelRef(end))
		e.Label(loop)
		e.broadcastReg(block.As32(), low)
		for g := range together {
			hi := e.GP64()
			e.LEAQ(operand.Mem{Base: block, Disp: g * blocks}, hi)
			e.SHRQ(operand.Imm(32), hi)
			e.broadcastReg(hi.As32(), high+g)
		}
		p := vector.Interleave(e.elem, together*vecs, skew, func(p *vector.Program, i int) {
			g, v := i/vecs, i%vecs
			key := [3]vector.Value{p.Pinned(key0), p.Pinned(key1), p.Pinned(parity)}
			x0 := p.Do(vector.IAdd, p.Pinned(low), p.Load(0, i))
			a, b := formula.Threefry(p, key, x0, p.Pinned(high+g))
			cosine, sine := formula.Normal(p, a, b)
			p.Store(cosine, 1, 2*vecs*g+v)
			p.Store(sine, 1, 2*vecs*g+vecs+v)
		})
		e.lower(p, []operand.Mem{iota, {Base: dst}}, e.free(tile{1, high + together}, 0))
		e.ADDQ(operand.I32(together*2*blocks*e.elem.Bytes()), dst)
		e.ADDQ(operand.Imm(uint64(together*blocks)), block)
		e.SUBQ(operand.Imm(uint64(together)), groups)
		e.JGE(labelRef(loop))
		e.Label(end)
		e.ADDQ(operand.Imm(uint64(together)), groups)
	}
	e.ret()
}

// broadcastReg sets register i to a 32-bit register in every lane.
func (e *emitter) broadcastReg(r reg.Register, i int) {
	if e.isa.Bytes == 64 {
		e.VPBROADCASTD(r, e.vec(i))
		return
	}
	x := reg.Vector.Lookup(reg.Index(i), reg.S128)
	e.VMOVD(r, x)
	e.VPBROADCASTD(x, e.vec(i))
}

// withXor sets register parity to Threefry's third key word, made of the two
// in registers 0 and 1.
func (e *emitter) withXor(parity int) {
	const skein = 0x1bd11bda
	if e.isa.Bytes == 64 {
		e.VPXORD(e.vec(0), e.vec(1), e.vec(parity))
		e.VPXORD_BCST(e.constant(skein), e.vec(parity), e.vec(parity))
		return
	}
	e.VPXOR(e.vec(0), e.vec(1), e.vec(parity))
	e.VPXOR(e.constant(skein), e.vec(parity), e.vec(parity))
}

// prefetch writes the kernel of Prefetch, which serves both types.
func (e *emitter) prefetch() {
	e.function("Prefetch", "func(p *T, n int)",
		"asks for the lines of n ≥ 1 elements from p on to be brought into the second-level cache.")
	p, left := e.arg("p"), e.countBytes("n")
	e.Label("loop")
	e.PREFETCHT1(operand.Mem{Base: p})
	e.ADDQ(operand.Imm(cacheLine), p)
	e.SUBQ(operand.Imm(cacheLine), left)
	e.JGT(labelRef("loop"))
	e.ret()
}

// peak writes a loop of independent FMAs, the most that any kernel can do.
func (e *emitter) peak() {
	const chains = 12
	e.function("Peak", "func(n int)",
		"executes n times twelve independent vector FMAs, to measure the peak.")
	n := e.arg("n")
	for i := range chains + 1 {
		e.zero(i)
	}
	e.TESTQ(n, n)
	e.JE(labelRef("done"))
	e.Label("loop")
	for i := range chains {
		e.ps("VFMADD231", e.vec(chains), e.vec(chains), e.vec(i))
	}
	e.DECQ(n)
	e.JNE(labelRef("loop"))
	e.Label("done")
	e.ret()
}
