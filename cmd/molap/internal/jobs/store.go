package jobs

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
)

// Store keeps the values of jobs in files of a directory, for this and later
// runs. Several processes may use one directory: a file appears complete or not
// at all, and two that compute the same value write the same file.
type Store struct{ dir string }

// OpenStore returns the store in a directory, made if missing. The values of
// different programs must not share one: a name does not say by which code its
// value was computed.
func OpenStore(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Store{dir}, nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// read returns the value kept under a name, nil if there is none. A file that is
// damaged counts as none: its value is computed again.
func (s *Store) read(name string) []byte {
	data, err := os.ReadFile(s.path(name))
	if err != nil || len(data) < sha256.Size {
		return nil
	}
	at := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:at]); !bytes.Equal(sum[:], data[at:]) {
		return nil
	}
	return data[:at]
}

// write keeps a value under a name.
func (s *Store) write(name string, value []byte) error {
	path := s.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	sum := sha256.Sum256(value)
	if err := atomicfile.Write(path, append(value[:len(value):len(value)], sum[:]...)); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

// Size returns the number of values kept and the bytes they take.
func (s *Store) Size() (values int, bytes int64, err error) {
	err = filepath.WalkDir(s.dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			values++
			bytes += info.Size()
		}
		return nil
	})
	return values, bytes, err
}
