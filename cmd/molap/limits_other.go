//go:build !unix

package main

// memoryLeft returns the bytes that limits of the process leave it; 0: they leave all.
func memoryLeft() float64 { return 0 }
