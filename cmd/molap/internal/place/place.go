// Package place says where a command may write. A path that a user names may hold anything. A command
// writes where there is nothing, or over files that are surely its own, and refuses all other paths.
// Errors are usage errors.
package place

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/table"
)

// Manifest is the name of the file that marks a directory of "molap reproduce", and
// ManifestMost the most bytes that are read of it.
const (
	Manifest     = "manifest.json"
	ManifestMost = 4 << 20
)

// Make makes the directory that a flag names, which is no part of a result directory.
func Make(env *cli.Env, flag, dir string) error {
	if err := OutsideResults(flag, dir); err != nil {
		return err
	}
	return env.MakeDir(dir)
}

// OutsideResults returns an error if a directory that a flag names, or one above it, is that of a run
// of "molap reproduce", or a part of a sweep: only files of the run, or of the sweep, belong there.
func OutsideResults(flag, dir string) error {
	return outsideResults(flag, dir, resolvedPath(dir))
}

// NotWithinResults is [OutsideResults] for a directory that may be a run's own.
func NotWithinResults(flag, dir string) error {
	return outsideResults(flag, dir, filepath.Dir(resolvedPath(dir)))
}

func outsideResults(flag, dir, place string) error {
	for part := resolvedPath(dir); part != filepath.Dir(part); part = filepath.Dir(part) {
		if name := filepath.Base(part); name != "results" && name != "state" {
			continue
		}
		switch has, err := hasSweep(filepath.Dir(part)); {
		case err != nil:
			return cli.Usagef("%s %s: %w", flag, dir, err)
		case has:
			return cli.Usagef("%s %s: %s belongs to the sweep in %s; name another directory", flag, dir, part, filepath.Dir(part))
		}
	}
	for {
		switch has, err := HasResults(place); {
		case err != nil:
			return cli.Usagef("%s %s: %w", flag, dir, err)
		case has:
			return cli.Usagef("%s %s: %s holds results of molap reproduce; name another directory", flag, dir, place)
		}
		above := filepath.Dir(place)
		if above == place {
			return nil
		}
		place = above
	}
}

// HasResults reports whether a directory is that of a run of "molap reproduce". It is an error if its
// manifest cannot be read now.
func HasResults(dir string) (bool, error) {
	var run struct {
		Hash string `json:"settings_sha256"`
	}
	err := readManifest(dir, ManifestMost, &run)
	return run.Hash != "", err
}

// hasSweep reports whether a directory is that of a sweep. It is an error if its manifest cannot be read now.
func hasSweep(dir string) (bool, error) {
	const most = 1 << 26 // bytes of a sweep's manifest
	var m struct{ Points, Indices []json.RawMessage }
	err := readManifest(dir, most, &m)
	return len(m.Points) > 0 && len(m.Indices) > 0, err
}

// readManifest reads the manifest of a directory into a pointer to a zero value, which stays zero if there is
// no manifest or something else. It is an error if the manifest cannot be read now.
func readManifest[T any](dir string, most int64, into *T) error {
	data, err := regularfile.Read(filepath.Join(dir, Manifest), most)
	if regularfile.Unreadable(err) {
		return err
	}
	var m T
	if err == nil && json.Unmarshal(data, &m) == nil {
		*into = m
	}
	return nil
}

// notShared returns an error if a directory that a flag names is one in which much else lies: the root of
// a file system, the home directory or one above it. A command that claimed it would keep all others
// out.
func notShared(flag, dir string) error {
	home, err := os.UserHomeDir()
	switch at := resolvedPath(dir); {
	case dir == "":
		return nil // no directory
	case at == filepath.Dir(at):
		return cli.Usagef("%s %s is the root of the file system; name a directory for the results alone", flag, dir)
	case err == nil && home != "" && Within(home, at):
		return cli.Usagef("%s %s holds the home directory; name a directory for the results alone", flag, dir)
	}
	return nil
}

// Apart returns an error if a directory that a flag names and the cache lie within
// each other.
func Apart(flag, dir, cache string) error {
	switch {
	case Within(dir, cache):
		return cli.Usagef("%s %s lies in the cache, %s; name directories apart from each other", flag, dir, cache)
	case Within(cache, dir):
		return cli.Usagef("%s %s holds the cache, %s; name directories apart from each other (-cache DIR)", flag, dir, cache)
	}
	return nil
}

// Within reports whether a path leads to a directory or below it, by whatever links.
func Within(path, dir string) bool {
	path, dir = resolvedPath(path), resolvedPath(dir)
	there, err := os.Stat(dir)
	for {
		if path == dir {
			return true
		}
		if here, e := os.Stat(path); e == nil && err == nil && os.SameFile(here, there) {
			return true
		}
		above := filepath.Dir(path)
		if above == path {
			return false
		}
		path = above
	}
}

// Same reports whether two paths lead to the same directory, by whatever links.
func Same(a, b string) bool { return Within(a, b) && Within(b, a) }

// resolvedPath returns the absolute path. It follows the links in the part of the path that exists.
func resolvedPath(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	for dir, rest := path, ""; ; dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest)
		}
		if dir == filepath.Dir(dir) {
			return path
		}
	}
}

// Replaceable returns an error if a path holds anything but a file with this content or, unless ours is
// nil, a file for whose content ours returns true.
func Replaceable(path string, content []byte, ours func(old []byte) bool) error {
	switch _, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cli.Usagef("%w", err)
	}
	const more = 1 << 24 // a file of ours may have been larger
	old, err := regularfile.Read(path, int64(len(content))+more)
	if regularfile.Unreadable(err) {
		return cli.Usagef("%w", err)
	}
	if err == nil && (bytes.Equal(old, content) || ours != nil && ours(old)) {
		return nil
	}
	return cli.Usagef("%s is there already and holds something else; remove it or name another place", path)
}

// Write writes files into a directory. It writes none of them if one would replace another file, see
// [Replaceable].
func Write(dir string, files []table.File) error {
	for _, f := range files {
		if err := Replaceable(filepath.Join(dir, f.Name), f.Data, nil); err != nil {
			return err
		}
	}
	return table.WriteFiles(dir, files)
}
