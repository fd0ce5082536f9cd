package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/regularfile"
)

// claimDir makes the directory that a flag names and keeps other processes out of it
// until the command ends. What writers that were killed have left there, and in the
// directories below that are named, is removed. Its errors are usage errors.
func claimDir(env *cli.Env, flag, dir string, below ...string) error {
	if err := env.MakeDir(dir); err != nil {
		return err
	}
	lock, err := lockDir(env, flag+" "+dir, dir)
	if err != nil {
		return err
	}
	env.AtEnd(lock.Remove)
	for _, d := range append([]string{"."}, below...) {
		at := filepath.Join(dir, d)
		if info, err := os.Lstat(at); d != "." && err == nil && !info.IsDir() { // a link leads to files of others
			return cli.Usagef("%s %s has a %s that is no directory; name another directory", flag, dir, d)
		}
		if lock == nil {
			continue // others may be writing there
		}
		if err := atomicfile.RemoveStale(at); err != nil {
			return cli.Usagef("%s: %w", flag, err)
		}
	}
	return nil
}

// prepare makes the directory and puts a manifest there that says the run is not
// complete. A directory that holds results of other settings, seeds, experiments
// or another version is refused: they would be overwritten or mixed. So is one with
// files that no manifest tells of, and one in which another process is at work. The
// directory is this run's until the command ends.
func (o *output) prepare(env *cli.Env) error {
	if err := outsideResults("-out", o.dir, filepath.Dir(resolved(o.dir))); err != nil {
		return err
	}
	if err := claimDir(env, "-out", o.dir, resultsDir, figuresDir); err != nil {
		return err
	}
	data, err := regularfile.Read(filepath.Join(o.dir, manifestName), manifestMost)
	switch {
	case err == nil:
		var old manifest
		if err := old.parse(data); err != nil {
			return cli.Usagef("-out %s has a %s that is none of this program (%w); name another directory", o.dir, manifestName, err)
		}
		if !old.sameRun(o.manifest) {
			return cli.Usagef("-out %s holds results of another run (%s); name another directory", o.dir, old.Command)
		}
		o.before = data
		if lost := o.manifest.adopt(o.dir, old); len(lost) > 0 {
			fmt.Fprintf(env.Stderr, "not what an earlier attempt wrote into %s, and not taken for it: %s\n", o.dir, strings.Join(lost, ", "))
		}
	case errors.Is(err, fs.ErrNotExist):
		if err := o.checkFree(); err != nil {
			return err
		}
	default:
		return cli.Usagef("-out: %w", err)
	}
	return o.writeManifest()
}

// checkFree returns a usage error if the directory, which has no manifest, has files where
// a run writes its own.
func (o *output) checkFree() error {
	for _, name := range []string{pageName, reportName, resultsDir, figuresDir} {
		at := filepath.Join(o.dir, name)
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.IsDir() {
			inside, err := os.ReadDir(at)
			if err == nil && !slices.ContainsFunc(inside, func(e fs.DirEntry) bool { return !hidden(e.Name()) }) {
				continue
			}
		}
		return cli.Usagef("-out %s has a %s that no %s tells of; name another directory", o.dir, name, manifestName)
	}
	return nil
}

// abandon makes the manifest what it was before, if no result was written since. Where
// there was none the directories that were made for it then go as well (see cli.Env).
func (o *output) abandon() {
	switch {
	case len(o.results) > 0: // the manifest lists them
	case o.before == nil:
		os.Remove(filepath.Join(o.dir, manifestName))
	default:
		// Should this go wrong, the manifest says of a complete run that it is not.
		_ = writeResult(o.dir, manifestName, o.before)
	}
}
