package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"molap/cmd/molap/internal/regularfile"
)

// Progress hears of work, from several goroutines at once.
type Progress interface {
	Start(total float64) // work that is to be done; not called if there is none
	Add(done float64, label string)
	Found(done float64, label string) // work that an earlier run did
	Milestone(text string)            // a line of its own
}

// schedule is one call of Run.
type schedule struct {
	pool     *Pool
	progress Progress

	mu      sync.Mutex
	change  *sync.Cond      // of anything below
	pending []*scheduledJob // a job comes after those it needs
	first   int             // all before it have begun
	refused []refusedJob    // jobs whose files of values are damaged or of another job
	left    []int           // by group: jobs not done
	busy    int             // jobs running
	err     error           // the first, but an interruption gives way to any other
	cut     bool            // err is an interruption
	cancel  func()          // stops the jobs that run
}

// refusedJob is a job whose file in the store does not prove to be its value, and why.
type refusedJob struct {
	*node
	err error
}

// scheduledJob is a job in a schedule.
type scheduledJob struct {
	*node
	begun   bool
	again   time.Time // when to look again if another process works on it; zero: none does
	waits   int       // needed jobs that are not done
	wanted  []*scheduledJob
	chain   float64 // cost of the job and of the costliest chain of jobs that wait for it
	inGroup []int   // groups that ask for it
}

// Run does all jobs of the groups and what they need; of those that can run it begins the one with the
// costliest chain of work behind it. It calls finished with the index of a group as soon as the group's
// jobs are done, in this goroutine and one at a time, while others go on. The first error, of a job or
// of finished, stops the rest; so does the end of ctx, whose cause is then the error. What was done by
// then is kept: the values of finished jobs, and the last checkpoints of the others.
func (p *Pool) Run(ctx context.Context, progress Progress, groups [][]Node, finished func(group int) error) error {
	s := p.plan(groups)
	s.progress = progress
	if err := s.check(); err != nil {
		return err
	}
	for _, r := range s.refused {
		if regularfile.Unreadable(r.err) { // not to be computed anew, nor removed
			return r.err
		}
	}
	if s.pool.Store != nil && len(s.pending) > 0 {
		if err := s.pool.Store.prepare(); err != nil {
			return err
		}
	}
	s.discard()
	s.order()
	total := 0.0
	for _, t := range s.pending {
		total += t.spec.Cost
	}
	if total > 0 {
		progress.Start(total)
	}
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	s.cancel = cancel
	defer context.AfterFunc(ctx, func() { s.fail(context.Cause(ctx), true) })()
	var workers sync.WaitGroup
	defer workers.Wait()
	for range min(p.Workers, len(s.pending)) {
		workers.Go(func() {
			for t := s.next(); t != nil; t = s.next() {
				s.finish(t, s.do(run, t))
			}
		})
	}
	for reported := make([]bool, len(groups)); ; {
		g, err := s.await(reported)
		if err != nil {
			return err
		}
		if g < 0 {
			return nil
		}
		reported[g] = true
		if err := finished(g); err != nil {
			s.fail(err, false)
		}
	}
}

// plan returns a schedule of the jobs of groups, and of those that they need, that are not done.
func (p *Pool) plan(groups [][]Node) *schedule {
	s := &schedule{pool: p, left: make([]int, len(groups))}
	s.change = sync.NewCond(&s.mu)
	seen := map[*node]*scheduledJob{}
	for g, nodes := range groups {
		for _, n := range nodes {
			if t := s.add(n.base(), seen); t != nil {
				t.inGroup = append(t.inGroup, g)
				s.left[g]++
			}
		}
	}
	return s
}

// add puts a job and what it needs on the schedule, unless it is done or in the
// store; then the task is nil.
func (s *schedule) add(n *node, seen map[*node]*scheduledJob) *scheduledJob {
	if t, ok := seen[n]; ok || n.done {
		return t
	}
	if s.found(n) {
		return nil
	}
	t := &scheduledJob{node: n}
	seen[n] = t
	for _, need := range n.spec.Needs {
		if u := s.add(need.base(), seen); u != nil {
			u.wanted = append(u.wanted, t)
			t.waits++
		}
	}
	s.pending = append(s.pending, t)
	return t
}

// found takes the value of a job from the store, if it is there.
func (s *schedule) found(n *node) bool {
	if s.pool.Store == nil {
		return false
	}
	data, err := s.pool.Store.read(n.name, s.pool.mostRead())
	if err == nil && data != nil {
		if err = n.load(data); err == nil {
			n.done = true
			s.pool.Store.tidy(n.name)
			return true
		}
		err = fmt.Errorf("value of %q: %w", n.name, err)
	}
	if err != nil {
		s.refused = append(s.refused, refusedJob{n, err})
	}
	return false
}

