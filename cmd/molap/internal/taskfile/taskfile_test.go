package taskfile

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"molap/cmd/molap/internal/memtest"
	"molap/kernels"
	"molap/tasks"
)

// examplesDir holds the task files that users are shown, relative to this package.
const examplesDir = "../../../../examples/tasks"

// drawTrials draws some trials.
func drawTrials(t *testing.T, o tasks.Options, task tasks.Task) *tasks.Batch[float32] {
	t.Helper()
	g, err := tasks.NewGenerator[float32](kernels.Best(), o, task)
	if err != nil {
		t.Fatal(err)
	}
	b := g.NewBatch(40)
	g.Draw(b, kernels.NewStream(7))
	return b
}

// TestNine checks that the files of the nine tasks are what Format writes of the paper's
// reading, and every reading of them, written and read, gives the same bytes.
func TestNine(t *testing.T) {
	for label, o := range map[string]tasks.Options{"paper": tasks.Paper, "authors": tasks.Authors, "zero": {}} {
		for _, task := range tasks.All(o) {
			text := Format(task)
			if label == "paper" {
				file, err := os.ReadFile(filepath.Join(examplesDir, task.Name+".toml"))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(file, text) {
					t.Errorf("%s.toml is not what molap tasks %s -toml writes", task.Name, task.Name)
				}
				text = file
			}
			read, err := Parse(task.Name, text)
			if err != nil {
				t.Errorf("%s: %v", label, err)
				continue
			}
			if !reflect.DeepEqual(read, task) {
				t.Errorf("%s: %s reads back as\n%+v, want\n%+v", label, task.Name, read, task)
			}
			got, want := drawTrials(t, o, read), drawTrials(t, o, task)
			if !slices.Equal(got.X, want.X) || !slices.Equal(got.Y, want.Y) || got.XScale != want.XScale || got.YScale != want.YScale {
				t.Errorf("%s: %s draws other trials than the built-in one", label, task.Name)
			}
		}
	}
}

// TestExamples checks that every file that users are shown is a task, also beside the nine.
func TestExamples(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(examplesDir, "*.toml"))
	if err != nil || len(paths) < 13 {
		t.Fatalf("%d files, error %v", len(paths), err)
	}
	corpus := tasks.All(tasks.Paper)
	for _, path := range paths {
		task, err := Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if task.Name+".toml" != filepath.Base(path) {
			t.Errorf("%s has task %s", path, task.Name)
		}
		back, err := Parse(path, Format(task))
		if err != nil || !reflect.DeepEqual(back, task) {
			t.Errorf("%s: reads back as\n%+v (%v), want\n%+v", path, back, err, task)
		}
		if !slices.ContainsFunc(corpus, func(u tasks.Task) bool { return u.Name == task.Name }) {
			corpus = append(corpus, task)
		}
	}
	g, err := tasks.NewGenerator[float32](kernels.Best(), tasks.Paper, corpus...)
	if err != nil {
		t.Fatal(err)
	}
	b := g.NewBatch(5)
	g.Draw(b, kernels.NewStream(1))
	if len(corpus) != len(paths) || slices.ContainsFunc(b.X, func(x float32) bool { return math.IsNaN(float64(x)) || x < -3 || x > 3 }) {
		t.Errorf("%d tasks; inputs from %v to %v", len(corpus), slices.Min(b.X), slices.Max(b.X))
	}
}

// TestNumber checks that numberText keeps all bits of a number, the sign of zero included.
func TestNumber(t *testing.T) {
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e-300, 1e6} {
		task := tasks.Task{
			Name: "m", ID: "m", Title: "m", Steps: 1,
			Draws:   []tasks.Draw{{Name: "c", From: tasks.Choice{x, 2}}},
			Periods: []tasks.Period{{Name: "all", Duration: tasks.Duration{Rest: true}}},
			Inputs:  []tasks.Channel{{Name: "x", Parts: []tasks.Part{{First: "all", Last: "all", Value: tasks.Drawn("c")}}}},
			Targets: []tasks.Channel{{Name: "y", Parts: []tasks.Part{{First: "all", Last: "all", Value: tasks.Constant(x)}}}},
		}
		text := Format(task)
		back, err := Parse("m", text)
		if err != nil || !bytes.Equal(Format(back), text) {
			t.Errorf("%s\nreads back as\n%s (%v)", text, Format(back), err)
			continue
		}
		choice, constant := back.Draws[0].From.(tasks.Choice)[0], float64(back.Targets[0].Parts[0].Value.(tasks.Constant))
		for _, got := range []float64{choice, constant} {
			if math.Float64bits(got) != math.Float64bits(x) {
				t.Errorf("%v reads back as %v, of\n%s", x, got, text)
			}
		}
	}
}

