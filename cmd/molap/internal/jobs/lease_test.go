package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// shortenLeases makes leases expire soon until the test ends.
func shortenLeases(t *testing.T) {
	t.Helper()
	oldRenewal, oldExpiry := renewalTime, expiryTime
	renewalTime, expiryTime = 20*time.Millisecond, 2*time.Second
	t.Cleanup(func() { renewalTime, expiryTime = oldRenewal, oldExpiry })
}

// TestShared has several pools, as processes would, do the same jobs with one store: each job
// is done once, and all have all values.
func TestShared(t *testing.T) {
	shortenLeases(t)
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
		if err := pool.Run(context.Background(), &progressSum{}, [][]Node{all}, func(int) error { return nil }); err != nil {
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
	shortenLeases(t)
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
	var l Leases
	taken := func() bool {
		t.Helper()
		mine, err := l.Take(path)
		if err != nil {
			t.Fatal(err)
		}
		mine.Release()
		return mine != nil
	}
	for n := range 4 { // renewed in time, by a process of another machine
		write(fmt.Sprintf("host-elsewhere 7 X\n%d 0.5\n", n))
		if taken() {
			t.Fatal("a lease that is renewed was taken")
		}
	}
	time.Sleep(expiryTime + 100*time.Millisecond)
	if !taken() {
		t.Error("a lease that is not renewed is not free")
	}
	host, _ := os.Hostname()
	write(fmt.Sprintf("%s %d X\n0 0\n", leaseHost(host, "a container"), os.Getpid()))
	if taken() {
		t.Error("a process of a container of this name counts as one of this machine")
	}
	write(fmt.Sprintf("%s %d X\n0 0\n", hostName(), os.Getpid()))
	if !taken() {
		t.Error("a lease that this process does not know as its own is not free")
	}
	write(fmt.Sprintf("%s %d X\n0 0\n", hostName(), 1<<30))
	if processGone(1<<30) && !taken() {
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

// TestTakeAway has many, as processes would, take a lease from one that is gone: one gets it.
func TestTakeAway(t *testing.T) {
	dir := t.TempDir()
	for i := range 40 {
		path := filepath.Join(dir, fmt.Sprint(i), "lease")
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, fmt.Appendf(nil, "%s %d X\n0 0\n", hostName(), 1<<30), 0o666); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		taken := make([]*Lease, 8)
		for k := range taken {
			all.Go(func() {
				var l Leases
				mine, err := l.Take(path)
				if err != nil {
					t.Error(err)
				}
				taken[k] = mine
			})
		}
		all.Wait()
		n := 0
		for _, l := range taken {
			if l != nil {
				n++
			}
			l.Release()
		}
		if n != 1 {
			t.Errorf("lease %d was taken %d times", i, n)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) > 0 {
			t.Errorf("lease %d: left over: %v", i, left)
		}
	}
}

// TestHandOver has many take and release one lease again and again: nobody meets an error, one
// has it at a time, and nothing is left over.
func TestHandOver(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lease")
	var holders atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var l Leases
			for range 300 {
				mine, err := l.Take(path)
				if err != nil {
					t.Error(err)
					return
				}
				if mine == nil {
					continue
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold the lease", n)
				}
				holders.Add(-1)
				mine.Release()
			}
		})
	}
	all.Wait()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// TestLookAt checks which leases LookAt takes for those of a process at work.
func TestLookAt(t *testing.T) {
	shortenLeases(t)
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	path := filepath.Join(dir, "lease")
	var l Leases
	mine, err := l.Take(path)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	mine.Tell(0.25)
	for h := (Holder{}); h.Part != 0.25; time.Sleep(5 * time.Millisecond) { // from the next renewal on
		var ok bool
		if h, ok = LookAt(root, "lease"); !ok || h.Host != host || h.PID != os.Getpid() {
			t.Fatalf("held by %+v, %v", h, ok)
		}
	}
	mine.Release()
	if h, ok := LookAt(root, "lease"); ok {
		t.Errorf("given up, and held by %+v", h)
	}
	for content, want := range map[string]bool{
		"host-elsewhere 7 X\n3 0.5\n": true, "host-elsewhere 7 X\n3 2\n": false, "host-elsewhere 7 X\n3 NaN\n": false,
		"elsewhere 7 X\n3 0\n": false, "host-elsewhere -1 X\n3 0\n": false, "": false, hostName() + " 1073741824 X\n3 0\n": !processGone(1 << 30),
	} {
		for _, age := range []time.Duration{0, -time.Hour, time.Hour} {
			if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
			os.Chtimes(path, time.Now(), time.Now().Add(age))
			if h, ok := LookAt(root, "lease"); ok != (want && age == 0) {
				t.Errorf("%q, stamped %v from now: held by %+v, %v", content, age, h, ok)
			}
		}
	}
}
