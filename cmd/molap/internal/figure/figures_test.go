package figure

import (
	"bytes"
	"flag"
	"html"
	"image/png"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"molap/cmd/molap/internal/table"
)

// lookDir is where to leave the example figures and page for a person to look at.
var lookDir = flag.String("look", "", "write the example figures and report to this directory")

var (
	exampleTasks = []string{"T1\ndelay_pro", "T2\ndelay_anti", "T3\nmem_pro", "T4\nmem_anti", "T5\nmem_dm1", "T6\nmem_dm2", "T7\ncontext_mem_dm1", "T8\ncontext_mem_dm2", "T9\nmulti_mem"}
	exampleArms  = []string{"molap", "molap-pca", "reservoir", "separate", "dni"}
)

// exampleFigures are figures of every kind with invented but likely numbers.
func exampleFigures() []*Figure {
	r := rand.New(rand.NewPCG(1, 2))
	return []*Figure{exampleAccuracy(r), exampleLosses(r), exampleTask(), exampleWide(), exampleMatrices(r), exampleCounts(), exampleMixed(r),
		examplePerturbed(r), exampleSupplement(r), exampleNetwork(r), exampleForgetting(r), exampleGeneralisation(r), exampleClaims(r)}
}

func exampleDots(r *rand.Rand, seeds int) *Dots {
	d := &Dots{
		Frame:      Frame{Y: Axis{Label: "Accuracy (%)"}},
		Categories: exampleTasks,
		Nulls:      []Null{{Name: Blind}, {Name: Constant}},
		Refs:       []Ref{{"70%", 70}},
	}
	for t := range exampleTasks {
		base := 42.0
		if t >= 4 {
			base = 74
		}
		d.Nulls[0].Values = append(d.Nulls[0].Values, base+2)
		d.Nulls[1].Values = append(d.Nulls[1].Values, base+5)
	}
	for a, arm := range exampleArms {
		s := DotSeries{Name: arm}
		for t := range exampleTasks {
			m := 90 - 2*float64(a) - 1.5*float64(t)
			if arm == "dni" {
				m -= 20
			}
			var points []float64
			for range seeds {
				points = append(points, min(100, m+3*r.NormFloat64()))
			}
			s.Samples = append(s.Samples, MeanRange(points))
		}
		d.Series = append(d.Series, s)
	}
	return d
}

func exampleAccuracy(r *rand.Rand) *Figure {
	return &Figure{Name: "dots", Alt: "Accuracy of five arms on nine tasks.", Width: 7, Height: 3, Rows: [][]Panel{{exampleDots(r, 6)}}}
}

func exampleLosses(r *rand.Rand) *Figure {
	var panels []Panel
	for t, task := range exampleTasks {
		c := &Curves{Frame: Frame{
			Title: strings.ReplaceAll(task, "\n", " "),
			X:     Axis{Label: "Iteration"},
			Y:     Axis{Label: "Loss", Log: true},
		}}
		for a, arm := range exampleArms {
			s := Curve{Name: arm}
			for i := range 800 {
				x := float64(i)
				m := 0.3*math.Exp(-x/(60+30*float64(a)+15*float64(t))) + 0.002*float64(a+1)
				m *= math.Exp(0.1 * r.NormFloat64())
				s.X, s.Y = append(s.X, x), append(s.Y, m)
				s.Lo, s.Hi = append(s.Lo, m/1.4), append(s.Hi, m*1.5)
			}
			c.Series = append(c.Series, s)
		}
		panels = append(panels, c)
	}
	return &Figure{Name: "losses", Alt: "Loss against iteration for nine tasks.", Width: 7, Height: 6, Rows: Grid(3, panels...), SharedX: true, SharedY: true}
}

