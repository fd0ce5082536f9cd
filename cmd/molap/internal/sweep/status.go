package sweep

import (
	"errors"
	"io/fs"
	"time"

	"molap/cmd/molap/internal/regularfile"
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

// noteMost bounds what is read of why an index failed, in bytes.
const noteMost = 1 << 16

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
	root, err := regularfile.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	each := func(sub, suffix string, visit func(i int, info fs.FileInfo) error) error {
		entries, err := fs.ReadDir(root.FS(), sub)
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
	read := func(sub string, i int, most int64) ([]byte, error) {
		data, err := regularfile.ReadIn(root, sub+"/"+fileName(i), most)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.Notes[i] = err.Error()
		}
		return data, err
	}
	err = each("state", ".json", func(i int, _ fs.FileInfo) error {
		s.States[i] = Interrupted
		return nil
	})
	if err == nil {
		err = each("failed", "", func(i int, _ fs.FileInfo) error {
			data, err := read("failed", i, noteMost)
			if errors.Is(err, fs.ErrNotExist) {
				return err
			}
			s.States[i] = Failed
			var note IndexError
			if err == nil && (strictJSON(data, &note) != nil || note.Index != i) {
				note.Error = "failed/" + fileName(i) + " is no note of it"
			}
			if err == nil {
				s.Notes[i] = note.Error
			}
			return nil
		})
	}
	if err == nil {
		err = each("running", "", func(i int, info fs.FileInfo) error {
			data, err := read("running", i, beatMost)
			if errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if b := parseBeat(data); err != nil || !b.works(info.ModTime(), now) {
				s.stop(i)
			} else {
				s.States[i], s.Beats[i] = Running, b
				delete(s.Notes, i)
			}
			return nil
		})
	}
	if err == nil {
		err = each("results", "", func(i int, info fs.FileInfo) error {
			at := stamp{info.Size(), info.ModTime()}
			if earlier != nil && earlier.States[i] == Done && earlier.known[i] == at {
				s.States[i], s.known[i], s.Results[i] = Done, at, earlier.Results[i]
				delete(s.Notes, i)
				return nil
			}
			var r *Result
			data, err := regularfile.ReadIn(root, "results/"+fileName(i), resultMost)
			if err == nil {
				r, err = parseResult(data, m, i)
			}
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return err
			case err != nil:
				if s.States[i] != Running {
					s.States[i], s.Notes[i] = Corrupt, err.Error()
				}
			default:
				s.States[i], s.known[i], s.Results[i] = Done, at, r
				delete(s.Notes, i)
			}
			return nil
		})
	}
	return s, err
}