// discard removes the files of values that are damaged or of another job, and says so in a line.
func (s *schedule) discard() {
	for _, r := range s.refused {
		os.Remove(s.pool.Store.path(r.name))
	}
	switch n := len(s.refused); n {
	case 0:
	case 1:
		s.progress.Milestone("1 value of the cache is computed anew: " + s.refused[0].err.Error())
	default:
		s.progress.Milestone(fmt.Sprintf("%d values of the cache are computed anew, the first: %v", n, s.refused[0].err))
	}
}

// order sorts the jobs by the cost of the chain that begins with each, the largest first: what
// takes longest must not begin last. Jobs of equal chains keep their places.
func (s *schedule) order() {
	for _, t := range slices.Backward(s.pending) { // those that wait for a job come after it
		for _, w := range t.wanted {
			t.chain = max(t.chain, w.chain)
		}
		t.chain += t.spec.Cost
	}
	slices.SortStableFunc(s.pending, func(a, b *scheduledJob) int { return cmp.Compare(b.chain, a.chain) })
}

// next waits for a job that can run and returns it; nil if there is nothing more to do.
func (s *schedule) next() *scheduledJob {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.err != nil {
			return nil
		}
		for s.first < len(s.pending) && s.pending[s.first].begun {
			s.first++
		}
		if s.first == len(s.pending) {
			return nil
		}
		now, soonest := time.Now(), time.Time{}
		for _, t := range s.pending[s.first:] {
			switch {
			case t.begun || t.waits > 0:
			case t.again.After(now):
				if soonest.IsZero() || t.again.Before(soonest) {
					soonest = t.again
				}
			default:
				t.begun = true
				s.busy++
				s.pool.crew().used.Add(1)
				return t
			}
		}
		if !soonest.IsZero() {
			time.AfterFunc(soonest.Sub(now), s.change.Broadcast)
		}
		s.change.Wait()
	}
}

// do computes the value of a job and keeps it. It is errStopped if the schedule
// stopped it.
func (s *schedule) do(ctx context.Context, t *scheduledJob) error {
	if ctx.Err() != nil {
		return errStopped
	}
	if s.pool.Store != nil {
		held, err := s.pool.leases.Take(s.pool.Store.path(t.name) + leaseSuffix)
		if err != nil {
			return &StoreError{s.pool.Store.dir, err}
		}
		defer held.Release()
		if s.arrived(t) {
			return nil
		}
		if held == nil {
			return ErrElsewhere
		}
	}
	if err := t.run(ctx, &Work{pool: s.pool, progress: s.progress, node: t.node, asked: s.pool.crew().asked.Load(), kept: time.Now()}); err != nil {
		if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
			return errStopped
		}
		return err
	}
	if s.pool.Store == nil {
		return nil
	}
	data, err := t.save()
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	if err := s.pool.Store.write(t.name, data); err != nil {
		return err
	}
	s.pool.Store.drop(t.name)
	return nil
}

// arrived takes the value of a job that somebody else has done since the schedule was made.
func (s *schedule) arrived(t *scheduledJob) bool {
	data, err := s.pool.Store.read(t.name, s.pool.mostRead())
	if err != nil || data == nil || t.load(data) != nil {
		return false
	}
	s.progress.Found(t.spec.Cost, t.spec.Label)
	return true
}

// ErrElsewhere says that another process works on a job.
var ErrElsewhere = errors.New("another process works on it")

// LookAgain is the time between two looks at what another process works on.
const LookAgain = time.Second

// errStopped says that a job is not done because the schedule stopped. The schedule knows the reason.
var errStopped = errors.New("stopped")

// finish records that a job is done, or what went wrong.
func (s *schedule) finish(t *scheduledJob, err error) {
	if err != nil && err != errStopped && err != ErrElsewhere {
		s.fail(err, false)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	s.pool.crew().used.Add(-1)
	if err == ErrElsewhere {
		t.begun, t.again, s.first = false, time.Now().Add(LookAgain), 0
	}
	if err == nil {
		t.done = true
		for _, w := range t.wanted {
			w.waits--
		}
		for _, g := range t.inGroup {
			s.left[g]--
		}
	}
	s.change.Broadcast()
}

// fail stops the schedule with an error or an interruption.
func (s *schedule) fail(err error, interruption bool) {
	s.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil || s.cut && !interruption {
		s.err, s.cut = err, interruption
	}
	s.change.Broadcast()
}

// await waits for a group that is done and was not reported, and returns it, or -1 if all were
// reported. On an error it waits until no job runs.
func (s *schedule) await(reported []bool) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		all := true
		for g, left := range s.left {
			if reported[g] {
				continue
			}
			if left == 0 && s.err == nil {
				return g, nil
			}
			all = false
		}
		if s.err != nil && s.busy == 0 {
			return -1, s.err
		}
		if all {
			return -1, nil
		}
		s.change.Wait()
	}
}
