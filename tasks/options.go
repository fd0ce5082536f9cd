package tasks

import (
	"fmt"
	"slices"
)

// Options choose a reading of the paper, as far as it concerns trials. The zero value is a reading
// too: Continuous180, no noise, VariableStimulus, adjacent pulses, Opposite, RawUnits, own angles
// and fixation noise for every task, and no resampling.
type Options struct {
	Angles   Angles   // what angles are drawn from
	Noise    float64  // σ of the Gaussian noise on every input channel
	Stimulus Stimulus // how long T3 and T4 show their stimulus
	PulseGap int      // steps between the two pulses of T5–T9, 0…30
	Anti     Anti     // the target of T2 and T4
	Units    Units    // units of inputs and targets

	// SharedAngle gives trial j of all tasks of a corpus the same first angle. Second angles are
	// always each task's own.
	SharedAngle bool
	// SharedFixationNoise gives trial j of all tasks the same noise on the fixation input.
	SharedFixationNoise bool
	// Resample draws the trials of a batch from it with replacement, noise and all, the same trials
	// for every task of a corpus.
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

// Authors are the options of the authors' released program.
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

// maxPulseGap is the longest gap. It leaves no delay after the second pulse.
const maxPulseGap = stimulusSteps - 2*pulseSteps

// Validate reports the first option out of range.
func (o Options) Validate() error {
	for _, err := range []error{
		checkOption("angles", o.Angles, Continuous180, Tens360, Continuous360),
		checkOption("stimulus", o.Stimulus, VariableStimulus, FullStimulus),
		checkOption("anti", o.Anti, Opposite, Same),
		checkOption("units", o.Units, RawUnits, UnitInterval),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case !isFinite(o.Noise) || o.Noise < 0:
		return fmt.Errorf("noise %g is not a finite number ≥ 0", o.Noise)
	case o.PulseGap < 0 || o.PulseGap > maxPulseGap:
		return fmt.Errorf("pulse gap of %d steps is not in 0…%d", o.PulseGap, maxPulseGap)
	}
	return nil
}

// checkOption returns an error unless o is empty or known.
func checkOption[O ~string](option string, o O, known ...O) error {
	if o == "" || slices.Contains(known, o) {
		return nil
	}
	return fmt.Errorf("unknown %s %q, want one of %q", option, o, known)
}

// Angles is the distribution of angles. The empty text means Continuous180.
type Angles string

const (
	Continuous180 Angles = "continuous_180" // uniform on 0…180°
	Tens360       Angles = "tens_360"       // one of 0°, 10°, …, 350°
	Continuous360 Angles = "continuous_360" // uniform on 0…360°
)

// Stimulus says how long T3 and T4 show their stimulus. The empty text means VariableStimulus.
type Stimulus string

const (
	// VariableStimulus: 10…40 of the 50 steps, drawn for each trial; the rest is delay. The text says
	// "a short, variable duration"; the numbers are ours.
	VariableStimulus Stimulus = "variable"
	FullStimulus     Stimulus = "full" // all 50 steps, no delay
)

// Anti is the target of T2 and T4. The empty text means Opposite.
type Anti string

const (
	Opposite Anti = "opposite" // the direction opposite to the stimulus, θ+180°
	Same     Anti = "same"     // θ: Anti equals Pro
)

// Units are the units of inputs and targets. The empty text means RawUnits.
type Units string

const (
	RawUnits Units = "raw" // as the tables say
	// UnitInterval brings each batch to [0, 1]: inputs, noise included, by one minimum and range,
	// and targets by another.
	UnitInterval Units = "unit_interval"
)
