//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// standIns are programs in place of Slurm's, which keep a queue of "job task script" lines
// in $QUEUE. Of a job that FAIL names sbatch says that it is too much; with LOSE it takes
// it, and dies before it says so.
var standIns = map[string]string{
	"sbatch": `#!/bin/bash
n=$(( $(cat "$QUEUE.n" 2>/dev/null || echo 100) + 1 )); echo $n >"$QUEUE.n"
tasks=N/A
for a in "$@"; do case $a in --array=*) tasks=${a#--array=};; esac; done
if [ "$n" = "$FAIL" ]; then echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; fi
for part in ${tasks//,/ }; do
  if [[ $part = *-* ]]; then seq "${part%-*}" "${part#*-}"; else echo "$part"; fi
done | while read -r t; do echo "$n $n $t ${!#}"; done >>"$QUEUE"
echo "$n $*" >>"$QUEUE.log"
if [ "$n" = "$LOSE" ]; then kill -9 $$; fi
echo "$n"
`,
	"squeue":   "#!/bin/bash\nif [ -n \"$DOWN\" ]; then echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; fi\ncat \"$QUEUE\"\n",
	"scontrol": "#!/bin/bash\necho 'MaxArraySize = 3'\n",
}

// cluster puts stand-ins for Slurm into the way of the program, and returns what was
// submitted since it was asked the last time, and a way to end jobs.
func cluster(t *testing.T) (submitted func() string, end func(jobs ...string)) {
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
		var jobs []string
		for line := range strings.Lines(string(log)) {
			words := strings.Fields(line)
			if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "--array=") }); i >= 0 {
				name := strings.TrimSuffix(line[strings.LastIndex(line, "/")+1:], ".sbatch\n")
				jobs = append(jobs, words[0]+" "+name+" "+strings.TrimPrefix(words[i], "--array="))
			} else {
				jobs = append(jobs, words[0]+" merge "+strings.TrimPrefix(words[2], "--dependency=afterany:"))
			}
		}
		return strings.Join(jobs, ", ")
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
// Slurm does not answer. The merge comes after all that waits.
func TestSubmitOnce(t *testing.T) {
	dir := planTiny(t) // 4 indices, in arrays of 2
	submitted, end := cluster(t)
	submit := func(want int, errors, jobs string) {
		t.Helper()
		code, stdout, stderr := run("sweep", "slurm", dir, "-submit", "-per-task", "1", "-minutes", "5")
		if got := submitted(); code != want || got != jobs || !strings.Contains(stderr, errors) || errors == "" && stderr != "" || strings.Count(stderr, "\n") > 1 {
			t.Errorf("exit code %d, submitted %q, errors %q, want %d, %q and %q\n%s", code, got, stderr, want, jobs, errors, stdout)
		}
	}
	t.Setenv("FAIL", "102")
	submit(1, "QOSMaxSubmitJobPerUserLimit; 1 of 2 arrays were submitted", "101 array-0 0-1, 103 merge 101")
	t.Setenv("FAIL", "104")
	submit(1, "0 of 1 arrays were submitted", "") // no second merge after the same jobs
	t.Setenv("FAIL", "")
	submit(0, "", "105 array-1 0-1, 106 merge 101:105:103")
	submit(0, "", "")
	t.Setenv("DOWN", "yes")
	submit(1, "Unable to contact slurm controller", "")
	t.Setenv("DOWN", "")

	// One task of the first array has ended without a result.
	end("101 101 1")
	submit(0, "", "107 array-0 1, 108 merge 101:105:107:106")
	// All has ended, and nothing is done; the array that was submitted less often goes first.
	end("101", "103", "105", "106", "107", "108")
	t.Setenv("LOSE", "110")
	submit(1, "sbatch: signal: killed", "109 array-1 0-1, 110 array-0 0-1, 111 merge 109")
	t.Setenv("LOSE", "")
	submit(0, "", "112 merge 109:110:111")
	submit(0, "", "")

	// The merge is cancelled, and what waits is not.
	end("111", "112")
	submit(0, "", "113 merge 109:110")
	if code, _, stderr := run("sweep", "run", dir); code != 0 {
		t.Fatal(stderr)
	}
	end("109", "110", "113")
	submit(0, "", "")
}

// TestSlurmPaths checks that a sweep may lie where it will, as far as sbatch can be told,
// and that a script of it says where that is.
func TestSlurmPaths(t *testing.T) {
	planned := os.DirFS(planTiny(t))
	submitted, _ := cluster(t)
	for i, name := range []string{"my sweeps", "dir(1)", "dir_ü", "50%a", "it's", `"q"`, "$HOME;#&*"} {
		dir := filepath.Join(t.TempDir(), name, "s")
		if err := os.CopyFS(dir, planned); err != nil {
			t.Fatal(err)
		}
		t.Chdir(filepath.Dir(dir))
		code, _, stderr := run("sweep", "slurm", "s", "-submit", "-per-task", "4", "-minutes", "5")
		if want := fmt.Sprintf("%d array-0 0, %d merge %d", 101+2*i, 102+2*i, 101+2*i); code != 0 || submitted() != want {
			t.Errorf("%s: exit code %d, %s", name, code, stderr)
		}
		text, err := os.ReadFile(filepath.Join("s", "slurm", "array-0.sbatch"))
		output := `#SBATCH --output="` + strings.NewReplacer("%", "%%", `"`, `\"`).Replace(dir) + `/slurm/log/0_%a.txt"` + "\n"
		if err != nil || !strings.Contains(string(text), output) {
			t.Errorf("%s: %v, %s lacks %s", name, err, text, output)
		}
		// The script, with the program of this test.
		c := child()
		c.Path = "/bin/bash"
		c.Args = []string{"bash", filepath.Join("s", "slurm", "array-0.sbatch")}
		c.Env = append(c.Env, "SLURM_ARRAY_TASK_ID=0")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v, %s", name, err, out)
		}
		if code, stdout, _ := run("sweep", "status", dir, "-array"); code != 0 || stdout != "\n" {
			t.Errorf("%s: not done: %s", name, stdout)
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
	}
}
