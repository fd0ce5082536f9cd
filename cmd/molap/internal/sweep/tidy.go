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

// tidy removes what processes that are gone have left of some indices: temporaries, and
// the states, claims and notes of those that are done. Whoever claims an index is the
// only one to write there. What cannot be removed stays: it costs nothing but its space.
func tidy(dir string, m *Manifest, indices []int) {
	left := leftovers(dir)
	for _, i := range indices {
		temporaries, found := left[fileName(i)]
		if !found {
			continue
		}
		if _, err := readResult(dir, m, i); err != nil && len(temporaries) == 0 {
			continue // work goes on from what there is
		}
		c, err := claimIndex(dir, i)
		if err != nil {
			continue
		}
		if _, err := readResult(dir, m, i); err == nil {
			clearIndex(dir, i)
		}
		for _, path := range temporaries {
			os.Remove(path)
		}
		c.release()
	}
	tidyBeside(dir)
}

// clearIndex removes what an index that is done needs no longer, the claim aside.
func clearIndex(dir string, i int) {
	os.RemoveAll(statePath(dir, i))
	os.Remove(filepath.Join(dir, "failed", fileName(i)))
}

func statePath(dir string, i int) string { return filepath.Join(dir, "state", fmt.Sprintf("%06d", i)) }

// leftovers returns the names of the files of indices with a state, a claim, a note or a
// temporary, and the paths of the temporaries.
func leftovers(dir string) map[string][]string {
	left := map[string][]string{}
	for _, sub := range []string{"results", "running", "failed", "state"} {
		for _, e := range entriesOf(filepath.Join(dir, sub)) {
			name := e.Name()
			switch of, temporary := atomicfile.TemporaryOf(name); {
			case temporary:
				left[of] = append(left[of], filepath.Join(dir, sub, name))
			case sub == "state":
				left[name+".json"] = left[name+".json"]
			case sub != "results":
				left[name] = left[name]
			}
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
		return isTemporary(e.Name()) || e.Name() == dirlock.Name || strings.HasPrefix(e.Name(), nowName)
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
