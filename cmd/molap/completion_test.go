package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/atomicfile"
)

// completionCases has command lines, whose last word is completed, and the words that come of it:
// all of them, or with an ellipsis some of them.
var completionCases = []struct {
	line string
	want string
}{
	{"molap repr", "reproduce"},
	{"molap reproduce fig2", "fig2 fig2d"},
	{"molap reproduce table1 mod", "modules3"},
	{"molap help sett", "settings"},
	{"molap train -ar", "-arm"},
	{"molap train -arm res", "reservoir"},
	{"molap train -arm molap,sep", "molap,separate"},
	{"molap train -task multi", "multi_mem"},
	{"molap train -task T1,context_mem_dm", "T1,context_mem_dm1 T1,context_mem_dm2"},
	{"molap train -task mi", "mine.toml"},
	{"molap train -task T1,mi", "T1,mine.toml"},
	{"molap train T1 --arm res", "reservoir"},
	{"molap train -corpus T9,mem_p", "T9,mem_pro"},
	{"molap train -profile ext", "extended"},
	{"molap train -profile mi", "mine.toml"},
	{"molap train -precision f", "f32 f64"},
	{"molap train -kernel gen", "generic"},
	{"molap train -set training.ra", "training.rate="},
	{"molap train -seeds ", ""},
	{"molap eval ne", "net.npz nets"},
	{"molap perturb net.npz -damage m", "m1 m2"},
	{"molap train -save ne", "nets"},
	{"molap bench -prec", "-precision"},
	{"molap bench -precision b", "both"},
	{"molap completion z", "zsh"},
	{"molap sweep sta", "status"},
}

// completeLines completes the last words of all lines above in a shell: script ends the
// shell's own script and prints a line of words for each of the lines that args hold.
func completeLines(t *testing.T, shell, script string) []string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skipf("no %s here", shell)
	}
	dir := t.TempDir()
	for _, name := range []string{"mine.toml", "net.npz", "nets/a"} {
		if err := atomicfile.MkdirAll(filepath.Dir(filepath.Join(dir, name))); err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Write(filepath.Join(dir, name), nil); err != nil {
			t.Fatal(err)
		}
	}
	code, own, stderr := run("completion", shell)
	if code != 0 {
		t.Fatal(stderr)
	}
	if err := atomicfile.Write(filepath.Join(dir, "own"), []byte(own)); err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", script}
	if shell == "bash" {
		args = append([]string{"--norc"}, append(args, "bash")...)
	}
	if shell == "zsh" {
		args = append([]string{"-f"}, append(args, "zsh")...)
	}
	if shell == "fish" {
		args = append([]string{"--no-config"}, args...)
	}
	for _, c := range completionCases {
		args = append(args, c.line)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	bin := t.TempDir() // where the shell finds the program
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "molap")); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), asProgram+"=1", "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil || len(lines) != len(completionCases) {
		t.Fatalf("%s: %v; %d lines of %d: %s", shell, err, len(lines), len(completionCases), out)
	}
	return lines
}

// compareCompletions compares what a shell completed, in any order.
func compareCompletions(t *testing.T, shell string, got []string) {
	t.Helper()
	for i, c := range completionCases {
		g, w := strings.Fields(got[i]), strings.Fields(c.want)
		for j := range g {
			g[j] = strings.TrimSuffix(g[j], "/")
		}
		slices.Sort(g)
		g = slices.Compact(g) // zsh offers a directory among files and among directories
		if slices.Sort(w); !slices.Equal(g, w) {
			t.Errorf("%s completes %q with %q, want %q", shell, c.line, g, w)
		}
	}
}

func TestCompletionBash(t *testing.T) {
	compareCompletions(t, "bash", completeLines(t, "bash", `source ./own
for line in "$@"; do
  read -ra COMP_WORDS <<<"$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]}-1))
  _molap
  echo "${COMPREPLY[*]}"
done`))
}

func TestCompletionFish(t *testing.T) {
	compareCompletions(t, "fish", completeLines(t, "fish", `source ./own
for line in $argv
  echo (complete -C $line | string replace -r '\t.*' '')
end`))
}

// TestCompletionZsh asks a zsh on a pseudo-terminal, since only its line editor
// completes. Its own compadd writes down the words that the editor would offer.
func TestCompletionZsh(t *testing.T) {
	compareCompletions(t, "zsh", completeLines(t, "zsh", `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PROMPT=; autoload -Uz compinit; compinit -u -d ./dump; source ./own
compadd() {
  local -a found
  case " $*" in *" -"[OAD]" "*) ;; *) builtin compadd -A found "$@"; print -r -- $IPREFIX${^found} >>found ;; esac
  builtin compadd "$@"
}
list() { _main_complete; print -rn -- "[[end]]" }
zle -C list list-choices list
bindkey "^I" list
print [[rea""dy]]'
zpty -r z got '*\[\[ready\]\]*'
for line in "$@"; do
  : >found
  zpty -w -n z $'\x15'"$line"$'\t'
  zpty -r z got '*\[\[end\]\]*'
  print -r -- $(<found)
done`))
}

// TestOffers checks that each offer of values belongs to a command or a flag that there is.
func TestOffers(t *testing.T) {
	p := program()
	for name := range p.Offers {
		flag, isFlag := strings.CutPrefix(name, "-")
		found := false
		for _, c := range p.Commands {
			_, help, _ := run("help", c.Name)
			found = found || !isFlag && c.Name == name || isFlag && strings.Contains(help, "\n  -"+flag+" ")
		}
		if !found {
			t.Errorf("values are offered for %s, which there is not", name)
		}
	}
	for _, args := range [][]string{{"completion"}, {"completion", "tcsh"}, {"completion", "bash", "zsh"}} {
		if code, _, stderr := run(args...); code != 2 || !strings.Contains(stderr, "bash, fish, zsh") {
			t.Errorf("%q: exit code %d, %q", args, code, stderr)
		}
	}
}

// TestMan sets the manual page with the strictest warnings.
func TestMan(t *testing.T) {
	code, page, _ := run("man")
	for _, want := range []string{".TH MOLAP 1 ", `\fB\-arm\fR \fIARMS\fR`, `.SH "SETTINGS"`, "training.rate", `.SH "EXIT STATUS"`} {
		if code != 0 || !strings.Contains(page, want) {
			t.Errorf("exit code %d, the page lacks %q", code, want)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("no groff here")
	}
	cmd := exec.Command(groff, "-man", "-ww", "-Kutf8", "-Tutf8", "-P-cbou", "-rLL=100n")
	cmd.Stdin = strings.NewReader(page)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	set, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Errorf("groff: %v, %s", err, complaints.String())
	}
	for _, line := range []string{"molap train -arm molap -task T7", "-seeds n"} { // with hyphens that can be copied
		if !strings.Contains(string(set), line) {
			t.Errorf("the set page lacks %q", line)
		}
	}
}
