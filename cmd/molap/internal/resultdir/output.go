package resultdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/table"
)

// Output is a result directory that is being written.
type Output struct {
	Dir      string
	Manifest Manifest
	Results  []paper.Result // by the manifest's experiments; one without a name is not there yet

	observed *obs.Notebook // of all results so far
	before   []byte        // the manifest that was there, if any
}

// Open makes the directory and puts a manifest there that says the run is not
// complete. A directory that holds results of other settings, seeds, experiments
// or another version is refused: they would be overwritten or mixed. So is one with
// files that no manifest tells of, and one in which another process is at work. The
// directory is this run's until the command ends. Errors are usage errors.
func Open(env *cli.Env, dir string, m Manifest) (*Output, error) {
	o := &Output{Dir: dir, Manifest: m, Results: make([]paper.Result, len(m.Experiments))}
	if err := place.NotWithinResults("-out", dir); err != nil {
		return nil, err
	}
	if err := place.Claim(env, "-out", dir, resultsDir, figuresDir); err != nil {
		return nil, err
	}
	data, err := regularfile.Read(filepath.Join(dir, place.Manifest), place.ManifestMost)
	switch {
	case err == nil:
		var old Manifest
		if err := old.parse(data); err != nil {
			return nil, cli.Usagef("-out %s has a %s that is none of this program (%w); name another directory", dir, place.Manifest, err)
		}
		if !old.sameRun(m) {
			return nil, cli.Usagef("-out %s holds results of another run (%s); name another directory", dir, old.Command)
		}
		o.before = data
		o.adopt(env, old)
	case errors.Is(err, fs.ErrNotExist):
		if err := checkFree(dir); err != nil {
			return nil, err
		}
	default:
		return nil, cli.Usagef("-out: %w", err)
	}
	return o, o.Manifest.Write(dir)
}

// adopt takes over the files of an earlier attempt at the same run that still have the content it
// wrote, and tells the user of the others. It does not take over which experiments are finished, since
// nothing proves that, nor the page, which describes one attempt.
func (o *Output) adopt(env *cli.Env, old Manifest) {
	lost := old.lost(o.Dir)
	for name, sum := range old.Files {
		if name != Page && !slices.Contains(lost, name) {
			o.Manifest.Files[name] = sum
		}
	}
	if len(lost) > 0 {
		fmt.Fprintf(env.Stderr, "changed or gone since an earlier attempt wrote into %s, and not taken over: %s\n", o.Dir, strings.Join(lost, ", "))
	}
}

// checkFree returns a usage error if a directory without a manifest has files where a run writes its
// own.
func checkFree(dir string) error {
	for _, name := range []string{Page, resultsDir, figuresDir} {
		at := filepath.Join(dir, name)
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.IsDir() {
			inside, err := os.ReadDir(at)
			if regularfile.Unreadable(err) {
				return cli.Usagef("-out: %w", err)
			}
			if err == nil && !slices.ContainsFunc(inside, func(e fs.DirEntry) bool { return !isHidden(e.Name()) }) {
				continue
			}
		}
		return cli.Usagef("-out %s has a %s that no %s tells of; name another directory", dir, name, place.Manifest)
	}
	return nil
}

// Add writes the tables and figures of a result, of the i-th of the manifest's experiments, and puts
// their digests into the manifest. Results come in any order.
func (o *Output) Add(i int, r paper.Result) error {
	for _, t := range r.Tables {
		if err := o.write(resultsDir, t.Files()); err != nil {
			return err
		}
	}
	for _, f := range r.Figures {
		files, err := f.Files()
		if err != nil {
			return err
		}
		if err := o.write(figuresDir, files); err != nil {
			return err
		}
	}
	if r.Observed != nil {
		if err := o.observe(r.Observed); err != nil {
			return err
		}
	}
	o.Results[i] = r
	if !slices.Contains(o.Manifest.Finished, r.Name) {
		o.Manifest.Finished = append(o.Manifest.Finished, r.Name)
	}
	return o.Manifest.Write(o.Dir)
}

// observe writes observations beside those that are there.
func (o *Output) observe(n *obs.Notebook) error {
	if o.observed == nil {
		o.observed = &obs.Notebook{Settings: o.Manifest.Settings, Seeds: o.Manifest.Seeds}
	}
	o.observed.Add(n)
	files, err := o.observed.Files()
	if err != nil {
		return err
	}
	return o.write(resultsDir, files)
}

// write writes files into a directory below, "" for the result directory itself, and puts
// their digests into the manifest.
func (o *Output) write(below string, files []table.File) error {
	for _, f := range files {
		name := path.Join(below, f.Name)
		if err := writeFile(o.Dir, name, f.Data); err != nil {
			return err
		}
		o.Manifest.Files[name] = sumOf(f.Data)
	}
	return nil
}

// Finish writes the page and the manifest.
func (o *Output) Finish() error {
	if err := o.write("", []table.File{{Name: Page, Data: o.report().HTML()}}); err != nil {
		return err
	}
	o.Manifest.Complete = len(o.Manifest.Finished) == len(o.Manifest.Experiments)
	return o.Manifest.Write(o.Dir)
}

// Abandon makes the manifest what it was before, if no result was written since. If there was none, the
// directories that were made for the run go as well (see cli.Env).
func (o *Output) Abandon() {
	switch {
	case len(o.Manifest.Finished) > 0: // the manifest lists them
	case o.before == nil:
		os.Remove(filepath.Join(o.Dir, place.Manifest))
	default:
		// If this fails, the manifest of a complete run says that the run is not complete.
		_ = writeFile(o.Dir, place.Manifest, o.before)
	}
}
