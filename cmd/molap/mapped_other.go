//go:build !linux

package main

// mappedHere returns the bytes of address space that this process has mapped, and those of
// them that are data.
func mappedHere() (all, data float64) { return mappedByGo(), mappedByGo() }
