// Package jobs does each piece of work once. A job has a name made of everything that its value depends
// on, and may need the values of other jobs. A [Pool] does the needed jobs on all cores, each name once
// however many ask for it. With a [Store] it does each once for all runs of the program: an interrupted
// computation goes on where it stopped, and after a change of a setting only what depends on it is
// computed. A job that takes long keeps its state now and then, and goes on from there too: see [Work].
//
// A value must depend on the name alone, and never on the number of workers or on the order of the
// jobs.
package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"molap/cmd/molap/internal/watch"
)

// Spec describes a job.
type Spec struct {
	Kind string // a word for the kind of value, such as "cca"
	// Of is everything that determines the value beside Kind and Needs. Its JSON
	// becomes part of the job's name.
	Of     any
	Needs  []Node  // jobs whose values it uses
	Cost   float64 // work in the units of progress; the job reports parts of it
	Label  string  // its name for the user while it runs
	Memory Memory  // a lower bound of the memory that it takes; zero if that is little
}

// Node is a job, whatever its value.
type Node interface{ base() *node }

// Job is a piece of work with a value of type V, which encoding/gob must be able
// to write and read.
type Job[V any] struct {
	node
	value V
}

type node struct {
	spec Spec
	name string
	done bool
	run  func(ctx context.Context, w *Work) error
	save func() ([]byte, error)
	load func([]byte) error
}

func (n *node) base() *node { return n }

// Value returns the value of a job that is done.
func (j *Job[V]) Value() V {
	if !j.done {
		panic("jobs: the value of " + j.name + " is not there yet")
	}
	return j.value
}

// Pool holds jobs by name and does them.
type Pool struct {
	Workers int    // jobs done at a time
	Store   *Store // where values and states are kept; nil: nowhere
	// Every is the time between two checkpoints of a job, by a clock that cannot be set; 0: a job keeps
	// its state only when it is asked to or has to stop.
	Every time.Duration
	// Memory is what jobs may take together, in bytes; 0: nobody knows.
	Memory float64
	// Board shows the trainings of jobs to whoever watches; nil: nobody does.
	Board *watch.Board
	// Lender is the pool that this one takes its workers from; a request for checkpoints there counts
	// here too. nil: itself.
	Lender *Pool

	asked  atomic.Uint64 // how often a checkpoint was asked for
	used   atomic.Int64  // workers that do jobs, and those that are lent
	leases Leases
	mu     sync.Mutex
	jobs   map[string]Node
}

// crew returns the pool that lends the workers.
func (p *Pool) crew() *Pool {
	if p.Lender != nil {
		return p.Lender
	}
	return p
}

// Borrow lends up to most idle workers to a running job and returns how many. A job that becomes ready
// begins all the same, since borrowers soon return their workers.
func (p *Pool) Borrow(most int) int {
	p = p.crew()
	for {
		used := p.used.Load()
		n := min(most, p.Workers-int(used))
		if n < 1 {
			return 0
		}
		if p.used.CompareAndSwap(used, used+int64(n)) {
			return n
		}
	}
}

// Return gives back n workers that Borrow lent.
func (p *Pool) Return(n int) { p.crew().used.Add(-int64(n)) }

// Checkpoint asks the running jobs to keep their state as soon as they can and go on.
func (p *Pool) Checkpoint() { p.asked.Add(1) }

// New returns the job of a pool with the name of s, and makes it if there is none. Nothing runs before
// [Pool.Run]. The function run may use the values of s.Needs and reports work, s.Cost in all, through
// w. Soon after ctx ends it returns with the error of ctx or its cause.
func New[V any](p *Pool, s Spec, run func(ctx context.Context, w *Work) (V, error)) *Job[V] {
	name := nameOf(s)
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.jobs[name]; ok {
		return known.(*Job[V])
	}
	j := &Job[V]{node: node{spec: s, name: name}}
	j.run = func(ctx context.Context, w *Work) (err error) {
		j.value, err = run(ctx, w)
		return err
	}
	j.save = func() ([]byte, error) {
		var b bytes.Buffer
		err := gob.NewEncoder(&b).Encode(&j.value)
		return b.Bytes(), err
	}
	j.load = func(data []byte) error { return gob.NewDecoder(bytes.NewReader(data)).Decode(&j.value) }
	if p.jobs == nil {
		p.jobs = map[string]Node{}
	}
	p.jobs[name] = j
	return j
}

// nameOf returns kind/hash. It panics if s.Of has no JSON.
func nameOf(s Spec) string {
	parts := []any{s.Kind, s.Of}
	for _, n := range s.Needs {
		parts = append(parts, n.base().name)
	}
	data, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("jobs: the name of a %s: %v", s.Kind, err))
	}
	sum := sha256.Sum256(data)
	return fmt.Sprintf("%s/%x", s.Kind, sum[:16])
}
