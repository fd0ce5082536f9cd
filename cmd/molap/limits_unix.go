//go:build unix

package main

import "golang.org/x/sys/unix"

// memoryLeft returns the bytes that the limits of the process leave it (ulimit -v and -d),
// as of now; 0: they leave all.
func memoryLeft() float64 {
	all, data := mappedHere()
	left := 0.0
	for _, l := range []struct {
		resource int
		used     float64
	}{{unix.RLIMIT_AS, all}, {unix.RLIMIT_DATA, data}} {
		var r unix.Rlimit
		if unix.Getrlimit(l.resource, &r) == nil && uint64(r.Cur) < 1<<62 { // else there is no limit
			left = least(left, max(1, float64(r.Cur)-l.used))
		}
	}
	return left
}
