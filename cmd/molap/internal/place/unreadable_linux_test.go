package place

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestUnreadableManifest has a manifest that the system does not let be read: whether it is that of results or
// of a sweep cannot be told, so nothing is written below it.
func TestUnreadableManifest(t *testing.T) {
	const unreadable = "/proc/self/mem" // a regular file; a read at its beginning is an error of the device
	dir := t.TempDir()
	if err := os.Symlink(unreadable, filepath.Join(dir, Manifest)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".", "nets", "results", "state/x"} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := OutsideResults("-save", at); !errors.Is(err, syscall.EIO) {
			t.Errorf("-save %s: %v", at, err)
		}
		if err := NotWithinResults("-out", at); name != "." && !errors.Is(err, syscall.EIO) {
			t.Errorf("-out %s: %v", at, err)
		}
	}
	if has, err := HasResults(dir); has || !errors.Is(err, syscall.EIO) {
		t.Errorf("results: %v, %v", has, err)
	}
	if has, err := hasSweep(dir); has || !errors.Is(err, syscall.EIO) {
		t.Errorf("a sweep: %v, %v", has, err)
	}
}
