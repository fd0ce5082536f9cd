//go:build !unix

package machine

// memoryLeft returns the bytes that a computation may hold below limits of the process; 0:
// there are none.
func memoryLeft() float64 { return 0 }
