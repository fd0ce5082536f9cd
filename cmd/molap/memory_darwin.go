package main

import "golang.org/x/sys/unix"

// memoryHere returns the bytes of memory of this machine; 0: nobody knows.
func memoryHere() float64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return float64(n)
}
