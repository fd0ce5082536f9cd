package main

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// cacheFiles returns the files of values in a cache, by their kind.
func cacheFiles(t *testing.T, cache string) map[string][]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(cache, "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string][]string{}
	for _, path := range found {
		kind := filepath.Base(filepath.Dir(path))
		byKind[kind] = append(byKind[kind], path)
	}
	return byKind
}

// TestExchanged exchanges all files of a cache among each other, those of a kind and then
// all: none is taken for another, results are those of an empty cache, and it is said.
func TestExchanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cache := filepath.Join(dir, "cache")
	tables := func(out string) (results map[string]string, stderr string) {
		t.Helper()
		out = filepath.Join(dir, out)
		code, _, stderr := run(append([]string{"reproduce", "cca", "fig2d", "fig3", "dni", "dynamics", "-seeds", "2", "-cache", cache, "-out", out}, tinySettings...)...)
		if code != 0 {
			t.Fatalf("exit code %d, %s", code, stderr)
		}
		results = map[string]string{}
		for path, data := range dirSnapshot(t, filepath.Join(out, "results")) {
			rel, err := filepath.Rel(out, path)
			if err != nil {
				t.Fatal(err)
			}
			results[rel] = data
		}
		return results, stderr
	}
	want, _ := tables("first")
	byKind := cacheFiles(t, cache)
	for _, kind := range []string{"reservoir", "network", "score", "sequence", "damaged", "examples", "cca", "close", "motion"} {
		if len(byKind[kind]) < 2 {
			t.Errorf("the cache has %d values of kind %s, none to exchange", len(byKind[kind]), kind)
		}
	}
	among := [][]string{nil}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		among[0] = append(among[0], byKind[kind]...)
	}
	for name, groups := range map[string][][]string{"of a kind": slices.Collect(maps.Values(byKind)), "of all kinds": among} {
		n := 0
		for _, paths := range groups {
			n += len(paths)
			shift := len(paths)/2 + 1 // into another kind, where there are several
			var files [][]byte
			for _, path := range paths {
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, data)
			}
			for i, path := range paths {
				if err := os.WriteFile(path, files[(i+shift)%len(files)], 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		got, stderr := tables(name)
		if !maps.Equal(got, want) || len(want) == 0 {
			t.Errorf("files %s exchanged: other results", name)
		}
		if strings.Count(stderr, "values of the cache are computed anew, the first: "+cache) != 1 {
			t.Errorf("files %s exchanged: told %s", name, stderr)
		}
		if again := cacheFiles(t, cache); len(slices.Concat(slices.Collect(maps.Values(again))...)) != n {
			t.Errorf("files %s exchanged: %d before, now %d kinds", name, n, len(again))
		}
	}
}

// TestCacheUnusable takes away what the default cache needs: runs go on without and say
// so in a line, with the flag that helps. A cache that is named has to be of use.
func TestCacheUnusable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	train := append([]string{"train", "-arm", "reservoir", "-task", "T1", "-json"}, tinySettings...)
	code, want, stderr := run(slices.Concat(train, []string{"-cache", "off"})...)
	if code != 0 || strings.Contains(stderr, "cache") {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	homes := map[string]string{"none": "", "a file": file}
	if runtime.GOOS == "linux" {
		homes["read-only"] = "/proc/self/none"
	}
	for what, home := range homes {
		t.Setenv("HOME", home)
		t.Setenv("XDG_CACHE_HOME", "")
		t.Setenv("LocalAppData", home) // of Windows
		code, got, stderr := run(train...)
		if code != 0 || got != want || strings.Count(stderr, "no cache, nothing is kept for later runs: ") != 1 || !strings.Contains(stderr, "-cache DIR") {
			t.Errorf("home %s: exit code %d, %q, the same result: %v", what, code, stderr, got == want)
		}
	}
	for _, cache := range []string{file, filepath.Join(file, "below")} {
		if code, stdout, stderr := run(slices.Concat(train, []string{"-cache", cache})...); code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "-cache "+cache) {
			t.Errorf("-cache %s: exit code %d, %q", cache, code, stderr)
		}
	}
}

// TestCacheNotLeft makes mistakes that are found late: no cache directory is left.
func TestCacheNotLeft(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	train := append([]string{"train", "-arm", "separate", "-task", "T1", "-cache", "a/b"}, tinySettings...)
	small := func() float64 { return 1e3 } // a machine on which nothing fits
	reproduce := append([]string{"reproduce", "fig2", "-cache", "a/b"}, tinySettings...)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	there := machineMemory
	defer func() { machineMemory = there }()
	for _, c := range []struct {
		args   []string
		memory func() float64
		want   string
	}{
		{slices.Concat(train, []string{"-save", "file"}), there, "is a file"},
		{slices.Concat(train, []string{"-serve", busy.Addr().String()}), there, "in use"},
		{slices.Concat(train, []string{"-precision", "f64"}), small, "not enough memory"},
		{slices.Concat(reproduce, []string{"-out", "file"}), there, "is a file"},
		{slices.Concat(reproduce, []string{"-out", "out"}), small, "not enough memory"},
	} {
		args := c.args
		machineMemory = c.memory
		if code, _, stderr := run(args...); code != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit code %d, %s", args, code, stderr)
		}
		if left, err := os.ReadDir("."); err != nil || len(left) != 1 {
			t.Errorf("%q: left %v (%v)", args, left, err)
		}
	}
}
