package sweep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
)

// MaxIndices is the most indices of a sweep: no file system copes well with a directory of more files.
const MaxIndices = 100000

// maxValues bounds the values of all points together: ten axes in the largest sweep.
const maxValues = 10 * MaxIndices

// formatVersion is the version of the files in a sweep's directory.
const formatVersion = 1

// Manifest describes each index of a sweep.
type Manifest struct {
	Format   int              `json:"format"`
	Version  string           `json:"version"` // of the program that planned; only that version may run it
	Settings profile.Settings `json:"settings"`
	Axes     []AxisKeys       `json:"axes"`
	Tasks    []string         `json:"tasks"`
	Points   []Point          `json:"points"`  // of the design
	Indices  []Index          `json:"indices"` // by seed first, so that the first indices cover every point
	Sum      string           `json:"sha256"`
}

// AxisKeys are the keys that an axis sets; the first is its name.
type AxisKeys struct {
	Keys []string `json:"keys"`
	Log  bool     `json:"log,omitempty"`
}

// Name returns the name of the axis.
func (a AxisKeys) Name() string { return a.Keys[0] }

// Point is a point of the design.
type Point struct {
	Values []string `json:"values"` // by axis
	Hash   string   `json:"hash"`   // of all settings
}

// Index is one piece of work.
type Index struct {
	Point int    `json:"point"`
	Arm   string `json:"arm"`
	Seed  uint64 `json:"seed"`
}

// Job is an index spelt out: networks of one arm and seed, one for every task.
type Job struct {
	Index    int
	Settings profile.Settings
	Arm      string
	Tasks    []string
	Seed     uint64
}

func (j Job) String() string { return fmt.Sprintf("index %d (%s, seed %d)", j.Index, j.Arm, j.Seed) }

// Cost returns the work of the job, in the units of progress.
func (j Job) Cost() float64 { return lab.Cost(j.Settings, lab.Arm(j.Arm), len(j.Tasks)) }

// Plan makes the manifest of a sweep file. All points start from base, the settings of [Spec.Base] with
// whatever tasks and corpus they have been given. tasks are the file's tasks under the names that jobs
// use. Plan stops when ctx ends.
func (s *Spec) Plan(ctx context.Context, version string, base profile.Settings, tasks []string) (*Manifest, error) {
	m := &Manifest{Format: formatVersion, Version: version, Settings: base, Tasks: tasks}
	for _, a := range s.Axes {
		m.Axes = append(m.Axes, a.columns()...)
	}
	points, err := s.points(m)
	if err != nil {
		return nil, err
	}
	for i, values := range points {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		p := Point{Values: values}
		settings, err := m.valid(p, s.Arms)
		if err != nil {
			return nil, fmt.Errorf("%s: point %d: %w", s.name, i, err)
		}
		p.Hash = settings.Hash()
		m.Points = append(m.Points, p)
	}
	for seed := range s.Seeds {
		for p := range m.Points {
			for _, arm := range s.Arms {
				m.Indices = append(m.Indices, Index{p, arm, s.FirstSeed + uint64(seed)})
			}
		}
	}
	data := m.encode()
	if len(data) > manifestMost {
		return nil, fmt.Errorf("%s: the manifest has %d bytes (allowed: %d): fewer points or axes", s.name, len(data), manifestMost)
	}
	sealed := &Manifest{} // with its sum, and as it will be read
	return sealed, unseal(data, sealed)
}

// points returns the points of the design. If they are those of another sweep, it puts that sweep's
// axes into m. It checks the number of points before it lists them.
func (s *Spec) points(m *Manifest) ([][]string, error) {
	most := MaxIndices / s.Seeds / len(s.Arms)
	n := s.Points
	if s.Design == Grid {
		n = gridSize(s.Axes, most)
	}
	if n > most {
		return nil, fmt.Errorf("%s: the design has too many points for %d seeds and %d arms: a sweep has at most %d indices", s.name, s.Seeds, len(s.Arms), MaxIndices)
	}
	if values := n * len(m.Axes); values > maxValues {
		return nil, fmt.Errorf("%s: the design has %d points of %d axes: %d values (allowed: %d)", s.name, n, len(m.Axes), values, maxValues)
	}
	switch s.Design {
	case Grid:
		return gridPoints(s.Axes), nil
	case Latin:
		return latinHypercube(s.Axes, s.Points, s.DesignSeed), nil
	}
	axes, points, err := s.best()
	m.Axes = axes
	for _, a := range axes {
		for _, key := range a.Keys {
			if also := s.setAlso(key); also != "" && err == nil {
				err = fmt.Errorf("sweep: %s: set %s: %s is an axis of %s, whose points are taken", s.name, also, key, s.Of)
			}
		}
	}
	return points, err
}

