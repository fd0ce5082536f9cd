//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// notify has the signals of a program sent to c until stop is called. A terminal that hangs up sends
// one, unless the program was started to outlive it (nohup). If the reader of standard output or error
// has gone, writing returns an error and no signal ends the program.
func notify(c chan<- os.Signal) (stop func()) {
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGUSR1)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(c, syscall.SIGHUP)
	}
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	return func() {
		signal.Stop(c)
		signal.Stop(pipes)
	}
}

// asksToKeep reports whether a signal asks for a checkpoint, and not for an end.
func asksToKeep(s os.Signal) bool { return s == syscall.SIGUSR1 }
