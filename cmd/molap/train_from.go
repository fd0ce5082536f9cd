package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/rnn"
)

// fromFlags are the flags of train that name a network to go on from.
type fromFlags struct {
	intake.ReadFlags
	path string
	file *rnn.File
	all  *flag.FlagSet // of train
}

func (q *fromFlags) register(flags *flag.FlagSet) {
	q.all = flags
	flags.StringVar(&q.path, "from", "", "go on from the network in `FILE`, of this program or trained elsewhere")
	q.ReadFlags.Register(flags)
}

// trainFromDoc says what -from does.
const trainFromDoc = `With -from training goes on from a network, on its own task or, with -task, on another. All weights, biases and h[0] are those of the file; nothing is drawn and no module is pre-trained. The arm only decides what is trained: separate trains everything; molap, molap-pca and reservoir keep W_rec to the bit (biases are trained where network.bias says so). Adam's moments start at zero and the schedule at its beginning; training.levels and training.level_iterations say how long training goes on. -seed draws batches and the noise in units, but no weight. Settings are the file's, if it has any, unless -profile is given. Units, modules and leak are the network's; if its file does not tell the number of modules, network.modules does, if that divides the units. -save adds the first digits of the SHA-256 of the start to the name of the network's file, and keeps the start's name and SHA-256 in its metadata.`

// open reads the network, if one is named.
func (q *fromFlags) open(env *cli.Env) error {
	if q.path == "" {
		for _, name := range []string{"orientation", "ignore"} {
			if cli.Given(q.all, name) {
				return cli.Usagef("-%s is about a network to go on from (-from)", name)
			}
		}
		return nil
	}
	var err error
	if q.file, err = intake.Decode(q.path, q.Reading()); err != nil {
		return err
	}
	if err := intake.NeedNetwork("-from "+q.path, q.file); err != nil {
		return err
	}
	intake.Tell(env, q.path, q.file)
	return nil
}

// settings returns the settings in the network's file, if it has any and -profile is not given, or else
// those of the profile. The flags change either.
func (q *fromFlags) settings(c *cli.Common) (profile.Settings, error) {
	if q.file == nil {
		return c.Settings()
	}
	named := ""
	if cli.Given(q.all, "profile") {
		named = c.Profile
	}
	s, profiled, err := intake.SettingsOf(q.file, q.path, named)
	if err != nil {
		return s, err
	}
	if profiled {
		s.Network.Units = q.file.Shape.Units
		if n := q.file.Modules; n > 1 || s.Network.Units%s.Network.Modules != 0 {
			s.Network.Modules = n
		}
		if q.file.Settings == "" {
			s.Run.Precision = profile.Precision(q.file.Type)
		}
	}
	return c.Change(s)
}

// task returns the tasks to train on: those of -task or the network's own.
func (q *fromFlags) task(named string) (string, error) {
	if q.file == nil || cli.Given(q.all, "task") {
		return named, nil
	}
	if q.file.Task == "" {
		return "", cli.Usagef("-from %s names no task (set -task)", q.path)
	}
	return q.file.Task, nil
}

// apply returns settings for networks that go on from the file's network, and that network; nil if
// -from names none.
func (q *fromFlags) apply(s profile.Settings, set []string, ids []string, arms []lab.Arm) (profile.Settings, *lab.Start, error) {
	if q.file == nil {
		return s, nil, nil
	}
	before := s
	s, err := lab.StartSettings(s, q.file, ids, arms)
	if err != nil {
		return s, nil, cli.Usagef("-from %s: %w", q.path, err)
	}
	for _, assignment := range set {
		key, _, _ := strings.Cut(assignment, "=")
		if key = strings.TrimSpace(key); strings.HasPrefix(key, "network.") && before.Get(key) != s.Get(key) {
			return s, nil, cli.Usagef("-set %s contradicts -from %s, which has %s", assignment, q.path, s.Get(key))
		}
	}
	start, err := lab.NewStart(q.file, s.Run.Precision)
	if err != nil {
		return s, nil, cli.Usagef("-from %s: %w", q.path, err)
	}
	start.Text = fmt.Sprintf("%s, SHA-256 of the network %s", filepath.Base(q.path), start.Sum)
	return s, start, nil
}
