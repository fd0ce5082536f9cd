//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/resultdir"
)

// faultCount is how often TestKilled kills; docs/reliability.md has the figures of 200.
var faultCount = flag.Int("faults", 10, "kill the program `n` times in TestKilled")

// faultyCommand is a command that faults befall, and what it writes.
type faultyCommand struct {
	args       []string // beside -cache and out
	out        string   // the flag of the directory: "-save" or "-out"
	cache, dir string
	// For commands other than train and reproduce: all arguments, and what is in dir before.
	all    func(dir string) []string
	before fs.FS

	// Of a run that nothing befell:
	took    time.Duration
	stdout  string
	results map[string]string

	// Of the last look:
	kept map[string][]byte // files of the cache
	made map[string]string // files of dir
	work int               // files of work that goes on in a sweep
}

// faultyTrain pre-trains and trains networks, one arm in a sequence of tasks, and
// keeps them; the iterations decide how long that takes.
func faultyTrain(t *testing.T, iterations string) *faultyCommand {
	return newFaulty(t, "-save", iterations, "train", "-arm", "molap,dni", "-task", "T5,T7")
}

// newFaulty runs a command to its end and gives it fresh directories. Each of its jobs
// is small, with checkpoints as often as may be.
func newFaulty(t *testing.T, out, iterations string, args ...string) *faultyCommand {
	t.Helper()
	f := &faultyCommand{out: out, args: append(args, "-checkpoint-every", "10ms")}
	for _, s := range []string{"network.units=8", "training.batch=4", "pretraining.batch=4", "pretraining.corpus_trials=8", "score.test_trials=8",
		"training.levels=1", "pretraining.levels=1", "dni.units=8", "dni.batch=4", "dni.level_iterations=20", "dni.levels=1", "dni.orders=0",
		"training.level_iterations=" + iterations, "pretraining.level_iterations=" + iterations} {
		f.args = append(f.args, "-set", s)
	}
	f.measure(t)
	return f
}

// measure runs the command to its end.
func (f *faultyCommand) measure(t *testing.T) {
	t.Helper()
	f.fresh(t, t.TempDir())
	began := time.Now()
	f.stdout = f.finish(t)
	f.took = time.Since(began)
	f.results = resultsIn(t, f.dir)
	if len(f.results) == 0 {
		t.Fatalf("molap %s wrote nothing", strings.Join(f.line(), " "))
	}
	f.fresh(t, t.TempDir())
}

// fresh has the command work in a directory where it has not been.
func (f *faultyCommand) fresh(t *testing.T, dir string) {
	t.Helper()
	f.cache, f.dir = filepath.Join(dir, "cache"), filepath.Join(dir, "out")
	f.kept, f.made = nil, nil
	if f.before != nil {
		if err := os.CopyFS(f.dir, f.before); err != nil {
			t.Fatal(err)
		}
	}
}

// line returns the arguments of the program.
func (f *faultyCommand) line() []string {
	if f.all != nil {
		return f.all(f.dir)
	}
	return append(f.args, "-cache", f.cache, f.out, f.dir)
}

// faultySweeps are the run of a sweep, a merge of what it did, and the export of a network.
func faultySweeps(t *testing.T) []*faultyCommand {
	t.Helper()
	planned := planTiny(t)
	work := &faultyCommand{before: os.DirFS(planned), all: func(dir string) []string {
		return []string{"sweep", "run", dir, "-workers", "2", "-checkpoint-every", "10ms"}
	}}
	work.measure(t)
	done := t.TempDir()
	if err := os.CopyFS(done, work.before); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("sweep", "run", done); code != 0 {
		t.Fatal(stderr)
	}
	merge := &faultyCommand{all: func(dir string) []string { return []string{"sweep", "merge", done, "-out", dir} }}
	merge.measure(t)
	export := &faultyCommand{all: func(dir string) []string {
		return []string{"export", foreignNetwork, "-out", filepath.Join(dir, "net.npz")}
	}}
	export.measure(t)
	return []*faultyCommand{work, merge, export}
}

