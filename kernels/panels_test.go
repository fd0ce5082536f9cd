package kernels

import (
	"testing"
	"unsafe"
)

// TestAhead checks that products ask for the whole panel that comes next. A turn takes four terms of
// 24 vectors of sums and asks for 64 bytes.
func TestAhead(t *testing.T) {
	for _, v := range Variants() {
		testAhead[float32](t, Of[float32](v))
		testAhead[float64](t, Of[float64](v))
	}
}

func testAhead[T Float](t *testing.T, o *Ops[T]) {
	if o.m == nil {
		return
	}
	size := int(unsafe.Sizeof(T(0)))
	for _, trials := range []int{aheadTrials, 100, 200} {
		const depth = 800
		p := o.NewPanels(900, 890, depth, trials)
		for i, q := range p.panels {
			next := p.panels[(i+1)%len(p.panels)]
			begin, end := next.offset, next.offset+next.lanes*depth
			if next.vecs > q.vecs {
				continue // too few turns for all of it
			}
			asked := begin
			for b, rows := 0, rowsPerCall(q.vecs, depth); b < trials; b += rows {
				at := int(uintptr(unsafe.Pointer(p.ahead(i, b, trials)))-uintptr(unsafe.Pointer(&p.data[0]))) / size
				if at < begin || at > asked {
					t.Fatalf("%v: panel %d, trial %d of %d: asks from %d on, was at %d of [%d, %d)", o.variant, i, b, trials, at, asked, begin, end)
				}
				asked = at + min(rows, trials-b)*q.vecs/24*depth/4*64/size
			}
			if asked < end-next.lanes*depth/24 {
				t.Errorf("%v: panel %d, %d trials: asks for [%d, %d) of [%d, %d)", o.variant, i, trials, begin, asked, begin, end)
			}
		}
		if few := p.ahead(1, 0, aheadTrials-1); few != &p.data[p.panels[1].offset] {
			t.Errorf("%v: few trials ask for weights that are far", o.variant)
		}
	}
}
