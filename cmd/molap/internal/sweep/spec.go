package sweep

import (
	"embed"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/tomlfile"
)

// Spec is a sweep file.
type Spec struct {
	Profile   string   // shipped, or a file beside the sweep file
	Set       []string // changes to it: key=value
	Arms      []string // each with every point and seed
	Tasks     []string // of every run, task files among them; "all" alone: all nine
	Corpus    []string // tasks that modules are pre-trained on; none: those of the profile
	Test      string   // of a task mine.npz: the file with the trials for tests; empty: a share of its own
	TestShare float64  // that share; 0: the usual one
	Fixation  int      // the output of those trials that is fixation, from 1; 0: none; -1: what the file says
	Seeds     int      // runs of every point that differ in their seed alone
	FirstSeed uint64   // counted up from; 0 counts as 1

	Design string // "grid", "latin" or "best"
	// Points of a Latin hypercube, or the number of best points of another sweep.
	Points     int
	DesignSeed uint64 // of a Latin hypercube
	Of         string // directory of the sweep whose best points are taken

	Axes []Axis

	name string // of the file
	dir  string // that relative paths start from
}

// The designs of a sweep.
const (
	Grid  = "grid"  // every combination of the axes' values
	Latin = "latin" // a Latin hypercube: each axis cut into as many strata as there are points, one point in each
	Best  = "best"  // the points that did best in another sweep
)

//go:embed table2.toml
var shippedFiles embed.FS

// Shipped lists the sweep files that come with the program, by the names that
// LoadSpec takes.
func Shipped() []string { return []string{"table2"} }

// specKeys has the keys of a sweep file.
var specKeys = tomlfile.Schema{Tables: map[string]tomlfile.Table{
	"": {Name: "the file", Keys: []string{"profile", "set", "arms", "tasks", "corpus", "test", "test_share", "fixation", "seeds", "first_seed", "design", "points",
		"design_seed", "of", "axis"}},
	"axis": {Name: "an axis", Keys: []string{"keys", "values", "from", "to", "log", "steps", "multiple_of"}},
}}

// maxFile is the largest size of a sweep file in bytes; table2.toml has 1.5 kB.
const maxFile = 1 << 16

