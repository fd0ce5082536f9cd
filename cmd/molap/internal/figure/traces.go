package figure

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/seq"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Traces draws the channels of a few trials over time, one below the other, with
// the periods of the trial shaded behind them. A trial has the same shade in
// every channel. The vertical axes of Frame are not used: the channels of a
// group share a range taken from their data.
type Traces struct {
	Frame              // X.Label empty: "time (ms)"
	Start      float64 // ms of the first sample
	Step       float64 // ms from sample to sample
	TrialNames []string
	Periods    []Period
	Channels   []Channel // channels of a group follow each other
}

// Period is a named part of the trial, From ≤ time < To in ms.
type Period struct {
	Name     string
	From, To float64
}

// Channel is one input, target or output.
type Channel struct {
	Group  string // "inputs", "targets", "outputs"; it may stand alone, as the label of the only channel
	Name   string
	Trials [][]float64 // trials × samples
	Behind [][]float64 // trials × samples, drawn dashed behind Trials: the targets behind the outputs; nil for none
	Beside []float64   // values that the range covers as well: those of other panels with the same axis
}

func (t *Traces) check() {
	if !(t.Step > 0) {
		panic(fmt.Sprintf("figure: Traces: step is %g ms, want more than 0", t.Step))
	}
	for _, c := range t.Channels {
		if len(c.Trials) != len(t.TrialNames) || c.Behind != nil && len(c.Behind) != len(c.Trials) {
			panic(fmt.Sprintf("figure: Traces: channel %s has %d trials and %d behind them, panel names %d", c.Name, len(c.Trials), len(c.Behind), len(t.TrialNames)))
		}
	}
}

// trialColor runs from dark blue through green to orange, so that trials differ
// in lightness as well as in hue.
func trialColor(i, n int) color.NRGBA {
	stops := []color.NRGBA{{0x0b, 0x2f, 0x6b, 0xff}, {0x00, 0x72, 0xb2, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xe6, 0x9f, 0x00, 0xff}}
	if n < 2 {
		return stops[1]
	}
	return colorAlong(stops, float64(i)/float64(n-1))
}

func (t *Traces) entries() []legendEntry {
	var es []legendEntry
	for i, name := range t.TrialNames {
		es = append(es, legendEntry{name: name, line: trialColor(i, len(t.TrialNames)), width: 1.5})
	}
	if slices.ContainsFunc(t.Channels, func(c Channel) bool { return c.Behind != nil }) {
		es = append(es, legendEntry{name: "target", line: inkMuted, width: 1, dashes: dashed})
	}
	return es
}

func (t *Traces) data() (x, y dataSpan, px, py axisPad) {
	t.check()
	x = emptySpan
	for _, p := range t.Periods {
		x = x.cover(false, p.From, p.To)
	}
	for _, c := range t.Channels {
		for _, trial := range slices.Concat(c.Trials, c.Behind) {
			x = x.cover(false, t.Start, t.Start+t.Step*float64(len(trial)-1))
		}
	}
	return x, emptySpan, axisPad{}, axisPad{}
}

// channelGroup is a run of channels with one range.
type channelGroup struct {
	name string
	indexRun
	dataSpan
}

func (t *Traces) groups() []channelGroup {
	var gs []channelGroup
	for i, c := range t.Channels {
		if len(gs) == 0 || gs[len(gs)-1].name != c.Group {
			gs = append(gs, channelGroup{c.Group, indexRun{i, i}, emptySpan})
		}
		g := &gs[len(gs)-1]
		g.to = i + 1
		for _, trial := range slices.Concat(c.Trials, c.Behind, [][]float64{c.Beside}) {
			g.dataSpan = g.dataSpan.cover(false, trial...)
		}
	}
	return gs
}

// Room in a panel of traces, in points.
const (
	groupGap   = 9.0
	channelGap = 5.0
	groupName  = 14.0 // the column of the groups' names
)

func (t *Traces) base() Frame {
	f := t.Frame
	f.X.Label = cmp.Or(f.X.Label, "time (ms)")
	return f
}

func (t *Traces) margins(a axes) margins {
	size := a.area.Size()
	return margins{left: t.leftMargin(size.Y), right: 8, top: 4 + periodLine*vg.Length(t.periodRows(a.x, size.X)), bottom: a.x.bottomMargin(size.X)}
}

// channelHeight returns the height of one channel's axis.
func (t *Traces) channelHeight(area vg.Length) vg.Length {
	groups := len(t.groups())
	gaps := groupGap*vg.Length(groups-1) + channelGap*vg.Length(len(t.Channels)-groups)
	return (area - gaps) / vg.Length(max(1, len(t.Channels)))
}

// tickWidth returns the widest label of the channels' vertical axes.
func (t *Traces) tickWidth(area vg.Length) vg.Length {
	w := vg.Length(0)
	for _, g := range t.groups() {
		w = max(w, t.channelScale(g, t.channelHeight(area)).widest())
	}
	return w
}

func (t *Traces) channelScale(g channelGroup, height vg.Length) axisScale {
	return newScale(Axis{}, g.dataSpan, axisPad{0.1, 0.1}, height, 10)
}

const periodLine = sizeSmall + 2

