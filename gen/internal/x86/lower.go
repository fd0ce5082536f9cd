package x86

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"molap/gen/internal/vector"
)

// lowering writes one program of the abstract machine.
type lowering struct {
	*emitter
	regs     *vector.Registers
	pointers []operand.Mem
}

// lower writes program p with its pointers, using the registers free.
func (e *emitter) lower(p *vector.Program, pointers []operand.Mem, free []int) {
	l := &lowering{e, vector.NewRegisters(p, free), pointers}
	for i := range p.Instrs {
		l.instr(&p.Instrs[i])
	}
}

// twoArgument names the two-argument instructions, less their element suffix.
var twoArgument = map[vector.Op]string{
	vector.Add: "VADDP", vector.Sub: "VSUBP", vector.Mul: "VMULP", vector.Div: "VDIVP",
	vector.Min: "VMINP", vector.Max: "VMAXP",
	vector.And: "VANDP", vector.Or: "VORP", vector.Xor: "VXORP",
	vector.IAdd: "VPADD",
}

var shiftNames = map[vector.Op]string{vector.Shl: "VPSLL", vector.Shr: "VPSRL", vector.Sra: "VPSRA"}

func (l *lowering) instr(in *vector.Instr) {
	switch in.Op {
	case vector.Input, vector.Const:
	case vector.Load:
		dst := l.regs.Temp()
		l.ps("VMOVU", l.at(in), l.vec(dst))
		l.regs.Set(in, dst)
	case vector.Store:
		l.ps("VMOVU", l.vec(l.regs.Reg(in.Args[0])), l.at(in))
		l.regs.Free(in, -1)
	case vector.Fma:
		l.fma("VFMADD", in)
	case vector.Fnma:
		l.fma("VFNMADD", in)
	case vector.Sqrt:
		x := l.regs.Reg(in.Args[0])
		l.ps("VSQRT", l.vec(x), l.vec(l.result(in)))
	case vector.IToF:
		x := l.regs.Reg(in.Args[0])
		l.VCVTDQ2PS(l.vec(x), l.vec(l.result(in)))
	case vector.Shl, vector.Shr, vector.Sra:
		x := l.regs.Reg(in.Args[0])
		l.op(shiftNames[in.Op]+l.suffix("D", "Q"), operand.Imm(uint64(in.Imm)), l.vec(x), l.vec(l.result(in)))
	case vector.Rotl:
		l.rotl(in)
	case vector.Abs:
		x := l.regs.Reg(in.Args[0])
		l.withConst("VANDP", l.elem.Sign()-1, l.vec(x), l.vec(l.result(in)))
	case vector.CopySign:
		l.copySign(in)
	case vector.Select:
		l.selectSign(in)
	case vector.CanonNaN:
		l.canonNaN(in)
	default:
		name, ok := twoArgument[in.Op]
		if !ok {
			panic(fmt.Sprintf("x86: operation %d has no lowering", in.Op))
		}
		l.binary(name, in)
	}
}

// at returns the memory of a Load or Store.
func (l *lowering) at(in *vector.Instr) operand.Mem {
	return l.pointers[in.Pointer].Offset(in.Index * l.isa.Bytes)
}

// result returns the register for the result of in: that of an argument that in uses last, if there
// is one. The arguments' registers must have been read before.
func (l *lowering) result(in *vector.Instr) int {
	l.regs.Free(in, -1)
	dst := l.regs.Temp()
	l.regs.Set(in, dst)
	return dst
}

// complete adds the element suffix to the name of an instruction.
func (l *lowering) complete(name string) string {
	if name == "VPADD" {
		return name + l.suffix("D", "Q")
	}
	return name + l.suffix("S", "D")
}

// with appends an instruction whose first source (in Intel's order the last) is
// src, a value or a constant in memory.
func (l *lowering) with(name string, src vector.Value, rest ...operand.Op) {
	if l.regs.IsConst(src) {
		l.withConst(name, l.regs.Const(src), rest...)
		return
	}
	l.op(l.complete(name), append([]operand.Op{l.vec(l.regs.Reg(src))}, rest...)...)
}

func (l *lowering) withConst(name string, bits uint64, rest ...operand.Op) {
	name = l.complete(name)
	if l.isa.Bytes == 64 {
		name += "_BCST"
	}
	l.op(name, append([]operand.Op{l.constant(bits)}, rest...)...)
}

// copyTo copies a value or a constant into register i.
func (l *lowering) copyTo(v vector.Value, i int) {
	switch {
	case !l.regs.IsConst(v):
		l.ps("VMOVA", l.vec(l.regs.Reg(v)), l.vec(i))
	case l.isa.Bytes == 64:
		l.broadcast(l.constant(l.regs.Const(v)), i)
	default:
		l.ps("VMOVU", l.constant(l.regs.Const(v)), l.vec(i))
	}
}

