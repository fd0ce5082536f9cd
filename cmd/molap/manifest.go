package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/strictjson"
)

// manifest says what a result directory holds and how it was made.
type manifest struct {
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

// The files of a result directory beside results/ and figures/, and the most bytes
// that are read of each.
const (
	manifestName = "manifest.json"
	pageName     = "report.html"

	manifestMost = 4 << 20
	resultMost   = 1 << 30 // of any file

	resultsDir = "results"
	figuresDir = "figures"
)

func newManifest(c lab.Config, workers int) manifest {
	return manifest{
		Settings: c.Settings, Hash: c.Settings.Hash(), Seeds: c.Seeds, Command: commandLine(os.Args[1:]),
		Machine: machine.Describe(), Kernel: c.Variant.String(), Workers: workers,
		Finished: []string{}, Files: map[string]string{},
	}
}

// commandLine writes a command as a shell takes it.
func commandLine(args []string) string {
	line := "molap"
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$*?[]{}()<>|&;~#!`") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		line += " " + a
	}
	return line
}

// sameRun reports whether two runs write the same results.
func (m manifest) sameRun(n manifest) bool {
	return m.Hash == n.Hash && slices.Equal(m.Seeds, n.Seeds) && slices.Equal(m.Experiments, n.Experiments) &&
		m.Machine.Version == n.Machine.Version
}

// adopt takes over of an earlier attempt at the same run, in a directory, what proves
// itself: files with the content that it wrote. It returns the others, which are gone or
// changed. That an experiment is finished nothing proves, and the page tells of one attempt.
func (m *manifest) adopt(dir string, old manifest) (lost []string) {
	for _, name := range slices.Sorted(maps.Keys(old.Files)) {
		sum, err := sumResult(dir, name)
		switch {
		case err != nil || sum != old.Files[name]:
			lost = append(lost, name)
		case name != pageName:
			m.Files[name] = sum
		}
	}
	return lost
}

// finished notes that an experiment's files are there.
func (m *manifest) finished(name string) {
	if !slices.Contains(m.Finished, name) {
		m.Finished = append(m.Finished, name)
	}
}

// write writes the manifest into its directory.
func (m manifest) write(dir string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeResult(dir, manifestName, append(data, '\n'))
}

// readManifest reads the manifest of a result directory. It accepts what this
// program writes and nothing else: what it says is about to be believed.
func readManifest(dir string) (manifest, error) {
	var m manifest
	data, err := readResult(dir, manifestName, manifestMost)
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s is no result directory: it has no %s", dir, manifestName)
	}
	if err != nil {
		return m, err
	}
	if err = m.parse(data); err != nil {
		err = fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
	}
	return m, err
}

// mostSeeds and mostFiles are more than any command takes and writes.
const (
	mostSeeds = 1000
	mostFiles = 5000
)

func (m *manifest) parse(data []byte) error {
	if err := strictjson.Unmarshal(data, m); err != nil {
		return err
	}
	if err := m.Settings.Validate(); err != nil {
		return err
	}
	if hash := m.Settings.Hash(); hash != m.Hash {
		return fmt.Errorf("the settings have the SHA-256 %s, settings_sha256 is %q", hash, m.Hash)
	}
	if len(m.Seeds) < 1 || len(m.Seeds) > mostSeeds {
		return fmt.Errorf("%d seeds, want 1 to %d", len(m.Seeds), mostSeeds)
	}
	if len(m.Experiments) == 0 {
		return errors.New("no experiments")
	}
	if _, err := choose(m.Experiments); err != nil {
		return err
	}
	for i, seed := range m.Seeds {
		if i > 0 && (seed == 0 || seed-1 != m.Seeds[i-1]) {
			return fmt.Errorf("seed %d after %d (want them to count up by one)", seed, m.Seeds[i-1])
		}
	}
	for _, name := range m.Finished {
		if !slices.Contains(m.Experiments, name) {
			return fmt.Errorf("finished %q is not among the experiments", name)
		}
	}
	if m.Files == nil {
		return errors.New(`no "files": the directory is of a version that kept no SHA-256 of them`)
	}
	if len(m.Files) > mostFiles {
		return fmt.Errorf("%d files, want at most %d", len(m.Files), mostFiles)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if !resultPath(name) {
			return fmt.Errorf("%q is not the path of a file in the directory", name)
		}
		if sum, err := hex.DecodeString(m.Files[name]); err != nil || len(sum) != sha256.Size {
			return fmt.Errorf("%s: %q is no SHA-256", name, m.Files[name])
		}
	}
	return nil
}

// hidden reports whether a path has a part that starts with a point: locks and
// temporary files, which are no results.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.Contains(name, "/.") }

// resultPath reports whether a run writes a file of that path, with slashes, beside its
// manifest.
func resultPath(name string) bool {
	if name == pageName {
		return true
	}
	dir, file := path.Split(name)
	if file == "" || hidden(name) || strings.ContainsAny(file, "\\:") || !filepath.IsLocal(file) {
		return false
	}
	endings := map[string][]string{resultsDir + "/": {".csv", ".json", ".gz"}, figuresDir + "/": {".svg", ".png"}}
	return slices.Contains(endings[dir], path.Ext(file))
}

// inResults calls f with a result directory as a root: links that lead out are errors.
func inResults(dir string, f func(root *os.Root) error) error {
	root, err := regularfile.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return f(root)
}

// readResult reads a file of a result directory, of a size that is bounded.
func readResult(dir, name string, most int64) (data []byte, err error) {
	err = inResults(dir, func(root *os.Root) (err error) {
		data, err = regularfile.ReadIn(root, name, most)
		return err
	})
	return data, err
}

// writeResult writes a file of a result directory.
func writeResult(dir, name string, data []byte) error {
	return inResults(dir, func(root *os.Root) error { return atomicfile.WriteIn(root, name, data) })
}

// sumResult returns the SHA-256 of a file of a result directory.
func sumResult(dir, name string) (string, error) {
	h := sha256.New()
	err := inResults(dir, func(root *os.Root) error {
		f, err := regularfile.OpenIn(root, name, resultMost)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(h, io.LimitReader(f, resultMost))
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}
