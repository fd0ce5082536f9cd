package vector

import (
	"math"
	"testing"
)

func TestEncode(t *testing.T) {
	if got := F32.Encode(1); got != 0x3f800000 {
		t.Errorf("1 is %x", got)
	}
	if got := F32.QNaN(); got != 0x7fc00000 {
		t.Errorf("NaN is %x", got)
	}
	if got := F64.QNaN(); got != 0x7ff8000000000000 {
		t.Errorf("NaN is %x", got)
	}
	if got := F64.Sign(); got != math.Float64bits(math.Copysign(0, -1)) {
		t.Errorf("the sign is %x", got)
	}
}

func TestInterleave(t *testing.T) {
	// Each copy loads, adds its vector to itself and stores.
	p := Interleave(F32, 3, 1, func(p *Program, i int) {
		x := p.Load(0, i)
		p.Store(p.Do(Add, x, x), 1, i)
	})
	var got []int
	for _, in := range p.Instrs {
		switch in.Op {
		case Load, Store:
			got = append(got, in.Index)
			if in.Op == Store && p.Instrs[in.Args[0]].Op != Add {
				t.Errorf("store %d takes the result of operation %d", in.Index, in.Args[0])
			}
		case Add:
			if p.Instrs[in.Args[0]].Op != Load {
				t.Errorf("an addition takes the result of operation %d", in.Args[0])
			}
		}
	}
	want := []int{0, 1, 0, 2, 1, 2} // load 0, load 1, store 0, load 2, …
	if len(got) != len(want) {
		t.Fatalf("vectors in order %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("vectors in order %v, want %v", got, want)
		}
	}
}

func TestRegisters(t *testing.T) {
	p := New(F32)
	pinned := p.Pinned(0)
	x := p.Load(0, 0)
	y := p.Do(Add, x, pinned)
	z := p.Do(Mul, y, pinned)
	p.Store(z, 0, 0)
	r := NewRegisters(p, []int{5, 7})
	load, add := &p.Instrs[x], &p.Instrs[y]
	r.Set(load, r.Temp())
	if r.Reg(x) != 5 || r.Reg(pinned) != 0 {
		t.Errorf("x in %d, pinned in %d, want 5 and 0", r.Reg(x), r.Reg(pinned))
	}
	if !r.Dies(x, add) || r.Dies(pinned, add) || r.Dies(pinned, &p.Instrs[z]) {
		t.Error("x dies in the addition and the pinned register never")
	}
	r.Free(add, -1)
	if got := r.Temp(); got != 5 {
		t.Errorf("the register of x is not given out again, but %d", got)
	}
	if got := r.Temp(); got != 7 {
		t.Errorf("the next is %d, want 7", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a third register out of two")
		}
	}()
	r.Temp()
}
