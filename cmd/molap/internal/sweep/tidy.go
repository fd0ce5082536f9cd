package sweep

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/regularfile"
)

// The state of an index lies in a directory, and its lease beside that. Only the holder of the lease
// writes into the directory; a note of a failure and the temporary file of the result lie there too.
func stateName(i int) string { return fmt.Sprintf("state/%06d", i) }

func leaseName(i int) string { return stateName(i) + ".lease" }

func noteName(i int) string { return stateName(i) + "/failed.txt" }

// indexOf returns the index that a file belongs to, by what its name has before the first dot.
func (m *Manifest) indexOf(name string) (i int, ok bool) {
	name, _, _ = strings.Cut(name, ".")
	i, err := strconv.Atoi(name)
	return i, err == nil && i >= 0 && i < len(m.Indices) && stateName(i) == "state/"+name
}

// tidyDir removes what processes that are gone have left: files of indices that are done, and temporary
// files. What cannot be removed stays: it costs nothing but its space.
func tidyDir(dir string, m *Manifest) {
	var leases jobs.Leases
	check := &scoreCheck{Manifest: m}
	for _, e := range entriesOf(filepath.Join(dir, "state")) {
		i, ok := m.indexOf(e.Name())
		if !ok {
			continue
		}
		if done, err := check.done(dir, i); !done || err != nil {
			continue
		}
		if held, err := leases.Take(filepath.Join(dir, leaseName(i))); err == nil && held != nil {
			clearIndex(dir, i)
			held.Release()
		}
	}
	// Temporaries of leases, if nothing else is there.
	state := entriesOf(filepath.Join(dir, "state"))
	if len(state) > 0 && !slices.ContainsFunc(state, func(e fs.DirEntry) bool { return !atomicfile.IsTemporary(e.Name()) }) {
		atomicfile.RemoveStale(filepath.Join(dir, "state"))
	}
	// The temporaries and the lock that plan, slurm and kubernetes left, unless one of them is at work.
	for _, sub := range []string{".", "slurm", "kubernetes"} {
		path := filepath.Join(dir, sub)
		if !slices.ContainsFunc(entriesOf(path), func(e fs.DirEntry) bool { return atomicfile.IsTemporary(e.Name()) || e.Name() == dirlock.Name }) {
			continue
		}
		if lock, err := dirlock.Exclusive(dir); err == nil {
			atomicfile.RemoveStale(path)
			lock.Remove()
		}
	}
}

// done reports whether an index has a result. It is an error if a result cannot be read now.
func (m *scoreCheck) done(dir string, i int) (bool, error) {
	data, err := regularfile.ReadBeneath(dir, resultName(i), resultMost)
	if err == nil {
		_, err = parseResult(data, m, i)
	}
	if regularfile.Unreadable(err) {
		return false, err
	}
	return err == nil, nil
}

// clearIndex removes the state of an index that is done, the lease aside.
func clearIndex(dir string, i int) { os.RemoveAll(filepath.Join(dir, stateName(i))) }

// entriesOf lists a directory beneath a sweep's; nothing if it is a link or not there.
func entriesOf(path string) []fs.DirEntry {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil
	}
	entries, _ := os.ReadDir(path)
	return entries
}
