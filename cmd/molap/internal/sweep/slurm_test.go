package sweep

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func slurmOf(dir string) Slurm {
	return Slurm{Batch: Batch{Program: "/opt/molap/bin/molap", Dir: dir, PerTask: 3}, ArraySize: 6, Minutes: 90, Warning: 120,
		AtOnce: 4, Options: []string{"--partition=long", "--mail-user=a@b.org"}}
}

func TestSlurmScripts(t *testing.T) {
	dir, m := written(t, smallFile)
	if err := os.Rename(dir, filepath.Join(filepath.Dir(dir), "s_1")); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(filepath.Dir(dir), "s_1")
	s := slurmOf(dir)
	arrays, merge, err := s.Write(dir, m, look(t, dir, m, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	// 48 indices, 3 a task: 16 tasks, 6 an array.
	if len(arrays) != 3 || arrays[1].First != 6 || arrays[2].Size != 4 {
		t.Fatalf("arrays %+v", arrays)
	}
	total := 0
	for _, a := range arrays {
		total += len(a.Todo)
		if err := exec.Command("bash", "-n", a.File).Run(); err != nil {
			t.Errorf("%s is no shell script: %v", a.File, err)
		}
	}
	if total != 16 {
		t.Errorf("%d tasks have something to do, want 16", total)
	}
	text, err := os.ReadFile(arrays[1].File)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"#!/bin/bash\n", "#SBATCH --array=0-5%4\n", "#SBATCH --time=90\n", "#SBATCH --signal=B:USR1@120\n", "#SBATCH --requeue\n",
		"#SBATCH --output=\"" + dir + "/slurm/log/1_%a.txt\"\n", "#SBATCH --partition=long\n", "#SBATCH --mail-user=a@b.org\n",
		"shard=$((6 + SLURM_ARRAY_TASK_ID))\n", `"$molap" sweep run "$sweep" -shard "$shard/16" `, "program='/opt/molap/bin/molap'\n", "sweep='" + dir + "'\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q:\n%s", arrays[1].File, want, text)
		}
	}
	if err := exec.Command("bash", "-n", merge).Run(); err != nil {
		t.Errorf("%s is no shell script: %v", merge, err)
	}
	if got, want := s.Arguments(arrays[2]), []string{"--parsable", "--array=0-3%4", arrays[2].File}; !slices.Equal(got, want) {
		t.Errorf("sbatch %q, want %q", got, want)
	}
	if again, err := ReadSlurm(dir); err != nil || again.PerTask != 3 || again.Minutes != 90 || !slices.Equal(again.Options, s.Options) {
		t.Errorf("options are read back as %+v (%v)", again, err)
	}

	// What is left when shards 0 to 14 are done: task 15, the fourth of the third array.
	for k := range 15 {
		if _, err := runner(dir, m, worker).Run(t.Context(), Shard{k, 16}.Indices(len(m.Indices))); err != nil {
			t.Fatal(err)
		}
	}
	if arrays, _, err = s.Write(dir, m, look(t, dir, m, nil), nil); err != nil {
		t.Fatal(err)
	}
	if len(arrays[0].Todo)+len(arrays[1].Todo) != 0 || !slices.Equal(arrays[2].Todo, []int{3}) {
		t.Errorf("left to do: %+v", arrays)
	}
}

func TestBadSlurm(t *testing.T) {
	dir, m := written(t, smallFile)
	for _, change := range []func(*Slurm){
		func(s *Slurm) { s.Dir = `/shared/my\sweeps/s` },
		func(s *Slurm) { s.Minutes = 2; s.Warning = 120 },
		func(s *Slurm) { s.PerTask = -1 },
		func(s *Slurm) { s.ArraySize = -5 },
		func(s *Slurm) { s.Options = []string{"--array=0-9"} },
		func(s *Slurm) { s.Options = []string{"-o", "/elsewhere"} },
		func(s *Slurm) { s.Dir = "relative" },
		func(s *Slurm) { s.Program = "/bin/molap\nreboot" },
		func(s *Slurm) { s.Options = []string{"--a\nreboot"} },
		func(s *Slurm) { s.Options = []string{"reboot"} },
	} {
		s := slurmOf("/s")
		change(&s)
		if _, _, err := s.Write(dir, m, look(t, dir, m, nil), nil); err == nil {
			t.Errorf("scripts are written for %+v", s)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "slurm")); err == nil {
		t.Error("a refused script left something behind")
	}
}

// TestArrayScript runs the script of an array with a stand-in for the program and
// for scontrol: what it does with signals and exit codes.
func TestArrayScript(t *testing.T) {
	dir, m := written(t, smallFile)
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
	s := slurmOf(dir)
	s.Program = filepath.Join(bin, "molap")
	arrays, _, err := s.Write(dir, m, look(t, dir, m, nil), nil)
	if err != nil {
		t.Skip(err) // the directory for tests has a name that no script takes
	}
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
wait $script`, arrays[0].File)
		shell.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "BIN="+bin, "SIGNAL="+c.signal, "CODE="+c.code,
			"SLOW="+c.slow, "SLURM_ARRAY_JOB_ID=77", "SLURM_ARRAY_TASK_ID=2")
		out, err := shell.CombinedOutput()
		code := shell.ProcessState.ExitCode()
		if code != c.exit || !strings.Contains(string(out), c.want) || strings.Contains(string(out), c.not) {
			t.Errorf("%s: exit code %d (%v), output %q", c.name, code, err, out)
		}
	}
}
