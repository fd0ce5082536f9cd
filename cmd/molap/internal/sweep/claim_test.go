package sweep

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestShared checks that runs of the same indices at once share the work: each index is
// done once, and every run ends when all are done.
func TestShared(t *testing.T) {
	dir, m := written(t, smallFile)
	var mu sync.Mutex
	times := make([]int, len(m.Indices))
	work := func(ctx context.Context, j Job, state string, n int, p Progress) ([]Score, error) {
		mu.Lock()
		times[j.Index]++
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		return worker(ctx, j, state, n, p)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			out, err := runner(dir, m, work).Run(t.Context(), all(m))
			if err != nil || out.Done+out.Found != len(m.Indices) || len(out.Failed) > 0 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	}
	group.Wait()
	if i := slices.IndexFunc(times, func(n int) bool { return n != 1 }); i >= 0 {
		t.Errorf("index %d was done %d times", i, times[i])
	}
	if left := leftovers(dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// TestTakeAway checks that of many who take an index from a process that is gone, one
// gets it.
func TestTakeAway(t *testing.T) {
	dir, m := written(t, smallFile)
	for i := range 40 {
		gone(t, dir, i)
		var mu sync.Mutex
		var claims []*claim
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if c, err := claimIndex(dir, i); err == nil {
					mu.Lock()
					claims = append(claims, c)
					mu.Unlock()
				} else if err != errClaimed {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(claims) != 1 || look(t, dir, m, nil).States[i] != Running {
			t.Errorf("index %d was claimed %d times", i, len(claims))
		}
		for _, c := range claims {
			c.release()
		}
	}
	if left := leftovers(dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// gone leaves the claim of a process of this machine that is not there.
func gone(t *testing.T, dir string, index int) {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(Beat{Host: host, PID: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "running", fileName(index)), string(text))
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestTidy checks that what killed processes left is removed by the next run, and that
// nothing is of those that work.
func TestTidy(t *testing.T) {
	dir, m := written(t, smallFile)
	if _, err := runner(dir, m, worker).Run(t.Context(), all(m)[:3]); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	const temporary = ".molap-tmp-01234567890123456789"
	litter := []string{"state/000000/" + temporary, "state/000001/build/network/x.state", "failed/000002.json", "running/.000002.json.taking",
		temporary, "slurm/" + temporary, "kubernetes/" + temporary, ".lock", ".now"}
	for _, name := range litter {
		put(t, at(name), "x")
	}
	gone(t, dir, 0)
	// Index 5 is not done, somebody works on index 6, and 7 was written by an unknown.
	kept := []string{"state/000005/x", "state/000006/" + temporary, "results/" + temporary, "results/mine.json", "mine.txt"}
	for _, name := range kept {
		put(t, at(name), "x")
	}
	gone(t, dir, 5)
	put(t, at("running/000006.json"), `{"host":"another machine","pid":1,"done":0.5}`)

	tidy(dir, m, all(m))
	for _, name := range append(litter, "running/000000.json", "state/000001") {
		if _, err := os.Lstat(at(name)); !os.IsNotExist(err) {
			t.Errorf("%s is still there (%v)", name, err)
		}
	}
	for _, name := range append(kept, "running/000006.json") {
		if _, err := os.Lstat(at(name)); err != nil {
			t.Error(err)
		}
	}
	s := look(t, dir, m, nil)
	if s.States[5] != Interrupted || s.States[6] != Running || s.Count(Done) != 3 {
		t.Errorf("states %v", s.States)
	}
}
