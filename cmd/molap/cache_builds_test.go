package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/machine"
)

// TestCacheClean lists and cleans a cache with directories of this build and of others: one
// that is free, one that is open in a process, one with a lease of another machine, one with
// files of somebody else.
func TestCacheClean(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	if code, stdout, stderr := run("cache", "-cache", cache); code != 0 || stdout != cache+" holds no cache\n" {
		t.Errorf("nothing there: exit code %d, %q, %q", code, stdout, stderr)
	}
	train := append([]string{"train", "-arm", "reservoir", "-task", "T1", "-cache", cache}, tinySettings...)
	if code, _, stderr := run(train...); code != 0 {
		t.Fatal(stderr)
	}
	this, err := machine.ProgramHash()
	if err != nil {
		t.Fatal(err)
	}
	const free, open, leased, mixed = "00000000000000f1", "00000000000000f2", "00000000000000f3", "00000000000000f4"
	for _, build := range []string{free, open, leased, mixed} {
		if err := os.CopyFS(filepath.Join(cache, build), os.DirFS(filepath.Join(cache, this))); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := dirlock.Shared(filepath.Join(cache, open))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(cache, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	job := strings.Repeat("0", 32)
	write(leased+"/score/"+job+".lease", "host-elsewhere 7 X\n3 0.5\n")
	write(free+"/score/"+job+".lease", "") // of one that was killed
	write(free+"/score/.molap-tmp-00000000000000000000", "half")
	others := []string{mixed + "/notes.txt", mixed + "/score/mine", mixed + "/network/" + job, "README", "notes/score/" + job, "00000000000000f5.txt"}
	for _, name := range others {
		write(name, "not a cache's")
	}
	if err := os.Symlink(filepath.Join(cache, this), filepath.Join(cache, "00000000000000f6")); err != nil {
		t.Fatal(err)
	}

	before := dirSnapshot(t, cache)
	code, stdout, stderr := run("cache", "-cache", cache)
	if code != 0 || strings.Count(stdout, "another build") != 4 || strings.Count(stdout, "in use") != 2 || strings.Count(stdout, "this build") != 1 {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	if !maps.Equal(dirSnapshot(t, cache), before) {
		t.Error("looking at the cache has changed it")
	}
	code, stdout, stderr = run("cache", "-cache", cache, "-clean", "-json")
	var builds []jobs.Build
	if err := json.Unmarshal([]byte(stdout), &builds); code != 0 || err != nil || len(builds) != 5 {
		t.Fatalf("exit code %d, %v, %s%s", code, err, stdout, stderr)
	}
	kept := map[string]bool{}
	for _, b := range builds {
		name := filepath.Base(b.Dir)
		if want := name == free || name == mixed; b.Removed != want || b.This != (name == this) || b.InUse != (name == open || name == leased) {
			t.Errorf("%+v", b)
		}
		if b.Values != 3 || b.Bytes < 1000 || b.Used.IsZero() { // reservoir, network, score
			t.Errorf("%+v: want 3 values", b)
		}
		kept[name] = !b.Removed
	}
	want := map[string]string{}
	for path, content := range before {
		name, err := filepath.Rel(cache, path)
		if err != nil {
			t.Fatal(err)
		}
		build, _, _ := strings.Cut(name, string(filepath.Separator))
		if removed, listed := kept[build]; !listed || removed || content == "not a cache's" {
			want[path] = content
		}
	}
	for _, dir := range []string{mixed, mixed + "/score", mixed + "/network"} {
		want[filepath.Join(cache, filepath.FromSlash(dir))] = "directory"
	}
	if got := dirSnapshot(t, cache); !maps.Equal(got, want) {
		for path := range want {
			if _, ok := got[path]; !ok {
				t.Errorf("%s is gone", path)
			}
		}
		for path := range got {
			if _, ok := want[path]; !ok {
				t.Errorf("%s is left", path)
			}
		}
	}
	if code, _, stderr := run(train...); code != 0 || strings.Contains(stderr, "anew") {
		t.Errorf("this build's cache afterwards: exit code %d, %s", code, stderr)
	}
	file := filepath.Join(cache, "README")
	for _, cache := range []string{"off", file} {
		for _, clean := range []string{"-clean=false", "-clean"} {
			if code, stdout, stderr := run("cache", "-cache", cache, clean); code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "-cache "+cache) {
				t.Errorf("-cache %s: exit code %d, %q, %q", cache, code, stdout, stderr)
			}
		}
	}
}
