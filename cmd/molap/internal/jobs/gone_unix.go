//go:build unix

package jobs

import (
	"errors"
	"syscall"
)

// gone reports whether a process of this machine is no more.
func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
