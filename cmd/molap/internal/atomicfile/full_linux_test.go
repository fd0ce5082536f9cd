package atomicfile

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// TestDiskFull writes in a process whose files may not exceed 4096 bytes, which
// fails as on a full disk: halfway through.
func TestDiskFull(t *testing.T) {
	if path := os.Getenv("ATOMICFILE_FULL"); path != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
			t.Fatal(err)
		}
		if err := Write(path, make([]byte, 10000)); !errors.Is(err, syscall.EFBIG) {
			t.Errorf("error %v, want %v", err, syscall.EFBIG)
		}
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	if err := Write(path, []byte("before")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "-test.run=^TestDiskFull$")
	c.Env = append(os.Environ(), "ATOMICFILE_FULL="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, _ := os.ReadFile(path); string(got) != "before" {
		t.Errorf("file holds %q after a failed write, want what it held before", got)
	}
	wantFiles(t, dir, "state")
}
