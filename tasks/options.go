package tasks

import (
	"fmt"
	"slices"
	"strings"
)

// Options are the readings of the paper that concern trials. The zero value is a
// reading too: Continuous180, no noise, VariableStimulus, adjacent pulses, Opposite,
// RawUnits, own angles and fixation noise for every task, and no resampling.
type Options struct {
	Angles   Angles   // what angles are drawn from
	Noise    float64  // σ of the Gaussian noise on every input channel
	Stimulus Stimulus // how long T3 and T4 show theirs
	PulseGap int      // steps between the two pulses of T5–T9, 0…30
	Anti     Anti     // what T2 and T4 ask for
	Units    Units    // units of inputs and targets

	// In a corpus trial j of every task belongs together. SharedAngle: it has
	// the same first angle in all of them. Second angles are always each
	// task's own.
	SharedAngle bool
	// SharedFixationNoise: it has the same noise on every task's fixation input.
	SharedFixationNoise bool
	// Resample: the trials of a batch are drawn from it with replacement, noise
	// and all, the same trials for every task of a corpus.
	Resample bool
}

// Paper is the text's reading (§3.2, A.1, A.2.3).
var Paper = Options{
	Angles:      Continuous180,
	Noise:       0.002,
	Stimulus:    VariableStimulus,
	PulseGap:    10,
	Anti:        Opposite,
	Units:       RawUnits,
	SharedAngle: true, // not in the text, but its 60% and 70% of explained variance need it
}

// Authors is what the authors' released program does.
var Authors = Options{
	Angles:              Tens360,
	Noise:               0.02, // 0.002/√dt, dt = 0.01 s
	Stimulus:            FullStimulus,
	PulseGap:            20,
	Anti:                Same,
	Units:               UnitInterval,
	SharedAngle:         true,
	SharedFixationNoise: true,
	Resample:            true,
}

// maxPulseGap leaves no delay after the second pulse.
const maxPulseGap = stimulusSteps - 2*pulseSteps

// Validate reports the first option out of range.
func (o Options) Validate() error {
	switch {
	case int(o.Angles) >= len(anglesNames):
		return fmt.Errorf("unknown angles %d", o.Angles)
	case int(o.Stimulus) >= len(stimulusNames):
		return fmt.Errorf("unknown stimulus %d", o.Stimulus)
	case int(o.Anti) >= len(antiNames):
		return fmt.Errorf("unknown anti %d", o.Anti)
	case int(o.Units) >= len(unitsNames):
		return fmt.Errorf("unknown units %d", o.Units)
	case !finite(o.Noise) || o.Noise < 0:
		return fmt.Errorf("noise %g is not a finite number ≥ 0", o.Noise)
	case o.PulseGap < 0 || o.PulseGap > maxPulseGap:
		return fmt.Errorf("pulse gap of %d steps is not in 0…%d", o.PulseGap, maxPulseGap)
	}
	return nil
}

// Angles is the distribution of angles.
type Angles uint8

const (
	Continuous180 Angles = iota // uniform on 0…180°
	Tens360                     // one of 0°, 10°, …, 350°
	Continuous360               // uniform on 0…360°
)

// Stimulus is how long T3 and T4 show their stimulus.
type Stimulus uint8

const (
	// VariableStimulus: 10…40 of the 50 steps, drawn for each trial, the rest is
	// delay. The text says "a short, variable duration"; the numbers are ours.
	VariableStimulus Stimulus = iota
	FullStimulus              // all 50 steps, no delay
)

// Anti is the target of T2 and T4.
type Anti uint8

const (
	Opposite Anti = iota // the direction opposite to the stimulus, θ+180°
	Same                 // θ: Anti equals Pro
)

// Units are the units of inputs and targets.
type Units uint8

const (
	RawUnits Units = iota // as the tables say
	// UnitInterval: each batch is brought to [0, 1], inputs by one pair of
	// minimum and range, noise included, and targets by another.
	UnitInterval
)

// The names by which profiles and flags know the options.
var (
	anglesNames   = []string{"continuous_180", "tens_360", "continuous_360"}
	stimulusNames = []string{"variable", "full"}
	antiNames     = []string{"opposite", "same"}
	unitsNames    = []string{"raw", "unit_interval"}
)

func (a Angles) String() string   { return optionName(anglesNames, a) }
func (s Stimulus) String() string { return optionName(stimulusNames, s) }
func (a Anti) String() string     { return optionName(antiNames, a) }
func (u Units) String() string    { return optionName(unitsNames, u) }

// UnmarshalText sets a to the angles of that name.
func (a *Angles) UnmarshalText(text []byte) error {
	return parseOption(a, "angles", anglesNames, text)
}

// UnmarshalText sets s to the stimulus of that name.
func (s *Stimulus) UnmarshalText(text []byte) error {
	return parseOption(s, "stimulus", stimulusNames, text)
}

// UnmarshalText sets a to the anti of that name.
func (a *Anti) UnmarshalText(text []byte) error { return parseOption(a, "anti", antiNames, text) }

// UnmarshalText sets u to the units of that name.
func (u *Units) UnmarshalText(text []byte) error { return parseOption(u, "units", unitsNames, text) }

func optionName[O ~uint8](names []string, o O) string {
	if int(o) < len(names) {
		return names[o]
	}
	return fmt.Sprintf("unknown(%d)", o)
}

func parseOption[O ~uint8](o *O, option string, names []string, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("unknown %s %q (have %s)", option, text, strings.Join(names, ", "))
	}
	*o = O(i)
	return nil
}
