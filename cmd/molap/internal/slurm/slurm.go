// Package slurm writes scripts that run a command of the program on Slurm: an array of tasks that share
// a cache and do its jobs together, and a task after them that writes what came of it. Slurm starts
// tasks. Leases in the cache (package jobs) settle which task does what, so a task that is killed, or
// that comes later, needs nothing else.
package slurm

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode"
)

// Run is a command on Slurm.
type Run struct {
	Name    string   // of the jobs
	Program string   // its path, which Write fills in; MOLAP in the environment names another
	Work    []string // arguments of the command that each task of the array runs
	Render  []string // arguments of the command that the task after the array runs
	Dir     string   // absolute path of the working directory
	Scripts string   // absolute path of the directory of scripts and logs
	Tasks   int      // of the array
	AtOnce  int      // tasks that run at a time; 0: as many as there is room for
	Minutes int      // time limit of a task
	Warning int      // seconds before it at which a task keeps its states and goes back into the queue
	Options []string // further options of sbatch, such as --partition=long
}

// The most that a run may ask for.
const (
	MaxMinutes = 60 * 24 * 365
	MaxWarning = 3600
)

// UsualWarning returns the usual warning in seconds before a limit in minutes: a checkpoint takes a
// moment, and Slurm may be a minute late.
func UsualWarning(minutes int) int { return min(120, 30*minutes) }

// Last returns the number of the last task.
func (r Run) Last() int { return r.Tasks - 1 }

// Log returns the directory of the tasks' output.
func (r Run) Log() string { return filepath.Join(r.Scripts, "log") }

//go:embed work.sbatch.tmpl
var workText string

//go:embed render.sbatch.tmpl
var renderText string

var (
	templateFuncs  = template.FuncMap{"word": inQuotes, "words": shellWords, "path": outputPattern, "escaped": escapeQuotes}
	workTemplate   = template.Must(template.New("work").Funcs(templateFuncs).Parse(workText))
	renderTemplate = template.Must(template.New("render").Funcs(templateFuncs).Parse(renderText))
)

// Files returns the scripts of the array and of the task after it, by name.
func (r Run) Files() (map[string][]byte, error) {
	for _, o := range r.Options {
		if err := CheckOption(o); err != nil {
			return nil, err
		}
	}
	if most := min(MaxWarning, 60*r.Minutes-1); r.Warning < 1 || r.Warning > most {
		return nil, fmt.Errorf("a warning of %d seconds before a limit of %d minutes (allowed: 1 to %d)", r.Warning, r.Minutes, most)
	}
	for _, text := range slices.Concat([]string{r.Name, r.Program, r.Dir, r.Scripts}, r.Work, r.Render) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return nil, fmt.Errorf("%.60q has control characters, which no batch script can hold", text)
		}
	}
	for _, path := range []string{r.Dir, r.Scripts} {
		if strings.Contains(path, `\`) {
			return nil, fmt.Errorf("%.60q cannot stand in a batch script: sbatch takes \\ for something else", path)
		}
	}
	return map[string][]byte{Scripts[0]: executeTemplate(workTemplate, r), Scripts[1]: executeTemplate(renderTemplate, r)}, nil
}

// Scripts are the names of the scripts, in the order of their runs.
var Scripts = [2]string{"work.sbatch", "render.sbatch"}

func executeTemplate(t *template.Template, r Run) []byte {
	var b strings.Builder
	if err := t.Execute(&b, r); err != nil {
		panic("slurm: " + err.Error()) // by a mistake in the template
	}
	return []byte(b.String())
}

// inQuotes writes a text so that a shell takes it for one word.
func inQuotes(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func shellWords(all []string) string {
	quoted := make([]string, len(all))
	for i, w := range all {
		quoted[i] = inQuotes(w)
	}
	return strings.Join(quoted, " ")
}

// escapeQuotes writes a text so that sbatch reads it back between quotation marks in a script.
func escapeQuotes(text string) string { return strings.ReplaceAll(text, `"`, `\"`) }

// outputPattern writes the beginning of a path of output, where % begins a pattern.
func outputPattern(path string) string { return strings.ReplaceAll(escapeQuotes(path), "%", "%%") }

var optionPattern = regexp.MustCompile(`^--?([a-zA-Z][a-zA-Z0-9-]*)`)

// takenOptions lists the options of sbatch that the scripts set themselves, and those that would keep
// sbatch from submitting them.
var takenOptions = []string{"array", "a", "chdir", "D", "dependency", "d", "error", "e", "input", "i", "job-name", "J", "open-mode", "output", "o",
	"parsable", "requeue", "no-requeue", "signal", "test-only", "wait", "W", "wrap", "ntasks", "n", "help", "h", "version", "V"}

// CheckOption returns an error if a text cannot stand as an option of sbatch in a script.
func CheckOption(text string) error {
	found := optionPattern.FindStringSubmatch(text)
	further := func(word string) bool { return strings.HasPrefix(strings.TrimLeft(word, `"'\`), "-") }
	if found == nil || len(text) > 1000 || strings.ContainsFunc(text, unicode.IsControl) || slices.ContainsFunc(strings.Fields(text)[1:], further) {
		return fmt.Errorf("%.60q is no option of sbatch (want such as --partition=long)", text)
	}
	name := found[1]
	set := func(option string) bool { return strings.HasPrefix(option, name) } // sbatch takes the beginning of a name
	if !strings.HasPrefix(text, "--") {
		set = func(option string) bool { return option == name[:1] }
	}
	if slices.ContainsFunc(takenOptions, set) {
		return fmt.Errorf("%.60q cannot be an option of sbatch here: the scripts set that", text)
	}
	return nil
}
