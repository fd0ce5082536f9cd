package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// soon makes leases end soon, for the time of a test.
func soon(t *testing.T) {
	t.Helper()
	oldRenewal, oldExpiry := renewal, expiry
	renewal, expiry = 20*time.Millisecond, 2*time.Second
	t.Cleanup(func() { renewal, expiry = oldRenewal, oldExpiry })
}

// TestShared has several pools, as processes would, do the same jobs with one store: each job
// is done once, and all have all values.
func TestShared(t *testing.T) {
	soon(t)
	dir := t.TempDir()
	var mu sync.Mutex
	ran := map[int]int{}
	one := func() error {
		store, err := OpenStore(dir)
		if err != nil {
			return err
		}
		defer store.Close()
		pool := &Pool{Workers: 2, Store: store}
		var all []Node
		jobs := make([]*Job[int], 24)
		for i := range jobs {
			jobs[i] = New(pool, Spec{Kind: "square", Of: i, Cost: float64(1 + i%5)}, func(context.Context, *Work) (int, error) {
				mu.Lock()
				ran[i]++
				mu.Unlock()
				time.Sleep(30 * time.Millisecond)
				return i * i, nil
			})
			all = append(all, jobs[i])
		}
		if err := pool.Run(context.Background(), &silent{}, [][]Node{all}, func(int) error { return nil }); err != nil {
			return err
		}
		for i, j := range jobs {
			if j.Value() != i*i {
				return fmt.Errorf("job %d gave %d", i, j.Value())
			}
		}
		return nil
	}
	var processes sync.WaitGroup
	for range 3 {
		processes.Go(func() {
			if err := one(); err != nil {
				t.Error(err)
			}
		})
	}
	processes.Wait()
	for i := range 24 {
		if ran[i] != 1 {
			t.Errorf("job %d ran %d times", i, ran[i])
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*"+leaseSuffix)); len(left) > 0 {
		t.Errorf("leases are left: %v", left)
	}
}

// TestLeaseEnds checks when a lease of another process is respected: as long as it is renewed,
// whatever its time stamp says; not when its holder is gone, and not when it is no lease.
func TestLeaseEnds(t *testing.T) {
	soon(t)
	store := &Store{dir: t.TempDir()}
	const name = "kind/0123"
	path := store.path(name) + leaseSuffix
	write := func(content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		future := time.Now().Add(100 * time.Hour)
		os.Chtimes(path, future, future)
	}
	var l leases
	taken := func() bool {
		t.Helper()
		mine, err := l.take(store, name)
		if err != nil {
			t.Fatal(err)
		}
		mine.release()
		return mine != nil
	}
	for n := range 4 { // renewed in time, by a process of another machine
		write(fmt.Sprintf("host-elsewhere 7 X\n%d\n", n))
		if taken() {
			t.Fatal("a lease that is renewed was taken")
		}
	}
	time.Sleep(expiry + 100*time.Millisecond)
	if !taken() {
		t.Error("a lease that is not renewed is not free")
	}
	write(fmt.Sprintf("%s %d X\n0\n", hostName(), 1<<30))
	if gone(1<<30) && !taken() {
		t.Error("the lease of a process that is gone is not free")
	}
	os.Remove(path)
	if err := os.MkdirAll(path, 0o777); err != nil {
		t.Fatal(err)
	}
	if !taken() {
		t.Error("a directory counts as a lease")
	}
	if !taken() {
		t.Error("a lease that was given up is not free")
	}
}