// exampleChannel is a step of height v between two times, with a little noise.
func exampleChannel(from, to int, vs ...float64) [][]float64 {
	var trials [][]float64
	for k, v := range vs {
		trial := make([]float64, 110)
		for i := range trial {
			trial[i] = 0.01 * math.Sin(float64(i*(k+3)))
			if i >= from && i < to {
				trial[i] += v
			}
		}
		trials = append(trials, trial)
	}
	return trials
}

var examplePeriods = []Period{{"lead", -100, 0}, {"fixation", 0, 250}, {"stimulus", 250, 500}, {"delay", 500, 750}, {"response", 750, 1000}}

func exampleTraces() *Traces {
	return &Traces{
		Start: -100, Step: 10, TrialNames: []string{"θ = 20°", "θ = 70°", "θ = 110°", "θ = 160°"}, Periods: examplePeriods,
		Channels: []Channel{
			{Group: "inputs", Name: "fixation", Trials: exampleChannel(10, 85, 1, 1, 1, 1)},
			{Group: "inputs", Name: "cos θ", Trials: exampleChannel(35, 60, 0.94, 0.34, -0.34, -0.94)},
			{Group: "inputs", Name: "sin θ", Trials: exampleChannel(35, 60, 0.34, 0.94, 0.94, 0.34)},
			{Group: "targets", Name: "fixation", Trials: exampleChannel(10, 85, 1, 1, 1, 1)},
			{Group: "targets", Name: "cos θ", Trials: exampleChannel(85, 110, 0.94, 0.34, -0.34, -0.94)},
			{Group: "targets", Name: "sin θ", Trials: exampleChannel(85, 110, 0.34, 0.94, 0.94, 0.34)},
		},
	}
}

func exampleTask() *Figure {
	return &Figure{Name: "task", Alt: "Inputs and targets of four trials of mem_pro over time.", Width: 5, Height: 4.2, Rows: [][]Panel{{exampleTraces()}}}
}

// exampleWide has two tasks side by side in the width of a page.
func exampleWide() *Figure {
	a, b := exampleTraces(), exampleTraces()
	a.Title = "T3 mem_pro"
	b.Title = "T4 mem_anti"
	for i := range b.Channels {
		c := &b.Channels[i]
		if c.Group == "targets" {
			c.Behind = exampleChannel(84, 110, 0.9, 0.3, -0.3, -0.9)
			c.Group = "outputs"
		}
	}
	return &Figure{Name: "wide", Alt: "Two tasks side by side.", Width: 7, Height: 4, Rows: [][]Panel{{a, b}}}
}

func exampleHeat(r *rand.Rand, rows, cols int) *HeatMap {
	h := &HeatMap{Rows: rows, Cols: cols}
	for range rows * cols {
		h.Values = append(h.Values, 0.15*r.NormFloat64())
	}
	h.Values[3] = math.NaN()
	return h
}

func exampleMatrices(r *rand.Rand) *Figure {
	w, a := exampleHeat(r, 100, 100), exampleHeat(r, 100, 110)
	w.Frame = Frame{Title: "Recurrent weights", X: Axis{Label: "From unit"}, Y: Axis{Label: "To unit"}}
	w.Square, w.BarLabel = true, "Weight"
	a.Frame = Frame{Title: "Hidden activity", X: Axis{Label: "time (ms)", Min: -100, Max: 1000}, Y: Axis{Label: "Unit"}}
	a.BarLabel, a.Max = "Activity", 1
	return &Figure{Name: "matrices", Alt: "Recurrent weights and hidden activity.", Width: 7, Height: 2.9, Rows: [][]Panel{{w, a}}}
}

func exampleCounts() *Figure {
	c := &Counts{
		Frame:      Frame{Y: Axis{Label: "Parameters"}},
		Categories: exampleArms,
		Series:     []CountSeries{{"total", []int{15427, 15427, 15427, 97200, 46800}}, {"trained", []int{10427, 10427, 5427, 97200, 46800}}},
	}
	return &Figure{Name: "counts", Alt: "Parameters by arm.", Width: 3.5, Height: 2.4, Rows: [][]Panel{{c}}}
}

