package a64

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/arch/arm64/arm64asm"
)

// all returns every instruction with registers that show each field of its own.
func all() (out []Inst) {
	for _, a := range []Arrangement{S4, D2} {
		for _, r := range [][3]int{{0, 0, 0}, {31, 0, 0}, {0, 31, 0}, {0, 0, 31}, {21, 10, 5}, {10, 21, 26}} {
			for name := range threeRegister {
				out = append(out, Three(name, a, r[0], r[1], r[2]))
			}
			for name := range twoRegister {
				out = append(out, Two(name, a, r[0], r[1]))
			}
			for i := range a.lanes() {
				out = append(out, FmlaElement(a, r[0], r[1], r[2], i))
			}
			for by := 1; by <= 128/a.lanes(); by++ {
				out = append(out, Sshr(a, r[0], r[1], by))
			}
			out = append(out, Fcvtl(false, r[0], r[1]), Fcvtl(true, r[0], r[1]))
		}
	}
	return out
}

// TestDecode reads every encoding back with an independent decoder.
func TestDecode(t *testing.T) {
	for _, in := range all() {
		d, err := arm64asm.Decode(binary.LittleEndian.AppendUint32(nil, in.Word))
		if err != nil {
			t.Errorf("%v: %v", in, err)
			continue
		}
		if got := arm64asm.GNUSyntax(d); got != in.Text {
			t.Errorf("%v is decoded as %s", in, got)
		}
	}
}

// TestRange: what does not fit its field is a panic that names it.
func TestRange(t *testing.T) {
	for want, call := range map[string]func(){
		"register 32 of 32":    func() { Two("fabs", S4, 32, 0) },
		"register -1 of 32":    func() { Three("fadd", S4, 0, 0, -1) },
		"element 4 of 4":       func() { FmlaElement(S4, 0, 0, 0, 4) },
		"element 2 of 2":       func() { FmlaElement(D2, 0, 0, 0, 2) },
		"shift by 0 of 32":     func() { Sshr(S4, 0, 0, 0) },
		"shift by 65 of 64":    func() { Sshr(D2, 0, 0, 65) },
		"no instruction fmaxp": func() { Three("fmaxp", S4, 0, 0, 0) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			call()
		}()
	}
}
