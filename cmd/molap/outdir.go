package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
)

// claimDir makes the directory that a flag names and keeps other processes out of it
// until release is called. What writers that were killed have left there, and in the
// directories below that are named, is removed. Its errors are usage errors.
func claimDir(env *cli.Env, flag, dir string, below ...string) (release func(), err error) {
	if err := env.MakeDir(dir); err != nil {
		return nil, err
	}
	lock, err := lockDir(env, flag+" "+dir, dir)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return lock.Remove, nil // others may be writing there
	}
	for _, d := range append([]string{"."}, below...) {
		if err := atomicfile.RemoveStale(filepath.Join(dir, d)); err != nil {
			lock.Remove()
			return nil, cli.Usagef("%s: %w", flag, err)
		}
	}
	return lock.Remove, nil
}

// prepare makes the directory and puts a manifest there that says the run is not
// complete. A directory that holds results of other settings, seeds, experiments
// or another version is refused: they would be overwritten or mixed. So is one in
// which another process is at work. The directory is this run's until close.
func (o *output) prepare(env *cli.Env) (err error) {
	if o.release, err = claimDir(env, "-out", o.dir, "results", "figures"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	o.before, err = os.ReadFile(filepath.Join(o.dir, manifestName))
	switch {
	case err == nil:
		var old manifest
		if err := json.Unmarshal(o.before, &old); err != nil {
			return cli.Usagef("-out %s has a %s that is none of this program (%w); name another directory", o.dir, manifestName, err)
		}
		if !old.sameRun(o.manifest) {
			return cli.Usagef("-out %s holds results of another run (%s); name another directory", o.dir, old.Command)
		}
		o.manifest.adopt(old)
	case !errors.Is(err, fs.ErrNotExist):
		return cli.Usagef("-out %s: %w", o.dir, err)
	}
	return o.writeManifest()
}

// close lets others use the directory.
func (o *output) close() { o.release() }

// abandon makes the manifest what it was before, if no result was written since. Where
// there was none the directories that were made for it then go as well (see cli.Env).
func (o *output) abandon() {
	path := filepath.Join(o.dir, manifestName)
	switch {
	case len(o.results) > 0: // the manifest lists them
	case o.before == nil:
		os.Remove(path)
	default:
		// Should this go wrong, the manifest says of a complete run that it is not.
		_ = atomicfile.Write(path, o.before)
	}
}
