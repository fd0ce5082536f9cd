//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/slurm"
)

// standIns are programs in place of Slurm's, which keep a queue of "job script" lines in
// $QUEUE. Of a job that FAIL names sbatch says that it is too much; with LOSE it takes it, and
// dies before it says so.
var standIns = map[string]string{
	"sbatch": `#!/bin/bash
n=$(( $(cat "$QUEUE.n" 2>/dev/null || echo 100) + 1 )); echo $n >"$QUEUE.n"
if [ "$n" = "$FAIL" ]; then echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; fi
echo "$n ${!#}" >>"$QUEUE"
after=; for a in "$@"; do case $a in --dependency=*) after=" after ${a#--dependency=afterany:}";; esac; done
echo "$n $(basename "${!#}" .sbatch)$(sed -n 's/^#SBATCH --array=/ /p' "${!#}")$after" >>"$QUEUE.log"
if [ "$n" = "$LOSE" ]; then kill -9 $$; fi
echo "$n"
`,
	"squeue":   "#!/bin/bash\nif [ -n \"$DOWN\" ]; then echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; fi\ncat \"$QUEUE\"\n",
	"scontrol": "#!/bin/bash\necho 'MaxArraySize = 4'\n",
}

// standInCluster puts stand-ins for Slurm into the way of the program, and returns what was
// submitted since it was asked the last time, and a way to end jobs.
func standInCluster(t *testing.T) (submitted func() string, end func(jobs ...string)) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range standIns {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	queue := filepath.Join(dir, "queue")
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("QUEUE", queue)
	submitted = func() string {
		log, _ := os.ReadFile(queue + ".log")
		os.Remove(queue + ".log")
		return strings.ReplaceAll(strings.TrimSpace(string(log)), "\n", ", ")
	}
	end = func(jobs ...string) {
		t.Helper()
		data, err := os.ReadFile(queue)
		if err != nil {
			t.Fatal(err)
		}
		left := ""
		for line := range strings.Lines(string(data)) {
			if !slices.ContainsFunc(jobs, func(j string) bool { return strings.HasPrefix(line, j+" ") }) {
				left += line
			}
		}
		if err := os.WriteFile(queue, []byte(left), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return submitted, end
}

// TestSubmitOnce checks that what is in the queue is not submitted again: by a second
// command, after a refusal, after an end between Slurm's answer and its note, and where
// Slurm does not answer. The merge comes after the array.
func TestSubmitOnce(t *testing.T) {
	dir := planTiny(t) // 4 indices; an array has 3 tasks at most
	submitted, end := standInCluster(t)
	var flags []string
	submit := func(dir string, want int, errors, jobs string) {
		t.Helper()
		code, stdout, stderr := run(append([]string{"sweep", "slurm", dir, "-submit"}, flags...)...)
		if got := submitted(); code != want || got != jobs || !strings.Contains(stderr, errors) || errors == "" && stderr != "" || strings.Count(stderr, "\n") > 1 {
			t.Errorf("exit code %d, submitted %q, errors %q, want %d, %q and %q\n%s", code, got, stderr, want, jobs, errors, stdout)
		}
	}
	flags = []string{"-per-task", "1", "-minutes", "5", "-at-once", "2"}
	t.Setenv("FAIL", "102")
	submit(dir, 1, "QOSMaxSubmitJobPerUserLimit; the same command goes on with the rest", "101 work 0-2%2")
	flags = nil // they are those of the last time
	t.Setenv("FAIL", "103")
	submit(dir, 1, "QOSMaxSubmitJobPerUserLimit", "") // the array is in the queue
	t.Setenv("FAIL", "")
	submit(dir, 0, "", "104 render after 101")
	submit(dir, 0, "", "")
	t.Setenv("DOWN", "yes")
	submit(dir, 1, "Unable to contact slurm controller", "")
	t.Setenv("DOWN", "")

	other := filepath.Join(t.TempDir(), "copy") // which submitted nothing
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	submit(other, 0, "", "105 work 0-2%2, 106 render after 105")
	end("105", "106")

	// The merge is cancelled, and what works is not; then all has ended, and nothing is done.
	end("104")
	submit(dir, 0, "", "107 render after 101")
	end("101", "107")
	t.Setenv("LOSE", "108")
	submit(dir, 1, "sbatch: signal: killed", "108 work 0-2%2")
	t.Setenv("LOSE", "")
	submit(dir, 0, "", "109 render after 108")
	submit(dir, 0, "", "")

	// The merge is about to run.
	end("108")
	submit(dir, 0, "", "")
	end("109")
	for _, args := range [][]string{{"-index", "0-2"}, {}} {
		if code, _, stderr := run(append([]string{"sweep", "run", dir}, args...)...); code != 0 {
			t.Fatal(stderr)
		}
		if len(args) > 0 {
			submit(dir, 0, "", "110 work 0-0%2, 111 render after 110")
			end("110", "111")
		}
	}
	submit(dir, 0, "", "")
}

// TestSlurmPaths checks that a sweep may lie where it will, as far as sbatch can be told,
// and that a script of it says where that is.
func TestSlurmPaths(t *testing.T) {
	planned := os.DirFS(planTiny(t))
	submitted, _ := standInCluster(t)
	for i, name := range []string{"my sweeps", "dir(1)", "dir_ü", "50%a", "it's", `"q"`, "$HOME;#&*"} {
		dir := filepath.Join(t.TempDir(), name, "s")
		if err := os.CopyFS(dir, planned); err != nil {
			t.Fatal(err)
		}
		t.Chdir(filepath.Dir(dir))
		code, _, stderr := run("sweep", "slurm", "s", "-submit", "-per-task", "4", "-minutes", "5")
		if want := fmt.Sprintf("%d work 0-0, %d render after %d", 101+2*i, 102+2*i, 101+2*i); code != 0 || submitted() != want {
			t.Errorf("%s: exit code %d, %s", name, code, stderr)
		}
		text, err := os.ReadFile(filepath.Join("s", "slurm", "work.sbatch"))
		output := `#SBATCH --output="` + strings.NewReplacer("%", "%%", `"`, `\"`).Replace(dir) + `/slurm/log/work_%a.txt"` + "\n"
		if err != nil || !strings.Contains(string(text), output) {
			t.Errorf("%s: %v, %s lacks %s", name, err, text, output)
		}
		// The scripts, with the program of this test.
		for _, script := range slurm.Scripts {
			c := child()
			c.Path = "/bin/bash"
			c.Args = []string{"bash", filepath.Join("s", "slurm", script)}
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%s: %v, %s", name, err, out)
			}
		}
		if code, stdout, _ := run("sweep", "status", dir, "-array"); code != 0 || stdout != "\n" {
			t.Errorf("%s: not done: %s", name, stdout)
		}
		if _, err := os.Stat(filepath.Join("s", "merged", "report.html")); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{`back\slash`, "a\nb"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.CopyFS(dir, planned); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := run("sweep", "slurm", dir, "-per-task", "4", "-minutes", "5"); code != 2 || !strings.Contains(stderr, "batch script") {
			t.Errorf("%q: exit code %d, %s", name, code, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "slurm")); err == nil {
			t.Errorf("%q: a refused script left something behind", name)
		}
	}
}
