package figure

import (
	"image/color"
	"math"
	"slices"
)

// ColorMap turns values into colours.
type ColorMap int

const (
	// Diverging has its middle at zero: blue below, red above, white at zero.
	// Stops of ColorBrewer's RdBu, reversed.
	Diverging ColorMap = iota
	// Sequential runs from dark violet over green to yellow in steps that look
	// equal, also in grey and to colour-blind readers: viridis.
	Sequential
)

// viridisStops is every 15th of the 256 colours by van der Walt and Smith (2015, CC0).
var viridisStops = []color.NRGBA{
	{0x44, 0x01, 0x54, 0xff}, {0x48, 0x17, 0x69, 0xff}, {0x47, 0x2a, 0x7a, 0xff}, {0x43, 0x3d, 0x84, 0xff}, {0x3d, 0x4e, 0x8a, 0xff}, {0x35, 0x5e, 0x8d, 0xff},
	{0x2e, 0x6d, 0x8e, 0xff}, {0x29, 0x7b, 0x8e, 0xff}, {0x23, 0x89, 0x8e, 0xff}, {0x1f, 0x97, 0x8b, 0xff}, {0x21, 0xa5, 0x85, 0xff}, {0x2e, 0xb3, 0x7c, 0xff},
	{0x46, 0xc0, 0x6f, 0xff}, {0x65, 0xcb, 0x5e, 0xff}, {0x89, 0xd5, 0x48, 0xff}, {0xb0, 0xdd, 0x2f, 0xff}, {0xd8, 0xe2, 0x19, 0xff}, {0xfd, 0xe7, 0x25, 0xff},
}

var (
	coldStops = []color.NRGBA{{0xf7, 0xf7, 0xf7, 0xff}, {0x92, 0xc5, 0xde, 0xff}, {0x43, 0x93, 0xc3, 0xff}, {0x21, 0x66, 0xac, 0xff}, {0x05, 0x30, 0x61, 0xff}}
	warmStops = []color.NRGBA{{0xf7, 0xf7, 0xf7, 0xff}, {0xf4, 0xa5, 0x82, 0xff}, {0xd6, 0x60, 0x4d, 0xff}, {0xb2, 0x18, 0x2b, 0xff}, {0x67, 0x00, 0x1f, 0xff}}
)

// at returns the colour at t, 0 at the low end of the map and 1 at the high.
func (m ColorMap) at(t float64) color.NRGBA {
	t = max(0, min(1, t))
	if m == Sequential {
		return colorAlong(viridisStops, t)
	}
	if t < 0.5 {
		return colorAlong(coldStops, 1-2*t)
	}
	return colorAlong(warmStops, 2*t-1)
}

// stops returns the colours of the map at equal distances.
func (m ColorMap) stops() []color.NRGBA {
	if m == Sequential {
		return viridisStops
	}
	all := slices.Clone(coldStops)
	slices.Reverse(all)
	return append(all, warmStops[1:]...)
}

// missing returns the colour of NaN. It is none of the map's colours.
func (m ColorMap) missing() color.NRGBA {
	if m == Sequential {
		return color.NRGBA{0xe4, 0xe4, 0xe4, 0xff}
	}
	return grey
}

// colorAlong interpolates between stops at equal distances.
func colorAlong(stops []color.NRGBA, t float64) color.NRGBA {
	at := t * float64(len(stops)-1)
	k := min(int(at), len(stops)-2)
	return blendColors(stops[k], stops[k+1], at-float64(k))
}

// blendColors returns the colour at t in [0,1] on the way from a to b.
func blendColors(a, b color.NRGBA, t float64) color.NRGBA {
	mix := func(x, y uint8) uint8 {
		return uint8(float64(x) + math.Round((float64(y)-float64(x))*t))
	}
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// onColor returns the text colour that can be read on c, by its luma.
func onColor(c color.NRGBA) color.NRGBA {
	if 299*int(c.R)+587*int(c.G)+114*int(c.B) < 1000*128 {
		return white
	}
	return ink
}
