package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mountSmall mounts a file system of so many bytes in memory, or skips the test where
// that is not allowed.
func mountSmall(t *testing.T, bytes int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skipf("mount: %v: only root may mount a small file system", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func remount(t *testing.T, dir string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatal(err)
	}
}

// bytesIn adds up what the files below a directory take of a file system in memory.
func bytesIn(t *testing.T, dir string) (n int) {
	eachFile(t, dir, func(_ string, data []byte) { n += (len(data)/4096 + 1) * 4096 })
	return n
}

// TestFullDisk runs the program on file systems of many sizes until they are full: it
// says so and fails, all that was written is whole, nothing half-written stays, and
// with more room the same command finishes with the same bytes.
func TestFullDisk(t *testing.T) {
	works := []*faultyCommand{faultyTrain(t, "100")}
	if *faultCount > 20 {
		works = append(works, newFaulty(t, "-out", "5", "reproduce", "table1", "cca", "fig2", "dni"))
	}
	sizes := max(2, *faultCount/10)
	full := 0
	for _, f := range works {
		f.finish(t)
		all := bytesIn(t, f.cache) + bytesIn(t, f.dir)
		for i := range sizes {
			f.fresh(t, mountSmall(t, all*(i+1)/(sizes+1)/4096*4096))
			f.fail(t, "no space left on device")
			full++
			if litter := f.look(t); litter > 0 {
				t.Errorf("%d temporary files are left on a full disk", litter)
			}
			remount(t, filepath.Dir(f.cache), 0, fmt.Sprintf("size=%d", 4*all))
			f.complete(t)
			if t.Failed() {
				t.Fatalf("with %d of %d parts of %d bytes", i+1, sizes+1, all)
			}
		}
	}
	t.Logf("%d full disks", full)
}

// TestReadOnly runs the program where nothing can be written: it says so before it
// computes and changes nothing. What a cache has can still be read.
func TestReadOnly(t *testing.T) {
	f := newFaulty(t, "-save", "20", "train", "-arm", "molap", "-task", "T5")
	root := mountSmall(t, 64<<20)
	f.fresh(t, root)
	f.finish(t)
	f.look(t)
	remount(t, root, syscall.MS_RDONLY, "")
	writable := t.TempDir()
	for _, c := range []struct{ cache, dir, want string }{
		{filepath.Join(writable, "cache"), f.dir, f.dir},
		{filepath.Join(writable, "cache"), filepath.Join(root, "new"), filepath.Join(root, "new")},
		{filepath.Join(root, "new"), filepath.Join(writable, "out"), "-cache " + filepath.Join(root, "new")},
	} {
		p := startProgram(t, append(f.args, "-cache", c.cache, "-save", c.dir)...)
		p.Wait() // the exit code tells
		line := p.stderr.String()
		if code := p.ProcessState.ExitCode(); code != 2 || strings.Count(line, "\n") != 1 || !strings.Contains(line, c.want) || !strings.Contains(line, "read-only file system") {
			t.Errorf("cache %s, directory %s: exit code %d, %q, want 2 and one line", c.cache, c.dir, code, line)
		}
		if _, err := os.Stat(filepath.Join(writable, "out")); err == nil {
			t.Error("a directory was made and left")
		}
	}
	f.look(t)
	elsewhere := *f
	elsewhere.dir = filepath.Join(writable, "out")
	if stdout := elsewhere.finish(t); stdout != f.stdout {
		t.Errorf("from a cache that cannot be written: %q, want %q", stdout, f.stdout)
	}
}

// TestKilledAtCalls kills the program as it enters the calls by which a file comes into
// being: made, synced, renamed, the directory synced, removed. strace counts the calls
// of each thread, so the n-th is at another place of the work each time.
func TestKilledAtCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil || *faultCount <= 20 {
		t.Skip("takes long and strace: see -faults")
	}
	kills, temporaries := 0, 0
	for _, f := range append(faultySweeps(t), faultyTrain(t, "100")) {
		for _, call := range []string{"openat", "fsync", "renameat", "renameat2", "unlinkat", "close"} {
			for n := 1; n <= *faultCount/20; n++ {
				c := child(f.line()...)
				c.Path = strace
				c.Args = slices.Concat([]string{strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call,
					"-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n), os.Args[0]}, f.line())
				if out, err := c.CombinedOutput(); c.ProcessState.Exited() && !c.ProcessState.Success() {
					if bytes.Contains(out, []byte("ptrace")) {
						t.Skipf("strace: %v, %.200s", err, out)
					}
					t.Fatalf("%s %d: %v, %.500s", call, n, err, out)
				}
				if !c.ProcessState.Success() {
					kills++
					temporaries += f.look(t)
				}
				f.complete(t)
				f.fresh(t, t.TempDir())
				if t.Failed() {
					t.Fatalf("%s killed at %s %d", f.line()[:2], call, n)
				}
			}
		}
	}
	t.Logf("%d kills, %d temporary files were seen", kills, temporaries)
}
