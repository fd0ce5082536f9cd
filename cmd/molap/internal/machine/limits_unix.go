//go:build unix

package machine

import "golang.org/x/sys/unix"

// heldShare is the part of the memory below a limit that a computation may hold. The rest is for what
// the garbage collector has not found yet: the runtime ends the process if it can get no more memory.
// Trainings and tests need up to 1.5 times what they hold.
const heldShare = 2.0 / 3

// memoryLeft returns the bytes that a computation may hold below the limits of the process
// (ulimit -v and -d), as of now; 0: there are none.
func memoryLeft() float64 {
	all, data := Mapped()
	left := 0.0
	for _, l := range []struct {
		resource int
		used     float64
	}{{unix.RLIMIT_AS, all}, {unix.RLIMIT_DATA, data}} {
		var r unix.Rlimit
		if unix.Getrlimit(l.resource, &r) == nil && uint64(r.Cur) < 1<<62 { // else there is no limit
			left = lesserLimit(left, max(1, heldShare*(float64(r.Cur)-l.used)))
		}
	}
	return left
}
