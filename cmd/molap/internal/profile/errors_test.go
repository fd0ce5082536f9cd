package profile

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
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
	if strings.HasPrefix(text, "profile: ") || strings.ContainsAny(text, "\n\r") {
		t.Errorf("error is not one line without a prefix: %q", text)
	}
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("error %q does not say %q", text, p)
		}
	}
}

// TestOtherNames checks that what keys are called elsewhere leads to keys that there are.
func TestOtherNames(t *testing.T) {
	for name, meant := range otherNames {
		if key, _, _ := strings.Cut(meant, ","); !slices.ContainsFunc(profileKeys, func(k Key) bool { return k.Name == key }) || Meant("training."+strings.ToUpper(name)) == "" {
			t.Errorf("%s is said to be %s", name, meant)
		}
	}
}

func TestSetErrors(t *testing.T) {
	for _, c := range []struct {
		assignment string
		parts      []string
	}{
		{"training.rate", []string{`"training.rate" sets nothing`, "key=value"}},
		{"", []string{"key=value"}},
		{"=3", []string{`unknown key ""`}},
		{"training.rat=1", []string{`"training.rat"`, "did you mean training.rate?"}},
		{"network.tau=100", []string{`"network.tau"`, "did you mean network.leak, which is dt/τ, dt being 10 ms?"}},
		{"Learning_Rate=1", []string{"did you mean training.rate?"}},
		{"seed=1", []string{`"seed"`, "the flag -seed"}},
		{"rate=1", []string{"pretraining.rate or training.rate"}},
		{"Training.Rate=1", []string{`"Training.Rate"`, "training.rate"}},
		{"trials.colour=red", []string{"trials has angles, shared_angles, noise"}},
		{"foo.bar=1", []string{"network.{units,modules,", "run.{precision}"}},
		{"base=paper", []string{`unknown key "base"`}},
		{"training.rate=fast", []string{`training.rate is "fast"`, "number > 0 and ≤ 10"}},
		{"training.rate=-1", []string{`training.rate is "-1"`, "number > 0 and ≤ 10"}},
		{"training.rate=0", []string{"> 0"}},
		{"training.rate=NaN", []string{`"NaN"`}},
		{"trials.noise=Inf", []string{`"Inf"`, "≥ 0 and ≤ 10"}},
		{"optimizer.beta1=1", []string{"≥ 0 and < 1"}},
		{"training.batch=1.5", []string{`"1.5"`, "integer 1 to 100000"}},
		{"training.batch=0", []string{`"0"`, "integer 1 to 100000"}},
		{"training.batch=", []string{`""`, "integer"}},
		{"training.batch=99999999999999999999", []string{"integer"}},
		{"network.units=1e2", []string{`"1e2"`, "integer"}},
		{"trials.anti=samme", []string{`"samme"`, "opposite, same"}},
		{"trials.anti=", []string{`""`, "opposite, same"}},
		{"trials.fresh=1", []string{`"1"`, "true, false"}},
		{"trials.anti=a\nb", []string{`"a\nb"`}},
	} {
		s := load(t, "paper")
		before := s
		wantError(t, s.Set(c.assignment), c.parts...)
		if s != before {
			t.Errorf("%q was refused and yet changed %v", c.assignment, s.Changes(before))
		}
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		change func(*Settings)
		key    string
		parts  []string
	}{
		{func(s *Settings) { s.Network.Units = 0 }, "network.units", []string{"is 0", "2 to 10000"}},
		{func(s *Settings) { s.Network.Modules = 3 }, "network.units", []string{"is 100", "multiple of network.modules, which is 3"}},
		{func(s *Settings) { s.Network.Modules = 0 }, "network.modules", []string{"is 0"}},
		{func(s *Settings) { s.Training.Rate = -1 }, "training.rate", []string{"is -1.0"}},
		{func(s *Settings) { s.Trials.Noise = math.NaN() }, "trials.noise", []string{"is NaN"}},
		{func(s *Settings) { s.Trials.Noise = math.Inf(1) }, "trials.noise", []string{"is +Inf"}},
		{func(s *Settings) { s.Trials.Anti = "" }, "trials.anti", []string{`is ""`, "opposite, same"}},
		{func(s *Settings) { s.Pretraining.Decay = 1.5 }, "pretraining.decay", []string{"is 1.5", "> 0 and ≤ 1"}},
		{func(s *Settings) { s.Run.Precision = "f16" }, "run.precision", []string{`is "f16"`, "f32, f64"}},
	} {
		s := load(t, "paper")
		c.change(&s)
		err := s.Validate()
		wantError(t, err, append(c.parts, c.key)...)
		var ke *KeyError
		if !errors.As(err, &ke) || ke.Key != c.key {
			t.Errorf("error %v is not about %s", err, c.key)
		}
	}
	if err := (Settings{}).Validate(); err == nil {
		t.Error("the zero Settings are valid")
	}
}

