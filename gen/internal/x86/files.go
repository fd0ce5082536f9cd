package x86

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"

	"molap/gen/internal/vector"
)

// compile returns all functions of one instruction set, compiled.
func compile(isa ISA) (*ir.File, error) {
	c := build.NewContext()
	c.ConstraintExpr("amd64,!purego") // printed as amd64 && !purego
	consts := map[string]operand.Mem{}
	for _, elem := range []vector.Elem{vector.F32, vector.F64} {
		e := &emitter{Context: c, isa: isa, elem: elem, consts: consts}
		e.product()
		e.grad()
		e.tanh()
		e.noisyTanh()
		e.addScaled()
		e.leak()
		e.leakBackward()
		e.adam()
		if isa.Bytes == 32 {
			e.loss()
		}
		if isa.Bytes == 32 && elem.Bits == 32 {
			e.prefetch()
		}
		if elem.Bits == 32 {
			e.normal()
		}
		e.peak()
	}
	f, err := c.Result()
	if err != nil {
		return nil, fmt.Errorf("x86: %s: %w", isa.Name, err)
	}
	if err := pass.Compile.Execute(f); err != nil {
		return nil, fmt.Errorf("x86: %s: %w", isa.Name, err)
	}
	return f, nil
}

// Files returns the generated files by their path in the repository.
func Files() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, isa := range []ISA{AVX2, AVX512} {
		f, err := compile(isa)
		if err != nil {
			return nil, err
		}
		name := "asm/" + strings.ToLower(isa.Name) + "_amd64"
		cfg := printer.Config{Name: "gen", Pkg: "asm"}
		if out[name+".s"], err = printer.NewGoAsm(cfg).Print(f); err != nil {
			return nil, err
		}
		if out[name+".go"], err = printer.NewStubs(cfg).Print(f); err != nil {
			return nil, err
		}
	}
	return out, nil
}
