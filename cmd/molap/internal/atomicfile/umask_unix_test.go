//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestUmask writes new files and over others by several umasks: the mode is what any
// program's would be. The umask is the whole process's, so no test runs beside this one.
func TestUmask(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	defer syscall.Umask(syscall.Umask(0))
	for _, umask := range []int{0o022, 0o077, 0o002, 0, 0o027} {
		syscall.Umask(umask)
		if err := Write(path, nil); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := fs.FileMode(0o666 &^ umask); info.Mode() != want {
			t.Errorf("umask %#o: mode %v, want %v", umask, info.Mode(), want)
		}
	}
}
