package kernels

import "testing"

// TestZeros: as many zeros as asked for, none to some pages of two megabytes.
func TestZeros(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1 << 19, 1<<19 + 1, 1<<21 + 7} {
		x := Zeros[float32](n)
		if len(x) != n {
			t.Fatalf("%d numbers, want %d", len(x), n)
		}
		for i := range x {
			if x[i] != 0 {
				t.Fatalf("n=%d: [%d] is %v, want 0", n, i, x[i])
			}
			x[i] = 1
		}
	}
}
