// Package neon generates the arm64 kernels. Go's assembler knows the loads,
// stores, integer and bit operations of Advanced SIMD; package a64 encodes the rest.
package neon

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"strings"

	"molap/gen/internal/a64"
	"molap/gen/internal/vector"
)

const (
	registers   = 32 // of vectors
	vectorBytes = 16
)

// emitter writes functions of one element type.
type emitter struct {
	*asmFile
	elem   vector.Elem
	arr    a64.Arrangement
	params map[string]argument // of the current function
	used   int                 // general registers so far in the function
	labels int                 // so far in the function
}

// asmFile collects the text of a file of assembly and of its stubs.
type asmFile struct {
	code, stubs bytes.Buffer
	table       table
}

// argument is where an argument lies.
type argument struct{ offset, bytes int }

// gp is a general register.
type gp int

// String returns the register's name. R18 belongs to the platform, R27 to the
// assembler, R28 to Go; R29 to R31 are frame pointer, link and stack.
func (r gp) String() string { return fmt.Sprintf("R%d", int(r)) }

// reg returns a general register that the function does not use. Release gives back all registers
// since a mark.
func (e *emitter) reg() gp {
	r := gp(e.used)
	e.used++
	if r >= 18 {
		r++
	}
	if r >= 27 {
		panic("neon: out of general registers")
	}
	return r
}

func (e *emitter) mark() int        { return e.used }
func (e *emitter) release(mark int) { e.used = mark }

// ins appends an instruction that Go's assembler knows.
func (e *emitter) ins(format string, args ...any) {
	fmt.Fprintf(&e.code, "\t"+format+"\n", args...)
}

// word appends an instruction that Go's assembler does not know.
func (e *emitter) word(i a64.Inst) { e.ins("%v", i) }

// newLabel returns a label of the current function that is used nowhere else.
func (e *emitter) newLabel(what string) string {
	e.labels++
	return fmt.Sprintf("%s%d", what, e.labels)
}

func (e *emitter) label(name string) { fmt.Fprintf(&e.code, "\n%s:\n", name) }

// lanes returns the number of elements in a vector.
func (e *emitter) lanes() int { return vectorBytes / e.elem.Bytes() }

// v returns the name of a vector register in the element's arrangement: V3.S4.
func (e *emitter) v(i int) string {
	return fmt.Sprintf("V%d.%s", i, [...]string{a64.S4: "S4", a64.D2: "D2"}[e.arr])
}

// function starts a function; the lines of doc follow its name.
func (e *emitter) function(kernel, signature string, doc ...string) {
	name := kernel + e.elem.Name + "NEON"
	e.used, e.labels, e.params = 0, 0, map[string]argument{}
	expr, err := parser.ParseExpr(strings.ReplaceAll(signature, "T", e.elem.Go))
	if err != nil {
		panic(err)
	}
	offset := 0
	var list []string
	for _, field := range expr.(*ast.FuncType).Params.List {
		typ, bytes := sizeOf(field.Type)
		for _, n := range field.Names {
			offset = (offset + bytes - 1) / bytes * bytes
			e.params[n.Name] = argument{offset, bytes}
			offset += bytes
			list = append(list, n.Name+" "+typ)
		}
	}
	args := strings.Join(list, ", ")
	fmt.Fprintf(&e.stubs, "\n// %s %s\n//\n//go:noescape\nfunc %s(%s)\n", name, strings.Join(doc, "\n// "), name, args)
	fmt.Fprintf(&e.code, "\n// func %s(%s)\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", name, args, name, offset)
}

// sizeOf returns an argument's type and the bytes it takes.
func sizeOf(t ast.Expr) (name string, bytes int) {
	switch t := t.(type) {
	case *ast.StarExpr:
		name, _ = sizeOf(t.X)
		return "*" + name, 8
	case *ast.Ident:
		bytes, ok := map[string]int{"int": 8, "uint64": 8, "float64": 8, "float32": 4, "uint32": 4}[t.Name]
		if ok {
			return t.Name, bytes
		}
	}
	panic(fmt.Sprintf("neon: argument of type %v", t))
}

// frame returns the operand of an argument.
func (e *emitter) frame(name string) string {
	p, ok := e.params[name]
	if !ok {
		panic("neon: no argument " + name)
	}
	return fmt.Sprintf("%s+%d(FP)", name, p.offset)
}

// arg loads an integer or pointer argument.
func (e *emitter) arg(name string) gp {
	r := e.reg()
	move := "MOVD"
	if e.params[name].bytes == 4 {
		move = "MOVWU"
	}
	e.ins("%s %s, %v", move, e.frame(name), r)
	return r
}

// countBytes loads an argument that counts elements, in bytes.
func (e *emitter) countBytes(name string) gp {
	n := e.arg(name)
	e.ins("LSL $%d, %v, %v", log2(e.elem.Bytes()), n, n)
	return n
}

func log2(n int) int {
	l := 0
	for ; n > 1; n >>= 1 {
		l++
	}
	return l
}

// broadcastArg sets vector register i to a floating-point argument in every lane.
func (e *emitter) broadcastArg(name string, i int) {
	e.ins("%s %s, F%d", e.scalarMove(1), e.frame(name), i)
	e.ins("VDUP V%d.%c[0], %s", i, e.v(0)[3], e.v(i))
}

// scalarMove names the move of n elements, together 4, 8 or 16 bytes.
func (e *emitter) scalarMove(n int) string {
	return map[int]string{4: "FMOVS", 8: "FMOVD", 16: "FMOVQ"}[n*e.elem.Bytes()]
}

// advance moves p on by n rows of ld bytes.
func (e *emitter) advance(p, ld gp, n int) {
	for bit := 0; n>>bit > 0; bit++ {
		if n>>bit&1 != 0 {
			e.ins("ADD %v<<%d, %v, %v", ld, bit, p, p)
		}
	}
}

// loadVectors loads the vectors at base, from the offset on, in pairs.
func (e *emitter) loadVectors(base gp, offset int, to []int) {
	for ; len(to) > 1; to = to[2:] {
		e.ins("FLDPQ %d(%v), (F%d, F%d)", offset, base, to[0], to[1])
		offset += 2 * vectorBytes
	}
	if len(to) > 0 {
		e.ins("FMOVQ %d(%v), F%d", offset, base, to[0])
	}
}

// storeVectors is the reverse of loadVectors.
func (e *emitter) storeVectors(from []int, base gp, offset int) {
	for ; len(from) > 1; from = from[2:] {
		e.ins("FSTPQ (F%d, F%d), %d(%v)", from[0], from[1], offset, base)
		offset += 2 * vectorBytes
	}
	if len(from) > 0 {
		e.ins("FMOVQ F%d, %d(%v)", from[0], offset, base)
	}
}

// consecutive returns n numbers from first on.
func consecutive(first, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = first + i
	}
	return out
}
