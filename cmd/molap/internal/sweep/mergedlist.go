package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/strictjson"
)

// The page of what is merged, and the list of all files beside it.
const (
	pageName   = "report.html"
	mergedName = "merged.json"

	mergedMost = 1 << 20 // bytes that are read of the list
)

// mergedList says which files of a directory are merge's: it overwrites no others. It is
// written before them.
type mergedList struct {
	Sweep string   `json:"sweep"` // SHA-256 of the manifest
	Files []string `json:"files"`
}

// file is something to write, under some names.
type file struct {
	names []string
	write func() error
}

// MergedDir returns the path within a sweep's directory of that which merge writes into
// unless it is told another.
func MergedDir(dir string) (string, error) { return beneath(dir, "merged", false) }

// CheckMerged returns an error if a directory, which has to exist, holds anything that
// merge did not write for the sweep.
func CheckMerged(out string, m *Manifest) error {
	var list mergedList
	data, err := readBeneath(out, mergedName, mergedMost)
	if err == nil {
		err = strictjson.Unmarshal(data, &list)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", filepath.Join(out, mergedName), err)
	}
	if err == nil && list.Sweep != m.Sum {
		return fmt.Errorf("%s holds what came of another sweep, %.12s", out, list.Sweep)
	}
	return filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == out {
			return err
		}
		name, err := filepath.Rel(out, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case d.IsDir() && name == "figures", name == dirlock.Name, name == mergedName && d.Type().IsRegular():
			return nil
		case d.Type().IsRegular() && atomicfile.IsTemporary(d.Name()):
			return nil
		case d.Type().IsRegular() && slices.Contains(list.Files, name):
			return nil
		}
		return fmt.Errorf("%s holds %s, which merge did not write", out, name)
	})
}

// writeMerged writes files, after a list of them and of those that are there.
func writeMerged(ctx context.Context, out string, m *Manifest, files []file, figures bool) error {
	list := mergedList{Sweep: m.Sum, Files: []string{pageName}}
	for _, f := range files {
		list.Files = append(list.Files, f.names...)
	}
	var old mergedList
	if data, err := readBeneath(out, mergedName, mergedMost); err == nil && strictjson.Unmarshal(data, &old) == nil {
		for _, name := range old.Files {
			if _, err := os.Lstat(filepath.Join(out, filepath.FromSlash(name))); err == nil {
				list.Files = append(list.Files, name)
			}
		}
	}
	slices.Sort(list.Files)
	list.Files = slices.Compact(list.Files)
	data, err := json.MarshalIndent(list, "", " ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(out, mergedName), append(data, '\n'))
	}
	if err == nil && figures {
		_, err = MakeBeneath(out, "figures")
	}
	for _, f := range files {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err == nil {
			err = f.write()
		}
	}
	return err
}
