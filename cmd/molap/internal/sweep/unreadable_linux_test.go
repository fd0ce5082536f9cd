package sweep

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestUnreadableResult has a result that the system does not let be read: the run ends, and nothing is computed
// in its place.
func TestUnreadableResult(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	if _, err := newRunner(dir, m, madeWork).Run(t.Context(), []int{0}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(resultPath(dir, 0), 0); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 { // whom no permission stops
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for at := dir; strings.HasPrefix(at, filepath.Clean(os.TempDir())+"/"); at = filepath.Dir(at) {
			if err := os.Chmod(at, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		const nobody = 65534
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	if out, err := newRunner(dir, m, madeWork).Run(t.Context(), []int{0}); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), resultPath(dir, 0)) || out.Done+len(out.Failed) > 0 {
		t.Errorf("%+v, %v", out, err)
	}
}
