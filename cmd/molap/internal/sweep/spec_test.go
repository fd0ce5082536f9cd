package sweep

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestLatin(t *testing.T) {
	const n = 50
	each := Axis{Keys: []string{"training.level_iterations"}} // a value for every stratum
	for i := range n {
		each.Values = append(each.Values, []string{fmt.Sprint(i + 1)})
	}
	axes := []Axis{
		each,
		{Keys: []string{"training.rate"}, From: 1e-3, To: 1e-1, Log: true},
		{Keys: []string{"network.units"}, From: 20, To: 300, MultipleOf: 6},
		{Keys: []string{"network.bias"}, Values: [][]string{{"none"}, {"all"}}},
	}
	points := latinHypercube(axes, n, 3)
	strata := map[string]bool{}
	none := 0
	for _, p := range points {
		strata[p[0]] = true
		if r := parseNumber(t, p[1]); r < 1e-3 || r > 1e-1 {
			t.Errorf("rate %g", r)
		}
		if u := int(parseNumber(t, p[2])); u%6 != 0 || u < 20 || u > 300 {
			t.Errorf("units %d", u)
		}
		if p[3] == "none" {
			none++
		}
	}
	if none != n/2 {
		t.Errorf("%d of %d points have the first of two values, want half", none, n)
	}
	if len(strata) != n {
		t.Errorf("%d of %d strata have a point", len(strata), n)
	}
	if !reflect.DeepEqual(points, latinHypercube(axes, n, 3)) || reflect.DeepEqual(points, latinHypercube(axes, n, 4)) {
		t.Error("a seed is to give one design, and another seed another")
	}
	// Half of a logarithmic axis lies below its geometric mean.
	below := 0
	for _, p := range points {
		if parseNumber(t, p[1]) < 1e-2 {
			below++
		}
	}
	if below != n/2 {
		t.Errorf("%d of %d rates are below 1e-2, want half", below, n)
	}
}

