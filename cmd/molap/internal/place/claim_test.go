package place_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
)

// TestShareInterrupted checks that a command which is interrupted as it takes its directory leaves
// neither the directory that it made nor a lock.
func TestShareInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	program := cli.Program{Name: "p", Commands: []cli.Command{{Name: "save", Setup: func(*flag.FlagSet) cli.Run {
		return func(ctx context.Context, env *cli.Env, _ []string) error {
			stopped, stop := context.WithCancelCause(ctx)
			stop(cli.ErrInterrupted)
			return place.Share(stopped, env, "-save", dir)
		}
	}}}}
	if code := program.Main(cli.Env{Args: []string{"save"}, Stdout: io.Discard, Stderr: io.Discard}); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		left, _ := os.ReadDir(dir)
		t.Errorf("%s is there, with %v", dir, left)
	}
}
