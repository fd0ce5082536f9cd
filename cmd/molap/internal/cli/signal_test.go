package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"molap/kernels"
)

func bestKernel() kernels.Variant { return kernels.Best() }

// interrupted runs a command to which send delivers signals as it runs.
func interrupted(command func(ctx context.Context, send func()) error, exit func(int)) result {
	var stdout, stderr bytes.Buffer
	var signals chan<- os.Signal
	stopped := false
	p := toy(func(ctx context.Context, env *Env, args []string) error {
		return command(ctx, func() { signals <- syscall.SIGTERM })
	})
	code := p.Main(Env{
		Args: []string{"fail"}, Stdout: &stdout, Stderr: &stderr, Exit: exit,
		Notify: func(c chan<- os.Signal) func() {
			signals = c
			return func() { stopped = true }
		},
	})
	if !stopped {
		code = -1
	}
	return result{code, stdout.String(), stderr.String()}
}

func TestInterrupt(t *testing.T) {
	never := func(int) { t.Error("one signal ended the process") }
	for _, c := range []struct {
		err  func(ctx context.Context) error
		code int
		line string
	}{
		{context.Context.Err, 130, "toy: interrupted\n"},
		{context.Cause, 130, "toy: interrupted\n"},
		{func(ctx context.Context) error { return fmt.Errorf("task T3: %w", ctx.Err()) }, 130, "toy: interrupted\n"},
		{func(ctx context.Context) error { return fmt.Errorf("%w; run again to go on", context.Cause(ctx)) }, 130, "toy: interrupted; run again to go on\n"},
		{func(ctx context.Context) error { return Usagef("net.npz: %w", ctx.Err()) }, 130, "toy: interrupted\n"},
		{func(context.Context) error { return os.ErrClosed }, 1, "toy: file already closed\n"},
		{func(context.Context) error { return nil }, 0, ""},
	} {
		r := interrupted(func(ctx context.Context, send func()) error {
			if ctx.Err() != nil {
				t.Error("the context is cancelled before any signal")
			}
			send()
			<-ctx.Done()
			return c.err(ctx)
		}, never)
		if r.code != c.code || r.stderr != c.line || r.stdout != "" {
			t.Errorf("%+v, want exit code %d and %q", r, c.code, c.line)
		}
	}
}

// TestLaterSignalExits checks that a signal which comes with the first one leaves a command the time to
// keep its state, and that a later one ends the process.
func TestLaterSignalExits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codes := make(chan int, 1)
		r := interrupted(func(ctx context.Context, send func()) error {
			send()
			<-ctx.Done()
			send()
			synctest.Wait()
			if len(codes) > 0 {
				t.Error("two signals at once end the process")
			}
			time.Sleep(signalGap + time.Millisecond)
			send()
			if code := <-codes; code != 130 {
				t.Errorf("a later signal exits with %d, want 130", code)
			}
			return ctx.Err()
		}, func(code int) { codes <- code })
		if r.code != 130 {
			t.Errorf("%+v", r)
		}
	})
}

// The signals of the system reach a command.
func TestSystemSignals(t *testing.T) {
	env := System()
	var stderr bytes.Buffer
	env.Args, env.Stderr = []string{"fail"}, &stderr
	p := toy(func(ctx context.Context, env *Env, args []string) error {
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		if err := self.Signal(os.Interrupt); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if code := p.Main(env); code != 130 || stderr.String() != "toy: interrupted\n" {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
}
