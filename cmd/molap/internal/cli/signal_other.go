//go:build !unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// notify has the signals of a program sent to c until stop is called.
func notify(c chan<- os.Signal) (stop func()) {
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return func() { signal.Stop(c) }
}

// asksToKeep reports whether a signal asks for a checkpoint: here none does.
func asksToKeep(os.Signal) bool { return false }
