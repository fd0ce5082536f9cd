package regularfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// fileReaders returns the two ways to read a file of a directory.
func fileReaders(t *testing.T, dir string) map[string]func(name string, most int64) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return map[string]func(string, int64) ([]byte, error){
		"Read":   func(name string, most int64) ([]byte, error) { return Read(filepath.Join(dir, name), most) },
		"ReadIn": func(name string, most int64) ([]byte, error) { return ReadIn(root, name, most) },
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"empty": "", "five": "12345"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	sparse, err := os.Create(filepath.Join(dir, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer sparse.Close()
	if err := sparse.Truncate(1 << 40); err != nil {
		t.Logf("no sparse files here: %v", err)
	}
	info, err := sparse.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for by, read := range fileReaders(t, dir) {
		for _, c := range []struct {
			name, want string
			most       int64
		}{{"empty", "", 0}, {"empty", "", 1}, {"five", "12345", 5}, {"five", "12345", 1 << 40}} {
			if got, err := read(c.name, c.most); err != nil || string(got) != c.want {
				t.Errorf("%s of %s, at most %d: %q, %v", by, c.name, c.most, got, err)
			}
		}
		for _, c := range []struct {
			name, want string
			most       int64
		}{
			{"five", "five: 5 bytes (want a file of at most 4 bytes)", 4},
			{"five", "five: 5 bytes (want a file of at most 0 bytes)", 0},
			{".", filepath.Base(dir) + ": a directory (want a regular file)", 9},
		} {
			if _, err := read(c.name, c.most); err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%s of %s, at most %d: %v, want %s", by, c.name, c.most, err, c.want)
			}
		}
		if info.Size() == 1<<40 {
			if _, err := read("sparse", 1<<30); err == nil || !strings.HasSuffix(err.Error(), "sparse: 1.1 TB (want a file of at most 1.1 GB)") {
				t.Errorf("%s of a sparse file: %v", by, err)
			}
		}
		if _, err := read("none", 9); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), "none") != 1 {
			t.Errorf("%s of nothing: %v", by, err)
		}
	}
}

// TestReadInStays reads through links: no file outside the root is read.
func TestReadInStays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(dir, "inside")
	if err := os.Mkdir(inside, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..", "secret"), filepath.Join(inside, "link")); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip(err) // only some users may make links there
		}
		t.Fatal(err)
	}
	read := fileReaders(t, inside)["ReadIn"]
	for _, name := range []string{"link", "../secret", filepath.Join(dir, "secret")} {
		if data, err := read(name, 9); err == nil {
			t.Errorf("%s outside the root was read: %q", name, data)
		}
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 1 << 14: "16.4 kB", 32 << 20: "33.6 MB", 1<<63 - 1: "9.2 EB"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if err := tooLarge(1<<14+1, 1<<14); err.Error() != "more than 16.4 kB (want a file of at most 16.4 kB)" {
		t.Error(err)
	}
}

// TestReadWhileWritten checks that a file whose writer has just begun is not taken for
// one that is too large.
func TestReadWhileWritten(t *testing.T) {
	text := bytes.Repeat([]byte("x"), 100)
	for i := range 2000 {
		path := filepath.Join(t.TempDir(), "f")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		group.Go(func() {
			f.Write(text)
			f.Close()
		})
		if data, err := Read(path, 1000); err != nil || len(data) != 0 && len(data) != len(text) {
			t.Errorf("file %d: %d bytes, %v", i, len(data), err)
		}
		group.Wait()
	}
}
