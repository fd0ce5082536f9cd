package sweep

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/jobs"
)

// The state of an index lies in a directory, and its lease beside that. Only the holder of the lease
// writes into the directory; the temporary files of the result lie there too.
func stateName(i int) string { return fmt.Sprintf("state/%06d", i) }

func leaseName(i int) string { return stateName(i) + leaseSuffix }

const leaseSuffix = ".lease"

// beneathOf returns the path of a name, with slashes, beneath a sweep's directory.
func beneathOf(dir, name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }

// tidy removes what processes that are gone have left: files of indices that are done, and temporary
// files. What cannot be removed stays: it costs nothing but its space.
func tidy(dir string, m *Manifest) {
	left := map[string]bool{}
	for _, sub := range []string{"state", "failed"} {
		for _, e := range entriesOf(filepath.Join(dir, sub)) {
			name, _, _ := strings.Cut(e.Name(), ".")
			left[name] = true
		}
	}
	if _, err := beneath(dir, "state", false); err != nil {
		return
	}
	var leases jobs.Leases
	for i := range m.Indices {
		if !left[filepath.Base(stateName(i))] || !isDone(dir, m, i) {
			continue
		}
		if held, err := leases.Take(beneathOf(dir, leaseName(i))); err == nil && held != nil {
			clearIndex(dir, i)
			held.Release()
		}
	}
	// Temporaries of leases, if nothing else is there.
	if state := entriesOf(filepath.Join(dir, "state")); !slices.ContainsFunc(state, func(e fs.DirEntry) bool { return !atomicfile.IsTemporary(e.Name()) }) {
		atomicfile.RemoveStale(filepath.Join(dir, "state"))
	}
	// The temporaries and the lock that plan, slurm and kubernetes left, unless one of them is at work.
	for _, sub := range []string{".", "slurm", "kubernetes"} {
		path := filepath.Join(dir, sub)
		for _, e := range entriesOf(path) {
			if !atomicfile.IsTemporary(e.Name()) && e.Name() != dirlock.Name {
				continue
			}
			if lock, err := dirlock.Exclusive(dir); err == nil {
				atomicfile.RemoveStale(path)
				lock.Remove()
			}
			break
		}
	}
}

func isDone(dir string, m *Manifest, i int) bool {
	_, err := readResult(dir, m, i)
	return err == nil
}

// clearIndex removes the state and notes of an index that is done, the lease aside.
func clearIndex(dir string, i int) {
	os.RemoveAll(beneathOf(dir, stateName(i)))
	os.Remove(filepath.Join(dir, "failed", fileName(i)))
}

// entriesOf lists a directory beneath a sweep's; nothing if it is a link or not there.
func entriesOf(path string) []fs.DirEntry {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil
	}
	entries, _ := os.ReadDir(path)
	return entries
}
