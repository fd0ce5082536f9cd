package jobs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestUnreadable has files in the store that the system does not let be read: nothing is computed
// anew in their place, no lease is taken over, and the files stay.
func TestUnreadable(t *testing.T) {
	const unreadable = "/proc/self/mem" // a regular file; a read at its beginning is an error of the device
	store := openStore(t, t.TempDir())
	if _, _, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0); err != nil {
		t.Fatal(err)
	}
	value := store.path(walkJob(&Pool{}).name)
	lease := value + leaseSuffix
	for _, path := range []string{value, lease} {
		os.Remove(path)
		if err := os.Symlink(unreadable, path); err != nil {
			t.Fatal(err)
		}
	}
	if _, p, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0); !errors.Is(err, syscall.EIO) || p.added != 0 {
		t.Errorf("a value that cannot be read: %v, %v iterations done", err, p.added)
	}
	if l, err := new(Leases).Take(lease); !errors.Is(err, syscall.EIO) {
		t.Errorf("a lease that cannot be read: %v, %v", l, err)
	}
	for _, path := range []string{value, lease} {
		if at, err := os.Readlink(path); err != nil || at != unreadable {
			t.Errorf("%s leads to %q, %v", path, at, err)
		}
	}
	state := value + stateSuffix
	os.Remove(value)
	os.Remove(lease)
	if err := os.Symlink(unreadable, state); err != nil {
		t.Fatal(err)
	}
	if _, p, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0); !errors.Is(err, syscall.EIO) || p.added > 1 {
		t.Errorf("a state that cannot be read: %v, %v iterations done", err, p.added)
	}
	if at, err := os.Readlink(state); err != nil || at != unreadable {
		t.Errorf("%s leads to %q, %v", state, at, err)
	}
}

// TestUnreadableForAMoment has a lease that cannot be read for a moment: its holder renews it afterwards.
func TestUnreadableForAMoment(t *testing.T) {
	shortenLeases(t)
	path := filepath.Join(t.TempDir(), "lease")
	held, err := new(Leases).Take(path)
	if err != nil || held == nil {
		t.Fatal(held, err)
	}
	defer held.Release()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	link, back := path+".link", path+".back"
	if err := errors.Join(os.Symlink("/proc/self/mem", link), os.WriteFile(back, before, 0o666), os.Rename(link, path)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * renewalTime)
	if err := os.Rename(back, path); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(renewalTime) {
		if now, err := os.ReadFile(path); err == nil && !bytes.Equal(now, before) {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the lease is not renewed any more")
		}
	}
}
