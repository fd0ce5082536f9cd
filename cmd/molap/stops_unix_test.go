//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStops sends signals to commands that keep no state, in the middle of what takes
// long: they end soon, with one line, and leave nothing.
func TestStops(t *testing.T) {
	nets, _ := saveNetworks(t, "-arm", "separate", "-task", "T1", "-cache", "off")
	net := filepath.Join(nets, "separate_T1_seed1.safetensors")
	wide := filepath.Join(t.TempDir(), "wide")
	args := append([]string{"train", "-arm", "reservoir", "-task", "T1", "-cache", "off", "-save", wide}, tinySettings...)
	if code, _, stderr := run(withArgs(args, "-set", "network.units=400")...); code != 0 {
		t.Fatal(stderr)
	}
	long := "score.test_trials=60000"
	out := t.TempDir()
	for i, args := range [][]string{
		{"export", net, "-out", filepath.Join(out, "x.npz"), "-trials", "200000"},
		{"eval", net, "-set", "score.test_trials=200000"},
		{"perturb", net, "-set", long, "-draws", "1000"},
		{"dynamics", filepath.Join(wide, "reservoir_T1_seed1.safetensors"), "-workers", "1", "-out", filepath.Join(out, "dynamics")},
		{"bench", "-kernel", "generic", "-time", "1m"},
	} {
		stop := []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}[i%3]
		p, took := stopProgram(t, stop, args...)
		t.Logf("%s: %v: exit code %d after %v, %q", args[0], stop, p.ProcessState.ExitCode(), took, p.stderr.String())
		// A second and a moment; the promise is two on a machine that does nothing else.
		if code := p.ProcessState.ExitCode(); code != 130 || took > 5*time.Second {
			t.Errorf("%s: %v: exit code %d after %v, want 130 within two seconds", args[0], stop, code, took)
		}
		if !strings.HasSuffix(p.stderr.String(), "interrupted\n") || p.stdout.Len() > 0 {
			t.Errorf("%s: output %q, errors %q", args[0], &p.stdout, &p.stderr)
		}
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// TestHangUp checks that a run that was started to outlive its terminal does.
func TestHangUp(t *testing.T) {
	cache := t.TempDir()
	c := child()
	c.Path, c.Args = "/bin/sh", []string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`, os.Args[0], "train", "-arm", "separate", "-task", "T5", "-cache", cache,
		"-checkpoint-every", "10ms", "-set", "network.units=16", "-set", "training.batch=20", "-set", "training.level_iterations=100000"}
	p := &programRun{Cmd: c}
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill() })
	states := filepath.Join(cache, "*", "network", "*.state")
	p.until(t, states, nil)
	for range 3 {
		p.Process.Signal(syscall.SIGHUP)
		time.Sleep(20 * time.Millisecond)
	}
	p.end(t, syscall.SIGTERM) // 130, and not before
}

// TestClosedStreams checks that output to a closed stream is an error, and that output to the null
// device is none, however the device was opened.
func TestClosedStreams(t *testing.T) {
	shell := func(line string) (int, string) {
		c := child()
		var said strings.Builder
		c.Path, c.Args, c.Stderr, c.Stdout = "/bin/sh", []string{"sh", "-c", line + "; exit $?", os.Args[0]}, &said, &said
		c.Run() // the exit code tells
		return c.ProcessState.ExitCode(), said.String()
	}
	lines := map[string]string{}
	if _, err := os.Stat("/proc/self/fd"); err == nil {
		lines[`"$0" info >&-`] = "molap: standard output is closed (>/dev/null drops what comes)\n"
		lines[`"$0" tasks 2>&-`] = ""
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		lines[`"$0" info >/dev/full`] = "molap: write standard output: write /dev/stdout: no space left on device\n"
		lines[`"$0" dynamics `+foreignNetwork+` -slow 0.5 2>/dev/full >/dev/null`] = ""
	}
	for line, want := range lines {
		if code, said := shell(line); code != 1 || said != want {
			t.Errorf("%s: exit code %d, %q, want 1 and %q", line, code, said, want)
		}
	}
	for _, mode := range []int{os.O_WRONLY, os.O_RDWR} {
		null, err := os.OpenFile(os.DevNull, mode, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		for _, c := range [][]string{{os.Args[0], "info"}, {"/bin/sh", "-c", `"$0" info; exit $?`, os.Args[0]}} {
			p := child()
			p.Path, p.Args, p.Stdout, p.Stderr = c[0], c, null, null
			if err := p.Run(); err != nil {
				t.Errorf("%q into the null device, mode %d: %v", c, mode, err)
			}
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	p := child("tasks")
	var said strings.Builder
	p.Stdout, p.Stderr = write, &said
	p.Run() // the exit code tells
	write.Close()
	if code := p.ProcessState.ExitCode(); code != 141 || said.Len() > 0 {
		t.Errorf("a reader that has gone: exit code %d, %q, want 141 as of SIGPIPE, and silence", code, said.String())
	}
}
