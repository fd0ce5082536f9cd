//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestReproduceTogether checks that processes that share a cache do the jobs of an experiment together,
// also where one of them is killed, and the results are those of one process.
func TestReproduceTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	alone, together, cache := filepath.Join(dir, "alone"), filepath.Join(dir, "together"), filepath.Join(dir, "cache")
	args := append([]string{"reproduce", "table1", "fig2", "-workers", "1"}, tinySettings...)
	if code, _, stderr := run(slices.Concat(args, []string{"-cache", "off", "-out", alone})...); code != 0 {
		t.Fatal(stderr)
	}
	work := slices.Concat(args, []string{"-work", "-cache", cache})
	killed := child(work...)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 2 {
		c := child(work...)
		all.Go(func() {
			if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "all jobs are in") {
				t.Errorf("%v: %.300s", err, out)
			}
		})
	}
	killed.Process.Kill()
	killed.Wait()
	all.Wait()
	code, _, stderr := run(slices.Concat(args, []string{"-cache", cache, "-out", together})...)
	if code != 0 || strings.Contains(stderr, "%") {
		t.Fatalf("exit code %d; jobs were left: %s", code, stderr)
	}
	for _, name := range []string{"table1.csv", "fig2.csv", "fig2_runs.csv", "records.csv"} {
		want, err := os.ReadFile(filepath.Join(alone, "results", name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(together, "results", name)); err != nil || string(got) != string(want) {
			t.Errorf("%s differs (%v)", name, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "*", "*", "*.lease")); len(left) > 0 {
		t.Errorf("leases are left: %v", left)
	}
}

// TestCluster writes the scripts of a reproduction, submits them to a Slurm that refuses one, and
// again; runs them as Slurm would; and compares the results.
func TestCluster(t *testing.T) {
	dir := t.TempDir()
	slurmOf := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bin", name), []byte("#!/bin/bash\ncd "+dir+"\n"+text), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	slurmOf("sbatch", `n=$(( $(cat last 2>/dev/null || echo 100) + 1 )); echo $n >last
[ ! -e refuse ] || [ $n != 102 ] || { echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; }
echo "$n" >>queue; echo "$@" >>said; echo $n`)
	slurmOf("squeue", "cat queue")
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	os.WriteFile(filepath.Join(dir, "refuse"), nil, 0o666)
	out := filepath.Join(dir, `my "results", 50%a`)
	args := slices.Concat([]string{"reproduce", "table1", "fig2", "-cache", filepath.Join(dir, "cache"), "-out", out, "-cluster", "3", "-submit", "-sbatch", "--partition=long"}, tinySettings)
	code, stdout, stderr := run(args...)
	if code != 1 || !strings.Contains(stdout, "submitted 101: work.sbatch") || !strings.Contains(stderr, "MaxSubmitJob") || !strings.Contains(stderr, "goes on with the rest") {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	for range 2 {
		if code, stdout, stderr = run(args...); code != 0 || !strings.Contains(stdout, "work.sbatch is under way as job 101") {
			t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
		}
	}
	queue, _ := os.ReadFile(filepath.Join(dir, "queue"))
	said, _ := os.ReadFile(filepath.Join(dir, "said"))
	if string(queue) != "101\n103\n" || !strings.Contains(string(said), "--dependency=afterany:101") {
		t.Fatalf("queue %q, %q", queue, said)
	}
	for _, bad := range [][]string{{"-sbatch", "--array=1"}, {"-work"}, {"-cluster", "0", "-submit"}} {
		if code, stdout, stderr := run(slices.Concat(args, bad)...); code != 2 || stdout != "" || strings.Count(stderr, "\n") > 2 {
			t.Errorf("%q: exit code %d, %q, %q", bad, code, stdout, stderr)
		}
	}
	for _, script := range []string{"work.sbatch", "render.sbatch"} {
		text, err := os.ReadFile(filepath.Join(out+".slurm", script))
		if err != nil || !strings.Contains(string(text), fmt.Sprintf("#SBATCH --output=\"%s.slurm/log/", strings.NewReplacer(`"`, `\"`, "%", "%%").Replace(out))) || !strings.Contains(string(text), "#SBATCH --partition=long") {
			t.Fatalf("%s: %v\n%s", script, err, text)
		}
	}
}
