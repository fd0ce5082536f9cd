package tasks

import (
	"fmt"
	"slices"
	"strings"
)

// The timing that all nine tasks share, in steps of 10 ms.
const (
	leadSteps     = 10
	fixationSteps = 25
	stimulusSteps = 50 // stimulus and delay together
	responseSteps = 25
	trialSteps    = leadSteps + fixationSteps + stimulusSteps + responseSteps
	pulseSteps    = 10

	shortestStimulus, longestStimulus = 10, 40 // of VariableStimulus
)

// FixationChannel is the name of the input that shows 1 until the response, and of the target that
// asks for the same. Options.SharedFixationNoise applies to the inputs with this name.
const FixationChannel = "fixation"

// All returns the nine tasks in the paper's order, as the options read them.
func All(o Options) []Task {
	var (
		first, second = Cos{theta1}, Cos{theta2} // pulse heights of channel 1
		third, fourth = Sin{theta1}, Sin{theta2} // and of channel 2
		sum1, sum2    = Sum{first, third}, Sum{second, fourth}
	)
	return []Task{
		delayTask("T1", "delay_pro", "Delay Pro", 0),
		delayTask("T2", "delay_anti", "Delay Anti", o.antiPhase()),
		memoryTask("T3", "mem_pro", "Mem Pro", 0, o),
		memoryTask("T4", "mem_anti", "Mem Anti", o.antiPhase(), o),
		pulseTask("T5", "mem_dm1", "Mem Dm 1", o, Max{first, second}, pulseTrain("cos", first, second)),
		pulseTask("T6", "mem_dm2", "Mem Dm 2", o, Max{third, fourth}, pulseTrain("sin", third, fourth)),
		pulseTask("T7", "context_mem_dm1", "Context Mem Dm 1", o, Max{first, second},
			pulseTrain("cos", first, second), pulseTrain("sin", third, fourth)),
		pulseTask("T8", "context_mem_dm2", "Context Mem Dm 2", o, Max{third, fourth},
			pulseTrain("cos", first, second), pulseTrain("sin", third, fourth)),
		pulseTask("T9", "multi_mem", "Multi Mem", o, Max{sum1, sum2},
			pulseTrain("cos", first, second), pulseTrain("sin", third, fourth)),
	}
}

// Lookup returns the task of that name or ID ("mem_dm1" or "T5"; capitals do not
// matter). The error for any other lists all.
func Lookup(name string, o Options) (Task, error) {
	all := All(o)
	i := indexOf(all, name)
	if i < 0 {
		return Task{}, unknownTask(name, all)
	}
	return all[i], nil
}

// Without returns ts without the tasks of those names or IDs. It returns an error if one of them is
// not among ts.
func Without(ts []Task, names ...string) ([]Task, error) {
	for _, name := range names {
		if indexOf(ts, name) < 0 {
			return nil, unknownTask(name, ts)
		}
	}
	return slices.DeleteFunc(slices.Clone(ts), func(t Task) bool {
		return slices.ContainsFunc(names, t.named)
	}), nil
}

func (t Task) named(name string) bool {
	return strings.EqualFold(name, t.Name) || strings.EqualFold(name, t.ID)
}

func indexOf(ts []Task, name string) int {
	return slices.IndexFunc(ts, func(t Task) bool { return t.named(name) })
}

func unknownTask(name string, ts []Task) error {
	var have []string
	for _, t := range ts {
		have = append(have, t.ID+" "+t.Name)
	}
	return fmt.Errorf("unknown task %q (have %s)", name, strings.Join(have, ", "))
}

// The angles of a trial.
const theta1, theta2 = Drawn("θ1"), Drawn("θ2")

// angleDraws are the draws of theta1, theta2 or both.
func angleDraws(names ...Drawn) []Draw {
	var draws []Draw
	for _, name := range names {
		draws = append(draws, Draw{string(name), OptionAngle{}})
	}
	return draws
}

