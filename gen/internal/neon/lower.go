package neon

import (
	"fmt"

	"molap/gen/internal/a64"
	"molap/gen/internal/vector"
)

// lowering writes one program of the abstract machine.
type lowering struct {
	*emitter
	regs     *vector.Registers
	pointers []gp
	consts   gp // address of the table
	pool     []poolRegister
}

// poolRegister is a register that holds a constant until another constant needs the register.
type poolRegister struct {
	reg  int
	bits uint64
	used int // 1 + the instruction that used it last; 0: empty
}

// lower writes program p with its pointers. Its values live in the registers
// free and its constants, loaded from the table at consts, in the registers pool.
func (e *emitter) lower(p *vector.Program, pointers []gp, consts gp, free, pool []int) {
	l := &lowering{emitter: e, regs: vector.NewRegisters(p, free), pointers: pointers, consts: consts}
	for _, r := range pool {
		l.pool = append(l.pool, poolRegister{reg: r})
	}
	for i := range p.Instrs {
		l.instr(&p.Instrs[i])
	}
}

// floatNames and bitwiseNames have the names of the two-argument instructions.
var (
	floatNames = map[vector.Op]string{vector.Add: "fadd", vector.Sub: "fsub", vector.Mul: "fmul", vector.Div: "fdiv",
		vector.Min: "fmin", vector.Max: "fmax"}
	bitwiseNames = map[vector.Op]string{vector.And: "VAND", vector.Or: "VORR", vector.Xor: "VEOR"}
	unaryNames   = map[vector.Op]string{vector.Sqrt: "fsqrt", vector.Abs: "fabs", vector.IToF: "scvtf"}
)

func (l *lowering) instr(in *vector.Instr) {
	switch in.Op {
	case vector.Input, vector.Const:
	case vector.Load:
		l.ins("FMOVQ %d(%v), F%d", in.Index*vectorBytes, l.pointers[in.Pointer], l.result(in))
	case vector.Store:
		l.ins("FMOVQ F%d, %d(%v)", l.arg(in, 0), in.Index*vectorBytes, l.pointers[in.Pointer])
		l.regs.Free(in, -1)
	case vector.Fma:
		l.fma("VFMLA", in)
	case vector.Fnma:
		l.fma("VFMLS", in)
	case vector.Sqrt, vector.Abs, vector.IToF:
		x := l.arg(in, 0)
		l.word(a64.Two(unaryNames[in.Op], l.arr, l.result(in), x))
	case vector.Shl:
		x := l.arg(in, 0)
		l.ins("VSHL $%d, %s, %s", in.Imm, l.v(x), l.v(l.result(in)))
	case vector.Shr:
		x := l.arg(in, 0)
		l.ins("VUSHR $%d, %s, %s", in.Imm, l.v(x), l.v(l.result(in)))
	case vector.Sra:
		x := l.arg(in, 0)
		l.word(a64.Sshr(l.arr, l.result(in), x, in.Imm))
	case vector.Rotl:
		l.rotl(in)
	case vector.IAdd:
		x, y := l.arg(in, 0), l.arg(in, 1)
		l.ins("VADD %s, %s, %s", l.v(y), l.v(x), l.v(l.result(in)))
	case vector.And, vector.Or, vector.Xor:
		x, y := l.arg(in, 0), l.arg(in, 1)
		l.bits(bitwiseNames[in.Op], y, x, l.result(in))
	case vector.CopySign:
		l.copySign(in)
	case vector.Select:
		l.selectSign(in)
	case vector.CanonNaN:
		l.canonNaN(in)
	default:
		name, ok := floatNames[in.Op]
		if !ok {
			panic(fmt.Sprintf("neon: operation %d has no lowering", in.Op))
		}
		x, y := l.arg(in, 0), l.arg(in, 1)
		l.word(a64.Three(name, l.arr, l.result(in), x, y))
	}
}

// arg returns the register of argument i; for a constant it is one of the pool.
func (l *lowering) arg(in *vector.Instr, i int) int {
	v := in.Args[i]
	if !l.regs.IsConst(v) {
		return l.regs.Reg(v)
	}
	return l.pooled(l.regs.Const(v), in)
}

