package x86

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mmcloughlin/avo/ir"
)

// allowed are the instruction sets that a variant's CPU check asks for. Base
// integer instructions need none.
var allowed = map[string][]string{
	"AVX2":   {"AVX", "AVX2", "FMA3", "MMX+"}, // MMX+: prefetches
	"AVX512": {"AVX", "AVX2", "FMA3", "AVX512F", "AVX512DQ", "AVX512VL", "AVX512BW", "MMX+"},
}

func functions(t *testing.T, isa ISA) []*ir.Function {
	t.Helper()
	f, err := compile(isa)
	if err != nil {
		t.Fatal(err)
	}
	return f.Functions()
}

// TestISA: no function needs more than its name says; avo would quietly choose
// legacy SSE for some operands.
func TestISA(t *testing.T) {
	for _, isa := range []ISA{AVX2, AVX512} {
		for _, f := range functions(t, isa) {
			if !strings.HasSuffix(f.Name, isa.Name) {
				t.Errorf("%s is in the file of %s", f.Name, isa.Name)
			}
			for _, need := range f.ISA {
				if !slices.Contains(allowed[isa.Name], need) {
					t.Errorf("%s needs %s", f.Name, need)
				}
			}
			for _, in := range f.Instructions() {
				for _, need := range in.ISA {
					if strings.HasPrefix(need, "SSE") {
						t.Errorf("%s: %s is %s", f.Name, in.Opcode, need)
					}
				}
			}
		}
	}
}

// TestFrames: no function has a frame, all end the use of wide registers, and
// none touches the registers that Go reserves.
func TestFrames(t *testing.T) {
	reserved := regexp.MustCompile(`\b(SP|BP|R14|R15)\b`)
	for _, isa := range []ISA{AVX2, AVX512} {
		for _, f := range functions(t, isa) {
			if size := f.FrameBytes(); size != 0 {
				t.Errorf("%s has a frame of %d bytes", f.Name, size)
			}
			in := f.Instructions()
			for i := range in {
				if in[i].Opcode == "RET" && (i == 0 || in[i-1].Opcode != "VZEROUPPER") {
					t.Errorf("%s returns without VZEROUPPER", f.Name)
				}
				for _, op := range in[i].Operands {
					if reserved.MatchString(op.Asm()) {
						t.Errorf("%s: %s %s", f.Name, in[i].Opcode, op.Asm())
					}
				}
			}
		}
	}
}

func TestExceptions(t *testing.T) {
	// 8 rows of 2 vectors are cut 4+4; whatever else is left takes the largest tile.
	got := betterTiles([]int{6, 4, 2, 1}, 2)
	if got[8] != 4 {
		t.Errorf("8 rows start with a tile of %d (0: the largest), want 4", got[8])
	}
	for n, r := range got {
		if r > n || r < 0 {
			t.Errorf("%d rows start with a tile of %d", n, r)
		}
	}
	for vecs, sizes := range AVX512.Tiles {
		if vecs == 0 {
			continue
		}
		if sizes[len(sizes)-1] != 1 {
			t.Errorf("tiles of %d vectors cannot take a single row", vecs)
		}
	}
}
