package lab

import (
	"fmt"
	"slices"

	"molap/cca"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
	"molap/tasks"
)

// neededBy returns the tasks that a network depends on: that of its cell and, if its modules are
// pre-trained, those of the corpus.
func neededBy(s profile.Settings, c Cell) profile.Tasks {
	ids := []string{c.Task}
	if !c.Arm.Pretrained() || c.From != "" {
		return taskset.Needed(s, ids...)
	}
	t := taskset.Needed(s, append(ids, taskset.CorpusIDs(s)...)...)
	t.Corpus = s.Tasks.Corpus
	return t
}

// Check returns an error if each setting is valid but experiments cannot run with all of them: tasks of
// one's own that clash, or a corpus that cannot be drawn or has too few variates.
func Check(s profile.Settings) error {
	own, err := taskset.Own(s)
	if err == nil && own != nil {
		err = taskset.Clash(own, tasks.All(taskset.Options(s)))
	}
	if err != nil {
		return err
	}
	ids := taskset.CorpusIDs(s)
	if ids == nil {
		return CheckRank(s, taskset.Corpus(s, nil), "corpus")
	}
	for i, id := range ids {
		t, err := taskset.Find(s, id)
		if err == nil && t.ID != id {
			err = fmt.Errorf("want the id %s for %q", t.ID, id)
		}
		if err == nil && slices.Contains(ids[:i], id) {
			err = fmt.Errorf("task %s is named twice", id)
		}
		if err != nil {
			return fmt.Errorf("tasks.corpus: %w", err)
		}
	}
	for _, t := range taskset.Corpus(s, nil) {
		if t.Arrays == nil {
			continue
		}
		if t.Arrays.Train == nil {
			return nil // the corpus can be checked no further
		}
		if n := t.Arrays.Trials; n < s.Pretraining.Batch {
			return fmt.Errorf("tasks.corpus: %s has %d trials to train on, fewer than pretraining.batch, %d", t.ID, n, s.Pretraining.Batch)
		}
	}
	err = taskset.CheckSize(max(s.Pretraining.CorpusTrials, s.Pretraining.Batch), taskset.Corpus(s, nil)...)
	if err != nil {
		return fmt.Errorf("tasks.corpus: %w", err)
	}
	q, err := NewCorpus[float64](kernels.Best(), s, kernels.NewStream(1), taskset.Corpus(s, nil))
	if err != nil {
		return fmt.Errorf("tasks.corpus: %w", err)
	}
	c, err := cca.Fit(channelMatrix(q.fitted.X, q.fitted.In), channelMatrix(q.fitted.Y, q.fitted.Out), 1)
	switch {
	case err != nil:
		return fmt.Errorf("tasks.corpus: no canonical variates: %w", err)
	case s.Network.Modules > min(c.RankX, c.RankY):
		side := "targets"
		if c.RankX < c.RankY {
			side = "inputs"
		}
		return manyModules(s, min(c.RankX, c.RankY), side+" of the corpus")
	}
	return nil
}

// CheckRank returns an error if a corpus of some of the nine tasks has too few variates.
func CheckRank(s profile.Settings, ts []tasks.Task, name string) error {
	if most := targetRank(s, ts); s.Network.Modules > most {
		return manyModules(s, most, "targets of the "+name)
	}
	return nil
}

func manyModules(s profile.Settings, most int, of string) error {
	return fmt.Errorf("network.modules is %d (allowed: at most %d, the rank of the %s: each module is trained on a variate of its own)", s.Network.Modules, most, of)
}

// CheckTraining returns an error if networks of some arms cannot be trained and scored on
// tasks, by ID.
func CheckTraining(s profile.Settings, ids []string, arms []Arm) error {
	own, err := taskset.Own(s)
	if err != nil {
		return err
	}
	for _, t := range own {
		if !slices.Contains(ids, t.ID) {
			continue
		}
		if slices.ContainsFunc(arms, Arm.sequential) {
			return fmt.Errorf("%s is a task of one's own: arm %s learns the nine, in the order of dni.order", t.ID, DNI)
		}
		if a := t.Arrays; a != nil && a.Trials < s.Training.Batch {
			return fmt.Errorf("%s has %s to train on (and %d for tests), fewer than training.batch, %d", t.ID, words.Count(a.Trials, "trial"), a.TestTrials, s.Training.Batch)
		}
		if a := t.Arrays; a != nil && a.Test != nil {
			if err := checkAsked(a.Test.Weights, a.TestTrials, a.Test.Out, min(s.Score.TestTrials, a.TestTrials)); err != nil {
				return fmt.Errorf("%s with score.test_trials %d: %w", t.ID, s.Score.TestTrials, err)
			}
		}
		if t.Steps < s.Score.Window && !(t.Arrays != nil && t.Arrays.Weighted) {
			return fmt.Errorf("%s has trials of %s, fewer than score.window, %d", t.ID, words.Count(t.Steps, "step"), s.Score.Window)
		}
		if err := taskset.CheckSize(max(s.Training.Batch, s.Score.TestTrials), t); err != nil {
			return err
		}
	}
	return nil
}

// LeftOut returns the IDs of n tasks from the i-th on. The first task follows the last (caption of Fig.
// 5).
func LeftOut(ts []tasks.Task, i, n int) (ids []string) {
	for k := range n {
		ids = append(ids, ts[(i+k)%len(ts)].ID)
	}
	return ids
}
