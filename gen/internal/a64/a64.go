// Package a64 encodes the Advanced SIMD instructions of A64 that the assembler
// of Go 1.26 does not know. Operands stand in the order of the Arm manual,
// destination first.
package a64

import "fmt"

// Arrangement is how an instruction divides a 128-bit register.
type Arrangement uint32

// The arrangements; their value is the instructions' size bit.
const (
	S4 Arrangement = 0 // four float32
	D2 Arrangement = 1 // two float64
)

// String returns the suffix of a register: 4s.
func (a Arrangement) String() string { return [...]string{"4s", "2d"}[a] }

// lanes returns the number of elements.
func (a Arrangement) lanes() int { return 4 >> a }

// Inst is an instruction.
type Inst struct {
	Word uint32
	Text string // in GNU syntax
}

// String returns the instruction as a line of Go assembly.
func (i Inst) String() string { return fmt.Sprintf("WORD $0x%08x // %s", i.Word, i.Text) }

// The encodings for .4s and registers 0.
var (
	threeRegister = map[string]uint32{
		"fadd": 0x4e20d400, "fsub": 0x4ea0d400, "fmul": 0x6e20dc00, "fdiv": 0x6e20fc00,
		"fmin": 0x4ea0f400, "fmax": 0x4e20f400, "fcmeq": 0x4e20e400,
	}
	twoRegister = map[string]uint32{"fabs": 0x4ea0f800, "fsqrt": 0x6ea1f800, "scvtf": 0x4e21d800}
)

const (
	fmlaElement = 0x4f801000
	fcvtl       = 0x0e617800
	fcvtl2      = 0x4e617800
	sshr        = 0x4f000400
)

// Three returns name vd, vn, vm.
func Three(name string, a Arrangement, d, n, m int) Inst {
	return Inst{encoding(threeRegister, name) | uint32(a)<<22 | fieldAt(m, 16) | fieldAt(n, 5) | fieldAt(d, 0),
		fmt.Sprintf("%s v%d.%v, v%d.%v, v%d.%v", name, d, a, n, a, m, a)}
}

// Two returns name vd, vn.
func Two(name string, a Arrangement, d, n int) Inst {
	return Inst{encoding(twoRegister, name) | uint32(a)<<22 | fieldAt(n, 5) | fieldAt(d, 0),
		fmt.Sprintf("%s v%d.%v, v%d.%v", name, d, a, n, a)}
}

// FmlaElement returns fmla vd, vn, vm[i]: vd += vn·vm[i], rounded once.
func FmlaElement(a Arrangement, d, n, m, i int) Inst {
	if i < 0 || i >= a.lanes() {
		panic(fmt.Sprintf("a64: element %d of %d", i, a.lanes()))
	}
	w := fmlaElement | uint32(a)<<22 | fieldAt(m, 16) | fieldAt(n, 5) | fieldAt(d, 0)
	if a == S4 {
		w |= uint32(i&1)<<21 | uint32(i>>1)<<11
	} else {
		w |= uint32(i) << 11
	}
	return Inst{w, fmt.Sprintf("fmla v%d.%v, v%d.%v, v%d.%c[%d]", d, a, n, a, m, a.String()[1], i)}
}

// Fcvtl returns fcvtl vd.2d, vn.2s, or with high fcvtl2 vd.2d, vn.4s: the lower
// or higher two float32 of vn as float64.
func Fcvtl(high bool, d, n int) Inst {
	if high {
		return Inst{fcvtl2 | fieldAt(n, 5) | fieldAt(d, 0), fmt.Sprintf("fcvtl2 v%d.2d, v%d.4s", d, n)}
	}
	return Inst{fcvtl | fieldAt(n, 5) | fieldAt(d, 0), fmt.Sprintf("fcvtl v%d.2d, v%d.2s", d, n)}
}

// Sshr returns sshr vd, vn, #by: an arithmetic shift right by 1 … the element's bits.
func Sshr(a Arrangement, d, n, by int) Inst {
	bits := 128 / a.lanes()
	if by < 1 || by > bits {
		panic(fmt.Sprintf("a64: shift by %d of %d bits", by, bits))
	}
	return Inst{sshr | uint32(2*bits-by)<<16 | fieldAt(n, 5) | fieldAt(d, 0),
		fmt.Sprintf("sshr v%d.%v, v%d.%v, #%d", d, a, n, a, by)}
}

func encoding(table map[string]uint32, name string) uint32 {
	w, ok := table[name]
	if !ok {
		panic("a64: no instruction " + name)
	}
	return w
}

// fieldAt returns register r at a bit position.
func fieldAt(r, bit int) uint32 {
	if r < 0 || r > 31 {
		panic(fmt.Sprintf("a64: register %d of 32", r))
	}
	return uint32(r) << bit
}
