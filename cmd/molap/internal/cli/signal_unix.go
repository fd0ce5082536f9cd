//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// notify has the signals of a program sent to c until stop is called.
func notify(c chan<- os.Signal) (stop func()) {
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGUSR1)
	return func() { signal.Stop(c) }
}

// asksToKeep reports whether a signal asks for a checkpoint, and not for an end.
func asksToKeep(s os.Signal) bool { return s == syscall.SIGUSR1 }
