//go:build unix

package sweep

import (
	"syscall"
	"time"
)

// cpuTime returns the time that the cores have spent on this process. Unlike a clock on the wall it
// does not count what else the machine is doing.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
