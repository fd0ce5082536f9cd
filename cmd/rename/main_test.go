package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const trained = "of 200 trials held out right: 90 %, the best constant answer 52 %"

// run runs a go command in dir, from the modules that are on this machine already.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "PWD="+dir)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// outside makes a module outside of the clone whose program is examples/arrays, as whoever
// imports the library does it, and runs it.
func outside(t *testing.T, root, module string) {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join(root, "examples/arrays/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum")) // or tidy asks for each in the net
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `"`+module+`/rnn"`) {
		t.Fatalf("examples/arrays/main.go does not import %s/rnn:\n%s", module, data)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "mod", "init", "mine")
	run(t, dir, "mod", "edit", "-require", module+"@v0.0.0", "-replace", module+"="+root)
	run(t, dir, "mod", "tidy")
	if out := run(t, dir, "run", "."); !strings.Contains(out, trained) {
		t.Errorf("the program says %s, want %s", out, trained)
	}
}

// copied returns a copy of the clone's files.
func copied(t *testing.T, root string) string {
	t.Helper()
	out, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skip("no repository: ", err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.Trim(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted in the working tree
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// imports yields each Go file below dir, in whatever module, with each path that it imports. It reads
// the files alone: "go list" would want the modules of the generators, which only they need.
func imports(t *testing.T, dir string) iter.Seq2[string, string] {
	return func(yield func(path, imported string) bool) {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				if !yield(path, imported) {
					return fs.SkipAll
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFromOutside uses the library from a module outside of the clone, as it is and renamed.
func TestFromOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the library twice")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("as it is", func(t *testing.T) { outside(t, root, "molap") })
	t.Run("renamed", func(t *testing.T) {
		dir := copied(t, root)
		if _, err := rename(dir, "no module"); err == nil {
			t.Error("a module may have a space in its path")
		}
		if n, err := rename(dir, "example.org/some/molap"); err != nil || n < 300 {
			t.Fatalf("%d files changed, %v", n, err)
		}
		renamed := map[string]bool{} // by the directory at the top
		for path, imported := range imports(t, dir) {
			if strings.HasPrefix(imported, "example.org/some/molap/") {
				inside, _ := filepath.Rel(dir, path)
				renamed[strings.Split(inside, "/")[0]] = true
			}
			if imported == "molap" || strings.HasPrefix(imported, "molap/") {
				t.Errorf("%s imports %s by its old name", path, imported)
			}
		}
		for _, top := range []string{"cmd", "gen", "rnn"} {
			if !renamed[top] {
				t.Errorf("no file in %s imports the module by its new name", top)
			}
		}
		outside(t, dir, "example.org/some/molap")
	})
}
