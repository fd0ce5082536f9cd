//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cachedTrain is a training that takes a moment and reads a cache.
const cachedTrain = "train -arm molap -task T1 -json -cache cache"

// irregularPaths lists paths that the program reads by itself and a command that reads each,
// in the directory of irregularFiles. A command that reads its cache does without what
// is none, the others end.
var irregularPaths = []struct{ path, line string }{
	{"own.toml", "train -arm reservoir -task T1 -profile own.toml"},
	{"task.toml", "train -arm reservoir -task task.toml"},
	{"task.toml", "train -arm molap -task T1 -corpus task.toml"},
	{"task.toml", "tasks task.toml"},
	{"task.toml", "eval net.npz -task task.toml"},
	{"net.npz", "eval net.npz"},
	{"net.npz", "perturb net.npz"},
	{"net.npz", "dynamics net.npz"},
	{"net.npz", "export net.npz -out new/net.npz"},
	{"trials.npz", "eval net.npz -trials trials.npz"},
	{"trials.npz", "perturb net.npz -trials trials.npz"},
	{"cache/*/score/*", cachedTrain},
	{"cache/*/network/*", cachedTrain + " -save nets"},
	{"cache/*/network/*.state", cachedTrain + " -save nets"},
}

// irregularFiles makes the files of irregularPaths in a directory and goes there.
func irregularFiles(t *testing.T) {
	t.Helper()
	files := map[string][]byte{"own.toml": []byte(`base = "paper"`)}
	for name, from := range map[string]string{"net.npz": foreignNetwork, "trials.npz": foreignNetwork, "task.toml": "../../examples/tasks/compare.toml"} {
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	t.Chdir(t.TempDir())
	for name, data := range files {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// irregularKinds make what is no file to read, by the words for it.
var irregularKinds = map[string]func(path string) error{
	"a pipe":      func(path string) error { return syscall.Mkfifo(path, 0o666) },
	"a device":    func(path string) error { return os.Symlink("/dev/zero", path) },
	"a directory": func(path string) error { return os.Mkdir(path, 0o777) },
	"1.1 TB": func(path string) error {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			return err
		}
		return os.Truncate(path, 1<<40)
	},
}

// TestIrregular puts pipes, devices, directories and sparse files of 1 TB where the
// program reads a file: it says so in one line, at once, and takes no memory for them.
func TestIrregular(t *testing.T) {
	irregularFiles(t)
	train := strings.Fields(cachedTrain + " -save nets")
	code, want, stderr := run(append(train, tinySettings...)...)
	if code != 0 {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	for _, c := range irregularPaths {
		value, isState := strings.CutSuffix(c.path, ".state")
		found, err := filepath.Glob(value)
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s (%v)", c.path, err)
		}
		path := found[0]
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, place := range irregularKinds {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			at := path
			if isState {
				at += ".state"
			}
			if err := place(at); err != nil {
				t.Fatal(err)
			}
			args := strings.Fields(c.line)
			if args[0] == "train" {
				args = append(args, tinySettings...)
			}
			p := startProgram(t, args...)
			late := time.AfterFunc(hangLimit, func() { p.Process.Kill() })
			p.Wait() // the exit code tells
			if !late.Stop() {
				t.Fatalf("molap %s, with %s for %s: not done in %v", c.line, what, at, hangLimit)
			}
			var lines []string
			for line := range strings.Lines(p.stderr.String()) {
				if strings.Contains(line, at+": "+what) {
					lines = append(lines, line)
				}
			}
			code, ended := p.ProcessState.ExitCode(), strings.Count(p.stderr.String(), "\n") == 1 && p.stdout.Len() == 0
			if strings.HasPrefix(c.path, "cache/") {
				ended = p.stdout.String() == want
				code += 2 // it goes on
			}
			if code != 2 || !ended || len(lines) != 1 {
				t.Errorf("molap %s, with %s for %s: exit code %d, printed %.200q, %q", c.line, what, at, p.ProcessState.ExitCode(), &p.stdout, &p.stderr)
			}
			if use, ok := p.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" && use.Maxrss > 500<<10 {
				t.Errorf("molap %s, with %s for %s: took %d kB of memory", c.line, what, at, use.Maxrss)
			}
			os.Remove(at)
			if err := os.WriteFile(path, good, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
