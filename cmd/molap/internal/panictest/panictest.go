// Package panictest helps tests of functions that panic on a programmer's mistake.
package panictest

import (
	"strings"
	"testing"
)

// Want runs f and reports an error unless it panics with a message that holds text.
func Want(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if v, _ := recover().(string); !strings.Contains(v, text) {
			t.Errorf("panic %q, want one with %q", v, text)
		}
	}()
	f()
}
