package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// closedBefore reports whether the shell that started this process closed a standard stream (>&-). Go
// puts the null device, open for reading and writing, in the place of a closed stream. Other programs
// give their children the same device to drop what they write, and a shell may have got it from such a
// program; these streams do not count as closed.
func closedBefore(f *os.File) bool {
	if !bothWays(fmt.Sprintf("/proc/self/fd/%d", f.Fd())) {
		return false
	}
	shell, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", os.Getppid()))
	shells := []string{"ash", "bash", "busybox", "dash", "fish", "ksh", "mksh", "sh", "zsh"}
	name := strings.TrimRight(filepath.Base(shell), "0123456789.")
	return err == nil && slices.Contains(shells, name) && !bothWays(fmt.Sprintf("/proc/%d/fd/%d", os.Getppid(), f.Fd()))
}

// bothWays reports whether a descriptor is the null device, open for reading and writing.
func bothWays(link string) bool {
	var at, open unix.Stat_t
	if unix.Lstat(link, &at) != nil || unix.Stat(link, &open) != nil {
		return false
	}
	null := unix.Mkdev(1, 3)
	return at.Mode&0o600 == 0o600 && open.Mode&unix.S_IFMT == unix.S_IFCHR && uint64(open.Rdev) == null
}
