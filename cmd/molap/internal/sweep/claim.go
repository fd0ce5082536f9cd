package sweep

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"molap/cmd/molap/internal/regularfile"
)

// A process that works on an index renews a file every beat; one that has not
// been renewed for stale is of a process that is gone.
const (
	beatEvery  = 15 * time.Second
	beatsStale = 90 * time.Second
)

// beatMost bounds what is read of a beat, in bytes.
const beatMost = 1 << 12

// Beat says who works on an index and how far that is.
type Beat struct {
	Host string  `json:"host"`
	PID  int     `json:"pid"`
	Job  string  `json:"slurm_job,omitempty"`
	Run  string  `json:"run,omitempty"` // tells those of one process from each other
	Done float64 `json:"done"`          // part of the work, 0 to 1
}

// parseBeat returns what a file says of whoever wrote it; a half-written one says nothing.
func parseBeat(data []byte) Beat {
	var b Beat
	if err := strictJSON(data, &b); err != nil || b.Done < 0 || b.Done > 1 || hasControl(b.Host) {
		return Beat{}
	}
	return b
}

// works reports whether a beat, stamped at a time, is of a process that is still there.
func (b Beat) works(stamped, now time.Time) bool {
	// What is stamped in the future is of a clock that nobody goes by any more.
	if age := now.Sub(stamped); age > beatsStale || age < -beatEvery {
		return false
	}
	host, _ := os.Hostname()
	return b.Host != host || b.PID > 0 && alive(b.PID)
}

// claim says that this process works on an index, and keeps others from it, until
// release is called. It may be lost, as when the machine sleeps for long: then two do
// the same work and write the same bytes.
type claim struct {
	path string
	end  chan struct{}
	wait sync.WaitGroup

	mu   sync.Mutex
	beat Beat
}

// errClaimed says that another process works on an index.
var errClaimed = errors.New("another process works on it")

func claimPath(dir string, index int) string {
	return filepath.Join(dir, "running", fileName(index))
}

// claimIndex claims an index, or returns errClaimed.
func claimIndex(dir string, index int) (*claim, error) {
	host, _ := os.Hostname()
	c := &claim{path: claimPath(dir, index), end: make(chan struct{}),
		beat: Beat{Host: host, PID: os.Getpid(), Job: os.Getenv("SLURM_JOB_ID"), Run: rand.Text()}}
	for range 10 { // others may be at it as well
		f, err := os.OpenFile(c.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if errors.Is(err, fs.ErrExist) {
			if err = c.takeAway(dir); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		_, err = f.Write(c.text())
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(c.path)
			return nil, err
		}
		c.wait.Go(c.renew)
		return c, nil
	}
	return nil, errClaimed
}

// takeAway removes the claim of a process that is gone, or returns errClaimed.
func (c *claim) takeAway(dir string) error {
	if _, err := c.idle(c.path, dir); err != nil {
		return err
	}
	// Of several who see that only one goes on, and looks again.
	taking := takingPath(c.path)
	f, err := os.OpenFile(taking, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		if there, err := c.idle(taking, dir); err != nil || !there {
			return err
		}
		return removed(taking) // of one that was killed
	}
	if err != nil {
		return err
	}
	defer os.Remove(taking)
	_, err = f.Write(c.text())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	// A claim that another took away meanwhile is left alone: there may be a new one.
	if there, err := c.idle(c.path, dir); err != nil || !there {
		return err
	}
	return removed(c.path)
}

// takingPath is the path of the file that whoever takes a claim away has meanwhile.
func takingPath(claim string) string {
	dir, name := filepath.Split(claim)
	return filepath.Join(dir, "."+name+".taking")
}

// idle reports whether a file is there, and returns errClaimed if it is of a process
// that works.
func (c *claim) idle(path, dir string) (there bool, err error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.IsDir() {
		return true, fmt.Errorf("%s: a directory (want a regular file)", path)
	}
	if !info.Mode().IsRegular() { // nobody who works put it there
		return true, nil
	}
	data, err := regularfile.Read(path, beatMost)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && parseBeat(data).works(info.ModTime(), serverTime(dir)) {
		return true, errClaimed
	}
	return true, nil
}

// removed removes a file that may be gone.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// text is what the claim's file says.
func (c *claim) text() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	data, _ := json.Marshal(c.beat) // it has neither infinities nor anything else that JSON lacks
	return append(data, '\n')
}

func (c *claim) set(done float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beat.Done = min(max(done, 0), 1)
}

// mine reports whether the claim was not lost.
func (c *claim) mine() bool {
	data, err := regularfile.Read(c.path, beatMost)
	return err == nil && parseBeat(data).Run == c.beat.Run
}

// renew writes the file every beat. It is written, not touched: a file server then
// stamps it with its own clock, whatever this machine's says. Errors are none of the
// work's.
func (c *claim) renew() {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if c.mine() {
				os.WriteFile(c.path, c.text(), 0o666)
			}
		case <-c.end:
			return
		}
	}
}

func (c *claim) release() {
	close(c.end)
	c.wait.Wait()
	if c.mine() {
		os.Remove(c.path)
	}
}

// serverTime is the present by the clock of the directory's file system, which
// stamps beats; that of this machine where nothing can be written.
func serverTime(dir string) time.Time {
	path := filepath.Join(dir, nowName)
	os.Remove(path) // another process that asks just now has it open, which does
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return time.Now()
	}
	defer os.Remove(path)
	defer f.Close()
	f.Write([]byte{0})
	if info, err := f.Stat(); err == nil {
		return info.ModTime()
	}
	return time.Now()
}

// nowName is a file that serverTime makes and removes.
const nowName = ".now"
