package neon

import (
	"bytes"
	"fmt"
)

// table is the read-only data of a file: whole vectors.
type table struct {
	vectors []constant
	offsets map[constant]int
}

// constant is a vector of 4-byte words.
type constant [vectorBytes / 4]uint32

// offset returns where the table holds c. It adds c if the table lacks it.
func (t *table) offset(c constant) int {
	if o, ok := t.offsets[c]; ok {
		return o
	}
	if t.offsets == nil {
		t.offsets = map[constant]int{}
	}
	t.offsets[c] = t.block([]constant{c})
	return t.offsets[c]
}

// block appends vectors that must lie one after another and returns where.
func (t *table) block(c []constant) int {
	o := len(t.vectors) * vectorBytes
	t.vectors = append(t.vectors, c...)
	return o
}

// splat returns the vector of elements with these bits.
func splat(bits uint64, elemBytes int) constant {
	if elemBytes == 4 {
		return constant{uint32(bits), uint32(bits), uint32(bits), uint32(bits)}
	}
	return constant{uint32(bits), uint32(bits >> 32), uint32(bits), uint32(bits >> 32)}
}

// print appends the table as data of Go assembly.
func (t *table) print(b *bytes.Buffer) {
	for i, c := range t.vectors {
		for k := 0; k < len(c); k += 2 {
			fmt.Fprintf(b, "DATA neon<>+%d(SB)/8, $0x%08x%08x\n", i*vectorBytes+4*k, c[k+1], c[k])
		}
	}
	fmt.Fprintf(b, "GLOBL neon<>(SB), RODATA|NOPTR, $%d\n", len(t.vectors)*vectorBytes)
}

// tableAddress returns a register that points at the table.
func (e *emitter) tableAddress() gp {
	r := e.reg()
	e.ins("MOVD $neon<>(SB), %v", r)
	return r
}
