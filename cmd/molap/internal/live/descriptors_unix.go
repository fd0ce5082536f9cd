//go:build unix

package live

import "syscall"

// connectionsHere returns how many connections may be open at once: a quarter of the
// files that the process may have open, if that is less than usual.
func connectionsHere() int {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil || uint64(r.Cur) >= 4*mostConnections {
		return mostConnections
	}
	return max(1, int(r.Cur)/4)
}
