package place

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
)

// TestClaimOfMuchElse checks that no command claims a directory in which much else lies.
func TestClaimOfMuchElse(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "homes", "mine")
	if err := os.MkdirAll(home, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	root := filepath.VolumeName(dir) + string(filepath.Separator)
	for at, want := range map[string]string{root: "root of the file system", home: "home directory", filepath.Dir(home): "home directory", filepath.Join(home, "results"): "<nil>"} {
		if err := notShared("-out", at); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("-out %s: %v, want %q", at, err, want)
		}
	}
	if err := Claim(&cli.Env{Stderr: io.Discard}, "-out", home); err == nil {
		t.Error("the home directory is claimed")
	}
}

// TestPartsOfSweeps checks that nothing else is written where a sweep keeps its results and states.
func TestPartsOfSweeps(t *testing.T) {
	dir := t.TempDir()
	for name, manifest := range map[string]string{"s": `{"points": [{}], "indices": [{}]}`, "other": `{"name": "of somebody"}`} {
		if err := os.MkdirAll(filepath.Join(dir, name, "state"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, Manifest), []byte(manifest), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, refused := range map[string]bool{"s/results": true, "s/state/x/y": true, "s/state": true, "s/nets": false, "s": false, "other/state": false} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		for _, check := range []func(flag, dir string) error{OutsideResults, NotWithinResults} {
			if err := check("-save", at); (err != nil) != refused || refused && !strings.Contains(err.Error(), "belongs to the sweep in "+filepath.Join(dir, "s")) {
				t.Errorf("-save %s: %v", at, err)
			}
		}
	}
}
