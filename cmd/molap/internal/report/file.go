package report

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// WriteFile writes data to path so that a reader finds the old file or the
// whole new one, even after a crash: a temporary file in the same directory is
// written, synced and renamed, and the directory synced. On an error nothing
// new is left behind and the old file, if any, is untouched. The directory has
// to exist.
func WriteFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".tmp-*")
	if err != nil {
		return fmt.Errorf("report: write %s: %w", path, err)
	}
	if err := finish(f, data, path); err != nil {
		f.Close() // an error from the second Close of a file is no news
		os.Remove(f.Name())
		return fmt.Errorf("report: write %s: %w", path, err)
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("report: sync %s: %w", dir, err)
	}
	return nil
}

// finish fills the temporary file f and gives it its name.
func finish(f *os.File, data []byte, path string) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	// CreateTemp makes files only their owner reads; results are for sharing.
	if err := f.Chmod(0o644); err != nil && runtime.GOOS != "windows" {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// syncDir makes a rename inside dir survive a power cut. Windows has no such
// call and orders its renames itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
