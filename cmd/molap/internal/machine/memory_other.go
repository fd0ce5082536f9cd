//go:build !linux && !darwin

package machine

// machineMemory returns the bytes of memory of this machine; 0: nobody knows.
func machineMemory() float64 { return 0 }
