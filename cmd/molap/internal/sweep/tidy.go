package sweep

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
)

// tidy removes what processes that are gone have left of some indices that are done: states,
// claims and notes. Whoever claims an index is the only one to write there, and has its
// temporaries in its state. What cannot be removed stays: it costs nothing but its space.
func tidy(dir string, m *Manifest, indices []int) {
	left := leftovers(dir)
	for _, i := range indices {
		if !left[fileName(i)] || !isDone(dir, m, i) {
			continue
		}
		if c, err := claimIndex(dir, i); err == nil {
			clearIndex(dir, i)
			c.release()
		}
	}
	tidyBeside(dir)
}

func isDone(dir string, m *Manifest, i int) bool {
	_, err := readResult(dir, m, i)
	return err == nil
}

// clearIndex removes what an index that is done needs no longer, the claim aside.
func clearIndex(dir string, i int) {
	os.RemoveAll(statePath(dir, i))
	os.Remove(filepath.Join(dir, "failed", fileName(i)))
	os.Remove(takingPath(claimPath(dir, i)))
}

func stateName(i int) string { return fmt.Sprintf("state/%06d", i) }

func statePath(dir string, i int) string { return filepath.Join(dir, filepath.FromSlash(stateName(i))) }

// leftovers returns the names of the files of indices with a state, a claim or a note.
func leftovers(dir string) map[string]bool {
	left := map[string]bool{}
	for _, e := range entriesOf(filepath.Join(dir, "state")) {
		left[e.Name()+".json"] = true
	}
	for _, sub := range []string{"running", "failed"} {
		for _, e := range entriesOf(filepath.Join(dir, sub)) {
			left[strings.TrimSuffix(strings.TrimPrefix(e.Name(), "."), ".taking")] = true
		}
	}
	return left
}

// entriesOf lists a directory beneath a sweep's; nothing if it is a link or not there.
func entriesOf(path string) []fs.DirEntry {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil
	}
	entries, _ := os.ReadDir(path)
	return entries
}

// tidyBeside removes the temporaries and the lock that plan, slurm and kubernetes left,
// unless one of them is at work.
func tidyBeside(dir string) {
	litter := func(e fs.DirEntry) bool {
		return atomicfile.IsTemporary(e.Name()) || e.Name() == dirlock.Name || strings.HasPrefix(e.Name(), nowName)
	}
	for _, sub := range []string{".", "slurm", "kubernetes"} {
		path := filepath.Join(dir, sub)
		for _, e := range entriesOf(path) {
			if !litter(e) {
				continue
			}
			if lock, err := dirlock.Exclusive(dir); err == nil {
				atomicfile.RemoveStale(path)
				lock.Remove()
			}
			break
		}
	}
	os.Remove(filepath.Join(dir, nowName)) // whoever asks just now has it open
}
