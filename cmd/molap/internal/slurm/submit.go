package slurm

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// submission notes which scripts of a directory were submitted: the number of the job that runs each of
// [Scripts]; 0: none is known.
type submission struct {
	dir   string
	jobs  [2]uint64
	Begun bool // something was submitted, or Slurm did not answer
}

const (
	submittedName = "submitted.txt"
	submittedMost = 1 << 10
)

// readSubmission returns what was submitted of the scripts of a directory, by its absolute path.
func readSubmission(dir string) (*submission, error) {
	s := &submission{dir: dir}
	at := filepath.Join(dir, submittedName)
	text, err := regularfile.Read(at, submittedMost)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	jobs, of, ok := strings.Cut(string(text), "of ")
	if n, _ := fmt.Sscanf(jobs, "work %d\nrender %d\n", &s.jobs[0], &s.jobs[1]); n != 2 || !ok {
		return nil, fmt.Errorf("%s is not what this program writes (want work and render with the numbers of jobs)", at)
	}
	if s.Begun = of == dir+"\n"; !s.Begun { // a copy submitted nothing
		s.jobs = [2]uint64{}
	}
	return s, nil
}

// begin notes that a script is about to be submitted.
func (s *submission) begin(script int) error { return s.accepted(script, s.jobs[script]) }

// accepted notes the number of a script's job.
func (s *submission) accepted(script int, job uint64) error {
	s.jobs[script] = job
	return atomicfile.Write(filepath.Join(s.dir, submittedName), fmt.Appendf(nil, "work %d\nrender %d\nof %s\n", s.jobs[0], s.jobs[1], s.dir))
}

// queueFormat makes squeue print what underWay reads: number and script of each job.
const queueFormat = "%F %o"

// underWay returns the numbers of the jobs that run the scripts, by the output of squeue; 0: none does.
// It knows a job by its number or its script, so a job that Slurm took without an answer counts as
// well.
func (s *submission) underWay(queue string) (jobs [2]uint64) {
	for line := range strings.Lines(queue) {
		number, script, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseUint(number, 10, 64)
		for i, name := range Scripts {
			if err == nil && n > 0 && (n == s.jobs[i] || strings.TrimSpace(script) == filepath.Join(s.dir, name)) {
				jobs[i] = n
			}
		}
	}
	return jobs
}
