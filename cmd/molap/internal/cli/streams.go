package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sync"
	"syscall"

	"molap/cmd/molap/internal/jsonvalue"
)

// checkedWriter remembers the first error of writing, which most callers drop.
type checkedWriter struct {
	w io.Writer

	mu     sync.Mutex
	err    error
	failed func() // called at the first error; nil: nothing is to be done
}

func (c *checkedWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if err == nil {
		return n, nil
	}
	c.mu.Lock()
	first, failed := c.err == nil, c.failed
	if first {
		c.err = err
	}
	c.mu.Unlock()
	if first && failed != nil {
		failed()
	}
	return n, err
}

func (c *checkedWriter) onFailure(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = f
}

// failure returns the error of a standard stream, nil if all was written.
func (c *checkedWriter) failure(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		return nil
	}
	return fmt.Errorf("write standard %s: %w", name, c.err)
}

// unread reports whether the reader of the stream has gone, as head goes when it has its lines. That is no
// failure to speak of.
func (c *checkedWriter) unread() bool {
	return c != nil && errors.Is(c.failure("output"), syscall.EPIPE)
}

// Fd returns the descriptor of a file, and for other writers one that no file has. Callers recognise a
// terminal by it.
func (c *checkedWriter) Fd() uintptr {
	if f, ok := c.w.(*os.File); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// closedStream stands for a stream that was closed before the program began.
type closedStream struct{}

func (closedStream) Write([]byte) (int, error) { return 0, os.ErrClosed }

// openStream returns a standard stream, or a closedStream if it was closed before the program began:
// Go has put the null device in its place.
func openStream(f *os.File) io.Writer {
	if closedBefore(f) {
		return closedStream{}
	}
	return f
}

// PrintJSON prints a value to standard output, indented, with keys as columns are named.
func (e *Env) PrintJSON(v any) error {
	enc := json.NewEncoder(e.Stdout)
	enc.SetIndent("", " ")
	return enc.Encode(jsonvalue.Plain(reflect.ValueOf(v), jsonvalue.SnakeCase))
}
