package profile

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"molap/tasks"
)

var update = flag.Bool("update", false, "rewrite the shipped profiles in their printed form")

// load fails the test where Load fails.
func load(t *testing.T, name string) Settings {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write puts a profile into a file and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.toml")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// The shipped files are the printed form of what they hold, so that their
// comments cannot fall behind the table.
func TestShippedFilesArePrintedForm(t *testing.T) {
	for _, p := range List() {
		s := load(t, p.Name)
		if s.Name != p.Name || s.Base != p.Name || s.Shrunk {
			t.Errorf("%s: name %q, base %q, shrunk %v", p.Name, s.Name, s.Base, s.Shrunk)
		}
		s.Base = "" // they start from nothing
		want, file := s.TOML(), p.Name+".toml"
		if *update {
			if err := os.WriteFile(file, want, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not in its printed form; go test -update rewrites it", file)
		}
		for i, line := range strings.Split(string(want), "\n") {
			if n := len([]rune(line)); n > 100 {
				t.Errorf("%s:%d has %d columns", file, i+1, n)
			}
		}
	}
}

// What tells the three profiles apart, in full: a silent change of a published
// value must not pass.
func TestShippedValues(t *testing.T) {
	paper := load(t, "paper")
	want := Settings{
		Name: "paper", Base: "paper",
		Network: Network{100, 2, 1.5, NoBias, SqrtN, 1, 0, 0},
		Trials:  Trials{tasks.Continuous180, true, 0.002, false, tasks.VariableStimulus, 10, tasks.Opposite, tasks.RawUnits, true, false},
		Pretraining: Pretraining{
			Schedule: Schedule{3e-3, 200, 200, 5, 1.0 / 3, 1e-5, 1e-7},
			Variates: tasks.RawUnits, CorpusTrials: 200, Slip: false,
		},
		Training: Training{
			Schedule:     Schedule{1e-2, 200, 200, 5, 1.0 / 3, 1e-5, 1e-7},
			SeparateRate: 3e-3, ResponseWeight: 1,
		},
		Optimizer: Optimizer{0.9, 0.999, 1e-8, StepIteration, L2Weights, 0},
		DNI: DNI{
			Schedule: Schedule{3e-3, 200, 200, 5, 1.0 / 3, 1e-5, 1e-7},
			Units:    200, Gain: 1.5, ActivityOn: OnHidden, Alpha: 1e-3, FirstWeight: 1, Project: ProjectGradient, Order: "123456789", Orders: 2,
		},
		Score:  Score{Absolute, 0.1, 0.1, 30, 2000},
		Arms:   Arms{SeparatePCA, true},
		Damage: Damage{30, 2000, 250, OffDiagonal},
		Table1: Table1{10},
		Run:    Run{F32},
	}
	if paper != want {
		t.Errorf("paper is\n%+v, want\n%+v", paper, want)
	}
	changes := map[string][]string{
		"authors": {
			`network.bias = "frozen_recurrent"`, `network.init = "sqrt_n_plus_1"`,
			`trials.angles = "tens_360"`, `trials.noise = 0.02`, `trials.shared_fixation_noise = true`, `trials.stimulus = "full"`, `trials.pulse_gap = 20`,
			`trials.anti = "same"`, `trials.scale = "unit_interval"`, `trials.fresh = false`, `trials.resample = true`,
			`pretraining.rate = 0.005`, `pretraining.levels = 4`, `pretraining.decay = 1.0`, `pretraining.l2 = 2e-6`,
			`pretraining.activity = 0.0`, `pretraining.variates = "unit_interval"`, `pretraining.slip = true`,
			`training.separate_rate = 0.001`, `training.levels = 9`, `training.decay = 1.0`, `training.l2 = 2e-6`,
			`training.activity = 0.0`, `optimizer.adam_step = "round"`, `optimizer.l2_on = "recurrence"`,
			`dni.gain = 1.3`, `dni.rate = 0.001`, `dni.batch = 400`, `dni.level_iterations = 400`, `dni.levels = 9`, `dni.decay = 1.0`,
			`dni.activity_on = "h0"`, `dni.first_weight = 2.0`,
			`score.criterion = "relative"`, `score.fixation_tolerance = 0.15`, `arms.pca = "joint"`, `arms.leave_out = false`,
			`damage.inter_module = "everywhere"`, `table1.network_factor = 1`,
		},
		"extended": {
			`network.units = 200`, `network.init = "sqrt_n_plus_1"`, `network.input_gain = 0.3`,
			`pretraining.levels = 6`, `pretraining.decay = 0.6`,
			`training.rate = 0.005`, `training.separate_rate = 0.0001`, `training.response_weight = 5.0`, `training.batch = 50`, `training.levels = 8`, `training.decay = 0.75`, `optimizer.clip = 0.1`,
			`dni.batch = 50`, `dni.decay = 0.6`, `dni.project = "update"`, `dni.rule_inputs = true`, `table1.network_factor = 1`,
		},
	}
	for name, want := range changes {
		var got []string
		for _, c := range load(t, name).Changes(paper) {
			got = append(got, c.Key+" = "+c.To)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s differs from paper in\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// The table and the structs name the same keys, each once and in one order,
// and JSON names them as TOML does.
func TestTableMatchesStructs(t *testing.T) {
	fields := map[string]bool{}
	for _, group := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		if group.Type.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(group.Type) {
			if f.Anonymous {
				continue
			}
			fields[group.Tag.Get("toml")+"."+f.Tag.Get("toml")] = true
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.Tag.Get("toml") != name {
				t.Errorf("%s.%s: TOML name %q, JSON name %q", group.Name, f.Name, f.Tag.Get("toml"), f.Tag.Get("json"))
			}
		}
	}
	var s Settings
	closed := map[string]bool{}
	last := ""
	for _, k := range Keys() {
		if !fields[k.Name] {
			t.Errorf("key %s has no field, or is listed twice", k.Name)
			continue
		}
		delete(fields, k.Name)
		if k.Doc == "" || k.Readings == "" || k.Allowed() == "" {
			t.Errorf("key %s lacks its documentation", k.Name)
		}
		want := map[reflect.Kind]string{reflect.Int: "integer", reflect.Float64: "number", reflect.Bool: "switch", reflect.String: "name"}
		if kind := want[s.field(k.Name).Kind()]; kind != k.Type() && k.Name != "dni.order" {
			t.Errorf("key %s has type %s, its field %s", k.Name, k.Type(), kind)
		}
		group, _, _ := strings.Cut(k.Name, ".")
		if group != last && closed[group] {
			t.Errorf("group %s comes twice", group)
		}
		closed[last], last = true, group
	}
	for f := range fields {
		if _, known := lookupKey(f); known && strings.HasPrefix(f, "tasks.") || strings.HasSuffix(f, ".-") { // data, no setting
			continue
		}
		t.Errorf("field %s has no key", f)
	}
}

// other returns a text that the key allows and that differs from its value in s.
func other(s Settings, k Key) string {
	now := strings.Trim(formatValue(s.field(k.Name)), `"`)
	switch k.Type() {
	case "name", "switch":
		for _, w := range strings.Split(k.Allowed(), ", ") {
			if w != now {
				return w
			}
		}
	case "order":
		return "987654321"
	case "integer":
		if k.Name == "network.units" {
			return "110" // of two modules
		}
		return map[bool]string{true: "2", false: "5"}[now == "5"]
	}
	return "0.0625"
}

// Every key can be set, prints, reads back and changes the hash.
func TestEveryKey(t *testing.T) {
	paper := load(t, "paper")
	hashes := map[string]string{paper.Hash(): "paper itself"}
	for _, k := range Keys() {
		s := paper
		text := other(s, k)
		if err := s.Set(" " + k.Name + " = " + text); err != nil {
			t.Errorf("Set: %v", err)
			continue
		}
		if err := s.Validate(); err != nil && k.Name != "network.modules" {
			t.Errorf("%s=%s: %v", k.Name, text, err)
		}
		if strings.Trim(formatValue(s.field(k.Name)), `"`) != text {
			t.Errorf("Set %s=%s gave %v", k.Name, text, s.field(k.Name))
		}
		if c := s.Changes(paper); len(c) != 1 || c[0].Key != k.Name {
			t.Errorf("Set %s=%s changed %v", k.Name, text, c)
		}
		if twin, ok := hashes[s.Hash()]; ok {
			t.Errorf("%s=%s has the hash of %s", k.Name, text, twin)
		}
		hashes[s.Hash()] = k.Name
		if !strings.Contains(string(s.TOML()), "#   "+k.Name+" = ") {
			t.Errorf("%s=%s: the printed form does not list the change", k.Name, text)
		}
		if back, err := Load(write(t, string(s.TOML()))); err != nil {
			t.Errorf("%s=%s: printed form: %v", k.Name, text, err)
		} else if back.Name = s.Name; back != s {
			t.Errorf("%s=%s read back as\n%+v, want\n%+v", k.Name, text, back, s)
		}
	}
}

// Settings without own tasks show nothing of those keys; with them the keys print, read
// back and count, as every key does.
func TestOwnTasks(t *testing.T) {
	paper := load(t, "paper")
	data, err := json.Marshal(paper)
	if err != nil || strings.Contains(string(paper.TOML())+string(data), "corpus =") || strings.Contains(string(data), `"tasks":`) {
		t.Errorf("%v, %s", err, data)
	}
	hashes := map[string]bool{paper.Hash(): true}
	for _, tasks := range []Tasks{
		{Corpus: "T1,mine"}, {Own: "name = \"mine\"\n"}, {Own: "\n\ta \"b\" \\ 'c' θ\n---\nd"}, {Own: "one line\t'"}, {Own: "two\nlines", Corpus: "mine"},
	} {
		s := paper
		s.Tasks = tasks
		if err := s.Validate(); (err != nil) != strings.HasSuffix(tasks.Own, "'") {
			t.Errorf("%+v: %v", tasks, err)
		} else if err != nil {
			continue
		}
		back, err := Load(write(t, string(s.TOML())))
		if back.Name = s.Name; err != nil || back != s {
			t.Errorf("%+v reads back as %+v (%v)", tasks, back.Tasks, err)
		}
		if hashes[s.Hash()] {
			t.Errorf("%+v does not count", tasks)
		}
		hashes[s.Hash()] = true
		var again Settings
		if data, err = json.Marshal(s); err != nil || json.Unmarshal(data, &again) != nil || again != s {
			t.Errorf("%s (%v) reads back as %+v", data, err, again)
		}
	}
	for _, own := range []string{"a'''b", "a\x00", "a\r\nb", "\xff", strings.Repeat("a", 1<<15+1)} {
		s := paper
		s.Tasks.Own = own
		wantError(t, s.Validate(), "tasks.own is", "allowed: up to 32768 bytes")
	}
	if got := paper.Only("tasks"); got != (Settings{}) {
		t.Errorf("Only kept %+v", got)
	}
}

// TestLeak: a leak of 1 is none, however it comes about, and settings without leak show
// nothing of the key; any other shows and counts.
func TestLeak(t *testing.T) {
	paper := load(t, "paper")
	const hash = "b7cd24d32b347122"
	data, err := json.Marshal(paper)
	if text := string(data) + string(paper.TOML()); err != nil || strings.Contains(text, "leak") {
		t.Errorf("%v, a leak shows: %s", err, text)
	}
	if got := paper.Hash(); !strings.HasPrefix(got, hash) {
		t.Errorf("the hash of profile paper is %s, it was %s… before there were leaks", got, hash)
	}
	if paper.Get("network.leak") != "1.0" || paper.Network.Alpha() != 1 {
		t.Errorf("leak of profile paper is %s", paper.Get("network.leak"))
	}
	s := paper
	if err := s.Set("network.leak=0.2"); err != nil || s.Network.Alpha() != 0.2 || s.Hash() == paper.Hash() || s.Label() != "paper, with network.leak = 0.2" {
		t.Errorf("%v: leak %v of %s", err, s.Network.Alpha(), s.Label())
	}
	if data, err = json.Marshal(s); err != nil || !strings.Contains(string(data), `"leak":0.2`) {
		t.Errorf("%v: %s", err, data)
	}
	if c := paper.Changes(s); len(c) != 1 || c[0] != (Change{"network.leak", "0.2", "1.0"}) {
		t.Errorf("changes %v", c)
	}
	if err := s.Set("network.leak=1"); err != nil || s != paper {
		t.Errorf("%v: a leak of 1 is %+v", err, s.Network)
	}
	file := load(t, write(t, "base = \"paper\"\n[network]\nleak = 1\n"))
	if file.Network != paper.Network || file.Hash() != paper.Hash() {
		t.Errorf("a file with a leak of 1 is %+v", file.Network)
	}
	for _, bad := range []string{"0", "-0.1", "1.01", "nan", "\"a\""} {
		_, err := Load(write(t, "base = \"paper\"\n[network]\nleak = "+bad+"\n"))
		wantError(t, err, ":3:", "network.leak is ", "allowed: number > 0 and ≤ 1")
		wantError(t, s.Set("network.leak="+bad), "network.leak is ", "allowed: number > 0 and ≤ 1")
	}
}

func TestHash(t *testing.T) {
	s := load(t, "paper")
	want := s.Hash()
	if len(want) != 64 {
		t.Errorf("hash %q has not 64 digits", want)
	}
	s.Name, s.Base, s.Shrunk = "other", "", true
	if got := s.Hash(); got != want {
		t.Error("labels change the hash")
	}
	s.Training.Activity = 0
	zero := s.Hash()
	if s.Training.Activity = math.Copysign(0, -1); s.Hash() != zero {
		t.Error("the negative zero changes the hash")
	}
}

// Only keeps the groups named and nothing else.
func TestOnly(t *testing.T) {
	paper := load(t, "paper")
	if got, want := paper.Only("trials", "run"), (Settings{Trials: paper.Trials, Run: paper.Run}); got != want {
		t.Errorf("Only kept\n%+v, want\n%+v", got, want)
	}
	if all := paper.Only("network", "trials", "pretraining", "training", "optimizer", "dni", "score", "arms", "damage", "table1", "run"); all.Hash() != paper.Hash() {
		t.Error("all groups are not all settings")
	}
}

func TestQuick(t *testing.T) {
	for _, p := range List() {
		s := load(t, p.Name)
		q := s.Quick()
		if err := q.Validate(); err != nil {
			t.Error(err)
		}
		if q.Network.Units != 100 || q.Pretraining.Batch != 20 || q.Training.Batch != 20 || q.Training.SeparateRate < 5e-4 ||
			q.Pretraining.LevelIterations != 40 || q.Training.LevelIterations != 80 || q.Score.TestTrials != 200 {
			t.Errorf("%s shrank to %+v", p.Name, q)
		}
		if q.Quick() != q {
			t.Errorf("%s: shrinking twice is not shrinking once", p.Name)
		}
		if s.Shrunk || !q.Shrunk || !strings.Contains(string(q.TOML()), "# Shrunk by -quick") {
			t.Errorf("%s: the printed form does not say so", p.Name)
		}
	}
	s := load(t, "paper")
	s.Network.Units, s.Network.Modules, s.Score.TestTrials = 201, 3, 7
	if q := s.Quick(); q.Network.Units != 99 || q.Score.TestTrials != 7 {
		t.Errorf("3 modules shrank to %d units, 7 test trials to %d", q.Network.Units, q.Score.TestTrials)
	}
}

// TestLabel checks that a reader is told what of a shipped profile was changed.
func TestLabel(t *testing.T) {
	set := func(s Settings, values ...string) Settings {
		for _, v := range values {
			if err := s.Set(v); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	paper := load(t, "paper")
	file := load(t, write(t, "base = \"paper\"\n[network]\nunits = 60\n"))
	own := paper
	own.Tasks.Own = "name = \"mine\"\nsteps = 110\n"
	for want, s := range map[string]Settings{
		"paper":                              paper,
		"paper (quick)":                      paper.Quick(),
		"paper, with training.rate = 0.002":  set(paper, "training.rate=0.002"),
		"paper (quick), with dni.units = 60": set(paper.Quick(), "dni.units=60"),
		"paper, with network.units = 60, trials.noise = 0.0, training.rate = 0.002":                 set(paper, "training.rate=0.002", "trials.noise=0", "network.units=60"),
		"paper, with network.units = 60, trials.noise = 0.0, training.rate = 0.002, 2 more changed": set(paper, "training.rate=0.002", "trials.noise=0", "network.units=60", "score.window=3", "score.tolerance=0.2"),
		"paper, with tasks of one's own": own,
		file.Name:                        file, // which may say anything
	} {
		if got := s.Label(); got != want {
			t.Errorf("label %q, want %q", got, want)
		}
	}
}