// finish runs the command to its end.
func (f *faultyCommand) finish(t *testing.T) (stdout string) {
	t.Helper()
	p := startProgram(t, f.line()...)
	if err := p.Wait(); err != nil {
		t.Fatalf("molap %s: %v, %s", f.line()[0], err, &p.stderr)
	}
	return f.printed(p.stdout.String())
}

// printed is what the command printed, whatever directory it writes into.
func (f *faultyCommand) printed(stdout string) string {
	return strings.ReplaceAll(stdout, f.dir, "DIR")
}

// fail runs the command, which has to end with exit code 1 or 2 and a last line that
// has want.
func (f *faultyCommand) fail(t *testing.T, want string) {
	t.Helper()
	p := startProgram(t, f.line()...)
	p.Wait() // the exit code tells
	lines := strings.Split(strings.TrimSuffix(p.stderr.String(), "\n"), "\n")
	last := lines[len(lines)-1]
	if code := p.ProcessState.ExitCode(); code != 1 && code != 2 || !strings.HasPrefix(last, "molap: ") || !strings.Contains(last, want) {
		t.Errorf("exit code %d, last line %q, want 1 or 2 and %q", code, last, want)
	}
	if f.out == "-out" && p.stdout.Len() > 0 {
		t.Errorf("printed %q", &p.stdout)
	}
}

// growingFiles matches the files of observations, which have those of the experiments that are done.
var growingFiles = regexp.MustCompile(`^results/(records\.csv|draws\.csv\.gz|losses\.csv\.gz|arrays\.json\.gz)$`)

// ongoingFiles matches the files of work that goes on in a sweep.
var ongoingFiles = regexp.MustCompile(`^state/`)

var temporaryPattern = regexp.MustCompile(`^\.molap-tmp-[0-9]+$`)

// eachFile calls use for the files below a directory that are neither locks, leases nor
// temporaries, and counts the temporaries.
func eachFile(t *testing.T, dir string, use func(path string, data []byte)) (temporaries int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && at == dir:
			return nil
		case err != nil || d.IsDir() || d.Name() == ".lock" || d.Name() == ".turn" || strings.HasSuffix(d.Name(), ".lease"):
			return err
		case temporaryPattern.MatchString(d.Name()):
			temporaries++
			return nil
		}
		data, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(dir, at)
		use(path, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return temporaries
}

// resultsIn returns the files of a directory that settings and seed determine, and
// checks that the others, which tell time, machine and command, are whole.
func resultsIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	eachFile(t, dir, func(path string, data []byte) {
		whole := true
		switch path {
		case place.Manifest:
			whole = json.Valid(data)
		case resultdir.Page:
			whole = bytes.HasSuffix(bytes.TrimSpace(data), []byte("</html>"))
		default:
			files[path] = string(data)
		}
		if !whole {
			t.Errorf("%s is not whole: %d bytes", path, len(data))
		}
	})
	return files
}

// look checks every file: each is whole, none that was there at the last look is lost
// or further back, and results are those of a run that nothing befell. It counts
// temporary files.
func (f *faultyCommand) look(t *testing.T) (temporaries int) {
	t.Helper()
	kept := map[string][]byte{}
	temporaries = eachFile(t, f.cache, func(path string, data []byte) {
		at := len(data) - sha256.Size
		if at < 0 || sha256.Sum256(data[:at]) != [sha256.Size]byte(data[at:]) {
			t.Errorf("%s in the cache is damaged: %d bytes", path, len(data))
		}
		kept[path] = data
	})
	for path, before := range f.kept {
		value, isState := strings.CutSuffix(path, ".state")
		switch after := kept[path]; {
		case !isState && !bytes.Equal(before, after):
			t.Errorf("value %s is lost or changed", path)
		case isState && kept[value] == nil && (after == nil || workDone(t, after) < workDone(t, before)):
			t.Errorf("state %s is lost or goes back", path)
		}
	}
	made := resultsIn(t, f.dir)
	f.work = 0
	for path := range made {
		if ongoingFiles.MatchString(path) {
			f.work++
			delete(made, path)
		}
	}
	temporaries += eachFile(t, f.dir, func(string, []byte) {})
	m, err := resultdir.Read(f.dir)
	ended := err == nil && m.Complete
	for path, data := range made {
		if growingFiles.MatchString(path) && !ended {
			continue
		}
		if data != f.results[path] {
			t.Errorf("%s is not what it is without faults", path)
		}
	}
	for path := range f.made {
		if _, there := made[path]; !there {
			t.Errorf("%s is lost", path)
		}
	}
	f.kept, f.made = kept, made
	return temporaries
}

