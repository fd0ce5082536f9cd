package sweep

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
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
	States  []State         // by index
	Notes   map[int]string  // why an index is failed or corrupt
	Beats   map[int]Beat    // of the running ones
	known   map[int]stamp   // of results that were read
	Results map[int]*Result // of the done ones
}

// stamp tells whether a file is the one that was read.
type stamp struct {
	size    int64
	changed time.Time
}

// Count returns how many indices are in a state.
func (s *Status) Count(state State) int { return len(s.List(state)) }

// List returns the indices in some states.
func (s *Status) List(states ...State) []int {
	var list []int
	for i, t := range s.States {
		for _, u := range states {
			if t == u {
				list = append(list, i)
			}
		}
	}
	return list
}

// Undone returns the indices without a result on which nobody works.
func (s *Status) Undone() []int { return s.List(Missing, Interrupted, Failed, Corrupt) }

// Gone says of every index that is running whether whoever works on it, by their
// last word, is known to be gone.
func (s *Status) Gone(known func(Beat) bool) {
	for _, i := range s.List(Running) {
		if known(s.Beats[i]) {
			s.stop(i)
		}
	}
}

// stop notes that nobody works on an index.
func (s *Status) stop(i int) {
	if s.States[i] == Missing || s.States[i] == Running {
		s.States[i] = Interrupted
	}
	delete(s.Beats, i)
}

// Look reads where a sweep stands. Results are read and checked to the last
// byte; given an earlier status, only those that changed since.
func Look(dir string, m *Manifest, earlier *Status) (*Status, error) {
	s := &Status{States: make([]State, len(m.Indices)), Notes: map[int]string{}, Beats: map[int]Beat{},
		known: map[int]stamp{}, Results: map[int]*Result{}}
	names := map[string]int{}
	for i := range m.Indices {
		names[fileName(i)] = i
	}
	now := serverTime(dir)
	host, _ := os.Hostname()
	each := func(sub, suffix string, visit func(i int, info fs.FileInfo) error) error {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // a copy may lack what is empty
			return err
		}
		for _, e := range entries {
			i, ok := names[e.Name()+suffix]
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
		return nil
	}
	err := each("state", ".json", func(i int, _ fs.FileInfo) error {
		s.States[i] = Interrupted
		return nil
	})
	if err == nil {
		err = each("failed", "", func(i int, _ fs.FileInfo) error {
			var note IndexError
			data, err := os.ReadFile(filepath.Join(dir, "failed", fileName(i)))
			if err == nil && json.Unmarshal(data, &note) == nil {
				s.States[i], s.Notes[i] = Failed, note.Error
			}
			return err
		})
	}
	if err == nil {
		err = each("running", "", func(i int, info fs.FileInfo) error {
			data, err := os.ReadFile(filepath.Join(dir, "running", fileName(i)))
			if err != nil {
				return err
			}
			var b Beat
			json.Unmarshal(data, &b) // a half-written one says nothing of its owner
			if now.Sub(info.ModTime()) > beatsStale || b.Host == host && !alive(b.PID) {
				s.stop(i)
			} else {
				s.States[i], s.Beats[i] = Running, b
			}
			return nil
		})
	}
	if err == nil {
		err = each("results", "", func(i int, info fs.FileInfo) error {
			at := stamp{info.Size(), info.ModTime()}
			if earlier != nil && earlier.States[i] == Done && earlier.known[i] == at {
				s.States[i], s.known[i], s.Results[i] = Done, at, earlier.Results[i]
				return nil
			}
			r, err := readResult(dir, m, i)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return err
			case err != nil:
				if s.States[i] != Running {
					s.States[i], s.Notes[i] = Corrupt, err.Error()
				}
			default:
				s.States[i], s.known[i], s.Results[i] = Done, at, r
			}
			return nil
		})
	}
	return s, err
}

// serverTime is the present by the clock of the directory's file system, which
// stamps heartbeats; that of this machine where nothing can be written.
func serverTime(dir string) time.Time {
	f, err := os.CreateTemp(dir, ".now-*")
	if err != nil {
		return time.Now()
	}
	defer os.Remove(f.Name())
	defer f.Close()
	f.Write([]byte{0})
	if info, err := os.Stat(f.Name()); err == nil {
		return info.ModTime()
	}
	return time.Now()
}