func TestFileErrors(t *testing.T) {
	for _, c := range []struct {
		text  string
		parts []string // the first is where
	}{
		{"[training\nrate = 1\n", []string{":1:10: ", "']'"}},
		{"base = \"paper\"\n\xff\n", []string{":2:1: "}},
		{"base = \"paper\"\n[training]\nrate = 1\nrate = 2\n", []string{":4:1: ", "already defined"}},
		{"base = \"papre\"\n", []string{":1:1: ", `base is "papre"`, "paper, authors, extended"}},
		{"base = 3\n", []string{":1:8: ", "base"}},
		{"base = \"paper\"\n[training]\n  rat = 1\n", []string{":3:3: ", `"training.rat"`, "did you mean training.rate?"}},
		{"base = \"paper\"\n[training]\nRate = 1\n", []string{":3:1: ", `"training.Rate"`, "training.rate"}},
		{"base = \"paper\"\n[Training]\nrate = 1\n", []string{":2:2: ", `"Training"`}},
		{"base = \"paper\"\n[trainign]\n", []string{":2:2: ", `"trainign"`}},
		{"base = \"paper\"\ntraining = { rate = 1e-2, bacth = 3 }\n", []string{":2:27: ", `"training.bacth"`, "training.batch"}},
		{"base = \"paper\"\ntraining.bacth = 3\n", []string{":2:10: ", `"training.bacth"`}},
		{"base = \"paper\"\n\"training.rate\" = 3\n", []string{":2:1: ", "training.rate"}},
		{"base = \"paper\"\n[training.rate]\nx = 3\n", []string{":3:1: ", `"training.rate.x"`, "training.rate?"}},
		{"base = \"paper\"\n[[training]]\nrate = 3\n", []string{":2:3: ", "training"}},
		{"base = \"paper\"\ntraining = 3\n", []string{":2:1: ", "training"}},
		{"name = \"x\"\n", []string{":1:1: ", `unknown key "name"`}},
		{"base = \"paper\"\n[training]\nrate = \"fast\"\n", []string{":3:8: ", `training.rate is "fast"`, "number > 0 and ≤ 10"}},
		{"base = \"paper\"\n[training]\nrate = [1, 2]\n", []string{":3:8: ", "an array", "number"}},
		{"base = \"paper\"\n[training]\nrate = 1e999\n", []string{":3:8: ", "1e999", "number"}},
		{"base = \"paper\"\n[training]\nbatch = 1.5\n", []string{":3:9: ", "training.batch is 1.5", "integer"}},
		{"base = \"paper\"\n[training]\nbatch = 99999999999999999999\n", []string{":3:9: ", "integer"}},
		{"base = \"paper\"\n[trials]\nfresh = 1\n", []string{":3:9: ", "trials.fresh is 1", "true, false"}},
		{"base = \"paper\"\n[trials]\nanti = true\n", []string{":3:8: ", "trials.anti is true", "opposite, same"}},
		{"base = \"paper\"\n[trials]\nanti = \"sam\"\n", []string{":3:1: ", `trials.anti is "sam"`, "opposite, same"}},
		{"base = \"paper\"\n[trials]\n\n noise = nan\n", []string{":4:2: ", "trials.noise is NaN"}},
		{"base = \"paper\"\n[training]\nrate = -1\n", []string{":3:1: ", "training.rate is -1.0"}},
		{"base = \"paper\"\n[network]\nunits = 101\n", []string{":3:1: ", "multiple of network.modules, which is 2"}},
		{"base = \"paper\"\n[network]\nmodules = 3\n", []string{"network.units is 100", "network.modules, which is 3"}},
		{strings.Repeat("x", 50000) + " = 1\n", []string{":1:1: ", "xxx…", "known: "}},
		{"", []string{"lacks network.units, network.modules, network.gain and ", "every key", `base = "paper"`}},
	} {
		path := write(t, c.text)
		_, err := Load(path)
		wantError(t, err, append(c.parts, path)...)
		if err != nil && strings.HasPrefix(c.parts[0], ":") && !strings.Contains(err.Error(), path+c.parts[0]) {
			t.Errorf("error %q is not at %s", err, c.parts[0])
		}
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := Load("papre")
	wantError(t, err, `unknown profile "papre"`, "did you mean paper?")
	_, err = Load("mine")
	wantError(t, err, `unknown profile "mine"`, "paper, authors, extended", "NAME.toml")
	_, err = Load(filepath.Join(dir, "none.toml"))
	wantError(t, err, "none.toml")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v is not os.ErrNotExist", err)
	}
	_, err = Load(dir + "/")
	wantError(t, err, dir)
	_, err = Load(write(t, strings.Repeat("#", maxFile+1)))
	wantError(t, err, "more than 65.5 kB")
}

// A file with a base changes what it names and nothing else.
func TestBase(t *testing.T) {
	path := write(t, "base = \"authors\"\ntraining = { rate = 2 }\nscore.window = 25\n[trials]\nfresh = true\n")
	s := load(t, path)
	want := load(t, "authors")
	want.Training.Rate, want.Score.Window, want.Trials.Fresh = 2, 25, true
	want.Name = path
	if s != want {
		t.Errorf("got\n%+v, want\n%+v", s, want)
	}
}