// binary writes x op y, y possibly a constant; a constant x costs a load.
func (l *lowering) binary(name string, in *vector.Instr) {
	x, y := in.Args[0], in.Args[1]
	if l.regs.IsConst(x) {
		dst := l.regs.Temp()
		l.copyTo(x, dst)
		l.with(name, y, l.vec(dst), l.vec(dst))
		l.into(in, dst)
		return
	}
	xr := l.vec(l.regs.Reg(x))
	if l.regs.IsConst(y) {
		l.with(name, y, xr, l.vec(l.result(in)))
		return
	}
	yr := l.vec(l.regs.Reg(y))
	l.op(l.complete(name), yr, xr, l.vec(l.result(in)))
}

// into makes dst, already written, the place of the result of in.
func (l *lowering) into(in *vector.Instr, dst int) {
	l.regs.Free(in, dst)
	l.regs.Set(in, dst)
}

// fma writes ±x·y+z; only one of the factors, or the addend, may lie in memory. The instruction
// overwrites one of its registers: that of the addend if in uses it last (231), else that of a
// factor that in uses last (213, or 132 beside a constant factor), else a copy of the addend.
func (l *lowering) fma(name string, in *vector.Instr) {
	r := l.regs
	x, y, z := in.Args[0], in.Args[1], in.Args[2]
	if r.IsConst(x) || !r.IsConst(y) && !r.Dies(x, in) {
		x, y = y, x
	}
	var dst int
	switch {
	case r.Dies(z, in):
		dst = r.Reg(z)
		l.with(name+"231P", y, l.vec(r.Reg(x)), l.vec(dst))
	case r.Dies(x, in) && !r.IsConst(y):
		dst = r.Reg(x)
		l.with(name+"213P", z, l.vec(r.Reg(y)), l.vec(dst))
	case r.Dies(x, in) && !r.IsConst(z):
		dst = r.Reg(x)
		l.with(name+"132P", y, l.vec(r.Reg(z)), l.vec(dst))
	default:
		dst = r.Temp()
		l.copyTo(z, dst)
		l.with(name+"231P", y, l.vec(r.Reg(x)), l.vec(dst))
	}
	l.into(in, dst)
}

func (l *lowering) rotl(in *vector.Instr) {
	x := l.vec(l.regs.Reg(in.Args[0]))
	left, right := operand.Imm(uint64(in.Imm)), operand.Imm(uint64(32-in.Imm))
	if l.isa.Bytes == 64 {
		l.VPROLD(left, x, l.vec(l.result(in)))
		return
	}
	if in.Imm%8 == 0 {
		l.VPSHUFB(l.byteRotation(in.Imm/8), x, l.vec(l.result(in)))
		return
	}
	t := l.regs.Temp()
	l.VPSLLD(left, x, l.vec(t))
	dst := l.result(in)
	l.VPSRLD(right, x, l.vec(dst))
	l.VPOR(l.vec(t), l.vec(dst), l.vec(dst))
	l.regs.Drop(t)
}

func (l *lowering) copySign(in *vector.Instr) {
	mag, sign := in.Args[0], in.Args[1]
	if !l.regs.Dies(mag, in) {
		panic("x86: CopySign of a value that is used again")
	}
	dst := l.regs.Reg(mag)
	s := l.vec(l.regs.Reg(sign))
	if l.isa.Bytes == 64 { // dst | s & sign bit
		l.op("VPTERNLOG"+l.suffix("D", "Q")+"_BCST", operand.Imm(0xf8), l.constant(l.elem.Sign()), s, l.vec(dst))
	} else {
		t := l.regs.Temp()
		l.withConst("VANDP", l.elem.Sign(), s, l.vec(t))
		l.ps("VOR", l.vec(t), l.vec(dst), l.vec(dst))
		l.regs.Drop(t)
	}
	l.into(in, dst)
}

// selectSign writes Select.
func (l *lowering) selectSign(in *vector.Instr) {
	mask, yes, no := l.vec(l.regs.Reg(in.Args[0])), l.vec(l.regs.Reg(in.Args[1])), l.vec(l.regs.Reg(in.Args[2]))
	dst := l.vec(l.result(in))
	if l.isa.Bytes == 64 {
		l.op("VPMOV"+l.suffix("D", "Q")+"2M", mask, reg.K1)
		l.ps("VBLENDM", yes, no, reg.K1, dst)
		return
	}
	l.ps("VBLENDV", mask, yes, no, dst)
}

// canonNaN writes CanonNaN with an unordered comparison of y with itself.
func (l *lowering) canonNaN(in *vector.Instr) {
	const unordered = 3
	if !l.regs.Dies(in.Args[0], in) {
		panic("x86: CanonNaN of a value that is used again")
	}
	dst := l.regs.Reg(in.Args[0])
	y := l.vec(l.regs.Reg(in.Args[1]))
	nan := l.constant(l.elem.QNaN())
	if l.isa.Bytes == 64 {
		l.ps("VCMP", operand.Imm(unordered), y, y, reg.K1)
		l.op("VBROADCASTS"+l.suffix("S", "D"), nan, reg.K1, l.vec(dst))
	} else {
		t := l.regs.Temp()
		l.ps("VCMP", operand.Imm(unordered), y, y, l.vec(t))
		l.ps("VBLENDV", l.vec(t), nan, l.vec(dst), l.vec(dst))
		l.regs.Drop(t)
	}
	l.into(in, dst)
}
