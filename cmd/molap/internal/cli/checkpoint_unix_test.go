//go:build unix

package cli

import (
	"context"
	"flag"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCheckpointSignal checks that SIGUSR1 reaches who asks for it, as often as it
// comes, and ends nothing, asked for or not.
func TestCheckpointSignal(t *testing.T) {
	for _, asks := range []bool{true, false} {
		asked := make(chan bool, 10)
		p := toy(func(ctx context.Context, env *Env, args []string) error {
			if asks {
				env.OnCheckpoint(ctx, func() { asked <- true })
			}
			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				return err
			}
			for range 3 {
				if err := self.Signal(syscall.SIGUSR1); err != nil {
					return err
				}
				if asks {
					<-asked
				}
			}
			time.Sleep(10 * time.Millisecond)
			return ctx.Err()
		})
		env := System()
		var stderr strings.Builder
		env.Args, env.Stderr = []string{"fail"}, &stderr
		if code := p.Main(env); code != 0 || stderr.Len() > 0 {
			t.Errorf("exit code %d, %q", code, stderr.String())
		}
	}
}

func TestCheckpointEvery(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 30 * time.Second, "off": 0, "0": 0, "0s": 0, "10ms": 10 * time.Millisecond, "5m": 5 * time.Minute, "24h": 24 * time.Hour,
		"9ms": -1, "25h": -1, "-1s": -1, "30": -1, "never": -1, "NaN": -1,
	} {
		var c Common
		flags := flag.NewFlagSet("x", flag.ContinueOnError)
		c.Register(flags, "checkpoint-every")
		var args []string
		if text != "" {
			args = []string{"-checkpoint-every", text}
		}
		_, err := parse(flags, args)
		if want < 0 {
			if err == nil || !strings.Contains(err.Error(), `"`+text+`"`) || !strings.Contains(err.Error(), "10ms to 24h") || !strings.Contains(err.Error(), "off") {
				t.Errorf("%q: error %v", text, err)
			}
		} else if err != nil || c.CheckpointEvery != want {
			t.Errorf("%q is %v, %v; want %v", text, c.CheckpointEvery, err, want)
		}
	}
}
