// Package memtest bounds what readers of files allocate. Only tests import it.
package memtest

import (
	"runtime"
	"testing"
)

// slack is the memory that reading may allocate beside a multiple of the file: for buffers, for errors,
// and by the runtime meanwhile.
const slack = 2 << 20

// Within fails the test if read allocates more than times the length of a file, in
// bytes, and two megabytes. What is allocated and dropped again counts as well, so that
// the memory taken at any moment is less.
func Within(t testing.TB, length, times int, read func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(times*length+slack); got > most {
		t.Errorf("%d bytes allocated for a file of %d, want at most %d", got, length, most)
	}
}
