package taskview

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/seq"
	"molap/kernels"
	"molap/tasks"
)

// Label begins the label of every drawing of a task.
const Label = "Inputs and targets of"

const (
	mostTraces    = 16 // channels that are drawn as lines; more are an image
	mostImages    = 3  // trials that are drawn as images
	mostStretches = 7  // of a side
)

// drawnTask is a task with trials of it.
type drawnTask struct {
	tasks.Task
	*tasks.Batch[float64]
	starts [][]int // periods × trials
}

// Figure draws trials of a task: single channels as lines; families, and single channels if there are
// many, as images.
func Figure(t tasks.Task, o tasks.Options, s kernels.Stream, trials int) (*figure.Figure, error) {
	gen, err := tasks.NewGenerator[float64](kernels.Best(), o, t)
	if err != nil {
		return nil, err
	}
	d := drawnTask{t, gen.NewBatch(trials), nil}
	gen.Draw(d.Batch, s)
	d.starts = gen.Conditions(0).Starts
	f := &figure.Figure{
		Name: "task_" + t.ID, Width: 5, Loose: true,
		Alt: fmt.Sprintf(Label+" %d trials of task %s over time.", trials, t.Name),
	}
	lines := &figure.Traces{Frame: figure.Frame{Title: taskTitle(t)}, Step: stepMS, Periods: Periods(t)}
	for j := range trials {
		lines.TrialNames = append(lines.TrialNames, fmt.Sprintf("trial %d", j+1))
	}
	for _, side := range []struct {
		name     string
		channels []tasks.Channel
		values   []float64
	}{{"inputs", t.Inputs, d.X}, {"targets", t.Targets, d.Y}} {
		n := len(side.channels)
		for _, r := range stretches(side.channels) {
			first := side.channels[r.from]
			if r.to-r.from <= mostTraces && first.Count == 0 {
				for c := r.from; c < r.to; c++ {
					lines.Channels = append(lines.Channels, figure.Channel{Group: side.name, Name: side.channels[c].Name, Trials: d.overTime(side.values, n, c)})
				}
				continue
			}
			name := fmt.Sprintf("%s, %d %s", first.FamilyName(), first.Count, side.name)
			if r.to-r.from != first.Count {
				name = fmt.Sprintf("%d %s from %s to %s", r.to-r.from, side.name, first.Name, side.channels[r.to-1].Name)
			}
			f.Rows, f.RowHeights = append(f.Rows, d.images(name, side.values, n, r)), append(f.RowHeights, 1.6)
			f.Width = 3.2*float64(min(trials, mostImages)) + 0.4
		}
	}
	if n := len(lines.Channels); n > 0 {
		f.Rows, f.RowHeights = slices.Insert(f.Rows, 0, []figure.Panel{lines}), slices.Insert(f.RowHeights, 0, 0.75*float64(n))
	}
	f.Height = 0.9
	for i, h := range f.RowHeights {
		if f.Height += h; i > 0 {
			f.Height += 0.6 // axis and title
		}
	}
	return f, nil
}

// channelStretch is a run of channels of one side that are drawn together.
type channelStretch struct{ from, to int }

// stretches returns the families among channels and the stretches of single channels between them. If
// these are too many for a figure, all channels are one stretch.
func stretches(channels []tasks.Channel) (all []channelStretch) {
	lines := 0
	for i, c := range channels {
		if n := len(all); c.Count > 0 && c.Index == 0 || c.Count == 0 && (n == 0 || channels[i-1].Count > 0) {
			all = append(all, channelStretch{i, i})
		}
		if all[len(all)-1].to = i + 1; c.Count == 0 {
			lines++
		}
	}
	if len(all) > mostStretches || len(all) > 1 && lines > mostTraces {
		return []channelStretch{{0, len(channels)}}
	}
	return all
}

const stepMS = 1000 * tasks.StepSeconds

// Periods returns where the periods of a task lie, in ms. If their bounds are drawn for each trial, the
// middle stands for them.
func Periods(t tasks.Task) []figure.Period {
	at := func(d tasks.Duration) float64 { return stepMS * float64(d.Least+d.Most) / 2 }
	return seq.Map(t.Spans(), func(s tasks.Span) figure.Period { return figure.Period{Name: s.Name, From: at(s.Start), To: at(s.End)} })
}

// overTime returns what a channel of one side shows, trials × steps.
func (d drawnTask) overTime(values []float64, channels, channel int) [][]float64 {
	lines := make([][]float64, d.Trials)
	for j := range lines {
		for t := range d.Batch.Steps {
			lines[j] = append(lines[j], values[(t*d.Trials+j)*channels+channel])
		}
	}
	return lines
}

// images returns a picture of a stretch of channels for each of some trials, with lines where
// periods begin.
func (d drawnTask) images(name string, values []float64, channels int, r channelStretch) (row []figure.Panel) {
	var all [][][]float64 // channels × trials × steps
	limit := 0.0
	for c := r.from; c < r.to; c++ {
		all = append(all, d.overTime(values, channels, c))
		for _, line := range all[c-r.from] {
			limit = max(limit, slices.Max(line), -slices.Min(line))
		}
	}
	for j := range min(d.Trials, mostImages) {
		h := &figure.HeatMap{Frame: figure.Frame{Title: fmt.Sprintf("%s, trial %d", name, j+1)},
			Rows: r.to - r.from, Cols: d.Batch.Steps, Colors: figure.Diverging, Max: limit}
		h.X = figure.Axis{Label: "time (ms)", Max: stepMS * float64(d.Batch.Steps)}
		for _, lines := range all {
			h.Values = append(h.Values, lines[j]...)
		}
		for _, starts := range d.starts {
			h.ColBorders = append(h.ColBorders, starts[j])
		}
		row = append(row, h)
	}
	return row
}
