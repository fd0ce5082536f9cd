// Package python tests the scripts beside it.
package python

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestRoundTrip runs networks of MoLaP in NumPy and PyTorch and one of PyTorch in
// MoLaP. Without Python, NumPy or PyTorch it says what was left out.
func TestRoundTrip(t *testing.T) { runScript(t, "./roundtrip.sh", "strict are those of PyTorch") }

// TestContinued trains in PyTorch on arrays, goes on in MoLaP, and takes the network back.
func TestContinued(t *testing.T) { runScript(t, "./continued.sh", "continued, damaged and taken back") }

// runScript runs a script, which has to say something if PyTorch is there.
func runScript(t *testing.T, name, says string) {
	t.Helper()
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("trains two networks, in a Unix shell")
	}
	python := os.Getenv("PYTHON")
	for _, p := range []string{"python3", "/usr/bin/python3"} { // the system's may have what the first in the path has not
		if python == "" && exec.Command(p, "-c", "import numpy, torch").Run() == nil {
			python = p
		}
	}
	if python == "" {
		python = "python3"
	}
	ctx := t.Context()
	if end, ok := t.Deadline(); ok { // to show what was printed
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-10*time.Second))
		defer cancel()
	}
	script := exec.CommandContext(ctx, name)
	script.WaitDelay = time.Second
	script.Env = append(os.Environ(), "PYTHON="+python)
	out, err := script.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skip(string(out))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	if strings.Contains(string(out), "has no PyTorch") {
		t.Skip("NumPy agrees; PyTorch is not installed")
	}
	if !strings.Contains(string(out), says) {
		t.Errorf("%s does not say: %s", name, says)
	}
}
