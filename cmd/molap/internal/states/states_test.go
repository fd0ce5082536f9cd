package states

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"molap/autodiff"
	"molap/kernels"
	"molap/tasks"
)

// TestHeld checks which inputs are held: of T7 the same for all trials, of T1 one for
// each group in both periods.
func TestHeld(t *testing.T) {
	for name, want := range map[string][]string{
		"T7": {"delay", "response"},
		"T1": {"stimulus 1", "stimulus 2", "stimulus 3", "stimulus 4", "response 1", "response 2", "response 3", "response 4"},
	} {
		draw := func(o tasks.Options) (tasks.Task, *tasks.Batch[float64]) {
			task, err := tasks.Lookup(name, o)
			if err != nil {
				t.Fatal(err)
			}
			gen, err := tasks.NewGenerator[float64](kernels.Best(), o, task)
			if err != nil {
				t.Fatal(err)
			}
			b := gen.NewBatch(40)
			gen.Draw(b, kernels.NewStream(1))
			return task, b
		}
		quiet := tasks.Paper
		quiet.Noise = 0
		task, b := draw(tasks.Paper)
		_, q := draw(quiet)
		sc := Drawn(task.Spans(), b, autodiff.Shape{Units: 8, In: b.In, Out: b.Out}, b.X, q.X)
		var names []string
		holds, err := sc.holds(sc, Question{})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range holds {
			names = append(names, h.name)
			input := h.input
			if fixation := input[0]; fixation != map[int]float64{85: 1, 110: 0}[h.end] {
				t.Errorf("%s, %s: fixation is %v", name, h.name, fixation)
			}
			if name == "T7" && !slices.Equal(input[1:], []float64{0, 0}) {
				t.Errorf("T7, %s: input is %v, want no stimulus", h.name, input)
			}
			if square := input[1]*input[1] + input[2]*input[2]; name == "T1" && !(math.Abs(square-1) < 1e-12) {
				t.Errorf("T1, %s: input is %v, want a direction", h.name, input)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: inputs held are those of %v, want %v", name, names, want)
		}
		part := sc.part(7, 5)
		if part.trials != 5 || !slices.Equal(part.input(60, 2), sc.input(60, 9)) || part.target(4) != sc.target(11) {
			t.Errorf("%s: trials 7 to 11 are not those of the whole", name)
		}
	}
}

// TestGroups: answers that are few make a group each, of others no cut parts equal targets.
func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers [][]float64 // by trial
		want    [][]int     // trials by group
	}{
		{"two, in turn", [][]float64{{-1}, {1}, {-1}, {1}, {-1}, {1}}, [][]int{{0, 2, 4}, {1, 3, 5}}},
		{"of two outputs", [][]float64{{1, 1}, {1, -1}, {-1, 1}, {1, 1}}, [][]int{{2}, {0, 3}, {1}}},
		{"one trial", [][]float64{{0}}, [][]int{{0}}},
		{"the same", [][]float64{{2}, {2}, {2}}, [][]int{{0, 1, 2}}},
		{"no targets", [][]float64{{}, {}}, [][]int{{0, 1}}},
		{"many, with ties", [][]float64{{0}, {0}, {0}, {0}, {0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}, {11}},
			[][]int{{0, 1, 2, 3, 4}, {5, 6, 7}, {8, 9, 10, 11}, {12, 13, 14, 15}}},
	} {
		s := Scene{steps: 1, end: 1, trials: len(c.answers), asked: len(c.answers[0]), y: slices.Concat(c.answers...), decision: []int{0, 1}[:len(c.answers[0])]}
		s.grouping = s.widest()
		var got [][]int
		for _, g := range s.groups() {
			got = append(got, g.trials)
			for _, j := range g.trials {
				if g.Answer != nil && !slices.Equal(g.Answer, c.answers[j]) {
					t.Errorf("%s: trial %d is in the group of %v", c.name, j, g.Answer)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: groups %v, want %v", c.name, got, c.want)
		}
	}
}

// TestOrEnd: what takes long does not outlast its context.
func TestOrEnd(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	never := make(chan struct{})
	defer close(never)
	cause := errors.New("enough")
	time.AfterFunc(10*time.Millisecond, func() { end(cause) })
	if err := orEnd(ctx, func() error { <-never; return nil }); err != cause {
		t.Errorf("error %v, want %v", err, cause)
	}
	if err := orEnd(t.Context(), func() error { return cause }); err != cause {
		t.Errorf("returned %v", err)
	}
}
