//go:build unix

package slurm

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func runIn(dir string) Run {
	return Run{Name: "molap-x", Program: "/opt/molap/bin/molap", Work: []string{"sweep", "run", "it's", "-checkpoint-every", "5m"}, Render: []string{"sweep", "merge", "it's"},
		Dir: dir, Scripts: filepath.Join(dir, "slurm"), Tasks: 6, AtOnce: 4, Minutes: 90, Warning: 120, Options: []string{"--partition=long", "--mail-user=a@b.org"}}
}

// writeScripts writes the scripts of a run and returns their paths.
func writeScripts(t *testing.T, r Run) (paths [2]string) {
	t.Helper()
	files, err := r.Files()
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range Scripts {
		paths[i] = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(paths[i], files[name], 0o666); err != nil {
			t.Fatal(err)
		}
		if err := exec.Command("bash", "-n", paths[i]).Run(); err != nil {
			t.Errorf("%s is no shell script: %v\n%s", name, err, files[name])
		}
	}
	return paths
}

func TestScripts(t *testing.T) {
	r := runIn("/shared/50%a")
	paths := writeScripts(t, r)
	text, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"#!/bin/bash\n", "#SBATCH --array=0-5%4\n", "#SBATCH --time=90\n", "#SBATCH --signal=B:USR1@120\n", "#SBATCH --requeue\n", "#SBATCH --cpus-per-task=1\n",
		"#SBATCH --chdir=\"/shared/50%a\"\n", "#SBATCH --output=\"/shared/50%%a/slurm/log/work_%a.txt\"\n", "#SBATCH --partition=long\n", "#SBATCH --mail-user=a@b.org\n",
		"program='/opt/molap/bin/molap'\n", `'sweep' 'run' 'it'\''s' '-checkpoint-every' '5m' &`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q:\n%s", paths[0], want, text)
		}
	}
	r.AtOnce = 0
	if files, err := r.Files(); err != nil || !strings.Contains(string(files[Scripts[0]]), "#SBATCH --array=0-5\n") {
		t.Errorf("without a limit: %v", err)
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*Run){
		"backslash":       func(r *Run) { r.Dir = `/shared/my\sweeps/s` },
		"scripts":         func(r *Run) { r.Scripts = `/shared/my\sweeps/s` },
		"long warning":    func(r *Run) { r.Minutes, r.Warning = 2, 120 },
		"no warning":      func(r *Run) { r.Warning = 0 },
		"array":           func(r *Run) { r.Options = []string{"--array=0-9"} },
		"output":          func(r *Run) { r.Options = []string{"-o", "/elsewhere"} },
		"line feed":       func(r *Run) { r.Program = "/bin/molap\nreboot" },
		"line feed, work": func(r *Run) { r.Work = append(r.Work, "a\nreboot") },
		"option's":        func(r *Run) { r.Options = []string{"--a\nreboot"} },
		"no option":       func(r *Run) { r.Options = []string{"reboot"} },
	} {
		r := runIn("/s")
		if change(&r); true {
			if _, err := r.Files(); err == nil {
				t.Errorf("%s: scripts are written for %+v", name, r)
			}
		}
	}
}

// TestWorkScript runs the script of the array with a stand-in for the program and for
// scontrol: what it does with signals and exit codes.
func TestWorkScript(t *testing.T) {
	bin := t.TempDir()
	for name, text := range map[string]string{
		// Works until it is asked to stop, or ends at once with the code it is told.
		"molap":    "#!/bin/bash\nif [ -n \"$CODE\" ]; then exit $CODE; fi\ntrap 'echo stopped; exit 130' TERM\ntouch \"$BIN/begun\"\nfor i in {1..200}; do sleep 0.05; done\n",
		"scontrol": "#!/bin/bash\necho \"scontrol $*\"\nkill -TERM $PPID\n",
		// Makes the script slow, so that a signal comes before the command after the program's start.
		"slow": "unset BASH_ENV\ntrap 'sleep 0.2' DEBUG\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	slow := filepath.Join(bin, "slow")
	r := runIn("/s")
	r.Program = filepath.Join(bin, "molap")
	script := writeScripts(t, r)[0]
	for _, c := range []struct {
		name, signal, code, slow string
		exit                     int
		want, not                string
	}{
		{"done", "", "0", "", 0, "", "scontrol"},
		{"failed", "", "1", "", 1, "", "scontrol"},
		{"killed", "", "137", "", 137, "", "scontrol"},
		{"time limit", "USR1", "", "", 128 + 15, "scontrol requeue 77_2", "error"}, // Slurm ends the script
		{"time limit at once", "USR1", "", slow, 128 + 15, "scontrol requeue 77_2", "error"},
		{"cancelled", "TERM", "", "", 130, "stopped", "scontrol"},
		{"cancelled at once", "TERM", "", slow, 130, "stopped", "scontrol"},
	} {
		os.Remove(filepath.Join(bin, "begun"))
		// The signal goes to the script as soon as the program has begun.
		shell := exec.Command("bash", "-c", `BASH_ENV=$SLOW bash "$0" & script=$!
if [ -n "$SIGNAL" ]; then until [ -e "$BIN/begun" ]; do sleep 0.05; done; kill -"$SIGNAL" $script; fi
wait $script`, script)
		shell.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "BIN="+bin, "SIGNAL="+c.signal, "CODE="+c.code,
			"SLOW="+c.slow, "SLURM_ARRAY_JOB_ID=77", "SLURM_ARRAY_TASK_ID=2", "MOLAP=")
		out, err := shell.CombinedOutput()
		code := shell.ProcessState.ExitCode()
		if code != c.exit || !strings.Contains(string(out), c.want) || strings.Contains(string(out), c.not) {
			t.Errorf("%s: exit code %d (%v), output %q", c.name, code, err, out)
		}
	}
}

// TestSubmission checks what is remembered of jobs, and what a queue says of them.
func TestSubmission(t *testing.T) {
	dir := t.TempDir()
	s, err := readSubmission(dir)
	if err != nil || s.Begun {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := s.begin(0); err != nil {
		t.Fatal(err)
	}
	if s, err = readSubmission(dir); err != nil || !s.Begun || s.underWay("0\n7\n") != [2]uint64{} {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := s.accepted(0, 7); err != nil {
		t.Fatal(err)
	}
	if s, err = readSubmission(dir); err != nil {
		t.Fatal(err)
	}
	for queue, want := range map[string][2]uint64{
		"": {}, "6\n8 /elsewhere/work.sbatch\nx\n": {}, "7\n": {7, 0}, "6\n7 (null)\n": {7, 0}, "9 " + dir + "/work.sbatch  \n": {9, 0},
		"9 " + dir + "/render.sbatch\n7 " + dir + "/work.sbatch\n": {7, 9},
	} {
		if got := s.underWay(queue); got != want {
			t.Errorf("%q: %v, want %v", queue, got, want)
		}
	}
	for text, begun := range map[string]bool{"work 1\nrender 2\nof /elsewhere\n": false, "work 1\nrender 2\nof " + dir + "\n": true} {
		if err := os.WriteFile(filepath.Join(dir, submittedName), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if s, err = readSubmission(dir); err != nil || s.Begun != begun || s.underWay("1\n2\n") != [2]uint64{} != begun {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "work 1\n", "work x\nrender 2\nof " + dir + "\n", "work -1\nrender 2\nof " + dir + "\n", strings.Repeat("x", submittedMost+1)} {
		if err := os.WriteFile(filepath.Join(dir, submittedName), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if s, err = readSubmission(dir); err == nil {
			t.Errorf("%.30q is read as %+v", text, s)
		}
	}
}
