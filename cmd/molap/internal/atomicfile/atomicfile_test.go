package atomicfile

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the tests run this program as the writer that they kill.
func TestMain(m *testing.M) {
	if path := os.Getenv("ATOMICFILE_WRITES"); path != "" {
		writeForever(path)
	}
	os.Exit(m.Run())
}

// testContent returns the i-th content that a writer writes: one letter again and again.
func testContent(i int) []byte { return bytes.Repeat([]byte{'a' + byte(i%26)}, 1<<18+i%26) }

// writeForever acknowledges each file after it is written.
func writeForever(path string) {
	for i := 0; ; i++ {
		if err := Write(path, testContent(i)); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.Write([]byte{'a' + byte(i%26), '\n'})
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{filepath.Join(dir, "a.csv"), "a.csv", "./b"} {
		for _, content := range []string{"one", "two, longer", ""} {
			if err := Write(path, []byte(content)); err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(path); string(got) != content {
				t.Errorf("%s holds %q, want %q", path, got, content)
			}
		}
	}
	long := strings.Repeat("x", 255) // as long as a name may be
	if err := Write(long, nil); err != nil {
		t.Error(err)
	}
	wantFiles(t, dir, "a.csv", "b", long)
}

func TestErrorsLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	// A directory of the file's name: the temporary file is written and cannot be
	// renamed, whoever runs the test.
	blocked := filepath.Join(dir, "blocked")
	if err := os.MkdirAll(filepath.Join(blocked, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{blocked, filepath.Join(dir, "missing", "x.csv")} {
		if err := Write(path, []byte("x")); err == nil || !strings.HasPrefix(err.Error(), "write "+path+": ") {
			t.Errorf("%s: error %v, want one with the path", path, err)
		}
	}
	missing := filepath.Join(dir, "missing")
	for at, want := range map[string]string{missing: "the directory " + missing + " is gone: ", dir: "file does not exist"} {
		if err := Gone(at, fs.ErrNotExist); !strings.HasPrefix(err.Error(), want) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
	if err := Write(filepath.Join(missing, "x.csv"), nil); !strings.Contains(err.Error(), "the directory "+missing+" is gone") {
		t.Error(err)
	}
	wantFiles(t, dir, "blocked")

	if os.Geteuid() == 0 {
		return // root may write anywhere
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(closed, "x"), nil); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("read-only directory: error %v, want a permission error", err)
	}
	wantFiles(t, closed)
}

// TestKilled kills a writer at many instants: the file is always a whole one, no
// older than the last that was acknowledged, and only temporaries are beside it.
func TestKilled(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 5
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	stale := 0
	for i := range kills {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "ATOMICFILE_WRITES="+path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan() // it has begun
		time.Sleep(time.Duration(i*3) * time.Millisecond)
		c.Process.Kill()
		last := lines.Text()[0]
		for lines.Scan() {
			last = lines.Text()[0]
		}
		c.Wait() // killed
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		acknowledged := int(last - 'a')
		if !bytes.Equal(data, testContent(acknowledged)) && !bytes.Equal(data, testContent(acknowledged+1)) {
			t.Fatalf("killed after %c was written, the file has %d bytes of %c", last, len(data), data[0])
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		stale += len(entries) - 1
		if err := RemoveStale(dir); err != nil {
			t.Fatal(err)
		}
		wantFiles(t, dir, "state")
	}
	if stale == 0 && !testing.Short() {
		t.Errorf("no temporary file after %d kills: what is tested?", kills)
	}
}

func TestMkdirAll(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{filepath.Join(dir, "a", "b", "c"), "a/b", "x/../y/", "."} {
		for range 2 {
			if err := MkdirAll(path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if info, err := os.Stat(filepath.Clean(path)); err != nil || !info.IsDir() {
				t.Errorf("%s is no directory (%v)", path, err)
			}
		}
	}
	if err := os.WriteFile("file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"file", "file/below", "file/below/it"} {
		if err := MkdirAll(path); err == nil || err.Error() != "mkdir file: not a directory" {
			t.Errorf("%s: %v, want an error that names the file", path, err)
		}
	}
	wantFiles(t, dir, "a", "file", "y")
}

func TestRemoveStale(t *testing.T) {
	dir := t.TempDir()
	// Files of others, and names that are almost those of temporary files.
	keep := []string{".notes.tmp-2024", ".molap-tmp-", ".molap-tmp-1", temporaryPrefix + "0000000000000000000x", "molap-tmp-00000000000000000001", ".gitignore", "results.csv"}
	for _, name := range append([]string{temporaryPrefix + "00000000000000000001", temporaryPrefix + "18446744073709551615"}, keep...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	directory := temporaryPrefix + "00000000000000000002"
	if err := os.Mkdir(filepath.Join(dir, directory), 0o777); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := RemoveStale(dir); err != nil {
			t.Fatal(err)
		}
		wantFiles(t, dir, append([]string{directory}, keep...)...)
	}
	if err := RemoveStale(filepath.Join(dir, "missing")); err != nil {
		t.Error(err)
	}
	if err := RemoveStale(filepath.Join(dir, "results.csv")); err == nil {
		t.Error("a file has stale files in it")
	}
	// What Write makes is what RemoveStale removes.
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := newTemporary(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	f.file.Close()
	if !temporaryPattern.MatchString(f.name) {
		t.Errorf("temporary file %s is not taken for one", f.name)
	}
	f.drop()
	wantFiles(t, dir, append([]string{directory}, keep...)...)
}

// TestWriteIn checks that what is written beneath a directory stays there, whatever links
// lead out of it.
func TestWriteIn(t *testing.T) {
	outer := t.TempDir()
	dir := filepath.Join(outer, "dir")
	for _, d := range []string{"dir", "other"} {
		if err := os.Mkdir(filepath.Join(outer, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../other", filepath.Join(dir, "out")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("../other/file", filepath.Join(dir, "file")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"a.csv", "sub/of/b.csv", "file"} { // a link is replaced, not followed
		if err := WriteIn(root, name, []byte("new")); err != nil {
			t.Error(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != "new" {
			t.Errorf("%s holds %q (%v)", name, got, err)
		}
	}
	for _, name := range []string{"out/c.csv", "../c.csv", "/c.csv"} {
		if err := WriteIn(root, name, nil); err == nil || !strings.HasPrefix(err.Error(), "write "+filepath.Join(dir, name)+": ") {
			t.Errorf("%s: %v, want an error that names it", name, err)
		}
	}
	wantFiles(t, filepath.Join(outer, "other"))
	wantFiles(t, outer, "dir", "other")
}

// TestAbandon checks, in a process of its own, that nothing is left of a write under way,
// and that none ends or begins.
func TestAbandon(t *testing.T) {
	if dir := os.Getenv("ATOMICFILE_ABANDONS"); dir != "" {
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		f, err := newTemporary(root, ".")
		if err != nil {
			t.Fatal(err)
		}
		Abandon()
		wantFiles(t, dir)
		if err := f.finish(nil, "half"); err != errAbandoned {
			t.Errorf("a write under way ends: %v", err)
		}
		if err := Write(filepath.Join(dir, "late"), nil); !errors.Is(err, errAbandoned) {
			t.Errorf("a write begins: %v", err)
		}
		Abandon() // a second signal
		wantFiles(t, dir)
		return
	}
	c := exec.Command(os.Args[0], "-test.run=^TestAbandon$")
	c.Env = append(os.Environ(), "ATOMICFILE_ABANDONS="+t.TempDir())
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func wantFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("%s holds %v, want %v", filepath.Base(dir), got, names)
	}
}
