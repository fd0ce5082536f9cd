package jobs

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
)

// TestMemory refuses jobs that together take more than there is, before any is begun.
func TestMemory(t *testing.T) {
	plan := func(p *Pool, began *atomic.Int32) []Node {
		var nodes []Node
		for i, bytes := range []float64{3e9, 2e9, 3e9} {
			kind := "train"
			if i == 1 {
				kind = "score"
			}
			nodes = append(nodes, New(p, Spec{Kind: kind, Of: i, Cost: 1, Label: "job", Memory: Memory{bytes, "units=7"}},
				func(context.Context, *Work) (int, error) { began.Add(1); return i, nil }))
		}
		return nodes
	}
	for _, c := range []struct {
		workers int
		have    float64
		need    float64 // 0: there is enough
	}{{1, 0, 0}, {1, 3e9, 0}, {1, 2.9e9, 3e9}, {2, 5e9, 6e9}, {2, 6e9, 0}, {9, 6e9, 0}, {9, 5.9e9, 6e9}} {
		var began atomic.Int32
		p := &Pool{Workers: c.workers, Memory: c.have}
		nodes := plan(p, &began)
		checked := p.Check([][]Node{nodes})
		if began.Load() != 0 {
			t.Fatal("Check runs jobs")
		}
		err := p.Run(t.Context(), &progressSum{}, [][]Node{nodes}, func(int) error { return nil })
		var e *MemoryError
		if c.need == 0 {
			if err != nil || checked != nil || began.Load() != 3 {
				t.Errorf("%+v: %v, %v, %d jobs begun", c, err, checked, began.Load())
			}
			continue
		}
		if !errors.As(err, &e) || e.Need != c.need || e.Have != c.have || began.Load() != 0 || checked == nil || checked.Error() != err.Error() {
			t.Errorf("%+v: %v, %v, %d jobs begun", c, err, checked, began.Load())
		} else if text := e.Error(); !strings.Contains(text, "units=7") || strings.Contains(text, "at a time") != (c.workers > 1) {
			t.Errorf("%+v: %s", c, text)
		}
	}

	// What is done already needs none.
	var began atomic.Int32
	store, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, have := range []float64{0, 1} {
		p := &Pool{Workers: 1, Store: store, Memory: have}
		if err := p.Run(t.Context(), &progressSum{}, [][]Node{plan(p, &began)}, func(int) error { return nil }); err != nil || began.Load() != 3 {
			t.Errorf("%v, %d jobs begun", err, began.Load())
		}
	}
}

// TestFits checks what is refused for its memory, and in which words.
func TestFits(t *testing.T) {
	m := Memory{Bytes: 3e9, By: "1000000 test trials (score.test_trials)"}
	if m.Fits("x", 0) != nil || m.Fits("x", 3e9) != nil {
		t.Error("refused what fits")
	}
	want := "net.npz: not enough memory: at least 3.0 GB needed, by " + m.By + "; there are 2.9 GB"
	if err := m.Fits("net.npz", 2.9e9); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