func parseNumber(t *testing.T, text string) (x float64) {
	t.Helper()
	if _, err := fmt.Sscan(text, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestBadSpecs(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{`profile = "extended"`, `profile = "extendet"`, "extendet"},
		{`profile = "extended"`, ``, "profile"},
		{`seeds = 2`, "seeds = 2\ntest = \"a.npz\"", `:7:8: test is for trials in a file (tasks = ["mine.npz"]), and no task is one`},
		{`seeds = 2`, "seeds = 2\nfixation = 0", `:7:12: fixation is for trials in a file`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\"]\ntest_share = 1.0", `:8:14: test_share is 1 (allowed: between 0 and 1)`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\"]\ntest_share = 0", `:8:14: test_share is 0 (allowed: between 0 and 1)`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\"]\ntest_share = \"half\"", `:8:14`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\"]\nfixation = -1", `:8:12: fixation is -1`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\"]\ntest = \"b.npz\"\ntest_share = 0.5", `:8:8: test contradicts test_share`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\"]\ntest = \"\"", `:8:8: test is empty`},
		{`seeds = 2`, "seeds = 2\ncorpus = [\"a.npz\", \"b.npz\"]\ntest = \"c.npz\"", `:8:8: test is for one file of trials, and 2 are named`},
		{`training.levels=2`, `training.level=2`, "training.level"},
		{`seeds = 2`, `seeds = 0`, "seeds is 0"},
		{`seeds = 2`, `seed = 2`, `:6:1: unknown key "seed" in the file (did you mean seeds?)`},
		{`seeds = 2`, "seeds = 2\r\nseed = 3", `:7:1: unknown key "seed"`},
		{`profile = "extended"`, "\xff\xfep\x00", "the text is UTF-16 (want UTF-8)"},
		{`from = 1e-3`, "form = 1e-3", `unknown key "form" in an axis (did you mean from?)`},
		{`seeds = 2`, `seeds = "two"`, `:6:9`},
		{`seeds = 2`, `seeds = 100000`, "too many"},
		{`arms = ["molap", "reservoir"]`, ``, "arms"},
		{`design = "grid"`, `design = "gird"`, "gird"},
		{`design = "grid"`, `design = "latin"`, "points is 0"},
		{`design = "grid"`, "design = \"best\"\npoints = 2\nof = \"x\"", "[[axis]]"},
		{`design = "grid"`, "design = \"grid\"\npoints = 3", "points"},
		{`network.units"`, `network.unit"`, "network.units"},
		{`values = [20, 40]`, ``, "either values"},
		{`values = [20, 40]`, `values = [20, 41]`, "multiple of network.modules"},
		{`values = [20, 40]`, `values = ["twenty"]`, "twenty"},
		{`from = 1e-3`, `from = 1e-0`, "not below"},
		{`from = 1e-3`, `from = -1`, "log needs"},
		{`steps = 3`, ``, "steps is 0"},
		{`steps = 3`, "steps = 3\nmultiple_of = 2", "multiple_of is 2, want a positive number, for integers alone"},
		{`values = ["none", "all"]`, "from = 1\nto = 2", "needs values"},
		{`values = ["none", "all"]`, "values = [\"none\"]\nlog = true", "from and to"},
		{`["training.rate", "pretraining.rate"]`, `["training.rate", "network.modules"]`, "cannot set both"},
		{`["training.rate", "pretraining.rate"]`, `["network.units"]`, ":13:9: network.units has an axis already"},
		{`network.units"`, `network.unit"`, ":10:9: "},
		{`seeds = 2`, `seeds = -1`, ":6:9: seeds is -1"},
		{`first_seed = 5`, `first_seed = -5`, ":7:14: first_seed: want an integer from 0"},
		{`design = "grid"`, `design = true`, ":8:10: design: want a text"},
		{`arms = ["molap", "reservoir"]`, `arms = ["molap", "resevoir"]`, ":4:18: unknown arm \"resevoir\" (did you mean reservoir?)"},
		{`arms = ["molap", "reservoir"]`, `arms = ["magic"]`, ":4:9: unknown arm \"magic\" (have separate, dni, molap, molap-pca and reservoir)"},
		{`arms = ["molap", "reservoir"]`, `arms = ["molap", "reservoir", "molap"]`, ":4:31: arm molap is named twice"},
		{`set = ["training.levels=2"]`, `set = ["training.levels=2", "network.units = 30"]`, ":10:9: network.units has an axis and is set as well, network.units = 30: want one of them"},
		{`set = ["training.levels=2"]`, `set = ["training.levels=2", "training.levels=3"]`, ": set: training.levels is set already, training.levels=2"},
		{`set = ["training.levels=2"]`, `set = ["training.levls=2"]`, ":3:8: set: "},
		{`arms = ["molap", "reservoir"]`, `arms = ["molap", 3]`, ":4:18: arms: want a text"},
		{`log = true`, `log = "yes"`, "log: want true or false"},
		{`values = [20, 40]`, `values = [20, 40, 0x14]`, ":11:19: 20 is the same as value 1 of network.units"},
		{`values = [20, 40]`, `values = [20, 40, "20"]`, ":11:19: 20 is the same as value 1"},
		{`values = [20, 40]`, `values = [20, [40]]`, ":11:16: 1 values for 1 keys"},
		{`values = [20, 40]`, `values = [20, { a = 1 }]`, ":11:17: unknown key"},
		{`values = [20, 40]`, `values = [20, 1979-05-27]`, ":11:15: values: want numbers"},
		{`values = [20, 40]`, `values = [20, -1]`, ":11:15: network.units"},
		{`values = [20, 40]`, `values = 20`, ":11:10: values: want values in brackets"},
		{"keys = [\"network.units\"]\nvalues = [20, 40]", "keys = [\"network.units\", \"network.modules\"]\nvalues = [[20, 2], [40]]", ":11:21: some values are of all keys"},
		{"keys = [\"network.units\"]\nvalues = [20, 40]", "keys = [\"network.units\", \"network.modules\"]\nvalues = [[20, 2], 40]", ":11:20: some values are of all keys"},
		{"keys = [\"network.units\"]\nvalues = [20, 40]", "keys = [\"network.units\", \"network.modules\"]\nvalues = [[20, 2], [40, 4], [20, 2.0]]", ":11:30: 20, 2 is the same as value 1"},
		{"keys = [\"network.units\"]\nvalues = [20, 40]", "keys = [\"network.units\", \"network.modules\"]\nvalues = [[20, 2], [40, 4], [20, 3, 4]]", ":11:30: 3 values for 2 keys"},
	} {
		text := strings.Replace(smallFile, c.from, c.to, 1)
		if strings.HasPrefix(c.to, "\xff") {
			text = c.to
		}
		if text == smallFile {
			t.Fatalf("%q is not in the file", c.from)
		}
		s, err := ParseSpec("sweep.toml", []byte(text))
		if err == nil {
			_, err = planSpec(s)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "sweep.toml") {
			t.Errorf("%q in place of %q: %v, want something about %q", c.to, c.from, err, c.want)
		}
	}
}

// TestPairs checks that keys may have values of their own, in pairs, and that each then is an
// axis by itself.
func TestPairs(t *testing.T) {
	text := strings.NewReplacer("keys = [\"network.units\"]\nvalues = [20, 40]", "keys = [\"network.units\", \"network.bias\"]\nvalues = [[20, \"none\"], [40, \"all\"], [40, \"none\"]]",
		"\n[[axis]]\nkeys = [\"network.bias\"]\nvalues = [\"none\", \"all\"]\n", "").Replace(smallFile)
	for design, n := range map[string]int{"grid": 9, "latin": 6} {
		of := text
		if design == "latin" {
			of = strings.NewReplacer(`"grid"`, "\"latin\"\npoints = 6", "steps = 3", "").Replace(text)
		}
		m := planText(t, of)
		if len(m.Points) != n || len(m.Axes) != 3 || m.Axes[1].Name() != "network.bias" || len(m.Axes[2].Keys) != 2 {
			t.Fatalf("%s: %d points of axes %v", design, len(m.Points), m.Axes)
		}
		seen := map[string]int{}
		for i := range m.Points {
			j, err := m.Job(i * len(m.Arms()))
			if err != nil {
				t.Fatal(err)
			}
			seen[fmt.Sprint(j.Settings.Network.Units, j.Settings.Network.Bias)]++
		}
		if want := map[string]int{"20none": n / 3, "40all": n / 3, "40none": n / 3}; !reflect.DeepEqual(seen, want) {
			t.Errorf("%s: %v, want %v", design, seen, want)
		}
	}
}

// TestWindowsText checks that a sweep file with a byte order mark and lines that end in
// CR and LF reads as without.
func TestWindowsText(t *testing.T) {
	want, err := ParseSpec("s", []byte(smallFile))
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseSpec("s", []byte("\ufeff"+strings.ReplaceAll(smallFile, "\n", "\r\n")))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestShippedSpecs(t *testing.T) {
	for _, name := range Shipped() {
		s, err := LoadSpec(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := planSpec(s)
		if err != nil {
			t.Fatal(err)
		}
		for k, a := range m.Axes {
			if l := m.levelsOf(k); len(l.names) != binCount {
				t.Errorf("%s: axis %s has levels %q, want %d", name, a.Name(), l.names, binCount)
			}
		}
	}
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		text    string
		numbers []int
	}{{"7", []int{7}}, {"0-3,7,9-10", []int{0, 1, 2, 3, 7, 9, 10}}, {"0-99", Shard{0, 1}.Indices(100)}} {
		if got := FormatList(c.numbers); got != c.text {
			t.Errorf("%v is written %q, want %q", c.numbers, got, c.text)
		}
		if got, err := ParseList(c.text, 100); err != nil || !slices.Equal(got, c.numbers) {
			t.Errorf("%q is read as %v (%v), want %v", c.text, got, err, c.numbers)
		}
	}
	for _, bad := range []string{"", "x", "1-", "-1", "3-2", "100", "1,,2"} {
		if got, err := ParseList(bad, 100); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
	var all []int
	for k := range 3 {
		s, err := ParseShard(fmt.Sprintf("%d/3", k))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s.Indices(10)...)
	}
	if slices.Sort(all); !slices.Equal(all, Shard{0, 1}.Indices(10)) {
		t.Errorf("three shards of 10 are %v", all)
	}
	for _, bad := range []string{"", "1", "3/3", "-1/3", "a/b", "0/0"} {
		if s, err := ParseShard(bad); err == nil {
			t.Errorf("%q is read as %v", bad, s)
		}
	}
}
