package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// temporaryFile is a file that is being written and has not got its final name yet.
type temporaryFile struct {
	root *os.Root
	name string
	file *os.File
}

// underWay holds the temporary files of writes that have not ended. abandoned says that Abandon was
// called.
var underWay = struct {
	sync.Mutex
	files     map[*temporaryFile]bool
	abandoned bool
}{files: map[*temporaryFile]bool{}}

var errAbandoned = errors.New("the process is about to exit")

// Abandon removes the temporary files of all writes under way. After it no write ends or begins. It is
// for a process that is about to exit while its goroutines still run.
func Abandon() {
	underWay.Lock()
	defer underWay.Unlock()
	underWay.abandoned = true
	for t := range underWay.files {
		t.root.Remove(t.name)
	}
}

// newTemporary makes a temporary file in a directory of root.
func newTemporary(root *os.Root, dir string) (*temporaryFile, error) {
	underWay.Lock()
	defer underWay.Unlock()
	if underWay.abandoned {
		return nil, errAbandoned
	}
	for {
		hidden := filepath.Join(dir, temporaryName())
		f, err := root.OpenFile(hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t := &temporaryFile{root, hidden, f}
		underWay.files[t] = true
		return t, nil
	}
}

// rename gives a temporary file, which is whole, its name.
func (t *temporaryFile) rename(name string) error {
	underWay.Lock()
	defer underWay.Unlock()
	if underWay.abandoned {
		return errAbandoned
	}
	if err := t.root.Rename(t.name, name); err != nil {
		return err
	}
	delete(underWay.files, t)
	return nil
}

// drop removes a temporary file.
func (t *temporaryFile) drop() {
	underWay.Lock()
	defer underWay.Unlock()
	t.root.Remove(t.name)
	delete(underWay.files, t)
}
