package cli

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// MakeDir makes the output directory of a command, parents included, and sees
// that files can be written there. What it made is removed again when the
// command ends with a usage error and the directory is still empty. Its errors
// are usage errors.
func (e *Env) MakeDir(path string) error {
	if path == "" {
		return Usagef("no output directory (set -out DIR)")
	}
	var made []string // outermost first
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !os.IsNotExist(err) || dir == filepath.Dir(dir) {
			break
		}
		made = append([]string{dir}, made...)
	}
	e.mu.Lock()
	e.made = append(e.made, made...)
	e.mu.Unlock()
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return Usagef("output directory %s is a file", path)
	}
	if err := atomicfile.MkdirAll(path); err != nil {
		return Usagef("output directory: %w", err)
	}
	if err := atomicfile.Probe(path); err != nil {
		return Usagef("output directory %s: %w", path, err)
	}
	return nil
}

// removeMade removes the directories that MakeDir made, as far as they are empty.
func (e *Env) removeMade() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, dir := range slices.Backward(e.made) {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() {
			os.Remove(dir) // refuses a directory with something in it
		}
	}
}

// startCPUProfile starts the profile that -cpuprofile asks for. The profile stays in memory, so that a
// command that ends early leaves no file; finish writes it if it is to be kept.
func (p *Program) startCPUProfile(flags *flag.FlagSet) (finish func(keep bool) error, err error) {
	if !Given(flags, "cpuprofile") {
		return func(bool) error { return nil }, nil
	}
	path := flags.Lookup("cpuprofile").Value.String()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, Usagef("-cpuprofile %s is a directory", path)
	}
	old, err := regularfile.Read(path, math.MaxInt32)
	switch {
	case err == nil && !bytes.HasPrefix(old, []byte("\x1f\x8b")):
		return nil, Usagef("-cpuprofile %s is there already and is no profile; name another file", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, Usagef("-cpuprofile: %w", err)
	}
	if p.Writable != nil {
		if err := p.Writable("-cpuprofile", filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	if err := atomicfile.Probe(filepath.Dir(path)); err != nil {
		return nil, Usagef("-cpuprofile %s: %w", path, err)
	}
	var data bytes.Buffer
	if err := pprof.StartCPUProfile(&data); err != nil {
		return nil, err
	}
	return func(keep bool) error {
		pprof.StopCPUProfile()
		if !keep {
			return nil
		}
		return atomicfile.Write(path, data.Bytes())
	}, nil
}
