package sweep

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/suggest"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
)

func parseManifest(data []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := unseal(data, m); err != nil {
		return nil, err
	}
	if m.Format != formatVersion {
		return nil, fmt.Errorf("format %d, this program reads %d", m.Format, formatVersion)
	}
	return m, nil
}

// The longest text of a version, in bytes, and more arms than there are.
const (
	maxVersion = 200
	maxArms    = 50
)

// mistake returns an error if a manifest cannot be that of a sweep: its parts must fit one another, and
// networks must be trainable with the settings of every point.
func (m *Manifest) mistake() error {
	if m.Version == "" || len(m.Version) > maxVersion || hasControl(m.Version) {
		return fmt.Errorf("version %.60q is none (want printable text of at most %d bytes)", m.Version, maxVersion)
	}
	if err := m.axesMistake(); err != nil {
		return err
	}
	if err := m.indicesMistake(); err != nil {
		return err
	}
	arms := m.Arms()
	for i, p := range m.Points {
		if len(p.Values) != len(m.Axes) {
			return fmt.Errorf("point %d has %d values for %d axes", i, len(p.Values), len(m.Axes))
		}
		if slices.ContainsFunc(p.Values, hasControl) {
			return fmt.Errorf("point %d has a value with a control character", i)
		}
		if _, err := m.valid(p, arms); err != nil {
			return fmt.Errorf("point %d: %w", i, err)
		}
	}
	return nil
}

// armMistake returns an error if a name is that of no arm, or of one of those before it.
func armMistake(before []string, name string) error {
	have := seq.Texts(lab.Arms)
	switch {
	case slices.Contains(before, name):
		return fmt.Errorf("arm %s is named twice", name)
	case slices.Contains(have, name):
		return nil
	}
	if near := suggest.Only(name, have); near != "" {
		return fmt.Errorf("unknown arm %.60q (did you mean %s?)", name, near)
	}
	return fmt.Errorf("unknown arm %.60q (have %s)", name, words.List(have))
}

// checkTrainable returns an error if networks of some arms cannot be trained on tasks, by ID, with
// some settings.
func checkTrainable(s profile.Settings, ids, names []string) error {
	var arms []lab.Arm
	for i, name := range names {
		if err := armMistake(names[:i], name); err != nil {
			return err
		}
		arms = append(arms, lab.Arm(name))
	}
	found, err := taskset.FindAll(s, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if t := found[i]; t.ID != id || slices.Contains(ids[:i], id) {
			return fmt.Errorf("task %.60q is named twice, or not by its ID, %s", id, t.ID)
		}
	}
	corpus := s
	if !slices.ContainsFunc(arms, lab.Arm.Pretrained) {
		corpus.Network.Modules = 1 // nothing is pre-trained on a variate of its own
	}
	if err := lab.Check(corpus); err != nil {
		return err
	}
	return lab.CheckTraining(s, ids, arms)
}

func (m *Manifest) axesMistake() error {
	free := map[string]bool{} // the settings that no axis has yet
	for _, k := range profile.Keys() {
		free[k.Name] = true
	}
	for i, a := range m.Axes {
		if len(a.Keys) == 0 {
			return fmt.Errorf("axis %d has no keys", i)
		}
		for _, k := range a.Keys {
			if !free[k] {
				return fmt.Errorf("axis %d: %.60q is no setting, or there twice", i, k)
			}
			delete(free, k)
		}
	}
	return nil
}

func (m *Manifest) indicesMistake() error {
	if n := len(m.Points); n < 1 || n > MaxIndices {
		return fmt.Errorf("%d points (allowed: 1 to %d)", n, MaxIndices)
	}
	if n := len(m.Indices); n < 1 || n > MaxIndices {
		return fmt.Errorf("%d indices (allowed: 1 to %d)", n, MaxIndices)
	}
	if len(m.Tasks) == 0 {
		return errors.New("no tasks")
	}
	arms := map[string]bool{}
	seen := make(map[Index]int, len(m.Indices))
	for i, ix := range m.Indices {
		if ix.Point < 0 || ix.Point >= len(m.Points) {
			return fmt.Errorf("index %d is of point %d (allowed: 0 to %d)", i, ix.Point, len(m.Points)-1)
		}
		if arms[ix.Arm] = true; len(arms) > maxArms {
			return fmt.Errorf("more than %d arms", maxArms)
		}
		if first, twice := seen[ix]; twice {
			return fmt.Errorf("index %d is the same as index %d", i, first)
		}
		seen[ix] = i
	}
	return nil
}

func hasControl(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }
