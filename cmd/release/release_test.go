package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	commitTime = time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("elsewhere", 3600))
	files      = []file{{"molap", 0o755, []byte("program")}, {"LICENSE", 0o644, []byte("licence")}}
	entries    = "d/LICENSE -rw-r--r-- licence\nd/molap -rwxr-xr-x program\n"
)

// TestArchives: the same files give the same bytes in whatever order and time zone
// they come; names, modes and times are as stated.
func TestArchives(t *testing.T) {
	swapped := slices.Clone(files)
	slices.Reverse(swapped)
	for name, pack := range map[string]func(string, time.Time, []file) ([]byte, error){"tar.gz": tarball, "zip": zipped} {
		t.Run(name, func(t *testing.T) {
			one, err := pack("d", commitTime, files)
			if err != nil {
				t.Fatal(err)
			}
			other, err := pack("d", commitTime.UTC(), swapped)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(one, other) {
				t.Error("the bytes depend on the order of files or on the time zone")
			}
			list := listTar
			if name == "zip" {
				list = listZip
			}
			if got := list(t, one); got != entries {
				t.Errorf("entries\n%swant\n%s", got, entries)
			}
		})
	}
}

func listTar(t *testing.T, data []byte) (list string) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if z.Name != "" || !z.ModTime.IsZero() {
		t.Errorf("the header of gzip has name %q, time %v", z.Name, z.ModTime)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(commitTime) || h.Uid != 0 || h.Uname != "" {
			t.Errorf("%s: time %v, owner %d %q", h.Name, h.ModTime, h.Uid, h.Uname)
		}
		list += entry(t, h.Name, h.FileInfo().Mode(), r)
	}
}

func listZip(t *testing.T, data []byte) (list string) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		if !f.Modified.Equal(commitTime) {
			t.Errorf("%s: time %v", f.Name, f.Modified)
		}
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		list += entry(t, f.Name, f.Mode(), from)
	}
	return list
}

func entry(t *testing.T, name string, mode fs.FileMode, from io.Reader) string {
	data, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintln(name, mode, string(data))
}

// TestLicences: what is linked into the program for a platform is named with its
// licence, and nothing says where this machine keeps it.
func TestLicences(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := licences(root, "linux", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"== Go: LICENSE", "== gonum.org/v1/gonum v", "== codeberg.org/go-fonts/liberation v", "== github.com/klauspost/cpuid/v2 v", ": ftl.txt"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(string(text), root) {
		t.Error("a path of this machine is in the text")
	}
	if _, err := licenceFiles("nothing", t.TempDir()); err == nil {
		t.Error("a component without licence passes")
	}
}