// workDone returns the work that a state says was done: its third line.
func workDone(t *testing.T, state []byte) float64 {
	t.Helper()
	lines := strings.SplitN(string(state), "\n", 4)
	if len(lines) < 4 {
		t.Fatal("a state of fewer than four lines")
	}
	done, err := strconv.ParseFloat(lines[2], 64)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// states counts the states of jobs that were not done at the last look.
func (f *faultyCommand) states() (n int) {
	for path := range f.kept {
		if strings.HasSuffix(path, ".state") {
			n++
		}
	}
	return n
}

// complete lets the command finish: all bytes then have to be those of a run that
// nothing befell, and there is no litter.
func (f *faultyCommand) complete(t *testing.T) {
	t.Helper()
	stdout := f.finish(t)
	if f.out == "-save" && stdout != f.stdout { // that of -out names the directory
		t.Errorf("printed %q, without faults %q", stdout, f.stdout)
	}
	if litter := f.look(t); litter > 0 {
		t.Errorf("%d temporary files are left after the last run", litter)
	}
	if len(f.made) != len(f.results) {
		t.Errorf("%d files of results, without faults %d", len(f.made), len(f.results))
	}
	if n := f.states() + f.work; n > 0 {
		t.Errorf("%d states are left of jobs that are done", n)
	}
	if leases, _ := filepath.Glob(filepath.Join(f.cache, "*", "*", "*.lease")); len(leases) > 0 {
		t.Errorf("leases are left of jobs that are done: %v", leases)
	}
}

// TestKilled kills the program at random instants, again and again in the same
// directories.
func TestKilled(t *testing.T) {
	works := append(faultySweeps(t), faultyTrain(t, "300"))
	if *faultCount > 20 {
		works = append(works, newFaulty(t, "-out", "20", "reproduce", "table1", "cca", "fig2", "dni"))
	}
	random := rand.New(rand.NewPCG(1, 2))
	kills, finished, temporaries, states := 0, 0, 0, 0
	for i := 0; kills < *faultCount; i++ {
		f := works[i%len(works)]
		p := startProgram(t, f.line()...)
		time.AfterFunc(time.Duration(random.Float64()*float64(f.took)), func() { p.Process.Kill() })
		p.Wait() // the state of the process tells
		switch {
		case p.ProcessState.Success():
			finished++
			f.look(t)
			f.complete(t)
			f.fresh(t, t.TempDir())
		case p.ProcessState.Exited():
			t.Fatalf("after %d kills: exit code %d, %s", kills, p.ProcessState.ExitCode(), &p.stderr)
		default:
			kills++
			temporaries += f.look(t)
			states += f.states() + f.work
		}
		if t.Failed() {
			t.Fatalf("after %d kills", kills)
		}
	}
	for _, f := range works {
		f.complete(t)
	}
	t.Logf("%d kills, %d runs finished; %d temporary files and %d states were seen", kills, finished+len(works), temporaries, states)
	if *faultCount >= 100 && (temporaries == 0 || states == 0) {
		t.Error("no kill fell while a file was written, or none between checkpoints: what is tested?")
	}
}
