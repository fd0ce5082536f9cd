package atomicfile

import (
	"errors"
	"os"
	"sync"
)

// underWay are the temporary files of writes that have not ended, and whether all writes
// are abandoned.
var underWay = struct {
	sync.Mutex
	names     map[string]bool
	abandoned bool
}{names: map[string]bool{}}

var errAbandoned = errors.New("the process is about to exit")

// Abandon removes the temporary files of all writes under way and lets none end or begin:
// for a process that is about to exit, whatever its goroutines do.
func Abandon() {
	underWay.Lock()
	defer underWay.Unlock()
	underWay.abandoned = true
	for name := range underWay.names {
		os.Remove(name)
	}
}

// begin makes a temporary file.
func begin(create func() (*os.File, error)) (*os.File, error) {
	underWay.Lock()
	defer underWay.Unlock()
	if underWay.abandoned {
		return nil, errAbandoned
	}
	f, err := create()
	if err == nil {
		underWay.names[f.Name()] = true
	}
	return f, err
}

// end gives a temporary file its name, or removes it.
func end(name string, act func(name string) error) error {
	underWay.Lock()
	defer underWay.Unlock()
	if underWay.abandoned {
		return errAbandoned
	}
	err := act(name)
	if err == nil {
		delete(underWay.names, name)
	}
	return err
}
