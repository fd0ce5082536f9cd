// Package x86 generates the amd64 kernels, AVX2 and AVX-512 from one text. avo
// checks and prints them; it is driven as a library, since its own main claims
// the flags of the program.
package x86

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"molap/gen/internal/vector"
)

// ISA is one vector instruction set.
type ISA struct {
	Name      string // as function names have it
	Bytes     int    // of a vector
	Registers int
	// Tiles lists, for each number of vectors in a panel, the numbers of rows that a product treats
	// together, largest first.
	Tiles [][]int
	// Single is the most vectors in a panel for a single row. Only the sums of the row itself hide
	// the latency of its FMAs, so it wants many. Thirteen vectors hold a hundred units of float32
	// in AVX2.
	Single int
	// Interleave is the number of vectors whose tanh is computed together, each
	// Skew operations behind the one before.
	Interleave, Skew int
}

// The instruction sets. A tile holds rows × vectors sums in registers, and
// beside them the vectors of one panel row or the broadcast values of one
// column; fewer than eight sums do not hide the latency of an FMA.
var (
	AVX2 = ISA{Name: "AVX2", Bytes: 32, Registers: 16, Interleave: 3, Skew: 7, Single: 13,
		Tiles: [][]int{1: {8, 4, 2, 1}, 2: {6, 4, 2, 1}, 3: {4, 3, 2, 1}, 4: {3, 2, 1}}}
	AVX512 = ISA{Name: "AVX512", Bytes: 64, Registers: 32, Interleave: 4, Skew: 4, Single: 8,
		Tiles: [][]int{1: {8, 4, 2, 1}, 2: {12, 6, 4, 2, 1}, 3: {8, 4, 2, 1}, 4: {6, 4, 2, 1}}}
)

// cacheLine is the number of bytes in a line of the cache.
const cacheLine = 64

// sizes returns the numbers of rows of the tiles of vecs vectors, largest first.
func (isa ISA) sizes(vecs int) []int {
	if vecs < len(isa.Tiles) {
		return isa.Tiles[vecs]
	}
	return []int{1}
}

// emitter writes functions of one instruction set and element type.
type emitter struct {
	*build.Context
	isa    ISA
	elem   vector.Elem
	consts map[string]operand.Mem // shared by the emitters of one file
	labels int                    // so far in the function
}

// op appends the instruction of that name. It looks the name up at run time, since the tables of
// names below are completed by an element's suffix.
func (e *emitter) op(name string, args ...operand.Op) {
	m := reflect.ValueOf(e.Context).MethodByName(name)
	if !m.IsValid() {
		panic("x86: avo has no instruction " + name)
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	m.Call(in)
}

// ps appends a floating-point instruction, whose name ends in PS or PD.
func (e *emitter) ps(name string, args ...operand.Op) { e.op(name+e.suffix("PS", "PD"), args...) }

// suffix returns the one of two suffixes that belongs to the element type.
func (e *emitter) suffix(f32, f64 string) string {
	if e.elem.Bits == 32 {
		return f32
	}
	return f64
}

// vec returns vector register i.
func (e *emitter) vec(i int) reg.Physical {
	if e.isa.Bytes == 64 {
		return reg.Vector.Lookup(reg.Index(i), reg.S512)
	}
	return reg.Vector.Lookup(reg.Index(i), reg.S256)
}

// lanes returns the number of elements in a vector.
func (e *emitter) lanes() int { return e.isa.Bytes / e.elem.Bytes() }

// label returns a label of the current function that is used nowhere else.
func (e *emitter) label(what string) string {
	e.labels++
	return fmt.Sprintf("%s%d", what, e.labels)
}

func labelRef(label string) operand.Op { return operand.LabelRef(label) }

// function starts a function; the lines of doc follow its name.
func (e *emitter) function(kernel, signature string, doc ...string) {
	name := kernel + e.elem.Name + e.isa.Name
	e.labels = 0
	e.Function(name)
	e.Attributes(attr.NOSPLIT)
	e.Pragma("noescape")
	doc[0] = name + " " + doc[0]
	e.Doc(doc...)
	e.SignatureExpr(strings.ReplaceAll(signature, "T", e.elem.Go))
}

// arg loads an integer or pointer argument.
func (e *emitter) arg(name string) reg.GPVirtual {
	return e.Load(e.Param(name), e.GP64()).(reg.GPVirtual)
}

// argMem returns where an argument lies.
func (e *emitter) argMem(name string) operand.Mem {
	b, err := e.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

// countBytes loads an argument that counts elements, in bytes.
func (e *emitter) countBytes(name string) reg.GPVirtual {
	n := e.arg(name)
	e.SHLQ(operand.Imm(uint64(log2(e.elem.Bytes()))), n)
	return n
}

func log2(n int) int {
	l := 0
	for ; n > 1; n >>= 1 {
		l++
	}
	return l
}

// ret ends the function.
func (e *emitter) ret() {
	e.VZEROUPPER()
	e.RET()
}

// broadcast sets register i to the element at m in every lane.
func (e *emitter) broadcast(m operand.Mem, i int) {
	e.op("VBROADCASTS"+e.suffix("S", "D"), m, e.vec(i))
}

// zero clears register i.
func (e *emitter) zero(i int) {
	if i < 16 { // also clears the rest of the register
		x := reg.Vector.Lookup(reg.Index(i), reg.S128)
		e.VXORPS(x, x, x)
		return
	}
	e.VPXORD(e.vec(i), e.vec(i), e.vec(i))
}

// constant returns the constant with these bits: a whole vector for AVX2, one
// element for AVX-512, whose instructions can broadcast it.
func (e *emitter) constant(bits uint64) operand.Mem {
	name := fmt.Sprintf("c%d_%0*x", e.elem.Bits, e.elem.Bits/4, bits)
	if m, ok := e.consts[name]; ok {
		return m
	}
	m := e.StaticGlobal(name)
	e.DataAttributes(attr.RODATA | attr.NOPTR)
	n := e.elem.Bytes()
	if e.isa.Bytes == 32 {
		n = e.isa.Bytes
	}
	for o := 0; o < n; o += e.elem.Bytes() {
		if e.elem.Bits == 32 {
			e.AddDatum(o, operand.U32(bits))
		} else {
			e.AddDatum(o, operand.U64(bits))
		}
	}
	e.consts[name] = m
	return m
}

// byteRotation returns the shuffle of AVX2 that rotates each 32-bit element left
// by n bytes.
func (e *emitter) byteRotation(n int) operand.Mem {
	name := fmt.Sprintf("rotl%d", n)
	if m, ok := e.consts[name]; ok {
		return m
	}
	m := e.StaticGlobal(name)
	e.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range e.isa.Bytes {
		e.AddDatum(i, operand.U8(i&^3%16+(i-n)&3))
	}
	e.consts[name] = m
	return m
}
