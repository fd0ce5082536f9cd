package jobs

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// Lease says that a process works on something, such as a job. Other processes that share its
// directory, on this machine or on others, do not work on that meanwhile. A lease is a file that says who
// holds it, how often it was renewed, and how far the work is. Clocks of other machines do not matter:
// a lease is free if its file does not change for a minute by the clock of the process that looks.
//
// Two processes may still do one job, if a lease is taken over from a process that was only slow. Jobs
// are pure, both write the same value, and nothing is lost but time.
type Lease struct {
	path  string
	who   string
	times int
	part  atomic.Uint64 // of the work, as the bits of a float64
	quit  chan struct{}
	ended sync.WaitGroup
}

const (
	leaseSuffix = ".lease" // of the lease of a job, beside where its value will be
	leaseMost   = 256
)

// Leases holds what a process knows about the leases of others: since when, by its own clock, a file
// has had its content.
type Leases struct {
	mu   sync.Mutex
	seen map[string]leaseSighting
}

type leaseSighting struct {
	content string
	since   time.Time
}

// Take takes the lease at a path; it returns nil if somebody else has it.
func (l *Leases) Take(path string) (*Lease, error) {
	if err := atomicfile.MkdirAll(filepath.Dir(path)); err != nil {
		return nil, err
	}
	mine := &Lease{path: path, who: fmt.Sprintf("%s %d %s", hostName(), os.Getpid(), rand.Text()), quit: make(chan struct{})}
	ownLeases.Store(mine.who, true)
	taken, err := l.make(mine)
	if !taken || err != nil {
		ownLeases.Delete(mine.who)
		return nil, err
	}
	mine.ended.Go(func() { mine.renew(renewalTime) })
	return mine, nil
}

// make makes the file of a lease, unless somebody else has it.
func (l *Leases) make(mine *Lease) (ok bool, err error) {
	content, err := regularfile.Read(mine.path, leaseMost)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return makeFile(mine.path, mine.content())
	case err == nil && l.alive(mine.path, string(content)):
		return false, nil
	case regularfile.Unreadable(err):
		return false, err
	case err != nil: // the file is no lease
		return replaceFile(mine.path, mine.content())
	}
	// Several processes may see that the holder is gone. Only the one that makes a second file first
	// goes on.
	taking := takingPath(mine.path)
	if other, err := regularfile.Read(taking, leaseMost); err == nil && !l.alive(taking, string(other)) {
		os.Remove(taking) // of one that was killed
	}
	if ok, err = makeFile(taking, mine.content()); !ok {
		return false, err
	}
	defer os.Remove(taking)
	if now, err := regularfile.Read(mine.path, leaseMost); err != nil || !bytes.Equal(now, content) {
		return false, nil // it has been taken since
	}
	return replaceFile(mine.path, mine.content())
}

// replaceFile removes the file at a path, if it is still there, and makes a new one; ok is false if
// somebody else was faster.
func replaceFile(path string, content []byte) (ok bool, err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return makeFile(path, content)
}

// makeFile makes a file that is not there; ok is false if it is.
func makeFile(path string, content []byte) (ok bool, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
	}
	return err == nil, err
}

// takingPath returns the path of the file that a process has while it takes a lease over.
func takingPath(path string) string {
	return strings.TrimSuffix(path, leaseSuffix) + ".taking" + leaseSuffix
}

// ownLeases has the leases that this process holds, by who. If a lease of this process is not in it, the
// lease was given up and only its file is left.
var ownLeases sync.Map

// hostName returns the name of this machine in leases, one word: its own name and, where the system
// tells, what its process numbers belong to. Machines and containers may have one name, and each has
// numbers of its own.
var hostName = sync.OnceValue(func() string {
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, _ := os.Readlink("/proc/self/ns/pid")
	return leaseHost(host, string(boot)+space)
})

// leaseHost returns a machine's name and what its process numbers belong to as one word.
func leaseHost(name, numbers string) string {
	sum := sha256.Sum256([]byte(numbers))
	return fmt.Sprintf("%s%s/%x", hostPrefix, strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '-'
		}
		return r
	}, name[:min(len(name), 60)]), sum[:6])
}

