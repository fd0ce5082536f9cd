package sweep

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/seq"
)

// State is where an index stands.
type State int

// The states of an index.
const (
	Missing     State = iota // nothing was done
	Interrupted              // begun, and nobody works on it
	Running                  // somebody works on it
	Failed                   // it could not be done
	Corrupt                  // its result cannot be read
	Done
)

var stateNames = [...]string{"missing", "interrupted", "running", "failed", "corrupt", "done"}

func (s State) String() string { return stateNames[s] }

// Status is where a sweep stands.
type Status struct {
	States  []State             // by index
	Notes   map[int]string      // why an index is failed or corrupt
	Holders map[int]jobs.Holder // of the running ones
	known   map[int]fileStamp   // of results that were read
	Results map[int]*Result     // of the done ones
}

// fileStamp tells whether a file is still the one that was read.
type fileStamp struct {
	size    int64
	changed time.Time
}

// Count returns how many indices are in a state.
func (s *Status) Count(state State) int { return len(s.List(state)) }

// List returns the indices in some states.
func (s *Status) List(states ...State) []int {
	return seq.Where(seq.UpTo(len(s.States)), func(i int) bool { return slices.Contains(states, s.States[i]) })
}

// Undone returns the indices that have no result and that nobody works on.
func (s *Status) Undone() []int { return s.List(Missing, Interrupted, Failed, Corrupt) }

// noteMost is the largest size, in bytes, of a note that says why an index failed.
const noteMost = 1 << 16

// Look reads the status of a sweep. It reads and checks results to the last byte; given an earlier
// status, only those that changed since.
func Look(dir string, m *Manifest, earlier *Status) (*Status, error) {
	s := &Status{States: make([]State, len(m.Indices)), Notes: map[int]string{}, Holders: map[int]jobs.Holder{},
		known: map[int]fileStamp{}, Results: map[int]*Result{}}
	return s, regularfile.Within(dir, func(root *os.Root) error {
		l := statusReader{s, &scoreCheck{Manifest: m}, root}
		return errors.Join(l.each("state", l.begun), l.each("results", func(i int, info fs.FileInfo) error {
			return l.result(earlier, i, fileStamp{info.Size(), info.ModTime()})
		}))
	})
}

// statusReader reads a status.
type statusReader struct {
	*Status
	manifest *scoreCheck
	root     *os.Root
}

// each visits what a directory has of indices.
func (l statusReader) each(sub string, visit func(i int, info fs.FileInfo) error) error {
	entries, err := fs.ReadDir(l.root.FS(), sub)
	if errors.Is(err, fs.ErrNotExist) { // a copy may lack what is empty
		return nil
	}
	for _, e := range entries {
		i, ok := l.manifest.indexOf(e.Name())
		if !ok {
			continue
		}
		info, err := e.Info()
		if err == nil {
			err = visit(i, info)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // gone in the meantime
			return err
		}
	}
	return err
}

// begun reads the lease of an index and the note of why it failed, if nobody is at it.
func (l statusReader) begun(i int, _ fs.FileInfo) error {
	if h, ok := jobs.LookAt(l.root, leaseName(i)); ok {
		l.States[i], l.Holders[i] = Running, h
		return nil
	}
	l.States[i] = Interrupted
	note, err := regularfile.ReadIn(l.root, noteName(i), noteMost)
	if regularfile.Unreadable(err) {
		return err
	}
	if err != nil {
		note = []byte(err.Error())
	}
	if !errors.Is(err, fs.ErrNotExist) {
		l.States[i], l.Notes[i] = Failed, strings.TrimSuffix(string(note), "\n")
	}
	return nil
}

func (l statusReader) result(earlier *Status, i int, at fileStamp) error {
	var r *Result
	var err error
	if earlier != nil && earlier.known[i] == at {
		r = earlier.Results[i]
	} else {
		var data []byte
		if data, err = regularfile.ReadIn(l.root, resultName(i), resultMost); err == nil {
			r, err = parseResult(data, l.manifest, i)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), regularfile.Unreadable(err):
		return err
	case err == nil:
		l.States[i], l.known[i], l.Results[i] = Done, at, r
		delete(l.Notes, i)
		delete(l.Holders, i)
	case l.States[i] != Running:
		l.States[i], l.Notes[i] = Corrupt, err.Error()
	}
	return nil
}
