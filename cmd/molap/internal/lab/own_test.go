package lab

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// example returns a task that users are shown.
func example(t *testing.T, name string) tasks.Task {
	t.Helper()
	task, err := taskfile.Load(filepath.Join("../../../../examples/tasks", name+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// settingsWith returns settings that define tasks.
func settingsWith(t *testing.T, s profile.Settings, own ...tasks.Task) profile.Settings {
	t.Helper()
	for _, task := range own {
		var err error
		if s, err = taskset.Define(s, task); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// netOf trains the network of a cell and returns it with its scores and its file.
func netOf(t *testing.T, s profile.Settings, c Cell) (*rnn.Network[float32], Run, *rnn.File) {
	t.Helper()
	l := newLab(s, []uint64{c.Seed})
	score := l.Score(c)
	do(t, l, score)
	f := fileOf(t, l, c)
	net, err := rnn.Load[float32](f)
	if err != nil {
		t.Fatal(err)
	}
	return net, score.Value(), f
}

// TestOwnT7 trains on T7 and on T7 as a task file has it: all is the same but the names
// of the jobs, and what the network's file says its task is.
func TestOwnT7(t *testing.T) {
	for _, name := range []string{"paper", "extended"} {
		s := tiny(t, name)
		own := settingsWith(t, s, taskset.ByID(s, "T7"))
		for _, arm := range []Arm{MoLaP, Separate} {
			c := Cell{Arm: arm, Task: "T7", Seed: 2}
			want, wantRun, wantFile := netOf(t, s, c)
			got, gotRun, gotFile := netOf(t, own, c)
			if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotRun, wantRun) {
				t.Errorf("%s, %s: T7 from a file gives another network, or scores %+v, want %+v", name, arm, gotRun, wantRun)
			}
			if strings.Contains(wantFile.Settings, "tasks.own") || !strings.Contains(gotFile.Settings, `name  = "context_mem_dm1"`) {
				t.Errorf("%s, %s: a file's settings are %s", name, arm, gotFile.Settings)
			}
		}
	}
}

// TestOwnJobs does every other job on the network of a task of one's own, which each has to
// find in its settings: damage, whose intact network scores what the network does, examples,
// a close look and the dynamics before and after training.
func TestOwnJobs(t *testing.T) {
	s := tiny(t, "paper")
	mine := taskset.ByID(s, "T7")
	mine.ID, mine.Name = "mine", "mine"
	s = settingsWith(t, s, mine)
	l, c := newLab(s, []uint64{2}), Cell{Arm: MoLaP, Task: "mine", Seed: 2}
	score, damaged := l.Score(c), l.Damaged(c, LesionGlobal, s.Score.TestTrials)
	examples, look, before, after := l.Examples(c, LesionM1, 10, 3), l.CloseUp(c), l.Motion(c, true), l.Motion(c, false)
	do(t, l, score, damaged, examples, look, before, after)
	if got, want := damaged.Value().Intact.Output, score.Value().Output; !slices.Equal(got, want) {
		t.Errorf("the intact network scores %v, want %v", got, want)
	}
	if n := len(look.Value().Targets); n != len(mine.Targets) || examples.Value().Out != n {
		t.Errorf("looks have %d outputs and %d, want %d", n, examples.Value().Out, len(mine.Targets))
	}
}

// TestOwnCorpus pre-trains on copies of the nine, which is to pre-train on the nine.
func TestOwnCorpus(t *testing.T) {
	s := tiny(t, "paper")
	nine := tasks.All(taskset.Options(s))
	ids := seq.Map(nine, func(t tasks.Task) string { return t.ID })
	own := taskset.WithCorpus(settingsWith(t, s, nine...), ids)
	if err := Check(own); err != nil {
		t.Fatal(err)
	}
	for _, arm := range []Arm{MoLaP, MoLaPPCA} {
		c := Cell{Arm: arm, Seed: 3}
		var nets []*rnn.Network[float32]
		for _, s := range []profile.Settings{s, own, taskset.WithCorpus(s, ids), taskset.WithCorpus(s, ids[:4])} {
			l := newLab(s, nil)
			j := Pretrained[float32](l, c)
			do(t, l, j)
			nets = append(nets, j.Value())
		}
		if !reflect.DeepEqual(nets[1], nets[0]) || !reflect.DeepEqual(nets[2], nets[0]) {
			t.Errorf("%s: copies of the nine give other modules than the nine", arm)
		}
		if reflect.DeepEqual(nets[3], nets[0]) {
			t.Errorf("%s: four tasks give the modules of nine", arm)
		}
	}
}

// TestOwnNames checks of what the names of jobs are made: of the text of the tasks they
// use, and of no others.
func TestOwnNames(t *testing.T) {
	s := tiny(t, "paper")
	compare, match := example(t, "compare"), example(t, "match")
	changed := compare
	changed.Draws = slices.Clone(compare.Draws)
	changed.Draws[0].From = tasks.Uniform{Least: 0.3, Most: 1}
	own, both, other := settingsWith(t, s, compare), settingsWith(t, s, match, compare), settingsWith(t, s, changed)
	cell := func(arm Arm, task string) Cell { return Cell{Arm: arm, Task: task, Seed: 1} }
	names := func(s profile.Settings, c Cell) [3]string {
		l := newLab(s, nil)
		return [3]string{nameOf(Pretrained[float32](l, c)), nameOf(trainedOn[float32](l, c)), nameOf(l.Score(c))}
	}
	for _, arm := range []Arm{MoLaP, Separate} {
		if got, want := names(both, cell(arm, "T5")), names(s, cell(arm, "T5")); got != want {
			t.Errorf("%s: a job of T5 is named %q beside own tasks, otherwise %q", arm, got, want)
		}
		a, b, c := names(own, cell(arm, "compare")), names(both, cell(arm, "compare")), names(other, cell(arm, "compare"))
		if a != b || a[0] != c[0] || a[1] == c[1] || a[2] == c[2] {
			t.Errorf("%s: names %q, beside another task %q, of another text %q", arm, a, b, c)
		}
	}
	with := func(s profile.Settings) profile.Settings { return taskset.WithCorpus(s, []string{"T1", "compare"}) }
	if names(with(own), cell(Separate, "T5")) != names(s, cell(Separate, "T5")) {
		t.Error("a corpus changes the name of a network that has no modules")
	}
	a, b, c := names(with(own), cell(MoLaP, "T5")), names(with(both), cell(MoLaP, "T5")), names(with(other), cell(MoLaP, "T5"))
	if a != b || a[0] == c[0] || a == names(s, cell(MoLaP, "T5")) {
		t.Errorf("with a corpus the names are %q, beside another task %q, of another text %q", a, b, c)
	}
	if f := neededBy(with(both), cell(MoLaP, "match")); f.Corpus != "T1,compare" || strings.Count(f.Own, "title") != 2 {
		t.Errorf("a network's file says %q, %q", f.Own, f.Corpus)
	}
	if f := neededBy(with(both), cell(Reservoir, "match")); f.Corpus != "" || strings.Contains(f.Own, "compare") {
		t.Errorf("a network's file says %q, %q", f.Own, f.Corpus)
	}
}

// TestOwnResume interrupts the training on own tasks after each of its iterations.
func TestOwnResume(t *testing.T) {
	s := tiny(t, "paper")
	s = taskset.WithCorpus(settingsWith(t, s, example(t, "compare"), example(t, "rhythm")), []string{"T1", "compare"})
	testResumeAnywhere(t, s, []longJob{
		{"reservoir", 8, func(l *Lab) (jobs.Node, func() []byte) {
			return encoded(Pretrained[float32](l, Cell{Arm: MoLaP, Seed: 1}))
		}},
		{"network", 4, func(l *Lab) (jobs.Node, func() []byte) {
			return encoded(trainedOn[float32](l, Cell{Arm: Separate, Task: "rhythm", Seed: 1}))
		}},
	})
}

// TestArraysResume interrupts the training on trials of a file, whose mask weighs their steps, after each of its iterations.
func TestArraysResume(t *testing.T) {
	const steps, trials = 120, 60
	stream := kernels.NewStream(5)
	given := &rnn.Trials[float64]{Steps: steps, Trials: trials, In: 2, Out: 1}
	for i := range steps * trials {
		x := stream.Uniform(uint64(i))
		given.X, given.Y, given.Weights = append(given.X, x, -x), append(given.Y, x), append(given.Weights, float64(i%3))
	}
	data, err := rnn.EncodeNPZ(nil, given)
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	s, task, err := taskset.DefineArrays(tiny(t, "paper"), taskset.Arrays{Name: "given", File: f, Share: taskset.TestShare})
	if err != nil {
		t.Fatal(err)
	}
	testResumeAnywhere(t, s, []longJob{{"network", 4, func(l *Lab) (jobs.Node, func() []byte) {
		return encoded(trainedOn[float32](l, Cell{Arm: Separate, Task: task.ID, Seed: 1}))
	}}})
}

// TestOwnFile evaluates, damages and analyses networks of own tasks by their files alone.
func TestOwnFile(t *testing.T) {
	for _, name := range []string{"compare", "rhythm", "match", "evidence"} {
		s := settingsWith(t, tiny(t, "extended"), example(t, name))
		c := Cell{Arm: MoLaP, Task: name, Seed: 3}
		_, run, f := netOf(t, s, c)
		told, err := profile.Parse("the file", []byte(f.Settings))
		if err != nil || told.Tasks != s.Tasks {
			t.Fatalf("%s: the file says %q (%v)", name, told.Tasks.Own, err)
		}
		n := NetFile{Variant: kernels.Best(), Settings: told, Cell: c, Network: f}
		e, err := subjectOfFile(t, n).Evaluate()
		if err != nil || !slices.Equal(e.Output, run.Output) || e.Decision != run.Decision || e.Blind != run.Blind || e.Constant != run.Constant || e.BlindLoss != run.BlindLoss {
			t.Errorf("%s: evaluated %+v (%v), in training %+v", name, e, err, run)
		}
		p, err := subjectOfFile(t, n).Perturb(t.Context(), Perturbation{WeightNoise, []float64{0}, 1}, func() {})
		if err != nil || p.Intact.Decision() != run.Decision || p.Damaged[0][0].Decision() != run.Decision || p.Blind != run.Blind {
			t.Errorf("%s: damaged by nothing %+v (%v), in training %+v", name, p, err, run)
		}
	}
}

// TestAnswers looks at tasks whose answer is not the last period, or has no fixation.
func TestAnswers(t *testing.T) {
	s := tiny(t, "extended") // the response counts five times
	early := example(t, "compare")
	early.Periods = []tasks.Period{early.Periods[0], early.Periods[1], early.Periods[2], early.Periods[3], early.Periods[5], early.Periods[4]}
	early.Targets = []tasks.Channel{{Name: "fixation"}}
	for _, c := range []struct {
		task     tasks.Task
		from, to int
		fixation int
	}{
		{taskset.ByID(s, "T1"), 85, 110, 1},
		{example(t, "compare"), 90, 110, 1},
		{example(t, "match"), 70, 110, 1},
		{example(t, "rhythm"), 60, 110, 0},
		{early, 55, 105, 0},
	} {
		from, to := states.Answers(c.task.Spans())
		if from != c.from || to != c.to || c.task.Fixation() != c.fixation {
			t.Errorf("%s: response from %d to %d, fixation %v; want %+v", c.task.ID, from, to, c.task.Fixation(), c)
		}
		for i, w := range stepWeights(s, c.task) {
			if inside := c.from <= i && i < c.to; (w == 5) != inside || (w == 1) == inside {
				t.Errorf("%s: step %d counts %v", c.task.ID, i, w)
			}
		}
	}
}

// TestCriterionOn scores two outputs, of which the first, the second or none is fixation.
func TestCriterionOn(t *testing.T) {
	s := tiny(t, "paper")
	s.Score.Window, s.Score.Tolerance, s.Score.FixationTolerance = 1, 0.1, 0.5
	outputs := []float64{0.3, 1, 0.3, 1, 0, 0, 0.3, 2} // four trials
	targets := []float64{0, 1, 0, 1, 0, 1, 0.3, 3}
	for _, c := range []struct {
		fixation        int
		score           []float64
		decision        float64
		blind, constant []float64
	}{
		{1, []float64{100, 50}, 50, []float64{100, 0}, []float64{100, 75}},
		{0, []float64{50, 50}, 50, []float64{75, 0}, []float64{75, 75}},
		{2, []float64{50, 50}, 50, []float64{75, 100}, []float64{75, 100}},
	} {
		b := tasks.NewBatch[float64](1, 4, 1, 2)
		b.Y, b.Fixation = targets, c.fixation
		var r Run
		fillScores(&r, criterionOn(scoreCriterion(s), b), outputs, b)
		n := rnn.ScoreNulls(criterionOn(scoreCriterion(s), b), targets, 4, 2)
		if !slices.Equal(r.Output, c.score) || r.Decision != c.decision || r.Fixation != c.fixation || !slices.Equal(n.Blind, c.blind) || !slices.Equal(n.Constant, c.constant) {
			t.Errorf("fixation %d: %+v, nulls %v; want %+v", c.fixation, r, n, c)
		}
	}
	// As a choice: of two the larger, of one beside fixation the sign, by the task's own 0.
	s.Score.Criterion = profile.Choice
	for _, c := range []struct {
		fixation int
		zero     float64
		score    []float64
	}{{0, 0, []float64{75, 75}}, {1, 0, []float64{100, 75}}, {1, 1.5, []float64{100, 100}}} {
		b := tasks.NewBatch[float64](1, 4, 1, 2)
		b.Y, b.Fixation, b.YScale = targets, c.fixation, tasks.Scale{Min: -2 * c.zero, Range: 2}
		var r Run
		fillScores(&r, criterionOn(scoreCriterion(s), b), outputs, b)
		if !slices.Equal(r.Output, c.score) {
			t.Errorf("choice, fixation %d, 0 at %v: %v, want %v", c.fixation, c.zero, r.Output, c.score)
		}
	}
	if got := (Scores{Output: []float64{10, 20, 60}}).Decision(); got != 30 {
		t.Errorf("decision is %v, want 30", got)
	}
	if got := (Scores{Output: []float64{10, 20, 60}, Fixation: 2}).Decision(); got != 35 {
		t.Errorf("decision is %v, want 35", got)
	}
}

// TestCheckTasks makes every mistake that settings can have about tasks.
func TestCheckTasks(t *testing.T) {
	paper := tiny(t, "paper")
	nine := seq.Map(tasks.All(tasks.Paper), func(t tasks.Task) string { return t.ID })
	for _, shared := range []bool{true, false} {
		s := paper
		s.Trials.SharedAngles, s.Pretraining.CorpusTrials = shared, 40
		most := targetRank(s, tasks.All(tasks.Paper))
		s.Network.Modules = most
		if err := Check(taskset.WithCorpus(s, nine)); err != nil {
			t.Error(err)
		}
		s.Network.Modules++
		byCount, byRank := Check(s), Check(taskset.WithCorpus(s, nine))
		if byCount == nil || byRank == nil || byCount.Error() != byRank.Error() {
			t.Errorf("the corpus has rank %d by count (%v), and by its numbers: %v", most, byCount, byRank)
		}
	}
	compare, short := example(t, "compare"), example(t, "compare")
	short.Name, short.ID, short.Steps = "short", "short", 109
	named := func(name, id string) tasks.Task {
		t := compare
		t.Name, t.ID = name, id
		return t
	}
	raw := func(own, corpus string) profile.Settings {
		s := paper
		s.Tasks = profile.Tasks{Own: own, Corpus: corpus}
		return s
	}
	wide := paper
	wide.Network.Modules = 4
	for _, c := range []struct {
		s    profile.Settings
		want string
	}{
		{taskset.WithCorpus(settingsWith(t, paper, short), []string{"T1", "short"}), "tasks.corpus: delay_pro has trials of 110 steps and short of 109: a corpus needs one length"},
		{taskset.WithCorpus(paper, []string{"T1", "T1"}), "tasks.corpus: task T1 is named twice"},
		{taskset.WithCorpus(paper, []string{"T1", "none"}), `tasks.corpus: unknown task "none"`},
		{taskset.WithCorpus(paper, []string{"T1", "mem_pro"}), `tasks.corpus: want the id T3 for "mem_pro"`},
		{taskset.WithCorpus(wide, []string{"T1", "T2"}), "network.modules is 4 (allowed: at most 3, the rank of the targets of the corpus"},
		{raw("name =", ""), "tasks.own, task 1:1:"},
		{raw(taskset.Joined([]tasks.Task{compare, named("a", "COMPARE")}), ""), "two tasks have one name or id, compare and COMPARE (a)"},
		{raw(taskset.Joined([]tasks.Task{named("a", "t3")}), ""), "t3 (a) has the name or id of T3 (mem_pro), one of the nine tasks, and is another: rename it"},
		{raw(taskset.Joined([]tasks.Task{named("mem_pro", "a")}), ""), "rename it"},
	} {
		if err := Check(c.s); err == nil || !strings.HasPrefix(err.Error(), c.want) && !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	long := named("long", "long")
	long.Steps, long.Periods = 60000, slices.Clone(compare.Periods)
	large := settingsWith(t, paper, long)
	large.Score.TestTrials, large.Pretraining.CorpusTrials = 4500, 4500
	if err := CheckTraining(large, []string{"long"}, nil); err == nil || CheckTraining(settingsWith(t, paper, long), []string{"long"}, nil) != nil {
		t.Errorf("a billion numbers: %v", err)
	}
	if err := Check(taskset.WithCorpus(large, []string{"long"})); err == nil || !strings.Contains(err.Error(), "tasks.corpus: 4500 trials of long have 240000 values") {
		t.Error(err)
	}
	s := settingsWith(t, paper, compare)
	if again := settingsWith(t, s, compare); again != s {
		t.Error("a task that is defined twice is not one task")
	}
	if _, err := taskset.Define(s, named("compare", "other")); err == nil {
		t.Error("two tasks of one name are defined")
	}
	for _, name := range []string{"compare", "Compare", "T3", "mem_pro"} {
		if task, err := taskset.Find(s, name); err != nil || !(strings.EqualFold(task.Name, name) || strings.EqualFold(task.ID, name)) {
			t.Errorf("%s: %v, %v", name, task.ID, err)
		}
	}
	if _, err := taskset.Find(s, "none"); err == nil || !strings.HasSuffix(err.Error(), "T9 multi_mem, compare compare, or a file NAME.toml or, with trials X and Y, NAME.npz)") {
		t.Error(err)
	}
	s.Score.Window = 111
	for _, arm := range []Arm{MoLaP, DNI} {
		if err := CheckTraining(s, []string{"compare"}, []Arm{Reservoir, arm}); err == nil || CheckTraining(s, []string{"T1"}, []Arm{arm}) != nil {
			t.Error(err)
		}
	}
}
