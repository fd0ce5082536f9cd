package sweep

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"molap/cmd/molap/internal/jobs"
)

// TestShared checks that runs of the same indices at once share the work: each index is
// done once, and every run ends when all are done.
func TestShared(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	var mu sync.Mutex
	times := make([]int, len(m.Indices))
	work := func(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error) {
		mu.Lock()
		times[j.Index]++
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		return madeWork(ctx, j, pool, p)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			out, err := newRunner(dir, m, work).Run(t.Context(), allIndices(m))
			if err != nil || out.Done+out.Found != len(m.Indices) || len(out.Failed) > 0 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	}
	group.Wait()
	if i := slices.IndexFunc(times, func(n int) bool { return n != 1 }); i >= 0 {
		t.Errorf("index %d was done %d times", i, times[i])
	}
	if left := entriesOf(filepath.Join(dir, "state")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// TestLeave checks that a run that is told so ends when others work on all that is left.
func TestLeave(t *testing.T) {
	defer func(old time.Duration) { leaveAfter = old }(leaveAfter)
	leaveAfter = 20 * time.Millisecond
	dir, m := writeSweep(t, smallFile)
	writeLease(t, dir, 1, "elsewhere")
	r := newRunner(dir, m, madeWork)
	r.Leave = true
	out, err := r.Run(t.Context(), allIndices(m)[:5])
	if err != nil || out.Done != 4 || out.Left != 1 || len(out.Failed) > 0 {
		t.Errorf("got %+v, %v", out, err)
	}
	if s := lookAt(t, dir, m, nil); s.States[1] != Running || s.Count(Done) != 4 {
		t.Errorf("states %v", s.States)
	}
}

// TestLeaveLooks checks a run that leaves indices to others: it does an index that one of them has given
// up, however long ago it first saw that they had it.
func TestLeaveLooks(t *testing.T) {
	defer func(old time.Duration) { leaveAfter = old }(leaveAfter)
	leaveAfter = 20 * time.Millisecond
	dir, m := writeSweep(t, smallFile)
	writeLease(t, dir, 1, "elsewhere")
	r := newRunner(dir, m, func(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error) {
		if j.Index == 2 {
			time.Sleep(2 * leaveAfter)
			if err := os.Remove(filepath.Join(dir, leaseName(1))); err != nil {
				t.Error(err)
			}
		}
		return madeWork(ctx, j, pool, p)
	})
	r.Pool.Workers, r.Leave = 1, true
	if out, err := r.Run(t.Context(), []int{1, 2}); err != nil || out.Done != 2 || out.Left != 0 {
		t.Errorf("got %+v, %v", out, err)
	}
}

// writeLease writes the lease of a process on the machine host. If host is empty, the lease is that of a
// process of this machine that has ended.
func writeLease(t *testing.T, dir string, index int, host string) {
	t.Helper()
	path := filepath.Join(dir, leaseName(index))
	if host == "" { // as a lease of this process has it
		own, err := new(jobs.Leases).Take(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		own.Release()
		if err != nil {
			t.Fatal(err)
		}
		host, _, _ = strings.Cut(strings.TrimPrefix(string(text), "host-"), " ")
	}
	writeText(t, path, fmt.Sprintf("host-%s %d X\n3 0.500\n", host, 1<<30))
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestTidy checks that the next run removes what killed processes left, and that
// nothing of those at work is.
func TestTidy(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	if _, err := newRunner(dir, m, madeWork).Run(t.Context(), allIndices(m)[:3]); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	const temporary = ".molap-tmp-01234567890123456789"
	litter := []string{"state/000000/" + temporary, "state/000001/build/network/x.state", "state/000002/failed.txt",
		temporary, "slurm/" + temporary, "kubernetes/" + temporary, ".lock"}
	for _, name := range litter {
		writeText(t, at(name), "x")
	}
	writeLease(t, dir, 0, "")
	// Index 5 is not done, somebody works on index 6, and 7 was written by an unknown.
	kept := []string{"state/000005/x", "state/000006/" + temporary, "results/" + temporary, "results/mine.json", "mine.txt"}
	for _, name := range kept {
		writeText(t, at(name), "x")
	}
	writeLease(t, dir, 5, "")
	writeLease(t, dir, 6, "elsewhere")

	tidyDir(dir, m)
	for _, name := range append(litter, "state/000000", "state/000001", leaseName(0)) {
		if _, err := os.Lstat(at(name)); !os.IsNotExist(err) {
			t.Errorf("%s is still there (%v)", name, err)
		}
	}
	for _, name := range append(kept, leaseName(6)) {
		if _, err := os.Lstat(at(name)); err != nil {
			t.Error(err)
		}
	}
	s := lookAt(t, dir, m, nil)
	if s.States[5] != Interrupted || s.States[6] != Running || s.Holders[6] != (jobs.Holder{Host: "elsewhere", PID: 1 << 30, Part: 0.5}) || s.Count(Done) != 3 {
		t.Errorf("states %v, %+v", s.States, s.Holders)
	}
}
