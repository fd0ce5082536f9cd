package sweep

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/tomlfile"

	"github.com/pelletier/go-toml/v2"
)

// Spec is a sweep file.
type Spec struct {
	Profile   string   `toml:"profile"`    // shipped, or a file beside the sweep file
	Set       []string `toml:"set"`        // changes to it: key=value
	Arms      []string `toml:"arms"`       // each with every point and seed
	Tasks     []string `toml:"tasks"`      // of every run, task files among them; "all" alone: all nine
	Corpus    []string `toml:"corpus"`     // tasks on which modules are pre-trained; none: what the profile says
	Seeds     int      `toml:"seeds"`      // runs of every point that differ in their seed alone
	FirstSeed uint64   `toml:"first_seed"` // counted up from; 0 counts as 1

	Design string `toml:"design"` // "grid", "latin" or "best"
	// Points of a Latin hypercube, or the number of best points of another sweep.
	Points     int    `toml:"points"`
	DesignSeed uint64 `toml:"design_seed"` // of a Latin hypercube
	Of         string `toml:"of"`          // directory of the sweep whose best points are taken

	Axes []Axis `toml:"axis"`

	name string // of the file
	dir  string // that relative paths start from
}

// The designs of a sweep.
const (
	Grid  = "grid"  // every combination of the axes' values
	Latin = "latin" // a Latin hypercube: each axis cut into as many strata as there are points, one point in each
	Best  = "best"  // the points that did best in another sweep
)

// Axis is what varies: one or more keys of a profile that have the same value in
// each point.
type Axis struct {
	Keys   []string `toml:"keys"`
	Values []any    `toml:"values"` // either these

	From       float64 `toml:"from"` // or a range
	To         float64 `toml:"to"`
	Log        bool    `toml:"log"`         // even steps of the logarithm
	Steps      int     `toml:"steps"`       // values of a grid, both ends among them
	MultipleOf int     `toml:"multiple_of"` // integers: rounded to a multiple
}

//go:embed table2.toml
var files embed.FS

// Shipped lists the sweep files that come with the program, by the names that
// LoadSpec takes.
func Shipped() []string { return []string{"table2"} }

// specKeys has the keys of a sweep file.
var specKeys = tomlfile.Schema{Tables: map[string]tomlfile.Table{
	"": {Name: "the file", Keys: []string{"profile", "set", "arms", "tasks", "corpus", "seeds", "first_seed", "design", "points",
		"design_seed", "of", "axis"}},
	"axis": {Name: "an axis", Keys: []string{"keys", "values", "from", "to", "log", "steps", "multiple_of"}},
}}

// maxFile bounds what is read of a sweep file; table2.toml has 1.5 kB.
const maxFile = 1 << 16

// LoadSpec reads a sweep file, or one that comes with the program by its name.
// It is read strictly: an unknown key is an error with line and column.
func LoadSpec(nameOrPath string) (*Spec, error) {
	var data []byte
	var err error
	dir := "."
	if slices.Contains(Shipped(), nameOrPath) {
		data, err = files.ReadFile(nameOrPath + ".toml")
	} else {
		dir = filepath.Dir(nameOrPath)
		data, err = regularfile.Read(nameOrPath, maxFile)
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %w (a file, or one of %s)", err, strings.Join(Shipped(), ", "))
	}
	s, err := ParseSpec(nameOrPath, data)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	return s, nil
}

// ParseSpec reads the text of a sweep file, which errors call by name.
func ParseSpec(name string, text []byte) (*Spec, error) {
	if _, err := tomlfile.Parse(name, text, maxFile, specKeys); err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	s := &Spec{name: name, dir: "."}
	err := toml.Unmarshal(text, s)
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &wrong):
		line, column := wrong.Position()
		return nil, fmt.Errorf("sweep: %s:%d:%d: %s", name, line, column, strings.TrimPrefix(wrong.Error(), "toml: "))
	case err != nil:
		return nil, fmt.Errorf("sweep: %s: %w", name, err)
	}
	if s.FirstSeed == 0 {
		s.FirstSeed = 1
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", name, err)
	}
	return s, nil
}

func (s *Spec) check() error {
	if s.Profile == "" {
		return errors.New(`no profile (want such as profile = "paper")`)
	}
	if len(s.Arms) == 0 || len(s.Tasks) == 0 {
		return errors.New(`arms and tasks are both needed (such as arms = ["molap"] and tasks = ["all"])`)
	}
	if s.Seeds < 1 || s.Seeds > MaxIndices {
		return fmt.Errorf("seeds is %d (allowed: 1 to %d)", s.Seeds, MaxIndices)
	}
	if last := s.FirstSeed + uint64(s.Seeds-1); last < s.FirstSeed {
		return fmt.Errorf("first_seed %d with seeds %d goes beyond the largest seed", s.FirstSeed, s.Seeds)
	}
	switch s.Design {
	case Grid:
		if s.Points != 0 {
			return errors.New("a grid has as many points as its axes give: points is for latin and best")
		}
	case Latin, Best:
		if s.Points < 1 || s.Points > MaxIndices {
			return fmt.Errorf("points is %d (allowed for design %s: 1 to %d)", s.Points, s.Design, MaxIndices)
		}
	default:
		return fmt.Errorf("design is %q (allowed: %s, %s, %s)", s.Design, Grid, Latin, Best)
	}
	if (s.Design == Best) != (s.Of != "") {
		return errors.New(`of names the sweep whose points design "best" takes, and goes with no other design`)
	}
	if s.Design == Best && len(s.Axes) > 0 {
		return errors.New(`design "best" takes the axes of the sweep it names: [[axis]] is for grid and latin`)
	}
	seen := map[string]bool{}
	for i, a := range s.Axes {
		if err := a.check(s.Design); err != nil {
			return fmt.Errorf("axis %d: %w", i+1, err)
		}
		for _, k := range a.Keys {
			if seen[k] {
				return fmt.Errorf("axis %d: %s has an axis already", i+1, k)
			}
			seen[k] = true
		}
	}
	return nil
}

// Base returns the settings that all points start from: the profile as the file changes it.
func (s *Spec) Base() (profile.Settings, error) {
	name := s.Profile
	if strings.HasSuffix(name, ".toml") {
		name = s.Path(name)
	}
	base, err := profile.Load(name)
	if err != nil {
		return base, fmt.Errorf("sweep: %s: %w", s.name, err)
	}
	for _, assignment := range s.Set {
		if err := base.Set(assignment); err != nil {
			return base, fmt.Errorf("sweep: %s: set: %w", s.name, err)
		}
	}
	// What an axis sets is checked with each point, so that modules and units,
	// say, may depend on each other.
	return base, nil
}

// Path returns a path of the file as this process takes it.
func (s *Spec) Path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.dir, path)
}
