package jobs

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// A lease says that a process is at work on a job, so that others that share the store's
// directory, on this machine or on many, do another. It is a file beside where the value will
// be: who holds it and how often it was renewed. No clock of another machine counts: a lease
// whose file does not change for a minute, by the clock of the process that looks, is free.
//
// Two processes may all the same do one job, when a lease is taken over from one that was only
// slow: jobs are pure, both write the same value, and nothing is lost but time.
type lease struct {
	path  string
	who   string
	times int
	quit  chan struct{}
	ended sync.WaitGroup
}

const (
	leaseSuffix = ".lease"
	leaseMost   = 256
)

// leases is what a process knows of the leases of others: since when, by its own clock, a
// file has had its content.
type leases struct {
	mu   sync.Mutex
	seen map[string]sighting
}

type sighting struct {
	content string
	since   time.Time
}

// take returns the lease of a job; nil if somebody else has it.
func (l *leases) take(s *Store, name string) (*lease, error) {
	path := s.path(name) + leaseSuffix
	if err := atomicfile.MkdirAll(s.above(name)); err != nil {
		return nil, err
	}
	content, err := regularfile.Read(path, leaseMost)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err == nil && l.alive(path, string(content)):
		return nil, nil
	default: // of one that is gone, or no lease at all
		os.Remove(path)
	}
	mine := &lease{path: path, who: fmt.Sprintf("%s %d %s", hostName(), os.Getpid(), rand.Text()), quit: make(chan struct{})}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, nil // somebody was faster
	}
	if err != nil {
		return nil, err
	}
	_, err = f.Write(mine.content())
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return nil, err
	}
	held.Store(mine.who, true)
	mine.ended.Go(func() { mine.renew(renewal) })
	return mine, nil
}

// held has the leases of this process, by who: one that was given up and could not be removed
// is nobody's.
var held sync.Map

// hostName is this machine in leases: one word.
func hostName() string {
	host, _ := os.Hostname()
	return "host-" + strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '-'
		}
		return r
	}, host[:min(len(host), 60)])
}

// alive reports whether the content of a lease has changed within the last renewals.
func (l *leases) alive(path, content string) bool {
	var host string
	var pid int
	if n, _ := fmt.Sscanf(content, "%s %d ", &host, &pid); n == 2 && host == hostName() {
		who, _, _ := strings.Cut(content, "\n")
		if _, ours := held.Load(who); gone(pid) || pid == os.Getpid() && !ours {
			return false
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]sighting{}
	}
	last, ok := l.seen[path]
	if !ok || last.content != content {
		l.seen[path] = sighting{content, time.Now()}
		return true
	}
	return time.Since(last.since) < expiry
}

// A lease is renewed every so often, and free when it was not for so long.
var (
	renewal = 10 * time.Second
	expiry  = 60 * time.Second
)

func (l *lease) content() []byte { return fmt.Appendf(nil, "%s\n%d\n", l.who, l.times) }

// renew writes the lease again and again until it is given up, or until somebody else has it.
func (l *lease) renew(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.quit:
			return
		case <-tick.C:
		}
		content, err := regularfile.Read(l.path, leaseMost)
		if err != nil || !bytes.Equal(content, l.content()) {
			return
		}
		l.times++
		_ = atomicfile.Write(l.path, l.content()) // a lease that cannot be renewed is taken over
	}
}

// release gives the lease up. A nil one is none.
func (l *lease) release() {
	if l == nil {
		return
	}
	close(l.quit)
	l.ended.Wait()
	held.Delete(l.who)
	if content, err := regularfile.Read(l.path, leaseMost); err == nil && bytes.Equal(content, l.content()) {
		os.Remove(l.path)
	}
}
