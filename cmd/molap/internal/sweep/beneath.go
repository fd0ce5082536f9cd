package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// A sweep's directory may come from anybody. What is read and written there lies beneath
// it: links that lead out are errors.

// ReadBeneath returns the content of a small file beneath dir; nil if there is none.
func ReadBeneath(dir, name string) ([]byte, error) {
	data, err := regularfile.ReadBeneath(dir, name, 1<<16)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// WriteBeneath writes a file beneath dir.
func WriteBeneath(dir, name string, data []byte) error {
	err := regularfile.Within(dir, func(root *os.Root) error { return atomicfile.WriteIn(root, name, data) })
	return atomicfile.Gone(dir, err)
}

// MakeBeneath makes a directory beneath dir, if it is missing, and returns its path.
func MakeBeneath(dir, name string) (string, error) { return dirBeneath(dir, name, true) }

// dirBeneath returns the path of a directory, named by its path with slashes beneath dir. If make is true
// it makes a missing one.
func dirBeneath(dir, name string, make bool) (string, error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	err := regularfile.Within(dir, func(root *os.Root) error {
		if make {
			if err := root.MkdirAll(filepath.FromSlash(name), 0o777); err != nil {
				return err
			}
		}
		info, err := root.Stat(filepath.FromSlash(name))
		switch {
		case err == nil && !info.IsDir():
			return errors.New("no directory")
		case !make && errors.Is(err, fs.ErrNotExist):
			return nil
		}
		return err
	})
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return path, nil
}

// noLinks returns an error if a directory, which need not exist, is a link or has one in it.
func noLinks(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			err = fmt.Errorf("%s is a link, which no sweep has there", path)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) { // or gone meanwhile
		return nil
	}
	return err
}