// pooled returns a register of the pool that holds the constant with these bits. If there is none,
// the constant that has not been used for longest gives up its register.
func (l *lowering) pooled(bits uint64, in *vector.Instr) int {
	if len(l.pool) == 0 {
		panic("neon: a constant and no register for it")
	}
	oldest := &l.pool[0]
	for i := range l.pool {
		p := &l.pool[i]
		if p.used > 0 && p.bits == bits {
			p.used = int(in.Dst) + 1
			return p.reg
		}
		if p.used < oldest.used {
			oldest = p
		}
	}
	if oldest.used == int(in.Dst)+1 {
		panic("neon: one instruction with more constants than the pool has registers")
	}
	l.load(bits, oldest.reg)
	oldest.bits, oldest.used = bits, int(in.Dst)+1
	return oldest.reg
}

// load loads the constant with these bits into register i.
func (l *lowering) load(bits uint64, i int) {
	l.ins("FMOVQ %d(%v), F%d", l.table.offset(splat(bits, l.elem.Bytes())), l.consts, i)
}

// bits writes an operation on whole registers in Go's order, destination last.
func (l *lowering) bits(name string, m, n, d int) {
	l.ins("%s V%d.B16, V%d.B16, V%d.B16", name, m, n, d)
}

// result returns the register for the result of in: that of an argument that in uses last, if there
// is one. The arguments' registers must have been read before.
func (l *lowering) result(in *vector.Instr) int {
	l.regs.Free(in, -1)
	dst := l.regs.Temp()
	l.regs.Set(in, dst)
	return dst
}

// into makes dst, already written, the place of the result of in.
func (l *lowering) into(in *vector.Instr, dst int) {
	l.regs.Free(in, dst)
	l.regs.Set(in, dst)
}

// fma writes ±x·y+z in the register of the addend where that dies, else in a copy.
func (l *lowering) fma(name string, in *vector.Instr) {
	x, y, z := l.arg(in, 0), l.arg(in, 1), in.Args[2]
	var dst int
	switch {
	case l.regs.IsConst(z):
		dst = l.regs.Temp()
		l.load(l.regs.Const(z), dst)
	case l.regs.Dies(z, in):
		dst = l.regs.Reg(z)
	default:
		dst = l.regs.Temp()
		l.move(l.regs.Reg(z), dst)
	}
	l.ins("%s %s, %s, %s", name, l.v(y), l.v(x), l.v(dst))
	l.into(in, dst)
}

func (l *lowering) move(from, to int) { l.ins("VMOV V%d.B16, V%d.B16", from, to) }

// rotl shifts left and inserts what falls out on the right.
func (l *lowering) rotl(in *vector.Instr) {
	x, dst := l.arg(in, 0), l.regs.Temp()
	if in.Imm == 16 {
		l.ins("VREV32 V%d.H8, V%d.H8", x, dst)
	} else {
		l.ins("VSHL $%d, %s, %s", in.Imm, l.v(x), l.v(dst))
		l.ins("VSRI $%d, %s, %s", 32-in.Imm, l.v(x), l.v(dst))
	}
	l.into(in, dst)
}

func (l *lowering) copySign(in *vector.Instr) {
	if !l.regs.Dies(in.Args[0], in) {
		panic("neon: CopySign of a value that is used again")
	}
	dst, sign := l.arg(in, 0), l.arg(in, 1)
	l.bits("VBIT", l.pooled(l.elem.Sign(), in), sign, dst)
	l.into(in, dst)
}

// selectSign spreads the sign bit over its element to choose by.
func (l *lowering) selectSign(in *vector.Instr) {
	mask, yes, no, dst := l.arg(in, 0), l.arg(in, 1), l.arg(in, 2), l.regs.Temp()
	l.word(a64.Sshr(l.arr, dst, mask, l.elem.Bits-1))
	l.bits("VBSL", no, yes, dst)
	l.into(in, dst)
}

// canonNaN writes CanonNaN with a comparison of y with itself.
func (l *lowering) canonNaN(in *vector.Instr) {
	if !l.regs.Dies(in.Args[0], in) {
		panic("neon: CanonNaN of a value that is used again")
	}
	dst, y, t := l.arg(in, 0), l.arg(in, 1), l.regs.Temp()
	l.word(a64.Three("fcmeq", l.arr, t, y, y))
	l.bits("VBIF", t, l.pooled(l.elem.QNaN(), in), dst)
	l.regs.Drop(t)
	l.into(in, dst)
}
