package intake

import (
	"cmp"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskfile"
	"molap/rnn"
)

// SettingsOf returns the settings for a network: those of its file or, if a profile is named or the file has
// none, those of the profile; profiled tells which.
func SettingsOf(f *rnn.File, path, named string) (s profile.Settings, profiled bool, err error) {
	var own profile.Settings
	if f.Settings != "" {
		own, err = profile.Parse(path, []byte(f.Settings))
	}
	switch {
	case named == "" && err != nil:
		return s, false, cli.Usagef("%w", err)
	case named == "" && f.Settings != "":
		return own, false, nil
	}
	if s, err = profile.Load(cmp.Or(named, "extended")); err != nil {
		return s, true, cli.Usagef("-profile: %w", err)
	}
	if named == "" {
		s.Run.Precision = profile.Precision(f.Type)
	}
	if s.Tasks == (profile.Tasks{}) {
		s.Tasks = own.Tasks // no profile changes what the network's task is
	}
	return s, true, nil
}

// checkEffect returns a usage error if an assignment of -set changes own settings, but no setting that
// the work with a trained network depends on.
func checkEffect(own profile.Settings, assignments []string) error {
	without := func(s profile.Settings) profile.Settings {
		s.Network.UnitNoise = 0
		return s.Only("network", "pretraining", "training", "optimizer", "dni", "arms", "damage")
	}
	for _, assignment := range assignments {
		changed := own
		if err := changed.Set(assignment); err == nil && without(changed) != without(own) {
			return cli.Usagef("-set %s has no effect on a trained network (trials, score, tasks, run.precision and network.unit_noise have)", assignment)
		}
	}
	return nil
}

// ChangeSettings reports whether the flags say other settings than those of the network's file.
func (q *Flags) ChangeSettings() bool {
	return q.Common.Profile != fromFile || len(q.Common.Set) > 0 || taskfile.IsPath(q.task)
}

// defineIn returns the settings of a network for a test on a task, named by name or file, and the
// task's name. A file may define a task differently from the settings, unless the task is part of the
// corpus.
func defineIn(s profile.Settings, task string) (profile.Settings, string, error) {
	if taskfile.IsPath(task) && s.Tasks.Corpus == "" {
		s.Tasks = profile.Tasks{}
	}
	s, names, err := DefineFiles(s, []string{task}, FileArrays)
	if err != nil {
		return s, "", err
	}
	return s, names[0], nil
}
