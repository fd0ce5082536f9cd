// Package resultdir handles result directories of "molap reproduce": it claims and writes them, makes
// them again from their observations, and verifies them.
package resultdir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/strictjson"
)

// Manifest says what a result directory holds and how it was made.
type Manifest struct {
	Complete    bool                `json:"complete"` // false while the run goes on, or if it was cut short
	Experiments []string            `json:"experiments"`
	Finished    []string            `json:"finished"` // those of them whose files are all there
	Settings    profile.Settings    `json:"settings"`
	Hash        string              `json:"settings_sha256"` // of what determines the results, seeds aside
	Seeds       []uint64            `json:"seeds"`
	Command     string              `json:"command"`
	Flags       []string            `json:"flags"` // those of the command that results depend on, seeds aside
	Machine     machine.Description `json:"machine"`
	Kernel      string              `json:"kernel"`
	Workers     int                 `json:"workers"`
	Seconds     float64             `json:"seconds"`
	// Files has the SHA-256 of every file of the directory but this one, by its path.
	Files map[string]string `json:"files"`
}

// New returns the manifest of a run that begins. args are the arguments of the command, flags those of
// them that results depend on.
func New(c lab.Config, es []paper.Experiment, args, flags []string, workers int) Manifest {
	return Manifest{
		Experiments: namesOf(es), Settings: c.Settings, Hash: c.Settings.Hash(), Seeds: c.Seeds, Command: commandLine(args), Flags: flags,
		Machine: machine.Describe(), Kernel: c.Variant.String(), Workers: workers,
		Finished: []string{}, Files: map[string]string{},
	}
}

func namesOf(es []paper.Experiment) []string {
	return seq.Map(es, func(e paper.Experiment) string { return e.Name })
}

func commandLine(args []string) string {
	return printable.Shell(append([]string{"molap"}, args...))
}

// Read reads the manifest of a result directory. It accepts what this program writes and nothing else,
// since callers rely on what it says.
func Read(dir string) (Manifest, error) {
	var m Manifest
	data, err := regularfile.ReadBeneath(dir, place.Manifest, place.ManifestMost)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return m, fmt.Errorf("%s is no result directory: it has no %s%s", dir, place.Manifest, nearbyResults(dir))
	case errors.Is(err, syscall.ENOTDIR):
		return m, fmt.Errorf("%w%s", err, nearbyResults(dir))
	case err != nil:
		return m, err
	}
	if err = m.parse(data); err != nil {
		err = fmt.Errorf("%s: %w", filepath.Join(dir, place.Manifest), err)
	}
	return m, err
}

// joined reports whether "molap report" put the directory together from several runs. Only then may
// some seeds lack experiments.
func (m Manifest) joined() bool { return strings.HasPrefix(m.Command, "molap report ") }

// nearbyResults returns the end of an error about a path that is no result directory. It names one that may
// be meant, above or just below the path; "" if there is none.
func nearbyResults(path string) string {
	below, _ := filepath.Glob(filepath.Join(path, "*"))
	for _, dir := range append([]string{filepath.Dir(path)}, below...) {
		if has, err := place.HasResults(dir); has && err == nil {
			return "; did you mean " + dir + "?"
		}
	}
	return ""
}

// Write writes the manifest into its directory.
func (m Manifest) Write(dir string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(dir, place.Manifest, append(data, '\n'))
}

// sameRun reports whether two runs write the same results.
func (m Manifest) sameRun(n Manifest) bool {
	return m.Hash == n.Hash && slices.Equal(m.Seeds, n.Seeds) && slices.Equal(m.Experiments, n.Experiments) &&
		m.Machine.Version == n.Machine.Version
}

// finished returns the experiments whose files are there, in the order of a report.
func (m Manifest) finished() []paper.Experiment {
	return slices.DeleteFunc(paper.Experiments(), func(e paper.Experiment) bool { return !slices.Contains(m.Finished, e.Name) })
}

// names returns the paths of the files, sorted.
func (m Manifest) names() []string { return slices.Sorted(maps.Keys(m.Files)) }

// errChanged says that a file does not have the SHA-256 that the manifest has for it.
var errChanged = errors.New("not what the manifest says (molap verify tells more)")

// check returns an error if a file is gone, cannot be read or is changed.
func (m Manifest) check(dir, name string) error {
	got, err := fileSum(dir, name)
	if err == nil && got != m.Files[name] {
		err = errChanged
	}
	return err
}

// lost returns the files that are gone or not what the manifest says.
func (m Manifest) lost(dir string) []string {
	return slices.DeleteFunc(m.names(), func(name string) bool { return m.check(dir, name) == nil })
}

// No command takes more than mostSeeds seeds or writes more than mostFiles files.
const (
	mostSeeds = 1000
	mostFiles = 5000
)

func (m *Manifest) parse(data []byte) error {
	if err := strictjson.Unmarshal(data, m); err != nil {
		return err
	}
	if err := m.Settings.Validate(); err != nil {
		return err
	}
	switch hash := m.Settings.Hash(); {
	case hash != m.Hash:
		return fmt.Errorf("the settings have the SHA-256 %s, settings_sha256 is %q", hash, m.Hash)
	case len(m.Seeds) < 1 || len(m.Seeds) > mostSeeds:
		return fmt.Errorf("%d seeds, want 1 to %d", len(m.Seeds), mostSeeds)
	case len(m.Experiments) == 0:
		return errors.New("no experiments")
	case m.Files == nil:
		return errors.New(`no "files": the directory is of a version that kept no SHA-256 of them`)
	case len(m.Files) > mostFiles:
		return fmt.Errorf("%d files, want at most %d", len(m.Files), mostFiles)
	}
	if _, err := paper.Choose(m.Experiments); err != nil {
		return err
	}
	for i, seed := range m.Seeds {
		if i > 0 && seed <= m.Seeds[i-1] {
			return fmt.Errorf("seed %d after %d (want them to count up)", seed, m.Seeds[i-1])
		}
	}
	for _, name := range m.Finished {
		if !slices.Contains(m.Experiments, name) {
			return fmt.Errorf("finished %q is not among the experiments", name)
		}
	}
	for _, name := range m.names() {
		if !isResult(name) {
			return fmt.Errorf("%q is not the path of a file in the directory", name)
		}
		if sum, err := hex.DecodeString(m.Files[name]); err != nil || len(sum) != sha256.Size {
			return fmt.Errorf("%s: %q is no SHA-256", name, m.Files[name])
		}
	}
	return nil
}

// isHidden reports whether a path has a part that starts with a point: locks and
// temporary files, which are no results.
func isHidden(name string) bool { return strings.HasPrefix(name, ".") || strings.Contains(name, "/.") }

// isResult reports whether a run writes a file of that path, with slashes, beside its manifest.
func isResult(name string) bool {
	if name == Page {
		return true
	}
	dir, file := path.Split(name)
	if file == "" || isHidden(name) || strings.ContainsAny(file, "\\:") || !filepath.IsLocal(file) {
		return false
	}
	endings := map[string][]string{resultsDir + "/": {".csv", ".json", ".gz"}, figuresDir + "/": {".svg", ".png"}}
	return slices.Contains(endings[dir], path.Ext(file))
}