// exampleMixed puts panels of several kinds below each other, in one column's
// narrow width and over a page.
func exampleMixed(r *rand.Rand) *Figure {
	d := exampleDots(r, 10)
	d.Frame.Title = "Accuracy after training"
	c := exampleCounts().Rows[0][0].(*Counts)
	c.Frame.Title = "Parameters"
	h := exampleHeat(r, 30, 30)
	h.Frame = Frame{Title: "Weights", X: Axis{Label: "From unit"}, Y: Axis{Label: "To unit"}}
	h.Square = true
	l := &Curves{Frame: Frame{Title: "Accuracy under lesions", X: Axis{Label: "Weights removed (%)"}, Y: Axis{Label: "Accuracy (%)"}}}
	for a, arm := range exampleArms {
		s := Curve{Name: arm}
		for i := range 31 {
			x := float64(i)
			m := 40 + 50*math.Exp(-x*float64(8+4*a)/100)
			s.X, s.Y = append(s.X, x), append(s.Y, m)
			s.Lo, s.Hi = append(s.Lo, m-4), append(s.Hi, m+4)
		}
		l.Series = append(l.Series, s)
	}
	return &Figure{Name: "mixed", Alt: "Four kinds of panels.", Width: 7, Height: 5.2, RowHeights: []float64{1.1, 1}, Rows: [][]Panel{{d}, {c, h, l}}}
}

func TestFigures(t *testing.T) {
	again := exampleFigures()
	for i, f := range exampleFigures() {
		t.Run(f.Name, func(t *testing.T) {
			svg := f.SVG()
			if !bytes.Equal(svg, again[i].SVG()) {
				t.Error("two SVGs of the same figure differ")
			}
			p, err := f.PNG()
			if err != nil {
				t.Fatal(err)
			}
			if f.Name == "mixed" || f.Name == "network" { // most kinds of panels between them
				if q, _ := again[i].PNG(); !bytes.Equal(p, q) {
					t.Error("two PNGs of the same figure differ")
				}
			}
			img, err := png.Decode(bytes.NewReader(p))
			if err != nil {
				t.Fatal(err)
			}
			if w, h := img.Bounds().Dx(), img.Bounds().Dy(); w != int(f.Width*dpi+0.5) || h != int(f.Height*dpi+0.5) {
				t.Errorf("PNG is %d×%d pixels, want %g×%g", w, h, f.Width*dpi, f.Height*dpi)
			}
			if len(svg) > 2<<20 {
				t.Errorf("SVG has %d bytes, want at most 2 MiB", len(svg))
			}
			if *lookDir != "" {
				if err := table.WriteFiles(*lookDir, []table.File{{Name: f.Name + ".svg", Data: svg}, {Name: f.Name + ".png", Data: p}}); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestTextKeepsItsWidth checks that every text of an SVG states how wide it was
// measured to be: where a font is wider, it is squeezed and meets nothing.
func TestTextKeepsItsWidth(t *testing.T) {
	svg := string(onePanel(2, 2, &Stems{Values: []float64{0.02, 0.3}, Wrong: []bool{false, true}}).SVG())
	texts := regexp.MustCompile(`(?s)<text textLength="([0-9.]+)" lengthAdjust="spacingAndGlyphs" [^>]*font-size:([0-9.]+)px[^>]*>([^<]+)<`).FindAllStringSubmatch(svg, -1)
	if n := strings.Count(svg, "<text"); len(texts) != n || n < 5 {
		t.Fatalf("%d of %d texts state their width", len(texts), n)
	}
	for _, m := range texts {
		got, _ := strconv.ParseFloat(m[1], 64)
		size, _ := strconv.ParseFloat(m[2], 64)
		if want := textWidth(html.UnescapeString(m[3]), size).Points(); math.Abs(got-want) > 0.05*want {
			t.Errorf("%q at %g px is %g wide, want %g", m[3], size, got, want)
		}
	}
}