// valid returns the settings of a point. It is an error if networks of the arms cannot be trained with
// them on the sweep's tasks.
func (m *Manifest) valid(p Point, arms []string) (profile.Settings, error) {
	s, err := m.apply(p)
	if err == nil {
		err = checkTrainable(s, m.Tasks, arms)
	}
	return s, err
}

// apply returns the settings of a point, which must be valid.
func (m *Manifest) apply(p Point) (profile.Settings, error) {
	s := m.Settings
	for i, a := range m.Axes {
		for _, key := range a.Keys {
			if err := s.Set(key + "=" + p.Values[i]); err != nil {
				return s, err
			}
		}
	}
	return s, s.Validate()
}

// Job returns an index spelt out. It is an error if the settings are not those
// that were planned, as when another version of the program gives a key another
// meaning.
func (m *Manifest) Job(i int) (Job, error) {
	ix := m.Indices[i]
	s, err := m.apply(m.Points[ix.Point])
	if err != nil {
		return Job{}, fmt.Errorf("point %d of the sweep: %w", ix.Point, err)
	}
	if s.Hash() != m.Points[ix.Point].Hash {
		return Job{}, fmt.Errorf("point %d of the sweep: the settings are not those that were planned, by version %s", ix.Point, m.Version)
	}
	return Job{Index: i, Settings: s, Arm: ix.Arm, Tasks: m.Tasks, Seed: ix.Seed}, nil
}

// Arms returns the arms of the sweep in their order.
func (m *Manifest) Arms() []string {
	var arms []string
	for _, ix := range m.Indices {
		if !slices.Contains(arms, ix.Arm) {
			arms = append(arms, ix.Arm)
		}
	}
	return arms
}

// The file that holds a manifest, and the most bytes that are read of it. The manifest of the largest
// sweep over some ten axes has 50 MB.
const (
	manifestName = "manifest.json"
	manifestMost = 1 << 26
)

// CheckFree returns an error if a directory holds another sweep.
func (m *Manifest) CheckFree(dir string) error {
	old, err := readSealed(dir)
	if err == nil && old.Sum == m.Sum || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if regularfile.Unreadable(err) {
		return err
	}
	return fmt.Errorf("%s holds another sweep; a manifest never changes: name another directory", dir)
}

// Write writes the manifest into a directory, which it makes if it is missing. It refuses a directory
// that holds another sweep.
func (m *Manifest) Write(dir string) error {
	if err := m.CheckFree(dir); err != nil {
		return err
	}
	if err := atomicfile.MkdirAll(dir); err != nil {
		return err
	}
	if err := makeParts(dir); err != nil {
		return err
	}
	if err := m.pointTable().Write(dir); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, manifestName), m.encode())
}

// makeParts makes the directories that work on a sweep needs.
func makeParts(dir string) error {
	for _, part := range []string{"results", "state"} {
		if _, err := MakeBeneath(dir, part); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manifest) encode() []byte {
	plain := *m
	plain.Sum = ""
	return seal(plain)
}

// ReadManifest reads the manifest of a sweep's directory. It checks the manifest like a sweep file.
func ReadManifest(dir string) (*Manifest, error) {
	m, err := readSealed(dir)
	if err != nil {
		return nil, err
	}
	if err := m.mistake(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
	}
	return m, nil
}

// readSealed reads a manifest and checks that it is as it was written, but not what it says.
func readSealed(dir string) (*Manifest, error) {
	data, err := regularfile.ReadBeneath(dir, manifestName, manifestMost)
	if regularfile.Unreadable(err) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no sweep: %w", dir, err)
	}
	m, err := parseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
	}
	return m, nil
}
