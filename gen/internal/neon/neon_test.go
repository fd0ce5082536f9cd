package neon

import (
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/arch/arm64/arm64asm"

	"molap/gen/internal/vector"
)

func assembly(t *testing.T) string {
	t.Helper()
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	return string(files["asm/neon_arm64.s"])
}

// TestWords decodes every encoded instruction and compares it with its comment.
func TestWords(t *testing.T) {
	line := regexp.MustCompile(`(?m)^\tWORD \$0x([0-9a-f]{8}) // (.*)$`)
	words := line.FindAllStringSubmatch(assembly(t), -1)
	if all := strings.Count(assembly(t), "WORD"); len(words) != all || all == 0 {
		t.Fatalf("%d of %d words have a comment", len(words), all)
	}
	for _, w := range words {
		bits, err := strconv.ParseUint(w[1], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		in, err := arm64asm.Decode(binary.LittleEndian.AppendUint32(nil, uint32(bits)))
		if err != nil || arm64asm.GNUSyntax(in) != w[2] {
			t.Errorf("%s is %v (%v), its comment says %s", w[1], in, err, w[2])
		}
	}
}

// TestFrames: no function has a frame or may grow the stack, and none touches a
// register that is not its own: R18 is the platform's, R27 the assembler's, R28 and
// above are Go's.
func TestFrames(t *testing.T) {
	text := assembly(t)
	functions := regexp.MustCompile(`(?m)^TEXT .*$`).FindAllString(text, -1)
	if len(functions) != 22 {
		t.Errorf("%d functions, want 22", len(functions))
	}
	head := regexp.MustCompile(`^TEXT ·[A-Z][A-Za-z]+F(32|64)NEON\(SB\), NOSPLIT, \$0-\d+$`)
	for _, f := range functions {
		if !head.MatchString(f) {
			t.Errorf("%s does not start a leaf without a frame", f)
		}
	}
	reserved := regexp.MustCompile(`\b(R18|R2[789]|R3\d|RSP|g)\b`)
	for n, line := range strings.Split(text, "\n") {
		code, _, _ := strings.Cut(line, "//")
		if r := reserved.FindString(code); r != "" {
			t.Errorf("line %d: %s touches %s", n+1, line, r)
		}
	}
}

// TestTiles: a tile fits the registers, largest first, and single rows are possible.
func TestTiles(t *testing.T) {
	for name, tiles := range map[string][][]int{"panel": panelTiles, "gradient": gradTiles} {
		for vecs := 1; vecs < len(tiles); vecs++ {
			sizes := tiles[vecs]
			if !slices.IsSortedFunc(sizes, func(a, b int) int { return b - a }) || sizes[len(sizes)-1] != 1 {
				t.Errorf("%s tiles of %d vectors have %v rows", name, vecs, sizes)
			}
			for _, rows := range sizes {
				elements := rows // one register each
				if name == "gradient" {
					elements = (rows + 1) / 2 // float64 has two a register
				}
				if need := rows*vecs + elements + min(vecs, 2); need > registers {
					t.Errorf("a %s tile of %d×%d needs %d registers", name, rows, vecs, need)
				}
			}
		}
	}
}

// TestPool: constants share registers, the one unused for longest gives way, and
// none is lost while its instruction needs it.
func TestPool(t *testing.T) {
	e := &emitter{asmFile: &asmFile{}, elem: vector.F32}
	p := vector.New(vector.F32)
	x := p.Load(0, 0)
	for _, c := range []float64{1, 2, 1, 3, 1, 2} { // 3 displaces 2, then 2 displaces 3
		x = p.Do(vector.Add, x, p.Const(c))
	}
	p.Store(x, 0, 0)
	e.lower(p, []gp{0}, 1, []int{0, 1}, []int{30, 31})
	loads := regexp.MustCompile(`FMOVQ (\d+)\(R1\), F(\d+)`).FindAllStringSubmatch(e.code.String(), -1)
	var got []string
	for _, l := range loads {
		got = append(got, l[1]+">"+l[2])
	}
	if want := "0>30 16>31 32>31 16>31"; strings.Join(got, " ") != want {
		t.Errorf("loads %v, want %s", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("two constants at once in a pool of one register")
		}
	}()
	p = vector.New(vector.F32)
	p.Do(vector.Add, p.Const(1), p.Const(2))
	e.lower(p, nil, 1, []int{0}, []int{31})
}

func TestArguments(t *testing.T) {
	e := &emitter{asmFile: &asmFile{}, elem: vector.F32}
	e.function("Some", "func(p *T, k uint32, x T, n int)", "is a test.")
	for name, want := range map[string]string{"p": "p+0(FP)", "k": "k+8(FP)", "x": "x+12(FP)", "n": "n+16(FP)"} {
		if got := e.frame(name); got != want {
			t.Errorf("%s is at %s, want %s", name, got, want)
		}
	}
	if !strings.Contains(e.code.String(), "SomeF32NEON(SB), NOSPLIT, $0-24") {
		t.Errorf("the head is %s", e.code.String())
	}
}
