//go:build unix

package regularfile

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestIrregular reads what is no regular file, or becomes none between two looks: an
// error that says so, at once.
func TestIrregular(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir) // a socket's path is short
	if err := syscall.Mkfifo("pipe", 0o666); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := os.WriteFile("file", []byte("123"), 0o666); err != nil {
		t.Fatal(err)
	}
	regular := func(string) (fs.FileInfo, error) { return os.Stat("file") }
	within := func(what string, read func() error, want string) {
		t.Helper()
		done := make(chan error, 1)
		go func() { done <- read() }()
		select {
		case err := <-done:
			if err == nil || err.Error() != want {
				t.Errorf("%s: %v, want %s", what, err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s hangs", what)
		}
	}
	within("a pipe", func() error { _, err := Read("pipe", 9); return err }, "pipe: a pipe (want a regular file)")
	within("a pipe as a root", func() error { _, err := OpenRoot("pipe"); return err }, "pipe: not a directory")
	within("a socket", func() error { _, err := Read("socket", 9); return err }, "socket: a socket (want a regular file)")
	within("a device", func() error { _, err := Read("/dev/zero", 9); return err }, "/dev/zero: a device (want a regular file)")
	within("a pipe put in place", func() error { _, err := openRegular("pipe", 9, regular, os.OpenFile, "pipe"); return err },
		"pipe: a pipe (want a regular file)")
	if err := os.Symlink("/dev/zero", "link"); err != nil {
		t.Fatal(err)
	}
	within("a link to a device", func() error { _, err := Read("link", 9); return err }, "link: a device (want a regular file)")
	within("a device put in place", func() error { _, err := openRegular("link", 9, regular, os.OpenFile, "link"); return err },
		"link: a device (want a regular file)")
}

// TestGrows reads a file that has grown since it was opened.
func TestGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("123"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("12345"), 0o666); err != nil {
		t.Fatal(err)
	}
	if data, err := readAll(f, nil, "it", 4); err == nil || !strings.Contains(err.Error(), "it: more than 4 bytes") && !strings.Contains(err.Error(), "5 bytes") {
		t.Errorf("%q, %v, want an error", data, err)
	}
}
