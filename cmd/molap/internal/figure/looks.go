package figure

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot/vg"
)

// seriesLook tells one series from another: by colour and, for those who print in grey, by the shape of its
// marker.
type seriesLook struct {
	color color.NRGBA
	shape markerShape
}

type markerShape int

const (
	circle markerShape = iota
	square
	triangle
	diamond
	inverted
	cross
)

// namedLooks has the series that look the same in every figure, by name: the arms of the experiments, and in
// the hue of their family the series derived from them (canonical correlations blue, principal
// components green, DNI red). Colours of one figure differ for readers with any of the common
// colour-vision deficiencies (TestLooksStayApart).
var namedLooks = map[string]seriesLook{
	"molap":     {blue, circle},
	"molap-pca": {green, square},
	"reservoir": {orange, triangle},
	"separate":  {ink, diamond},
	"dni":       {brick, inverted},

	// The paper's Fig. 5, where molap-pca stands beside them.
	"molap, one task out":       {navy, diamond},
	"molap, two tasks out":      {lightBlue, triangle},
	"molap-pca, one task out":   {moss, cross},
	"molap-pca, two tasks out":  {lightGreen, inverted},
	"dni, right after its task": {purple, cross}, // beside "dni", after all tasks

	// molap in two sizes, dark the larger, with two modules and with three.
	"molap, three modules":         {blue, triangle},
	"molap, larger":                {navy, square},
	"molap, larger, three modules": {navy, inverted},

	// Points and eigenvalues under an input that is held, beside paths along the ramp.
	"held input 1": {inkMuted, cross},
	"held input 2": {sky, square},
	"held input 3": {moss, triangle},
	"unit circle":  {grey, circle},
	"this network": {navy, circle},
}

// orderedStops has the colours of series in an order, from light to dark, none of them an
// arm's: after ColorBrewer's RdPu.
var orderedStops = []color.NRGBA{{0xf9, 0x8c, 0xae, 0xff}, {0xf7, 0x68, 0xa1, 0xff}, {0xdd, 0x34, 0x97, 0xff}, {0xae, 0x01, 0x7e, 0xff}, {0x7a, 0x01, 0x77, 0xff}, {0x49, 0x00, 0x6a, 0xff}}

// otherLooks are the looks of any other series, in this order.
var otherLooks = []seriesLook{
	{blue, circle}, {vermillion, square}, {green, triangle}, {orange, diamond}, {purple, inverted}, {sky, circle}, {ink, square}, {grey, triangle},
}

// lookOf returns the look of the series as, or of name if as is empty. If that name has no look of its
// own, the place in the list of series decides.
func lookOf(name, as string, place int) seriesLook {
	if as != "" {
		l, ok := namedLooks[as]
		if !ok {
			panic(fmt.Sprintf("figure: series %s is to look like %q, which has no look of its own", name, as))
		}
		return l
	}
	if l, ok := namedLooks[name]; ok {
		return l
	}
	return otherLooks[place%len(otherLooks)]
}

// The two answers that ignore the stimulus. Their levels look the same in every figure.
const (
	Blind    = "blind to the stimulus"
	Constant = "best constant answer"
)

// dashOf returns the dash pattern of the level name, nil for a whole line. The two nulls have patterns
// of their own; for other levels the place in the list of levels decides.
func dashOf(name string, place int) []vg.Length {
	switch name {
	case Blind:
		return dashed
	case Constant:
		return dotted
	}
	return [][]vg.Length{nil, dashDotted}[place%2]
}

// The palette of Okabe and Ito (2008), which readers with any of the common
// colour-vision deficiencies can tell apart. Its yellow is left out: as a thin
// line on white nobody sees it.
var (
	blue       = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	sky        = color.NRGBA{0x56, 0xb4, 0xe9, 0xff}
	orange     = color.NRGBA{0xe6, 0x9f, 0x00, 0xff}
	green      = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	vermillion = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	purple     = color.NRGBA{0xcc, 0x79, 0xa7, 0xff}
	grey       = color.NRGBA{0x8c, 0x8c, 0x8c, 0xff}
)

// Relatives of them: brick is further from orange than vermillion is; the others are a dark and a light blue and green.
var (
	brick      = color.NRGBA{0xb8, 0x43, 0x00, 0xff}
	navy       = color.NRGBA{0x0a, 0x3d, 0x91, 0xff}
	lightBlue  = color.NRGBA{0x7a, 0xb8, 0xf5, 0xff}
	moss       = color.NRGBA{0x2e, 0x6b, 0x1f, 0xff}
	lightGreen = color.NRGBA{0xa3, 0xd9, 0x77, 0xff}
)
