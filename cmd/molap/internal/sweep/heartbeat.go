package sweep

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A process that works on an index renews a file every beat; one that has not
// been renewed for stale is of a process that is gone.
const (
	beatEvery  = 15 * time.Second
	beatsStale = 90 * time.Second
)

// Beat says who works on an index and how far that is.
type Beat struct {
	Host string  `json:"host"`
	PID  int     `json:"pid"`
	Job  string  `json:"slurm_job,omitempty"`
	Done float64 `json:"done"` // part of the work, 0 to 1
}

type heartbeat struct {
	path string
	end  chan struct{}
	wait sync.WaitGroup

	mu   sync.Mutex
	beat Beat
}

// startHeartbeat shows that this process works on an index until stop is called.
// The file is for those who look on: nothing depends on it, so errors of writing
// are none of the work's.
func startHeartbeat(dir string, index int) *heartbeat {
	host, _ := os.Hostname()
	h := &heartbeat{path: filepath.Join(dir, "running", fileName(index)), end: make(chan struct{}),
		beat: Beat{Host: host, PID: os.Getpid(), Job: os.Getenv("SLURM_JOB_ID")}}
	h.write()
	h.wait.Go(func() {
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				h.write()
			case <-h.end:
				return
			}
		}
	})
	return h
}

func (h *heartbeat) set(done float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.beat.Done = done
}

// write renews the file. It is written, not touched: a file server then stamps
// it with its own clock, whatever this machine's says.
func (h *heartbeat) write() {
	h.mu.Lock()
	data, err := json.Marshal(h.beat)
	h.mu.Unlock()
	if err == nil {
		os.WriteFile(h.path, append(data, '\n'), 0o666)
	}
}

func (h *heartbeat) stop() {
	close(h.end)
	h.wait.Wait()
	os.Remove(h.path)
}
