//go:build unix

package jobs

import (
	"errors"
	"syscall"
)

// processGone reports whether a process of this machine has ended.
func processGone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
