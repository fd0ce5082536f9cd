package sweep

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
)

// Submitted is what was submitted of a sweep, kept so that nothing is submitted twice.
type Submitted struct {
	Dir    string       `json:"dir"` // absolute; that of a copy submitted nothing
	Arrays []Submission `json:"arrays"`
	Merge  string       `json:"merge"`      // job that merges after the last arrays
	Owed   bool         `json:"merge_owed"` // no such job was submitted after them
}

// Submission is an array that sbatch was given.
type Submission struct {
	Job    string `json:"job"` // number; empty: sbatch has not said, and Slurm may have it
	Script string `json:"script"`
	Tasks  int    `json:"tasks"` // that the sweep was cut into
	First  int    `json:"first"` // of the array
	List   string `json:"list"`  // of those, counted from the first, as --array takes them
}

// Queued is a task of an array that waits or runs, as squeue tells in [QueueFormat].
type Queued struct {
	Job, Array string // numbers of the task's own job and of the array's
	Task       string // within the array; empty: not known, all of them
	Script     string // path, if known
}

// QueueFormat has squeue tell what ParseQueue reads.
const QueueFormat = "%A %F %K %o"

// ParseQueue reads what squeue says.
func ParseQueue(text string) []Queued {
	var queue []Queued
	for line := range strings.Lines(text) {
		words := strings.SplitN(strings.TrimSpace(line), " ", 4)
		words = append(words, "", "", "")
		if words[0] != "" {
			queue = append(queue, Queued{words[0], cmp.Or(words[1], words[0]), words[2], strings.TrimSpace(words[3])})
		}
	}
	return queue
}

const (
	submittedName = "slurm/submitted.json"
	submittedMost = 1 << 24 // bytes that are read of it
	keptArrays    = 10000   // more are forgotten, the oldest first
)

var (
	jobNumber   = regexp.MustCompile(`^[0-9]{0,20}$`)
	arrayScript = regexp.MustCompile(`^array-[0-9]{1,6}\.sbatch$`)
)

// ReadSubmitted returns what was submitted of a sweep whose directory has the absolute
// path abs.
func ReadSubmitted(dir, abs string) (*Submitted, error) {
	s := &Submitted{}
	data, err := readBeneath(dir, submittedName, submittedMost)
	if errors.Is(err, fs.ErrNotExist) {
		return &Submitted{Dir: abs}, nil
	}
	if err == nil {
		if err = strictJSON(data, s); err == nil {
			err = s.mistake()
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(dir, filepath.FromSlash(submittedName)), err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	if s.Dir != abs {
		return &Submitted{Dir: abs}, nil
	}
	return s, nil
}

func (s *Submitted) mistake() error {
	if len(s.Arrays) > keptArrays {
		return fmt.Errorf("%d arrays (allowed: %d)", len(s.Arrays), keptArrays)
	}
	if !jobNumber.MatchString(s.Merge) {
		return fmt.Errorf("merge %.60q is no number of a job", s.Merge)
	}
	for i, a := range s.Arrays {
		if !jobNumber.MatchString(a.Job) || !arrayScript.MatchString(a.Script) || a.Tasks < 1 || a.Tasks > MaxIndices || a.First < 0 || a.First >= a.Tasks {
			return fmt.Errorf("array %d: job %.60q, script %.60q, tasks %d, first %d are of none", i, a.Job, a.Script, a.Tasks, a.First)
		}
		if _, err := ParseList(a.List, a.Tasks-a.First); err != nil {
			return fmt.Errorf("array %d: %w", i, err)
		}
	}
	return nil
}

// Write writes what was submitted into the sweep's directory, which has slurm/.
func (s *Submitted) Write(dir string) error {
	data, err := json.MarshalIndent(s, "", " ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, filepath.FromSlash(submittedName)), append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// Settle finds the number of arrays for which sbatch did not come back, by their scripts,
// and forgets those that Slurm does not have.
func (s *Submitted) Settle(queue []Queued) {
	known := map[string]bool{}
	for _, a := range s.Arrays {
		known[a.Job] = true
	}
	for i := range s.Arrays {
		a := &s.Arrays[i]
		for _, q := range queue {
			if a.Job == "" && !known[q.Array] && q.Script == filepath.Join(s.Dir, "slurm", a.Script) {
				a.Job = q.Array
				known[q.Array], s.Owed = true, true
			}
		}
	}
	s.Arrays = slices.DeleteFunc(s.Arrays, func(a Submission) bool { return a.Job == "" })
}

// UnderWay returns the indices, of n, that tasks in the queue will do, and the numbers of
// their arrays.
func (s *Submitted) UnderWay(queue []Queued, n int) (indices map[int]bool, jobs []string) {
	tasks := map[string]map[string]bool{} // by array; of those that are not known
	for _, q := range queue {
		for _, job := range []string{q.Job, q.Array} {
			if tasks[job] == nil {
				tasks[job] = map[string]bool{}
			}
			tasks[job][q.Task] = true
		}
	}
	indices = map[int]bool{}
	for _, a := range s.Arrays {
		waiting := tasks[a.Job]
		if waiting == nil {
			continue
		}
		jobs = append(jobs, a.Job)
		list, _ := ParseList(a.List, a.Tasks-a.First)
		for _, k := range list {
			if waiting[""] || waiting[fmt.Sprint(k)] {
				for _, i := range (Shard{a.First + k, a.Tasks}).Indices(n) {
					indices[i] = true
				}
			}
		}
	}
	return indices, jobs
}

// Starved orders arrays: those first that were submitted least often.
func (s *Submitted) Starved(arrays []Array, tasks int) {
	times := func(a Array) (n int) {
		for _, b := range s.Arrays {
			if b.Tasks == tasks && b.First == a.First {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(arrays, func(a, b Array) int { return times(a) - times(b) })
}

// Begin notes that sbatch is about to be given an array.
func (s *Submitted) Begin(a Array, tasks int) {
	if n := len(s.Arrays); n >= keptArrays {
		s.Arrays = s.Arrays[n-keptArrays+1:]
	}
	s.Arrays = append(s.Arrays, Submission{Script: filepath.Base(a.File), Tasks: tasks, First: a.First, List: FormatList(a.Todo)})
}

// Accepted notes the number of the array that was begun last.
func (s *Submitted) Accepted(job string) {
	s.Arrays[len(s.Arrays)-1].Job = job
	s.Owed = true
}