// LoadSpec reads a sweep file, or one that comes with the program by its name.
// It is read strictly: an unknown key is an error with line and column. Paths of
// tasks and trials, which start from the file's directory, are those of this process.
func LoadSpec(nameOrPath string) (*Spec, error) {
	var data []byte
	var err error
	dir := "."
	if slices.Contains(Shipped(), nameOrPath) {
		data, err = shippedFiles.ReadFile(nameOrPath + ".toml")
	} else {
		dir = filepath.Dir(nameOrPath)
		data, err = regularfile.Read(nameOrPath, maxFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%w (a file, or one of %s)", err, strings.Join(Shipped(), ", "))
	}
	s, err := ParseSpec(nameOrPath, data)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	for _, names := range [][]string{s.Tasks, s.Corpus} {
		for i, name := range names {
			if taskfile.IsPath(name) {
				names[i] = s.path(name)
			}
		}
	}
	if s.Test != "" {
		s.Test = s.path(s.Test)
	}
	return s, nil
}

// ParseSpec reads the text of a sweep file. Errors call the file name.
func ParseSpec(name string, text []byte) (*Spec, error) {
	d, err := tomlfile.Parse(name, text, maxFile, specKeys)
	if err != nil {
		return nil, err
	}
	f := &d.Root
	s := &Spec{
		Profile: d.Text(f.Find("profile")), Set: d.Texts(f.Find("set")), Arms: d.Texts(f.Find("arms")),
		Tasks: d.Texts(f.Find("tasks")), Corpus: d.Texts(f.Find("corpus")),
		Test: d.Text(f.Find("test")), TestShare: d.Number(f.Find("test_share")), Fixation: -1,
		Seeds: d.Integer(f.Find("seeds")), FirstSeed: max(readSeed(d, f.Find("first_seed")), 1),
		Design: d.Text(f.Find("design")), Points: d.Integer(f.Find("points")), DesignSeed: readSeed(d, f.Find("design_seed")), Of: d.Text(f.Find("of")),
		name: name, dir: ".",
	}
	if v := f.Find("fixation"); v != nil {
		s.Fixation = d.Integer(v)
	}
	s.check(d)
	s.checkGiven(d)
	s.checkArms(d)
	s.checkSet(d)
	if d.Err() == nil {
		s.readAxes(d)
	}
	if d.Err() != nil {
		return nil, d.Err()
	}
	return s, nil
}

// readSeed reads the seed of a random number.
func readSeed(d *tomlfile.Document, v *tomlfile.Value) uint64 {
	if v == nil {
		return 0
	}
	n, ok := v.Int()
	if !ok || n < 0 {
		d.Failf(v.At, "%s: want an integer from 0 to %d, not %v", v.Key, math.MaxInt64, v)
	}
	return uint64(n)
}

// check notes what is wrong in the file apart from its axes.
func (s *Spec) check(d *tomlfile.Document) {
	wrong := func(key, format string, args ...any) { d.Failf(positionOf(&d.Root, key), format, args...) }
	switch {
	case s.Profile == "":
		wrong("profile", `no profile (want such as profile = "paper")`)
	case len(s.Arms) == 0 || len(s.Tasks) == 0:
		wrong("arms", `arms and tasks are both needed (such as arms = ["molap"] and tasks = ["all"])`)
	case s.Seeds < 1 || s.Seeds > MaxIndices:
		wrong("seeds", "seeds is %d (allowed: 1 to %d)", s.Seeds, MaxIndices)
	case !slices.Contains([]string{Grid, Latin, Best}, s.Design):
		wrong("design", "design is %q (allowed: %s, %s, %s)", s.Design, Grid, Latin, Best)
	case s.Design == Grid && s.Points != 0:
		wrong("points", "a grid has as many points as its axes give: points is for latin and best")
	case s.Design != Grid && (s.Points < 1 || s.Points > MaxIndices):
		wrong("points", "points is %d (allowed for design %s: 1 to %d)", s.Points, s.Design, MaxIndices)
	case (s.Design == Best) != (s.Of != ""):
		wrong("of", `of names the sweep whose points design "best" takes, and goes with no other design`)
	case s.Design == Best && d.Root.Find("axis") != nil:
		wrong("axis", `design "best" takes the axes of the sweep it names: [[axis]] is for grid and latin`)
	}
}

// checkArms notes which arm is unknown or named twice.
func (s *Spec) checkArms(d *tomlfile.Document) {
	for i, name := range s.Arms {
		if err := armMistake(s.Arms[:i], name); err != nil && d.Err() == nil {
			d.Failf(d.Root.Find("arms").Items[i].At, "%v", err)
		}
	}
}

// checkSet notes which change to the profile is none, or is of a key that another changes.
func (s *Spec) checkSet(d *tomlfile.Document) {
	first := map[string]string{}
	for i, assignment := range s.Set {
		if d.Err() != nil {
			return
		}
		var none profile.Settings
		where, key := d.Root.Find("set").Items[i].At, keySet(assignment)
		if err := none.Set(assignment); err != nil {
			d.Failf(where, "set: %v", err)
		} else if first[key] != "" {
			d.Failf(where, "set: %s is set already, %s", key, first[key])
		}
		first[key] = assignment
	}
}

// keySet returns the key of a change, key=value.
func keySet(assignment string) string {
	key, _, _ := strings.Cut(assignment, "=")
	return strings.TrimSpace(key)
}

// setAlso returns the change in set of a key that has an axis, "" if there is none.
func (s *Spec) setAlso(key string) string {
	if i := slices.IndexFunc(s.Set, func(assignment string) bool { return keySet(assignment) == key }); i >= 0 {
		return s.Set[i]
	}
	return ""
}

// checkGiven notes what is wrong in the keys about trials in npz files.
func (s *Spec) checkGiven(d *tomlfile.Document) {
	files := map[string]bool{}
	for _, name := range slices.Concat(s.Tasks, s.Corpus) {
		if taskfile.IsArrays(name) {
			files[name] = true
		}
	}
	for _, key := range []string{"test", "test_share", "fixation"} {
		if v := d.Root.Find(key); v != nil && len(files) == 0 {
			d.Failf(v.At, `%s is for trials in a file (tasks = ["mine.npz"]), and no task is one`, key)
		}
	}
	if v := d.Root.Find("test_share"); v != nil && !(s.TestShare > 0 && s.TestShare < 1) {
		d.Failf(v.At, "test_share is %v (allowed: between 0 and 1)", s.TestShare)
	}
	if v := d.Root.Find("fixation"); v != nil && s.Fixation < 0 {
		d.Failf(v.At, "fixation is %d (want the number of an output, from 1, or 0 for none)", s.Fixation)
	}
	switch v := d.Root.Find("test"); {
	case v == nil:
	case d.Root.Find("test_share") != nil:
		d.Failf(v.At, "test contradicts test_share: either a file or a share of the trials is held out")
	case s.Test == "":
		d.Failf(v.At, "test is empty (want the file with the trials for tests)")
	case len(files) > 1:
		d.Failf(v.At, "test is for one file of trials, and %d are named", len(files))
	}
}

// positionOf returns where the value of a key of a table begins, or the table if the key is not there.
func positionOf(t *tomlfile.Value, key string) int {
	if v := t.Find(key); v != nil {
		return v.At
	}
	return t.At
}

// Base returns the settings that all points start from: the profile as the file changes it.
func (s *Spec) Base() (profile.Settings, error) {
	name := s.Profile
	if strings.HasSuffix(name, ".toml") {
		name = s.path(name)
	}
	base, err := profile.Load(name)
	if err != nil {
		return base, fmt.Errorf("%s: %w", s.name, err)
	}
	for _, assignment := range s.Set {
		if err := base.Set(assignment); err != nil {
			return base, fmt.Errorf("%s: set: %w", s.name, err)
		}
	}
	// The values of axes are checked with each point, since keys such as modules and units may depend
	// on each other.
	return base, nil
}

// path returns a path of the sweep file as this process needs it: paths in the file start from the
// file's directory.
func (s *Spec) path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.dir, path)
}
