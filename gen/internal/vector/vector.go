// Package vector is an abstract vector machine: straight-line programs over
// vectors of float32 or float64 that are stated once and lowered to each
// instruction set.
//
// A program is in single-assignment form: each operation defines one Value. The
// emitter of an instruction set walks it in order and asks Registers, which knows
// where each value is used last, for a place to put the result.
package vector

import (
	"math"
	"slices"
)

// Elem is the element type of a vector.
type Elem struct {
	Name     string // as function names have it: F32
	Go       string // float32
	Bits     int
	Mantissa int // explicit bits of the significand
}

// The element types.
var (
	F32 = Elem{"F32", "float32", 32, 23}
	F64 = Elem{"F64", "float64", 64, 52}
)

// Bytes returns the size of an element.
func (e Elem) Bytes() int { return e.Bits / 8 }

// Encode returns the bits of x as an element.
func (e Elem) Encode(x float64) uint64 {
	if e.Bits == 32 {
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(x)
}

// Sign returns the element whose sign bit alone is set.
func (e Elem) Sign() uint64 { return 1 << (e.Bits - 1) }

// QNaN returns the canonical NaN: quiet, without sign and payload.
func (e Elem) QNaN() uint64 {
	inf := e.Encode(math.Inf(1))
	return inf | 1<<(e.Mantissa-1)
}

// Op is an operation of the machine. x, y and z are its arguments.
type Op uint8

// The operations. Arithmetic rounds once, to nearest even. Which argument Min
// and Max return when one is NaN, and the payload of an arithmetic NaN, is open.
const (
	Input Op = iota // a register given from outside
	Const           // Bits in every lane
	Load            // vector Index at pointer Pointer
	Store           // x to vector Index at pointer Pointer; defines no value

	Add  // x+y
	Sub  // x-y
	Mul  // x·y
	Div  // x/y
	Min  // the smaller
	Max  // the larger
	Fma  // x·y+z
	Fnma // -x·y+z
	Sqrt // √x
	Abs  // x with a clear sign bit

	And      // x & y
	Or       // x | y
	Xor      // x ^ y
	CopySign // x ≥ 0 with the sign of y
	Select   // y where the sign bit of x is set, else z
	CanonNaN // the canonical NaN where y is NaN, else x

	IAdd // x+y as integers
	Shl  // x << Imm
	Shr  // x >> Imm, zeros shifted in
	Sra  // x >> Imm, sign shifted in (F32 only)
	Rotl // x rotated left by Imm (F32 only)
	IToF // the signed integer x as a number (F32 only)
)

// Value names the result of an operation within its program.
type Value int

// Instr is one operation of a program.
type Instr struct {
	Op             Op
	Dst            Value
	Args           []Value
	Bits           uint64 // Const
	Imm            int    // shifts
	Pointer, Index int    // Load, Store
	Reg            int    // Input
	Pinned         bool   // Input that outlives the program
}

// Program is a sequence of operations on one element type.
type Program struct {
	Elem   Elem
	Instrs []Instr
}

// New returns an empty program.
func New(e Elem) *Program { return &Program{Elem: e} }

func (p *Program) emit(in Instr) Value {
	in.Dst = Value(len(p.Instrs))
	p.Instrs = append(p.Instrs, in)
	return in.Dst
}

// Input returns the value in register reg, which the program may overwrite
// after its last use.
func (p *Program) Input(reg int) Value { return p.emit(Instr{Op: Input, Reg: reg}) }

// Pinned returns the value in register reg, which stays as it is.
func (p *Program) Pinned(reg int) Value { return p.emit(Instr{Op: Input, Reg: reg, Pinned: true}) }

// Const returns x in every lane.
func (p *Program) Const(x float64) Value { return p.Bits(p.Elem.Encode(x)) }

// Bits returns the bit pattern b in every lane.
func (p *Program) Bits(b uint64) Value { return p.emit(Instr{Op: Const, Bits: b}) }

// Load returns vector number index at a pointer.
func (p *Program) Load(pointer, index int) Value {
	return p.emit(Instr{Op: Load, Pointer: pointer, Index: index})
}

// Store writes x to vector number index at a pointer.
func (p *Program) Store(x Value, pointer, index int) {
	p.emit(Instr{Op: Store, Args: []Value{x}, Pointer: pointer, Index: index})
}

// Do returns op of its arguments.
func (p *Program) Do(op Op, args ...Value) Value { return p.emit(Instr{Op: op, Args: args}) }

// Shift returns x shifted by op.
func (p *Program) Shift(op Op, x Value, by int) Value {
	return p.emit(Instr{Op: op, Args: []Value{x}, Imm: by})
}

// Interleave states body n times over, operation by operation in turn, so that
// the latency of one copy hides behind the others. Copy i runs i·skew operations
// behind copy 0: the copies then need most registers at different times.
func Interleave(e Elem, n, skew int, body func(p *Program, copy int)) *Program {
	copies := make([]*Program, n)
	for i := range copies {
		copies[i] = New(e)
		body(copies[i], i)
	}
	out := New(e)
	names := make([][]Value, n) // of the values of a copy in out
	for at := range len(copies[0].Instrs) + (n-1)*skew {
		for i, c := range copies {
			if at-i*skew < 0 || at-i*skew >= len(c.Instrs) {
				continue
			}
			in := c.Instrs[at-i*skew]
			in.Args = slices.Clone(in.Args)
			for k, a := range in.Args {
				in.Args[k] = names[i][a]
			}
			names[i] = append(names[i], out.emit(in))
		}
	}
	return out
}