// periodRows returns the rows of the periods' names: 1 if they fit beside each other, 2 if they fit
// when every other one is raised, and 0, no names, otherwise.
func (t *Traces) periodRows(x axisScale, axis vg.Length) int {
	if len(t.Periods) == 0 {
		return 0
	}
	mid := func(q Period) vg.Length { return vg.Length(x.norm((q.From+q.To)/2)) * axis }
	apart := func(step int) bool {
		for i := step; i < len(t.Periods); i++ {
			a, b := t.Periods[i-step], t.Periods[i]
			if mid(b)-mid(a) < (textWidth(a.Name, sizeSmall)+textWidth(b.Name, sizeSmall))/2+3 {
				return false
			}
		}
		return true
	}
	for rows := 1; rows <= 2; rows++ {
		if apart(rows) {
			return rows
		}
	}
	return 0
}

// periodColor returns the shade of a period. It knows the periods that most tasks have by how their
// names begin and gives them the same shade in every figure. Other periods are white and grey in turn.
func periodColor(name string, i int) color.NRGBA {
	kind := func(s string) bool { return strings.HasPrefix(name, s) }
	switch {
	case kind("fixation"):
		return color.NRGBA{0xf1, 0xf1, 0xf1, 0xff}
	case kind("stimulus"), kind("pulse"):
		return color.NRGBA{0xe4, 0xf1, 0xfa, 0xff}
	case kind("delay"), kind("lead"):
		return white
	case kind("response"):
		return color.NRGBA{0xfd, 0xf0, 0xd8, 0xff}
	}
	return []color.NRGBA{white, {0xf6, 0xf6, 0xf6, 0xff}}[i%2]
}

func (t *Traces) draw(p pen, a axes) {
	rows := t.periodRows(a.x, a.area.Size().X)
	for i, q := range t.Periods {
		from := a.across(q.From)
		p.rect(periodColor(q.Name, i), from, a.area.Min.Y, a.across(q.To), a.area.Max.Y)
		p.line(gridGrey, lineGrid, nil, from, a.area.Min.Y, from, a.area.Max.Y)
		if rows > 0 {
			p.text(q.Name, sizeSmall, false, inkMuted, a.across((q.From+q.To)/2), a.area.Max.Y+3+periodLine*vg.Length(i%rows), 0.5, 0)
		}
	}
	left, ticks, strips := t.leftMargin(a.area.Size().Y), t.tickWidth(a.area.Size().Y), t.strips(a)
	for i, s := range strips {
		t.drawChannel(p, s.axes, t.Channels[i], ticks)
		if g := s.group; i+1 == g.to {
			mid := (strips[g.from].area.Max.Y + s.area.Min.Y) / 2
			p.turned(g.name, sizeLabel, len(t.Channels) > 1, ink, a.area.Min.X-left+capHeight*sizeLabel, mid, math.Pi/2, 0.5, 0)
		}
	}
	a.drawBottom(p)
}

// channelStrip is the place of a channel, with a vertical axis of its own.
type channelStrip struct {
	group channelGroup
	axes
}

// strips returns the places of the channels from the top.
func (t *Traces) strips(a axes) []channelStrip {
	var all []channelStrip
	height, top := t.channelHeight(a.area.Size().Y), a.area.Max.Y
	for _, g := range t.groups() {
		a.y = t.channelScale(g, height)
		for i := g.from; i < g.to; i++ {
			a.area.Min.Y, a.area.Max.Y = top-height, top
			all = append(all, channelStrip{g, a})
			top -= height
			if i+1 < g.to {
				top -= channelGap
			}
		}
		top -= groupGap
	}
	return all
}

// leftMargin holds the groups' names, the channels' names and the ticks.
func (t *Traces) leftMargin(area vg.Length) vg.Length {
	group, name := vg.Length(0), vg.Length(0)
	for _, c := range t.Channels {
		if c.Group != "" {
			group = groupName
		}
		if c.Name != "" {
			name = max(name, textWidth(c.Name, sizeTick)+5)
		}
	}
	return group + name + t.tickWidth(area) + tickGap + tickLength
}

func (t *Traces) drawChannel(p pen, a axes, c Channel, ticks vg.Length) {
	if a.y.holds(0) {
		p.line(color.NRGBA{0, 0, 0, 0x30}, lineGrid, nil, a.area.Min.X, a.up(0), a.area.Max.X, a.up(0))
	}
	a.drawLeft(p)
	p.text(c.Name, sizeTick, false, ink, a.area.Min.X-tickLength-tickGap-ticks-5, (a.area.Min.Y+a.area.Max.Y)/2, 1, 0.5)
	for i, trial := range c.Behind {
		a.stroke(p, t.times(trial), trial, draw.LineStyle{Color: trialColor(i, len(c.Trials)), Width: 0.8, Dashes: dashed})
	}
	for i, trial := range c.Trials {
		a.stroke(p, t.times(trial), trial, draw.LineStyle{Color: trialColor(i, len(c.Trials)), Width: 1})
	}
}

// times returns the time of each sample of a trial.
func (t *Traces) times(trial []float64) []float64 {
	return seq.Map(seq.UpTo(len(trial)), func(i int) float64 { return t.Start + float64(t.Step*float64(i)) })
}
