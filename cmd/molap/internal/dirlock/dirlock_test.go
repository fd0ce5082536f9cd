package dirlock

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
)

// TestMain lets the tests run this program as the holder that they kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DIRLOCK_HOLDS"); dir != "" {
		if _, err := Exclusive(dir); err != nil {
			os.Exit(1)
		}
		os.Stdout.Write([]byte("held"))
		select {}
	}
	os.Exit(m.Run())
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	one, err := Exclusive(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, take := range []func(string) (*Lock, error){Exclusive, Shared} {
		if _, err := take(dir); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), dir) {
			t.Errorf("a second lock: %v, want one that names the directory", err)
		}
	}
	one.Remove()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	a, err := Shared(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Shared(dir)
	if err != nil {
		t.Fatalf("a lock is not shared: %v", err)
	}
	a.Release()
	if _, err := Exclusive(dir); !errors.Is(err, ErrHeld) {
		t.Errorf("a shared lock keeps nobody out: %v", err)
	}
	b.Release()
	if one, err = Exclusive(dir); err != nil {
		t.Fatal(err)
	}
	one.Remove()
	if _, err := Exclusive(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is missing: %v", err)
	}
}

// TestNone checks what file systems without locks answer: an error that says so, and no
// file is left.
func TestNone(t *testing.T) {
	dir := t.TempDir()
	for _, answer := range []error{syscall.ENOSYS, syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOTSUP} {
		lock, err := takeFile(dir, Name, func(f *flock.Flock) (bool, error) {
			if _, err := f.TryLock(); err != nil { // which makes the file
				t.Fatal(err)
			}
			return false, &os.PathError{Op: "flock", Path: f.Path(), Err: answer}
		})
		if lock != nil || !errors.Is(err, ErrNone) || !errors.Is(err, answer) || !strings.HasPrefix(err.Error(), dir+": the file system has no locks (") {
			t.Errorf("%v: %v", answer, err)
		}
		lock.Release()
		lock.Remove()
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	if _, err := takeFile(dir, Name, func(*flock.Flock) (bool, error) { return false, syscall.EACCES }); errors.Is(err, ErrNone) {
		t.Errorf("no permission is taken for no locks: %v", err)
	}
}

// TestKilled checks that the lock of a process that is killed goes with it.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "DIRLOCK_HOLDS="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if n, err := out.Read(make([]byte, 10)); n != 4 {
		t.Fatal(err)
	}
	if _, err := Exclusive(dir); !errors.Is(err, ErrHeld) {
		t.Errorf("another process holds the lock: %v", err)
	}
	c.Process.Kill()
	c.Wait() // killed
	lock, err := Exclusive(dir)
	if err != nil {
		t.Fatal(err)
	}
	lock.Remove()
}

// TestOneAtATime takes and removes a lock from many goroutines: never do two hold it,
// also when one opens the file that another is about to remove.
func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	var holders, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				lock, err := Exclusive(dir)
				if errors.Is(err, ErrHeld) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if holders.Add(1) > 1 {
					t.Error("two hold the lock")
				}
				taken.Add(1)
				holders.Add(-1)
				lock.Remove()
			}
		})
	}
	wg.Wait()
	if taken.Load() == 0 {
		t.Error("nobody ever held the lock")
	}
}

// TestRemovedMeanwhile takes a lock on a file that its former holder removes at the
// last moment: such a lock keeps nobody out, so the next file has to be locked.
func TestRemovedMeanwhile(t *testing.T) {
	t.Run("removed", func(t *testing.T) { testRemoved(t, false) })
	t.Run("replaced", func(t *testing.T) { testRemoved(t, true) })
}

func testRemoved(t *testing.T, replaced bool) {
	dir := t.TempDir()
	tries := 0
	lock, err := takeFile(dir, Name, func(f *flock.Flock) (bool, error) {
		ok, err := f.TryLock()
		if tries++; tries == 1 {
			err = errors.Join(err, os.Remove(f.Path()))
			if replaced {
				err = errors.Join(err, os.WriteFile(f.Path(), nil, 0o666))
			}
		}
		return ok, err
	})
	if err != nil || tries != 2 {
		t.Fatalf("%d tries, %v", tries, err)
	}
	if _, err := Exclusive(dir); !errors.Is(err, ErrHeld) {
		t.Errorf("a second lock: %v", err)
	}
	lock.Remove()
}