// antiPhase returns the angle that Anti tasks add to θ, in degrees.
func (o Options) antiPhase() float64 {
	if o.Anti == Same {
		return 0
	}
	return 180
}

// delayTask returns a task whose stimulus stays until the end of the trial.
func delayTask(id, name, title string, phase float64) Task {
	return Task{
		Name: name, ID: id, Title: title, Steps: trialSteps, Lead: leadSteps,
		Draws: angleDraws(theta1),
		Periods: []Period{
			{"fixation", Exactly(fixationSteps)},
			{"stimulus", Exactly(stimulusSteps)},
			{"response", Exactly(responseSteps)},
		},
		Inputs: []Channel{
			fixationUntil("stimulus"),
			{Name: "cos", Parts: []Part{{"stimulus", "response", Cos{theta1}}}},
			{Name: "sin", Parts: []Part{{"stimulus", "response", Sin{theta1}}}},
		},
		Targets: directionTargets("stimulus", phase),
	}
}

// memoryTask returns a task whose stimulus goes, so that its direction must be remembered.
func memoryTask(id, name, title string, phase float64, o Options) Task {
	shown := Duration{Least: shortestStimulus, Most: longestStimulus}
	if o.Stimulus == FullStimulus {
		shown = Exactly(stimulusSteps)
	}
	return Task{
		Name: name, ID: id, Title: title, Steps: trialSteps, Lead: leadSteps,
		Draws: angleDraws(theta1),
		Periods: []Period{
			{"fixation", Exactly(fixationSteps)},
			{"stimulus", shown},
			{"delay", Duration{Rest: true}},
			{"response", Exactly(responseSteps)},
		},
		Inputs: []Channel{
			fixationUntil("delay"),
			{Name: "cos", Parts: []Part{{"stimulus", "stimulus", Cos{theta1}}}},
			{Name: "sin", Parts: []Part{{"stimulus", "stimulus", Sin{theta1}}}},
		},
		Targets: directionTargets("delay", phase),
	}
}

// pulseTask returns a task with two pulses on each train and one decision about them.
func pulseTask(id, name, title string, o Options, decision Value, trains ...Channel) Task {
	return Task{
		Name: name, ID: id, Title: title, Steps: trialSteps, Lead: leadSteps,
		Draws: angleDraws(theta1, theta2),
		Periods: []Period{
			{"fixation", Exactly(fixationSteps)},
			{"pulse 1", Exactly(pulseSteps)},
			{"gap", Exactly(o.PulseGap)},
			{"pulse 2", Exactly(pulseSteps)},
			{"delay", Duration{Rest: true}},
			{"response", Exactly(responseSteps)},
		},
		Inputs: append([]Channel{fixationUntil("delay")}, trains...),
		Targets: []Channel{
			fixationUntil("delay"),
			{Name: "decision", Parts: []Part{{"response", "response", decision}}},
		},
	}
}

// pulseTrain returns a channel that shows two pulses of the given heights.
func pulseTrain(name string, height1, height2 Value) Channel {
	return Channel{Name: name, Parts: []Part{{"pulse 1", "pulse 1", height1}, {"pulse 2", "pulse 2", height2}}}
}

// fixationUntil returns a channel that shows 1 from the fixation period to the end of period last, the
// one before the response.
func fixationUntil(last string) Channel {
	return Channel{Name: FixationChannel, Parts: []Part{{"fixation", last, Constant(1)}}}
}

// directionTargets returns targets that ask for fixation and then for the direction θ+phase.
func directionTargets(last string, phase float64) []Channel {
	var angle Value = theta1
	if phase != 0 {
		angle = Sum{theta1, Constant(phase)}
	}
	return []Channel{
		fixationUntil(last),
		{Name: "cos", Parts: []Part{{"response", "response", Cos{angle}}}},
		{Name: "sin", Parts: []Part{{"response", "response", Sin{angle}}}},
	}
}
