package vector

import "fmt"

// Registers assigns registers to the values of one program. A value gets the first free register.
// There is no spilling: a program that needs more registers than there are is a bug of its author,
// who interleaves too much.
type Registers struct {
	p    *Program
	free []bool
	reg  []int // by value; -1: none (yet)
	last []int // index of the last use, by value
}

// NewRegisters returns an assignment for p that may use the registers free.
func NewRegisters(p *Program, free []int) *Registers {
	r := &Registers{p: p, reg: make([]int, len(p.Instrs)), last: make([]int, len(p.Instrs))}
	for i, in := range p.Instrs {
		r.reg[i], r.last[i] = -1, i
		for _, a := range in.Args {
			if !p.Instrs[a].Pinned {
				r.last[a] = i
			}
		}
		if in.Op == Input {
			r.reg[i] = in.Reg
		}
		if in.Pinned {
			r.last[i] = len(p.Instrs)
		}
	}
	for _, f := range free {
		r.mark(f, true)
	}
	return r
}

func (r *Registers) mark(reg int, free bool) {
	for len(r.free) <= reg {
		r.free = append(r.free, false)
	}
	r.free[reg] = free
}

// IsConst reports whether v is a constant, which has no register.
func (r *Registers) IsConst(v Value) bool { return r.p.Instrs[v].Op == Const }

// Const returns the bits of a constant.
func (r *Registers) Const(v Value) uint64 { return r.p.Instrs[v].Bits }

// Reg returns the register of v.
func (r *Registers) Reg(v Value) int {
	if r.reg[v] < 0 {
		panic(fmt.Sprintf("vector: value %d has no register", v))
	}
	return r.reg[v]
}

// Dies reports whether instruction in is the last to use v, so that its result
// may take the register of v.
func (r *Registers) Dies(v Value, in *Instr) bool {
	return !r.IsConst(v) && r.last[v] == int(in.Dst)
}

// Temp returns a free register; the caller gives it back by Drop.
func (r *Registers) Temp() int {
	for i, f := range r.free {
		if f {
			r.free[i] = false
			return i
		}
	}
	panic(fmt.Sprintf("vector: out of registers in a program of %d operations", len(r.p.Instrs)))
}

// Drop frees a register.
func (r *Registers) Drop(reg int) { r.mark(reg, true) }

// Free frees the registers of the arguments that die in instruction in, except
// keep (-1: none).
func (r *Registers) Free(in *Instr, keep int) {
	for _, a := range in.Args {
		if r.Dies(a, in) && r.reg[a] != keep && r.reg[a] >= 0 {
			r.mark(r.reg[a], true)
		}
	}
}

// Set makes reg the place of the result of in. A result nobody uses is dropped
// at once.
func (r *Registers) Set(in *Instr, reg int) {
	r.mark(reg, r.last[in.Dst] == int(in.Dst))
	r.reg[in.Dst] = reg
}
