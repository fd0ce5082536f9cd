package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/machine"
)

// TestLimits runs commands under a limit of address space (ulimit -v), which is 0.9 GB more
// than the program has from the start: what a flag sizes is refused with one line before
// it is taken, and what fits is done.
func TestLimits(t *testing.T) {
	nets, _ := saveNetworks(t, "-arm", "separate", "-task", "T1", "-cache", "off")
	net := filepath.Join(nets, "separate_T1_seed1.safetensors")
	all, data := machine.Mapped()
	if all < 1<<20 || data < 1<<20 || data > all {
		t.Fatalf("%v bytes are mapped, %v of data", all, data)
	}
	limit := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, int(all)/1024+900_000)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"export", net, "-out", filepath.Join(nets, "x.npz"), "-trials", "1000000"}, 2, "1000000 trials (-trials)"},
		{[]string{"export", net, "-out", filepath.Join(nets, "x.npz"), "-trials", "1000"}, 0, ""},
		{[]string{"eval", net, "-set", "score.test_trials=1000000"}, 2, "score.test_trials"},
		{[]string{"perturb", net, "-draws", "1", "-set", "score.test_trials=1000000"}, 2, "score.test_trials"},
		{append([]string{"train", "-arm", "separate", "-task", "T1", "-cache", "off"}, withArgs(tinySettings, "-set", "score.test_trials=1000000")...), 2, "score.test_trials"},
		{[]string{"bench", "-n", "500", "-batch", "10000", "-kernel", "auto", "-precision", "f64"}, 2, "-batch 10000"},
	} {
		p := child()
		var said strings.Builder
		p.Path, p.Args, p.Stderr = "/bin/sh", append([]string{"sh", "-c", limit, os.Args[0]}, c.args...), &said
		p.Run() // the exit code tells
		code, lines := p.ProcessState.ExitCode(), strings.Count(said.String(), "\n")
		if code != c.code || c.code != 0 && (lines != 1 || !strings.Contains(said.String(), "not enough memory") || !strings.Contains(said.String(), c.want)) {
			t.Errorf("%s under a limit: exit code %d, %d lines: %.300q", c.args[0], code, lines, said.String())
		}
	}
}

// TestFewDescriptors runs commands that judge files with ever fewer files that may be open (ulimit -n).
// What cannot be opened is not damaged: a command says as much as without the limit, or fails.
func TestFewDescriptors(t *testing.T) {
	dir := t.TempDir()
	results, cache, planned := filepath.Join(dir, "r"), filepath.Join(dir, "c"), planTiny(t)
	for _, args := range [][]string{append([]string{"reproduce", "table1", "-out", results, "-cache", cache}, tinySettings...), {"sweep", "run", planned},
		append([]string{"train", "-arm", "reservoir", "-task", "T1", "-cache", cache}, tinySettings...)} {
		if code, _, stderr := run(args...); code != 0 {
			t.Fatal(stderr)
		}
	}
	for _, args := range [][]string{{"sweep", "status", planned}, {"sweep", "status", planned, "-json"}, {"verify", results, "-sample", "0"}, {"cache", "-cache", cache}} {
		few := func(n int) (code int, stdout, stderr string) {
			p := child()
			var out, said strings.Builder
			p.Path, p.Args, p.Stdout, p.Stderr = "/bin/sh", append([]string{"sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, n), os.Args[0]}, args...), &out, &said
			p.Run() // the exit code tells
			return p.ProcessState.ExitCode(), out.String(), said.String()
		}
		_, want, _ := few(256)
		failed := 0
		for n := 4; n < 16; n++ {
			code, stdout, stderr := few(n)
			if code == 0 && stdout != want {
				t.Errorf("%q with %d descriptors: exit code 0, %q", args, n, stdout)
			}
			if code != 0 && strings.HasPrefix(stderr, "molap: ") {
				failed++
				if !strings.Contains(stderr, "too many open files") || strings.Contains(stderr, "not what was written") {
					t.Errorf("%q with %d descriptors: exit code %d, %q", args, n, code, stderr)
				}
			}
		}
		if want == "" || failed == 0 {
			t.Errorf("%q: %d failures, %q without a limit", args, failed, want)
		}
	}
}