const hostPrefix = "host-"

// Holder says who has a lease, and how far the work is.
type Holder struct {
	Host string  `json:"host"`
	PID  int     `json:"pid"`
	Part float64 `json:"done"` // 0 to 1
}

// holderOf reads the content of a lease; false if it is none.
func holderOf(content string) (h Holder, who string, ok bool) {
	var times int
	who, rest, _ := strings.Cut(content, "\n")
	if n, _ := fmt.Sscanf(who, "%s %d ", &h.Host, &h.PID); n != 2 || h.PID < 1 || !strings.HasPrefix(h.Host, hostPrefix) {
		return Holder{}, who, false
	}
	if n, _ := fmt.Sscanf(rest, "%d %g\n", &times, &h.Part); n != 2 || !(h.Part >= 0 && h.Part <= 1) {
		return Holder{}, who, false
	}
	return h, who, true
}

// gone reports whether a process of this machine took the lease and has ended or given it up.
func (h Holder) gone(who string) bool {
	_, ours := ownLeases.Load(who)
	return h.Host == hostName() && (processGone(h.PID) || h.PID == os.Getpid() && !ours)
}

// LookAt returns the holder of the lease at a path beneath a root, for a caller that looks only once.
// ok is false if nobody has it, or if it was not renewed for a minute by the time of the file.
func LookAt(root *os.Root, name string) (h Holder, ok bool) {
	content, err := regularfile.ReadIn(root, name, leaseMost)
	if err != nil {
		return h, false
	}
	info, err := root.Stat(name)
	if err != nil {
		return h, false
	}
	h, who, ok := holderOf(string(content))
	age := time.Since(info.ModTime())
	ok = ok && !h.gone(who) && age < expiryTime && age > -expiryTime
	h.Host, _, _ = strings.Cut(strings.TrimPrefix(h.Host, hostPrefix), "/")
	return h, ok
}

// alive reports whether somebody holds a lease: no holder is known to be gone, and this process has
// seen the content change within the last minute.
func (l *Leases) alive(path, content string) bool {
	if h, who, ok := holderOf(content); ok && h.gone(who) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]leaseSighting{}
	}
	last, ok := l.seen[path]
	if !ok || last.content != content {
		l.seen[path] = leaseSighting{content, time.Now()}
		return true
	}
	return time.Since(last.since) < expiryTime
}

// A lease is renewed once every renewalTime. It is free if it was not renewed for expiryTime.
var (
	renewalTime = 10 * time.Second
	expiryTime  = 60 * time.Second
)

func (l *Lease) content() []byte {
	return fmt.Appendf(nil, "%s\n%d %.3f\n", l.who, l.times, math.Float64frombits(l.part.Load()))
}

// Tell notes which part of the work is done, 0 to 1, for processes that look at the lease.
func (l *Lease) Tell(part float64) { l.part.Store(math.Float64bits(min(max(part, 0), 1))) }

// mine reports whether nobody has taken the lease over. It is an error if that cannot be read now.
func (l *Lease) mine() (bool, error) {
	content, err := regularfile.Read(l.path, leaseMost)
	if regularfile.Unreadable(err) {
		return false, err
	}
	return err == nil && bytes.HasPrefix(content, []byte(l.who+"\n")), nil
}

// renew writes the lease again and again until it is given up, or until somebody else has it.
func (l *Lease) renew(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.quit:
			return
		case <-tick.C:
		}
		switch mine, err := l.mine(); {
		case err != nil:
			continue // perhaps it can be read the next time
		case !mine:
			return
		}
		l.times++
		_ = atomicfile.Write(l.path, l.content()) // a lease that cannot be renewed is taken over
	}
}

// Release gives the lease up. On nil it does nothing.
func (l *Lease) Release() {
	if l == nil {
		return
	}
	close(l.quit)
	l.ended.Wait()
	if mine, err := l.mine(); mine && err == nil {
		os.Remove(takingPath(l.path)) // of one that was killed, or comes too late
		os.Remove(l.path)
	}
	ownLeases.Delete(l.who) // last: until then nobody takes the file over while it is removed here
}
