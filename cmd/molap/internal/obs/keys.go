package obs

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/taskset"
)

// Keys returns the keys of the observations that are rows of numbers: scores, then scores after damage.
func (n *Notebook) Keys() []Key { return slices.Concat(n.of(Score), n.of(Damage)) }

// Ask asks for one of Keys.
func (n *Notebook) Ask(k Key) {
	if k.Kind == Damage {
		n.Damaged(k.Cell, k.Damage, k.Trials)
		return
	}
	n.Score(k.Settings, k.Cell)
}

// Only returns a notebook with some of the keys of another.
func (n *Notebook) Only(keys []Key) *Notebook {
	some := &Notebook{Settings: n.Settings, Seeds: n.Seeds}
	for _, k := range keys {
		some.put(k, n.have[k.id()])
	}
	return some
}

// check returns an error if no experiment with the notebook's settings and seeds can have the key.
func (n *Notebook) check(k Key) error {
	if !slices.Contains(n.Seeds, k.Seed) {
		return fmt.Errorf("seed %d is not one of the run (%v)", k.Seed, n.Seeds)
	}
	if k.Arm != "" && k.Arm != lab.DNIFresh && !slices.Contains(lab.Arms, k.Arm) {
		return fmt.Errorf("arm is %.40q (have %v)", k.Arm, lab.Arms)
	}
	for _, id := range append([]string{k.Task}, k.LeftOut...) {
		if id == "" {
			continue
		}
		if _, err := taskset.Find(n.Settings, id); err != nil {
			return fmt.Errorf("task is %.40q (want T1 to T9, or one that the settings define)", id)
		}
	}
	if k.After < 0 || k.After > len(n.Settings.DNI.Order) {
		return fmt.Errorf("after is %d (want at most %d)", k.After, len(n.Settings.DNI.Order))
	}
	if k.Damage != "" && !slices.Contains(lab.Damages, k.Damage) {
		return fmt.Errorf("damage is %.40q (have %v)", k.Damage, lab.Damages)
	}
	if k.Trials < 0 || k.Trials > max(n.Settings.Damage.Trials, n.Settings.Damage.TaskTrials) {
		return fmt.Errorf("trials is %d, more than the settings have", k.Trials)
	}
	s := n.Settings
	for _, change := range strings.Fields(k.Settings) {
		if err := s.Set(change); err != nil {
			return fmt.Errorf("settings: %w", err)
		}
	}
	return s.Validate()
}
