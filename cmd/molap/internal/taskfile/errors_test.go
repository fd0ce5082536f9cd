package taskfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantError fails the test unless the error is one line with these parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	text := err.Error()
	if strings.HasPrefix(text, "taskfile: ") || strings.ContainsAny(text, "\n\r") {
		t.Errorf("error is not one line without a prefix: %q", text)
	}
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("error %q does not say %q", text, p)
		}
	}
}

// validTask is a task file without errors; each case makes one in it.
const validTask = `name = "v"
steps = 30
lead = 2
draws = [
  { name = "u", uniform = [0, 1] },
  { name = "weight", choice = [1, 2] },
]
periods = [
  { name = "show", steps = [3, 9] },
  { name = "go", steps = "rest" },
]
[[inputs]]
name = "x"
show = [{ value = "u * weight", during = "show" }]
[[targets]]
name = "y"
show = [{ value = 1, during = ["show", "go"] }]
`

func TestErrors(t *testing.T) {
	if _, err := Parse("v", []byte(validTask)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, new string
		parts    []string // the first is where
	}{
		{"steps = 30", "steps = 30 31", []string{":2:12: "}},
		{"steps = 30", "steps = 30\nsteps = 30", []string{":3:1: ", "already defined"}},
		{"lead = 2", "\xff = 2", []string{":3:1: "}},
		{"lead = 2", "leed = 2", []string{":3:1: ", `unknown key "leed" in the file`, "did you mean lead?"}},
		{"lead = 2", "Lead = 2", []string{":3:1: ", `"Lead"`, "lead"}},
		{"lead = 2", "lead = -1", []string{":3:1: ", "lead of -1 steps is not in 0…29"}},
		{"lead = 2", "lead = 2.0", []string{":3:8: ", "lead: want an integer"}},
		{"lead = 2", "lead = 99999999999", []string{":3:8: ", "lead: want an integer of at most 32 bits"}},
		{"lead = 2", "lead.x = 2", []string{":3:6: ", `unknown key "lead.x": lead is no table`}},
		{"steps = 30\n", "", []string{":1:1: ", "the file lacks steps"}},
		{"steps = 30", "steps = 60001", []string{":2:1: ", "60001", "60000"}},
		{`name = "v"`, `name = "../v"`, []string{":1:8: ", `"../v"`, "a…z"}},
		{`name = "v"`, `name = ""`, []string{":1:8: ", "a…z"}},
		{`name = "v"`, `name = 3`, []string{":1:8: ", "name: want a text in quotes"}},
		{`name = "v"`, `name = "v"` + "\n" + `title = "a\nb"`, []string{":2:9: ", "printable"}},
		{`name = "v"`, `name = "v"` + "\n" + `title = "` + strings.Repeat("é", 81) + `"`, []string{":2:9: ", "1 to 80"}},
		{`name = "x"`, "[inputs.x]", []string{":13:9: ", `unknown key "x" in an entry of inputs (have name, count, show)`}},
		{"draws = [", "draws = [ 3,", []string{":4:11: ", "draws: want tables, { … }, not 3"}},
		{`"u", uniform = [0, 1]`, `"u"`, []string{":5:3: ", "a draw has 0 of angle, uniform, choice, noise"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [0, 1], noise = 1`, []string{":5:3: ", "a draw has 2 of"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [0]`, []string{":5:17: ", "uniform has 1 numbers, want two"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [0, "1"]`, []string{":5:31: ", "uniform: want a finite number"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [0, inf]`, []string{":5:31: ", "uniform: want a finite number"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [0, 1e999]`, []string{":5:31: ", "1e999"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [1, 0]`, []string{":5:3: ", "uniform from 1 to 0"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = 1`, []string{":5:27: ", "uniform: want numbers in brackets"}},
		{`"u", uniform = [0, 1]`, `"u", noise = -1`, []string{":5:3: ", "noise -1"}},
		{`"u", uniform = [0, 1]`, `"u", angle = [0, 180]`, []string{":5:25: ", "angle"}},
		{`"u", uniform = [0, 1]`, `"u", angle = "tens_360"`, []string{":5:25: ", `"tens_360"`, `"profile"`, "uniform = [0, 360]"}},
		{`"u", uniform = [0, 1]`, `"u", choice = []`, []string{":5:3: ", "choice of 0 numbers"}},
		{`"u", uniform = [0, 1]`, `"weight", uniform = [0, 1]`, []string{":6:3: ", `two draws "weight"`}},
		{`"u", uniform = [0, 1]`, `"cos", uniform = [0, 1]`, []string{":5:12: ", `"cos"`, "none of cos, sin"}},
		{`"u", uniform = [0, 1]`, `"u", uniform = [0, 1], sd = 1`, []string{":5:35: ", `unknown key "sd" in a draw`}},
		{"[3, 9]", "[3, 29]", []string{":8:1: ", "up to 31 of 30 steps"}},
		{"[3, 9]", "[9, 3]", []string{":9:3: ", "period show of 9…3 steps"}},
		{"[3, 9]", "[3]", []string{":9:28: ", `[least, most], { exponential = …, least = …, most = … } or "rest"`}},
		{`"rest"`, `"all"`, []string{":10:26: ", `[least, most], { exponential = …, least = …, most = … } or "rest"`}},
		{`"rest"`, `3`, []string{":8:1: ", "only 8 of 30 steps"}},
		{`{ name = "go"`, `{ name = "show"`, []string{":10:3: ", `"show"`, "taken"}},
		{`{ name = "go"`, `{ name = " go"`, []string{":10:12: ", `" go"`, "no space"}},
		{`{ name = "go", `, `{ `, []string{":10:3: ", "a period lacks name"}},
		{`name = "x"` + "\n", "", []string{":12:3: ", "an entry of inputs lacks name"}},
		{"[[targets]]", "[[inputs]]", []string{":1:1: ", "the file lacks targets"}},
		{"[[targets]]", "[[inputs]]\nname = \"x\"\n[[targets]]", []string{":15:3: ", `inputs has two channels "x"`}},
		{"[[targets]]", "[[inputs]]\n[[inputs]]\n[[targets]]", []string{":15:3: ", "lacks name"}},
		{"[[targets]]", "[[target]]", []string{":15:3: ", `unknown key "target"`, "did you mean targets?"}},
		{`during = "show"`, `during = "shwo"`, []string{":14:42: ", `unknown period "shwo" (have show, go)`}},
		{`["show", "go"]`, `["show", "stop"]`, []string{":17:40: ", `unknown period "stop"`}},
		{`["show", "go"]`, `["go", "show"]`, []string{":17:38: ", "period show comes before go"}},
		{`["show", "go"]`, `["show", 3]`, []string{":17:31: ", "during: want"}},
		{"value = 1, ", "", []string{":17:9: ", "an entry of show lacks value"}},
		{"value = 1,", "value = true,", []string{":17:19: ", "value: want a number or an expression"}},
		{"value = 1,", "value = 1000001,", []string{":17:19: ", "can reach a size of 1.000001e+06"}},
		{"u * weight", "u * weigth", []string{":14:24: ", `unknown draw "weigth"`, "did you mean weight?"}},
		{"u * weight", "u * v", []string{":14:24: ", `unknown draw "v"`, "have u, weight"}},
		{"u * weight", "u * ", []string{":14:24: ", "nothing where a number, a draw, a function or a bracket is wanted"}},
		{"u * weight", "u weight", []string{":14:22: ", `unexpected "weight"`}},
		{"u * weight", "", []string{":14:20: ", "nothing where"}},
		{"u * weight", "tanh(u)", []string{":14:20: ", `unknown function "tanh"`, "have cos, sin"}},
		{"u * weight", "i * weight", []string{":14:20: ", "i is the number of a channel in its family: this one has no count"}},
		{"u * weight", "u ^ ", []string{":14:24: ", "nothing where a number"}},
		{"u * weight", "weight / u", []string{":14:19: ", "divides by u, which can be from 0 to 1", "max(u, 0.01)"}},
		{"u * weight", "(u - 1) ^ 0.5", []string{":14:19: ", "(u - 1) ^ 0.5 is a power of u - 1, which can be from -1 to 0"}},
		{"u * weight", "exp(900 * u)", []string{":14:19: ", "exp(900 * u) can reach a size of +Inf"}},
		{`name = "x"`, "name = \"x\"\ncount = 0", []string{":14:9: ", "count is 0: want 1 to 1024 (inputs are at most 1024 channels)"}},
		{`name = "x"`, "name = \"x\"\ncount = 1025", []string{":14:9: ", "count is 1025"}},
		{`name = "x"`, "name = \"x\"\ncount = 1.5", []string{":14:9: ", "count: want an integer"}},
		{"[[targets]]", "[[inputs]]\nname = \"z\"\ncount = 1024\n[[targets]]", []string{":17:9: ", "count is 1024: want 1 to 1023 (inputs"}},
		{"[[targets]]", "[[inputs]]\nname = \"x\"\ncount = 2\nshow = [{ value = \"1 / (1 - i)\", during = \"go\" }]\n[[targets]]", []string{":18:19: ", "input 3 (x[1])", "divides by 1 - i"}},
		{"[[targets]]", "[[inputs]]\nname = \"x[0]\"\n[[inputs]]\nname = \"x\"\ncount = 2\n[[targets]]", []string{":17:3: ", `inputs has two channels "x[0]"`}},
		{`show = [{ value = 1, during = ["show", "go"] }]`, "[arrays]\nsha256 = \"\"\ntrials = 2\ntest_trials = 1\ninputs = 1\ntargets = 1\nfixation = 0\ndt = 10\nweighted = 1", []string{":25:12: ", "weighted: want true or false, not 1"}},
		{"[3, 9]", "{ exponential = 0, least = 3, most = 9 }", []string{":9:44: ", "exponential is 0, want a number of steps above 0"}},
		{"[3, 9]", "{ exponential = 4, least = 3 }", []string{":9:28: ", "the steps of a period lacks most"}},
		{"[3, 9]", "{ exponential = 4, least = 3, mots = 9 }", []string{":9:58: ", `unknown key "mots" in the steps of a period`, "did you mean most?"}},
		{"[3, 9]", "{ exponential = 4, least = 9, most = 3 }", []string{":9:3: ", "period show of 9…3 steps"}},
		{"[3, 9]", "{ exponential = 1e9, least = 3, most = 9 }", []string{":9:3: ", "exponential 1e+09: want more than 0 and at most 60000 steps"}},
		{"u * weight", "max u", []string{":14:24: ", `"u" after max, want "("`}},
		{"u * weight", "max(u, weight", []string{":14:33: ", `nothing after the terms of max, want ")"`}},
		{"u * weight", "(u + 1", []string{":14:26: ", `nothing after the bracket's value, want ")"`}},
		{"u * weight", "ramp(u)", []string{":14:26: ", `")" after a term of ramp, want ","`}},
		{"u * weight", "where(u, 1, 2)", []string{":14:27: ", `"," after a term of where, want ">" or "<"`}},
		{"u * weight", "pulses(u, 2.5, 3)", []string{":14:30: ", "number of steps"}},
		{"u * weight", "pulses(u, 3, 2)", []string{":14:19: ", "pulses of 3 steps every 2"}},
		{"u * weight", "pulses(u, 1, 99)", []string{":14:19: ", "every 99", "≤ 30"}},
		{"u * weight", "u % weight", []string{":14:22: ", `unexpected "%"`}},
		{"u * weight", "1e999 * u", []string{":14:20: ", "1e999 is too large"}},
		{"u * weight", ".5 * u", []string{":14:20: ", `"."`}},
		{"u * weight", "2 u", []string{":14:22: ", `unexpected "u"`}},
		{"u * weight", `u * \u0078`, []string{":14:19: ", `unknown draw "x"`}}, // an escape: no column inside
		{"u * weight", strings.Repeat("(", 1001), []string{":14:20: ", "1001 bytes", "1000"}},
		{"u * weight", "cos(1e7 * u)", []string{":14:19: ", "1e+07°"}},
	} {
		if strings.Count(validTask, c.old) == 0 {
			t.Errorf("%q is not in the task", c.old)
		}
		_, err := Parse("v.toml", []byte(strings.Replace(validTask, c.old, c.new, 1)))
		wantError(t, err, append([]string{"v.toml" + c.parts[0]}, c.parts[1:]...)...)
	}
}

// TestIndexDraw checks that in a family no draw can have the name of the index.
func TestIndexDraw(t *testing.T) {
	draw := strings.NewReplacer(`"u"`, `"i"`, "u * weight", "i * weight").Replace(validTask)
	if _, err := Parse("v.toml", []byte(draw)); err != nil {
		t.Error(err) // without a family it can
	}
	_, err := Parse("v.toml", []byte(strings.Replace(draw, `name = "x"`, "name = \"x\"\ncount = 2", 1)))
	wantError(t, err, "v.toml:5:3: draw 1 (i): channels of a family, such as x[0], call their number so")
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "none.toml"))
	wantError(t, err, "none.toml")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v is not os.ErrNotExist", err)
	}
	_, err = Load(dir)
	wantError(t, err, dir)
	large := filepath.Join(dir, "large.toml")
	if err := os.WriteFile(large, []byte(strings.Repeat("#", maxFile+1)), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = Load(large)
	wantError(t, err, "more than 32.8 kB")
	_, err = Parse("long.toml", []byte(strings.Repeat("k", maxFile-2)+"=1"))
	wantError(t, err, "long.toml:1:1: unknown key", "kkk…")
	if len(err.Error()) > 400 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	for name, path := range map[string]bool{"T7": false, "mem_dm1": false, "a.toml": true, "./a": true, `c:\a`: true} {
		if IsPath(name) != path {
			t.Errorf("IsPath(%q) is %t", name, !path)
		}
	}
}
