package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"testing"

	"molap/cmd/molap/internal/panictest"

	"gonum.org/v1/plot/vg"
)

// dichromats are how people with two kinds of cones see linear RGB (Machado,
// Oliveira and Fernandes 2009, severity 1).
var dichromats = map[string][3][3]float64{
	"all cones":  {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413},
		{-0.011820, 0.042940, 0.968881}},
	"tritanopia": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// labColor returns CIE L*a*b* (D65) of c as seen by way of the matrix.
func labColor(c color.NRGBA, seen [3][3]float64) [3]float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	apply := func(m [3][3]float64, v [3]float64) (w [3]float64) {
		for i := range w {
			for j := range v {
				w[i] += m[i][j] * v[j]
			}
		}
		return w
	}
	rgb := apply(seen, [3]float64{linear(c.R), linear(c.G), linear(c.B)})
	for i := range rgb {
		rgb[i] = max(0, min(1, rgb[i]))
	}
	xyz := apply([3][3]float64{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}, rgb)
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x, y, z := f(xyz[0]/0.9505), f(xyz[1]), f(xyz[2]/1.089)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// TestLooksStayApart holds the colours that meet in one figure against each
// other, and against white, for every kind of colour vision. The palette of
// Okabe and Ito itself has pairs 16 units apart; 2 are just visible.
func TestLooksStayApart(t *testing.T) {
	for name, together := range map[string][]string{
		"arms":           append(slices.Clone(exampleArms), "dni, right after its task"),
		"dynamics":       {"held input 1", "held input 2", "held input 3", "this network"},
		"generalisation": {"molap", "molap, one task out", "molap, two tasks out", "molap-pca, one task out", "molap-pca, two tasks out", "molap-pca"},
	} {
		marker := map[markerShape]string{}
		for _, a := range together {
			if b := marker[namedLooks[a].shape]; b != "" {
				t.Errorf("%s: %s and %s have one marker", name, a, b)
			}
			marker[namedLooks[a].shape] = a
		}
		for kind, seen := range dichromats {
			for i, a := range together {
				la := labColor(namedLooks[a].color, seen)
				if d := distance(la, labColor(white, seen)); d < 25 {
					t.Errorf("%s, %s: %s is %.1f from white", name, kind, a, d)
				}
				for _, b := range together[:i] {
					if d := distance(la, labColor(namedLooks[b].color, seen)); d < 16 {
						t.Errorf("%s, %s: %s and %s are %.1f apart", name, kind, a, b, d)
					}
				}
			}
		}
	}
}

// TestRamp holds the colours of series in an order against white, against each other, for
// every kind of colour vision, and against those of the arms.
func TestRamp(t *testing.T) {
	for _, n := range []int{2, 4, 8} {
		for kind, seen := range dichromats {
			for k := range n {
				c := Curve{Name: "molap", Along: float64(k+1) / float64(n)}.look(0).color
				la := labColor(c, seen)
				if d := distance(la, labColor(white, seen)); d < 25 {
					t.Errorf("%d of %d, %s: %.1f from white", k+1, n, kind, d)
				}
				if k > 0 {
					if d := distance(la, labColor(Curve{Along: float64(k) / float64(n)}.look(0).color, seen)); d < 32/float64(n) {
						t.Errorf("%d and %d of %d, %s: %.1f apart", k, k+1, n, kind, d)
					}
				}
				for _, arm := range exampleArms {
					if d := distance(labColor(c, dichromats["all cones"]), labColor(namedLooks[arm].color, dichromats["all cones"])); d < 16 {
						t.Errorf("%d of %d is %.1f from %s", k+1, n, d, arm)
					}
				}
			}
		}
	}
}

func TestLooks(t *testing.T) {
	seen := map[seriesLook]string{}
	for arm := range namedLooks {
		l := lookOf(arm, "", 0)
		if l != lookOf(arm, "", 3) || seen[l] != "" {
			t.Errorf("%s: look %v depends on its place or is another's", arm, l)
		}
		seen[l] = arm
	}
	if lookOf("anything", "dni", 0) != namedLooks["dni"] {
		t.Error("a series that is to look like dni does not")
	}
	if lookOf("a", "", 0) == lookOf("a", "", 1) || lookOf("a", "", 0) != lookOf("b", "", len(otherLooks)) {
		t.Error("names without a look do not take that of their place")
	}
	panictest.Want(t, `to look like "nobody"`, func() { lookOf("a", "nobody", 0) })
}

// TestSequential holds what the map promises: lightness rises in equal steps,
// also for readers with two kinds of cones.
func TestSequential(t *testing.T) {
	const steps = 24
	for kind, seen := range dichromats {
		last := labColor(Sequential.at(0), seen)
		var rises []float64
		for i := 1; i <= steps; i++ {
			next := labColor(Sequential.at(float64(i)/steps), seen)
			rises = append(rises, next[0]-last[0])
			last = next
		}
		if least, most := slices.Min(rises), slices.Max(rises); least < 1 || most > 2.5*least {
			t.Errorf("%s: lightness rises by %.2f to %.2f a step", kind, least, most)
		}
	}
}

func TestColorMapEnds(t *testing.T) {
	for _, c := range []struct {
		m    ColorMap
		t    float64
		want string
	}{
		{Diverging, 0, "053061"}, {Diverging, 0.5, "f7f7f7"}, {Diverging, 1, "67001f"}, {Diverging, -3, "053061"}, {Diverging, math.Inf(1), "67001f"},
		{Sequential, 0, "440154"}, {Sequential, 1, "fde725"}, {Sequential, 3.0 / 17, "433d84"}, {Sequential, 0.5, "21908c"},
	} {
		v := c.m.at(c.t)
		if got := fmt.Sprintf("%02x%02x%02x", v.R, v.G, v.B); got != c.want {
			t.Errorf("map %d at %g is %s, want %s", c.m, c.t, got, c.want)
		}
	}
}

// A reader knows a null by its dashes: they are the same in every kind of figure,
// whatever other levels stand before it.
func TestNullsLookTheSame(t *testing.T) {
	nulls := []Ref{{"70 %", 70}, {Constant, 40}, {Blind, 50}}
	for name, panel := range map[string]Panel{
		"dots":      &Dots{Nulls: []Null{{Name: Constant}, {Name: Blind}}},
		"levels":    &Dots{Refs: nulls},
		"curves":    &Curves{Refs: nulls},
		"intervals": &Intervals{Refs: nulls},
	} {
		found := map[string][]vg.Length{}
		for _, e := range panel.entries() {
			found[e.name] = e.dashes
		}
		if !slices.Equal(found[Blind], dashed) || !slices.Equal(found[Constant], dotted) {
			t.Errorf("%s: blind has dashes %v, constant %v, want %v, %v", name, found[Blind], found[Constant], dashed, dotted)
		}
		if other, ok := found["70 %"]; ok && other != nil {
			t.Errorf("%s: another level has dashes %v, want none", name, other)
		}
	}
}
