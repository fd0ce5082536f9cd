package machine

import "golang.org/x/sys/unix"

// machineMemory returns the bytes of memory of this machine; 0: nobody knows.
func machineMemory() float64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return float64(n)
}
