package machine

import "testing"

// TestCaches checks what a reader is told of caches.
func TestCaches(t *testing.T) {
	for want, c := range map[string]Caches{
		"L1 32 KB, L2 1 MB, L3 32 MB": {32 << 10, 1 << 20, 32 << 20},
		"L1 48 KB, L2 1.25 MB":        {48 << 10, 1280 << 10, 0},
		"of unknown size":             {},
	} {
		if got := c.String(); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}
