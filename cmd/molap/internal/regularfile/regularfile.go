// Package regularfile reads regular files of bounded size, at paths that may hold anything. Pipes,
// devices, directories and files that are too large, sparse ones too, give an error of one line, at
// once and before memory is taken for them.
package regularfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// Read returns the content of the regular file at a path. It is an error if the file has more than most
// bytes. Errors name the path; they are [fs.ErrNotExist] if nothing is there.
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path, most)
	return readAll(f, err, path, most)
}

// ReadIn reads a file beneath a root as [Read] does, by its path with slashes there.
// Links that lead out of the root are errors.
func ReadIn(root *os.Root, name string, most int64) ([]byte, error) {
	f, err := OpenIn(root, name, most)
	return readAll(f, err, pathIn(root, name), most)
}

// Open opens the regular file at a path. It is an error if the file has more than most
// bytes now.
func Open(path string, most int64) (*os.File, error) {
	return openRegular(path, most, os.Stat, os.OpenFile, path)
}

// OpenIn opens a file beneath a root as [Open] does, by its path with slashes there.
func OpenIn(root *os.Root, name string, most int64) (*os.File, error) {
	return openRegular(filepath.FromSlash(name), most, root.Stat, root.OpenFile, pathIn(root, name))
}

// OpenRoot opens a directory as a root. Unlike [os.OpenRoot] it does not wait for the
// writer of a pipe that is there instead.
func OpenRoot(dir string) (*os.Root, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, pathError(dir, syscall.ENOTDIR)
	}
	return os.OpenRoot(dir)
}

// Within opens a directory as a root, calls do with it, and closes it: links that lead out of it are errors.
func Within(dir string, do func(root *os.Root) error) error {
	root, err := OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root)
}

// ReadBeneath reads a file beneath a directory as [ReadIn] does beneath a root.
func ReadBeneath(dir, name string, most int64) (data []byte, err error) {
	err = Within(dir, func(root *os.Root) (err error) {
		data, err = ReadIn(root, name, most)
		return err
	})
	return data, err
}

func pathIn(root *os.Root, name string) string {
	return filepath.Join(root.Name(), filepath.FromSlash(name))
}

// openRegular opens the file that stat and openFile call name; errors call it shown.
func openRegular(name string, most int64, stat func(string) (fs.FileInfo, error),
	openFile func(string, int, fs.FileMode) (*os.File, error), shown string) (*os.File, error) {
	info, err := stat(name) // to open a device may already do something
	if err == nil {
		err = checkRegular(info, most)
	}
	if err != nil {
		return nil, pathError(shown, err)
	}
	// Another file may be there by now. To open a pipe does not wait for its writer.
	f, err := openFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, pathError(shown, err)
	}
	if info, err = f.Stat(); err == nil {
		err = checkRegular(info, most)
	}
	if err != nil {
		f.Close()
		return nil, pathError(shown, err)
	}
	return f, nil
}

// pathError returns the error with the path of its file, once.
func pathError(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Unreadable reports whether an error says that the system does not let a file be read now. The error
// tells nothing of what the file holds.
func Unreadable(err error) bool {
	return slices.ContainsFunc([]error{fs.ErrPermission, syscall.EMFILE, syscall.ENFILE, syscall.EIO, syscall.ENOMEM},
		func(reason error) bool { return errors.Is(err, reason) })
}

// checkRegular returns an error unless a file is regular and has at most most bytes. The error names the kind
// or the size of the file.
func checkRegular(info fs.FileInfo, most int64) error {
	mode := info.Mode()
	found := ""
	switch {
	case mode.IsRegular():
		if info.Size() > most {
			return tooLarge(info.Size(), most)
		}
		return nil
	case mode.IsDir():
		found = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		found = "a pipe"
	case mode&fs.ModeSocket != 0:
		found = "a socket"
	case mode&fs.ModeDevice != 0:
		found = "a device"
	default:
		found = "no file of bytes"
	}
	return fmt.Errorf("%s (want a regular file)", found)
}

func tooLarge(size, most int64) error {
	found, limit := sizeText(size), sizeText(most)
	if found == limit {
		found = "more than " + limit
	}
	return fmt.Errorf("%s (want a file of at most %s)", found, limit)
}

// sizeText writes a number of bytes as 1.5 kB, or 999 bytes.
func sizeText(n int64) string {
	size, unit := float64(n), "bytes"
	for _, larger := range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, larger
	}
	if unit == "bytes" {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
}

// readAll reads the rest of a file and closes it, unless err says that it was not opened. The file may
// grow meanwhile; no more than most bytes are taken of it.
func readAll(f *os.File, err error, shown string, most int64) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, pathError(shown, err)
	}
	var data bytes.Buffer
	data.Grow(int(min(info.Size(), most)) + bytes.MinRead) // with room to see the end
	if _, err := data.ReadFrom(io.LimitReader(f, most+1)); err != nil {
		return nil, pathError(shown, err)
	}
	if int64(data.Len()) > most {
		return nil, pathError(shown, tooLarge(int64(data.Len()), most))
	}
	return data.Bytes(), nil
}
