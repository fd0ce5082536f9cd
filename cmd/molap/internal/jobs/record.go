package jobs

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// record is the content of a file of a store: a line with its kind and the version of
// the format, the name of its job on the next, data, and the SHA-256 of all that. So a
// file proves its identity, wherever it lies.
type record struct{ what, version string }

var (
	valueRecord = record{"value", "2"} // version 1 had no lines
	stateRecord = record{"state", "1"}
)

// opening returns the beginning of a record, up to the version.
func (r record) opening() string { return "molap job " + r.what + " " }

// write writes a record of a job into a file.
func (r record) write(path, name string, data []byte) error {
	file := fmt.Appendf(nil, "%s%s\n%s\n", r.opening(), r.version, name)
	file = append(append(make([]byte, 0, len(file)+len(data)+sha256.Size), file...), data...)
	sum := sha256.Sum256(file)
	if err := atomicfile.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	return atomicfile.Write(path, append(file, sum[:]...))
}

// read returns the data of a job's record in a file of at most most bytes, or nil if there is no file.
// If there is a file, the data are nil only with an error.
func (r record) read(path, name string, most int64) ([]byte, error) {
	file, err := regularfile.Read(path, most)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := r.proven(file, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// proven returns the data of a record. It is an error if the record is not that of the job.
func (r record) proven(file []byte, name string) ([]byte, error) {
	rest, ok := bytes.CutPrefix(file, []byte(r.opening()))
	if !ok {
		return nil, fmt.Errorf("not a %s of this program", r.what)
	}
	if version, _, _ := bytes.Cut(rest[:min(len(rest), 20)], []byte("\n")); string(version) != r.version {
		return nil, fmt.Errorf("%s of format version %q, this program reads version %q", r.what, version, r.version)
	}
	at := len(file) - sha256.Size
	if sum := sha256.Sum256(file[:max(0, at)]); at < 0 || !bytes.Equal(sum[:], file[at:]) {
		return nil, fmt.Errorf("%s is damaged: its SHA-256 is not that of its end", r.what)
	}
	lines := bytes.SplitN(file[:at], []byte("\n"), 3)
	if len(lines) < 3 {
		return nil, fmt.Errorf("%s without a name", r.what)
	}
	if string(lines[1]) != name {
		return nil, fmt.Errorf("%s of %q, not of %q", r.what, lines[1][:min(len(lines[1]), 100)], name)
	}
	return lines[2], nil
}