// minimalTask is a task file that leaves out whatever can be left out, and writes some entries in their
// rarer forms.
const minimalTask = `
name = "m"
steps = 1_0
draws = [{ name = "u", uniform = [-1, 0.5] }]
inputs = [
  { name = "x", show = [{ value = "u", during = "all" }] },
  { name = 'blank' },
]
[[periods]]
steps = "rest" # its name may follow
name = "all"
[[targets]]
name = "y"
[[targets.show]]
value = -2.5
during = ["all", "all"]
`

func TestMinimal(t *testing.T) {
	task, err := Parse("m", []byte(minimalTask))
	if err != nil {
		t.Fatal(err)
	}
	want := tasks.Task{
		Name: "m", ID: "m", Title: "m", Steps: 10,
		Draws:   []tasks.Draw{{Name: "u", From: tasks.Uniform{Least: -1, Most: 0.5}}},
		Periods: []tasks.Period{{Name: "all", Duration: tasks.Duration{Rest: true}}},
		Inputs:  []tasks.Channel{{Name: "x", Parts: []tasks.Part{{First: "all", Last: "all", Value: tasks.Drawn("u")}}}, {Name: "blank"}},
		Targets: []tasks.Channel{{Name: "y", Parts: []tasks.Part{{First: "all", Last: "all", Value: tasks.Constant(-2.5)}}}},
	}
	if !reflect.DeepEqual(task, want) {
		t.Errorf("got\n%+v, want\n%+v", task, want)
	}
}

// familyTask is a task with two families of channels, one of them without parts, and with a duration
// that is drawn from an exponential distribution.
const familyTask = `name  = "f"
steps = 40 # of 10 ms

draws = [
  { name = "θ", uniform = [0, 360] },
]

periods = [
  { name = "stimulus", steps = { exponential = 7.5, least = 5, most = 30 } },
  { name = "response", steps = "rest" },
]

[[inputs]]
name = "ring"
count = 8
show = [{ value = "exp(3 * (cos(θ - i * 360 / 8) - 1))", during = "stimulus" }]

[[inputs]]
name = "rule"
count = 3

[[targets]]
name = "x"
show = [{ value = 1, during = "response" }]
`

// TestFamilies checks that a family is written as it is read.
func TestFamilies(t *testing.T) {
	task, err := Parse("f", []byte(familyTask))
	if err != nil {
		t.Fatal(err)
	}
	if text := Format(task); string(text) != familyTask {
		t.Errorf("written as\n%s", text)
	}
	if len(task.Inputs) != 11 || task.Inputs[7].Name != "ring[7]" || task.Inputs[10].Name != "rule[2]" || task.Inputs[10].Index != 2 {
		t.Errorf("inputs %+v", task.Inputs)
	}
	if want := (tasks.Duration{Least: 5, Most: 30, Exponential: 7.5}); task.Periods[0].Duration != want {
		t.Errorf("duration %+v, want %+v", task.Periods[0].Duration, want)
	}
}

// parseTimes bounds what reading a task may allocate, all in all, as a multiple of its
// length: each value of a list becomes a node of a tree, twice. A task of ours takes
// about 50 times its length.
const parseTimes = 700

// FuzzParse parses anything: memory within bounds, an error of one line, and what is
// accepted is written as a file that reads the same and shows the same trials.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(examplesDir, "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(minimalTask))
	f.Add([]byte(familyTask))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > maxFile {
			return
		}
		var task tasks.Task
		var err error
		memtest.Within(t, len(text), parseTimes, func() { task, err = Parse("f.toml", text) })
		if err != nil {
			wantError(t, err, "f.toml")
			return
		}
		written := Format(task)
		back, err := Parse("f.toml", written)
		if err != nil || !bytes.Equal(Format(back), written) {
			t.Fatalf("%s\nreads back as\n%s (%v)", written, Format(back), err)
		}
		if task.Steps*(len(task.Inputs)+len(task.Targets)) > 2000 {
			return
		}
		o := tasks.Options{SharedAngle: true}
		got, want := drawTrials(t, o, back), drawTrials(t, o, task)
		if !slices.Equal(got.X, want.X) || !slices.Equal(got.Y, want.Y) {
			t.Errorf("%s\ndraws other trials than\n%s", written, text)
		}
		for _, x := range append(want.X, want.Y...) {
			if !(math.Abs(float64(x)) <= 1.001e6) { // the bound of package tasks, rounded to float32
				t.Fatalf("%s\nshows %v", written, x)
			}
		}
	})
}
