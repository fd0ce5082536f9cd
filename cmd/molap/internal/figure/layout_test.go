package figure

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"molap/cmd/molap/internal/panictest"

	"gonum.org/v1/plot/vg"
)

// svgText returns the strings that an SVG shows.
func svgText(t *testing.T, svg []byte) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	var texts []string
	inside := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inside = e.Name.Local == "text"
			for _, a := range e.Attr {
				if inside && a.Name.Local == "style" && !strings.Contains(a.Value, "sans-serif") {
					t.Fatalf("text without a family to fall back on: %s", a.Value)
				}
			}
		case xml.CharData:
			if inside {
				texts = append(texts, string(e))
			}
		case xml.EndElement:
			inside = false
		}
	}
}

func TestFigureLabels(t *testing.T) {
	want := map[string][]string{
		"dots":           {"Accuracy (%)", "molap", "molap-pca", "reservoir", "separate", "dni", Blind, Constant, "70%", "T7", "mem_dm1", "multi_mem", "80"},
		"losses":         {"a", "i", "T9 multi_mem", "Loss", "Iteration", "10", "−1", "200"},
		"task":           {"time (ms)", "inputs", "targets", "cos θ", "fixation", "stimulus", "delay", "response", "θ = 70°", "−1"},
		"wide":           {"target", "outputs"},
		"matrices":       {"a", "b", "Weight", "From unit", "To unit", "Activity", "−0.5", "0.5"},
		"perturbed":      {"a", "f", "σ of weight noise", Blind, "0.03"},
		"supplement":     {"a", "o", "T9 multi_mem", "Units silenced (%)"},
		"network":        {"a", "h", "Output 1", "trial", "wrong", "fix.", "Activity", "Iteration"},
		"forgetting":     {"After training on", "Tested on", "T9 multi_mem", "97", "Correct (%)"},
		"generalisation": {"molap", "molap, one task out", "molap-pca, two tasks out"},
		"claims":         {"Three modules like two", "paper", "extended", "no difference", "−1.7 [−2.5, 0.4]"},
		"counts":         {"total", "trained", "97\u2009200", "5427"},
	}
	for _, f := range exampleFigures() {
		shown := map[string]int{}
		for _, s := range svgText(t, f.SVG()) {
			shown[s]++
		}
		for _, s := range want[f.Name] {
			if shown[s] == 0 {
				t.Errorf("figure %s does not show %q", f.Name, s)
			}
		}
		if svg := string(f.SVG()); strings.Count(svg, "<image") != strings.Count(svg, `<image preserveAspectRatio="none"`) {
			t.Errorf("figure %s: an image keeps its proportions and leaves part of its place empty", f.Name)
		}
		if f.Name == "supplement" && (shown["Correct (%)"] != 5 || shown["σ of weight noise"] != 1) {
			t.Errorf("shared axes are labelled %d and %d times, want 5 and 1", shown["Correct (%)"], shown["σ of weight noise"])
		}
		if f.Name == "losses" && shown["molap"] != 1 {
			t.Errorf("the legend names molap %d times, want once", shown["molap"])
		}
		if f.Name == "losses" && (shown["Loss"] != 3 || shown["Iteration"] != 3) {
			t.Errorf("shared axes are labelled %d and %d times, want 3 and 3", shown["Loss"], shown["Iteration"])
		}
	}
}

// TestLayout checks that data areas lie inside the figure, below the legend, and
// apart from each other's margins, and that those of a row are equally wide.
func TestLayout(t *testing.T) {
	for _, f := range exampleFigures() {
		w, h := vg.Length(f.Width)*vg.Inch, vg.Length(f.Height)*vg.Inch
		top := h - figureEdge - f.legend(w-2*figureEdge).height()
		room := vg.Rectangle{Min: vg.Point{X: figureEdge, Y: figureEdge}, Max: vg.Point{X: w - figureEdge, Y: top}}
		rows := f.layout(room)
		const slack = 1e-9
		floor := top
		for r, row := range rows {
			wall, low := vg.Length(figureEdge), floor
			for j, c := range row {
				a := c.area
				if a.Min.X-c.m.left < wall-slack || a.Max.X+c.m.right > w-figureEdge+slack || a.Max.Y+c.m.top > floor+slack || a.Min.Y-c.m.bottom < figureEdge-slack {
					t.Errorf("figure %s: panel %d of row %d leaves its place: %v", f.Name, j, r, a)
				}
				if math.Abs(float64(a.Size().X-row[0].area.Size().X)) > slack || a.Min.Y != row[0].area.Min.Y {
					t.Errorf("figure %s: panel %d of row %d is not in line with the first", f.Name, j, r)
				}
				wall, low = a.Max.X+c.m.right, a.Min.Y-c.m.bottom
			}
			floor = low
		}
	}
}

func TestTicks(t *testing.T) {
	labels := func(ticks []tick) string {
		var s []string
		for _, t := range ticks {
			if !t.minor {
				s = append(s, t.label+t.sup)
			}
		}
		return strings.Join(s, " ")
	}
	for _, c := range []struct {
		s    dataSpan
		n    int
		want string
	}{
		{dataSpan{0, 1}, 5, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{dataSpan{-1.1, 1.1}, 3, "−1 0 1"},
		{dataSpan{0.1, 0.3}, 4, "0.10 0.15 0.20 0.25 0.30"},
		{dataSpan{0, 1000}, 4, "0 500 1000"},
		{dataSpan{-0.05, 0.9}, 2, "0.0 0.5"},
		{dataSpan{0, 2e6}, 2, "0 1e+06 2e+06"},
		{dataSpan{1e6, 1.0002e6}, 2, "1e+06 1.0001e+06 1.0002e+06"},
		{dataSpan{-2e-300, 1e-300}, 3, "−2e-300 −1e-300 0 1e-300"},
		{Axis{}.limits(dataSpan{0.5, math.Nextafter(0.5, 1)}, axisPad{}), 4, "0.45 0.50 0.55"},
		{Axis{Min: 0.5, Max: math.Nextafter(0.5, 1)}.limits(emptySpan, axisPad{}), 4, "0.45 0.50 0.55"},
		{Axis{}.limits(dataSpan{-math.SmallestNonzeroFloat64, 0}, axisPad{}), 2, "−0.001 0.000 0.001"},
		{Axis{}.limits(dataSpan{-math.MaxFloat64, math.MaxFloat64}, axisPad{0.5, 0.5}), 4, "−2e+300 −1e+300 0 1e+300 2e+300"},
	} {
		if got := labels(linearTicks(c.s, c.n)); got != c.want {
			t.Errorf("ticks of %v: %s, want %s", c.s, got, c.want)
		}
	}
	for _, c := range []struct {
		s    dataSpan
		n    int
		want string
	}{
		{dataSpan{1e-3, 1}, 5, "10−3 10−2 10−1 100"},
		{dataSpan{1e-8, 1}, 3, "10−6 10−3 100"},
		{dataSpan{0.15, 0.6}, 4, "0.2 0.5"},
		{dataSpan{2, 60}, 4, "2 5 10 20 50"},
		{Axis{Log: true}.limits(dataSpan{math.SmallestNonzeroFloat64, math.MaxFloat64}, axisPad{}), 3, "10−101 100 10101"},
		{Axis{Log: true}.limits(dataSpan{0.5, math.Nextafter(0.5, 1)}, axisPad{}), 4, "0.5 1"},
	} {
		if got := labels(logTicks(c.s, c.n)); got != c.want {
			t.Errorf("logarithmic ticks of %v: %s, want %s", c.s, got, c.want)
		}
	}
}

func TestThin(t *testing.T) {
	var pts []vg.Point
	for i := range 10000 {
		pts = append(pts, vg.Point{X: vg.Length(i) / 100, Y: vg.Length((i * 7919) % 1000)})
	}
	got := thinPoints(pts, true, true)
	if len(got) > 2+2*200 {
		t.Errorf("%d points left of 10000 in 200 columns", len(got))
	}
	if got[0] != pts[0] || got[len(got)-1] != pts[9999] {
		t.Error("the ends moved")
	}
	lo, hi := got[0].Y, got[0].Y
	for i, p := range got {
		lo, hi = min(lo, p.Y), max(hi, p.Y)
		if i > 0 && p.X < got[i-1].X {
			t.Fatal("points out of order")
		}
	}
	if lo != 0 || hi != 999 {
		t.Errorf("range is %v to %v, want 0 to 999", lo, hi)
	}
	few := pts[:3:3]
	few[1].X, few[2].X = 5, 9
	if got := thinPoints(few, true, true); len(got) != 3 {
		t.Errorf("%d of 3 distant points left", len(got))
	}
}

// TestHardData draws what experiments meet on bad days: nothing measured, NaN,
// infinities, zeros on a logarithmic axis, one point, values outside the range, and ends of
// axes whose distance is no number, or none.
func TestHardData(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	huge := Axis{Min: -math.MaxFloat64, Max: math.MaxFloat64}
	far := []Curve{{Name: "a", X: []float64{-math.MaxFloat64, 0, 5, math.MaxFloat64}, Y: []float64{math.MaxFloat64, 1, 2, -math.MaxFloat64}, Marked: true}}
	for name, panel := range map[string]Panel{
		"no series":         &Curves{},
		"all NaN":           &Curves{Series: []Curve{{Name: "a", X: []float64{0, 1}, Y: []float64{nan, nan}}}},
		"gap":               &Curves{Series: []Curve{{Name: "a", X: []float64{0, 1, 2}, Y: []float64{1, nan, 3}}}},
		"infinity":          &Curves{Series: []Curve{{Name: "a", X: []float64{0, 1}, Y: []float64{1, inf}, Lo: []float64{0, -inf}, Hi: []float64{2, inf}}}},
		"zero on log":       &Curves{Frame: Frame{Y: Axis{Log: true}}, Series: []Curve{{Name: "a", X: []float64{0, 1, 2}, Y: []float64{1, 0, 0.1}, Lo: []float64{0, 0, 0}, Hi: []float64{2, 0, 1}}}},
		"one point":         &Curves{Series: []Curve{{Name: "a", X: []float64{5}, Y: []float64{0.3}}}},
		"outside":           &Curves{Frame: Frame{Y: Axis{Min: 0, Max: 1}}, Series: []Curve{{Name: "a", X: []float64{0, 1}, Y: []float64{-5, 5}, Lo: []float64{-9, -9}, Hi: []float64{9, 9}}}},
		"nothing dots":      &Dots{Categories: []string{"a"}, Series: []DotSeries{{Name: "s", Samples: []Sample{MeanRange(nil)}}}},
		"equal dots":        &Dots{Categories: []string{"a"}, Series: []DotSeries{{Name: "s", Samples: []Sample{MeanRange([]float64{1, 1})}}}},
		"empty counts":      &Counts{Categories: []string{"a"}, Series: []CountSeries{{"s", []int{0}}}},
		"zero heat map":     &HeatMap{Rows: 1, Cols: 2, Values: []float64{0, nan}},
		"no heat map":       &HeatMap{Rows: 1, Cols: 1, Values: []float64{nan}, Format: "%.1f"},
		"flat sequence":     &HeatMap{Rows: 1, Cols: 2, Values: []float64{3, 3}, Colors: Sequential, RowNames: []string{"a"}},
		"infinite heat":     &HeatMap{Rows: 1, Cols: 2, Values: []float64{inf, 3}, Format: "%g"},
		"no stems":          &Stems{},
		"hard stems":        &Stems{Values: []float64{nan, inf, -inf, 0, -1}, Wrong: make([]bool, 5)},
		"stems on log":      &Stems{Frame: Frame{Y: Axis{Log: true}}, Values: []float64{0, 1, 10, nan}},
		"stems outside":     &Stems{Frame: Frame{Y: Axis{Min: 1, Max: 2}}, Values: []float64{0, 1.5, 9}},
		"no intervals":      &Intervals{},
		"hard intervals":    &Intervals{Rows: []string{"a", "b", "c"}, Format: "%.1f", Series: []DotSeries{{Samples: []Sample{{Mean: nan, Lo: nan, Hi: nan}, {Mean: 1, Lo: -inf, Hi: inf}, {Mean: inf, Lo: 1, Hi: nan}}}}},
		"log intervals":     &Intervals{Frame: Frame{X: Axis{Log: true}}, Rows: []string{"a", "b"}, Series: []DotSeries{{Samples: []Sample{{Mean: 1, Lo: -1, Hi: 3}, {Mean: 0, Lo: -2, Hi: -1}}}}},
		"intervals outside": &Intervals{Frame: Frame{X: Axis{Min: 0, Max: 1}}, Rows: []string{"a", "b"}, Series: []DotSeries{{Samples: []Sample{{Mean: 5, Lo: -4, Hi: 9}, {Mean: 7, Lo: 6, Hi: 8}}}}},
		"marks outside":     &Curves{Frame: Frame{X: Axis{Min: 0, Max: 1}}, Series: []Curve{{Name: "a", X: []float64{-1, 0.5, nan}, Y: []float64{1, nan, 2}, Marked: true}}},
		"huge ends":         &Curves{Frame: Frame{X: huge, Y: huge}, Series: far, Refs: []Ref{{Name: "r", Y: -math.MaxFloat64}}},
		"huge low end":      &Curves{Frame: Frame{Y: Axis{Min: -math.MaxFloat64, Max: 1}}, Series: far},
		"two huge ends":     &Curves{Frame: Frame{Y: Axis{Min: 1e308, Max: math.MaxFloat64}}, Series: far},
		"infinite ends":     &Curves{Frame: Frame{X: Axis{Min: -inf, Max: inf}, Y: Axis{Max: inf}}, Series: far},
		"ends of NaN":       &Curves{Frame: Frame{X: Axis{Min: nan, Max: 1}, Y: Axis{Max: nan}}, Series: far},
		"log ends of NaN":   &Curves{Frame: Frame{Y: Axis{Log: true, Min: nan, Max: nan}}, Series: far},
		"equal ends":        &Curves{Frame: Frame{X: Axis{Min: 5, Max: 5}, Y: Axis{Min: -1e308, Max: -1e308}}, Series: far},
		"ends in turns":     &Curves{Frame: Frame{X: Axis{Min: 5, Max: 1}, Y: Axis{Max: -1e308}}, Series: far},
		"huge log ends":     &Curves{Frame: Frame{X: Axis{Log: true, Min: 1e-320, Max: 1e308}, Y: Axis{Log: true, Min: 1e308, Max: math.MaxFloat64}}, Series: far},
		"equal log ends":    &Curves{Frame: Frame{Y: Axis{Log: true, Min: 3, Max: 3}}, Series: far},
		"log ends from 0":   &Curves{Frame: Frame{X: Axis{Log: true, Min: -1, Max: 10}, Y: Axis{Log: true, Max: 10}}, Series: far},
		"huge even":         &Curves{Frame: Frame{X: Axis{Even: []float64{-math.MaxFloat64, 0, 0, math.MaxFloat64}}, Y: Axis{Even: []float64{1, 1, 1e308}}}, Series: far},
		"far outside":       &Curves{Frame: Frame{X: Axis{Max: 1e-290}, Y: Axis{Min: 1e-290, Max: 1e-280}}, Series: far},
		"huge stems":        &Stems{Frame: Frame{X: huge, Y: huge}, Values: []float64{-1e308, 1e308}},
		"huge dots":         &Dots{Frame: Frame{Y: huge}, Categories: []string{"a"}, Series: []DotSeries{{Name: "s", Samples: []Sample{MeanRange([]float64{-1e308, 1e308})}}}},
		"huge intervals":    &Intervals{Frame: Frame{X: huge}, Rows: []string{"a"}, Series: []DotSeries{{Samples: []Sample{{Mean: 1e308, Lo: -math.MaxFloat64, Hi: math.MaxFloat64}}}}},
		"huge heat":         &HeatMap{Rows: 1, Cols: 2, Values: []float64{-math.MaxFloat64, math.MaxFloat64}},
		"huge even heat":    &HeatMap{Frame: Frame{X: huge, Y: Axis{Max: inf}}, Rows: 1, Cols: 2, Values: []float64{1e308, 1e308}, Colors: Sequential},
		"infinite limit":    &HeatMap{Rows: 1, Cols: 2, Values: []float64{1, 2}, Min: -inf, Max: inf},
		"limit of NaN":      &HeatMap{Rows: 1, Cols: 2, Values: []float64{1, 2}, Min: nan, Max: nan},
		"huge traces":       &Traces{Step: 1e308, Start: -math.MaxFloat64, TrialNames: []string{"t"}, Channels: []Channel{{Group: "inputs", Name: "c", Trials: [][]float64{{-1e308, 0, 1e308}}}}},
		"flat traces":       &Traces{Step: 10, TrialNames: []string{"t"}, Channels: []Channel{{Group: "inputs", Name: "c", Trials: [][]float64{{0, 0, 0}}}}},
		"short periods":     &Traces{Step: 10, TrialNames: []string{"t"}, Periods: []Period{{"a long name", 0, 10}, {"another long name", 10, 20}}, Channels: []Channel{{Group: "inputs", Name: "c", Trials: [][]float64{{0, 1, 0}}}}},
	} {
		f := &Figure{Name: name, Alt: "x", Width: 3, Height: 2, Rows: [][]Panel{{panel}}}
		f.Notes() // numbers that JSON has
		svg := string(f.SVG())
		for _, bad := range []string{"NaN", "Inf"} {
			if strings.Contains(svg, bad) {
				t.Errorf("%s: the SVG has a coordinate %s", name, bad)
			}
		}
		if _, err := f.PNG(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMeanRange(t *testing.T) {
	s := MeanRange([]float64{1, 2, 3, 6})
	if s.Mean != 3 || s.Lo != 1 || s.Hi != 6 {
		t.Errorf("got %+v, want mean 3 between 1 and 6", s)
	}
	if s := MeanRange([]float64{4}); s.Mean != 4 || !math.IsNaN(s.Lo) {
		t.Errorf("one point: %+v", s)
	}
	if s := MeanRange(nil); !math.IsNaN(s.Mean) {
		t.Errorf("no points: %+v", s)
	}
}

func TestWrap(t *testing.T) {
	if lines, fits := wrapName("T7\ncontext_mem_dm1", 45); !fits || strings.Join(lines, "|") != "T7|context_|mem_dm1" {
		t.Errorf("got %v, fits %v", lines, fits)
	}
	if _, fits := wrapName("unbreakable", 20); fits {
		t.Error("a name of 36 points fits 20")
	}
}

func TestFigurePanics(t *testing.T) {
	draw := func(f Figure, panels ...Panel) func() {
		if f.Width == 0 {
			f.Width, f.Height, f.Alt = 3, 2, "x"
		}
		f.Rows = [][]Panel{panels}
		return func() { f.SVG() }
	}
	panictest.Want(t, "alternative text", draw(Figure{Width: 3, Height: 2}))
	panictest.Want(t, "inches", draw(Figure{Width: 30, Height: 2, Alt: "x"}))
	panictest.Want(t, "1 rows and 2 row heights", draw(Figure{Width: 3, Height: 2, Alt: "x", RowHeights: []float64{1, 2}}))
	panictest.Want(t, "make it larger", draw(Figure{Width: 1, Height: 1, Alt: "x"}, exampleCounts().Rows[0][0], exampleCounts().Rows[0][0]))
	panictest.Want(t, "1 samples, panel has 2", draw(Figure{}, &Dots{Categories: []string{"a", "b"}, Series: []DotSeries{{Name: "s", Samples: make([]Sample, 1)}}}))
	panictest.Want(t, "1 values, panel has 2", draw(Figure{}, &Dots{Categories: []string{"a", "b"}, Nulls: []Null{{"n", []float64{1}}}}))
	panictest.Want(t, "2 abscissae, 1 ordinates", draw(Figure{}, &Curves{Series: []Curve{{Name: "a", X: []float64{0, 1}, Y: []float64{1}}}}))
	panictest.Want(t, "band of 1 and 0", draw(Figure{}, &Curves{Series: []Curve{{Name: "a", X: []float64{0, 1}, Y: []float64{1, 2}, Lo: []float64{1}}}}))
	panictest.Want(t, "3 values for 2×2 cells", draw(Figure{}, &HeatMap{Rows: 2, Cols: 2, Values: make([]float64, 3)}))
	panictest.Want(t, "1 and 0 names for 2×2 cells", draw(Figure{}, &HeatMap{Rows: 2, Cols: 2, Values: make([]float64, 4), RowNames: []string{"a"}}))
	panictest.Want(t, "border before 3 of 2", draw(Figure{}, &HeatMap{Rows: 2, Cols: 2, Values: make([]float64, 4), ColBorders: []int{3}}))
	panictest.Want(t, "2 trials, 1 of them right or wrong", draw(Figure{}, &Stems{Values: make([]float64, 2), Wrong: make([]bool, 1)}))
	panictest.Want(t, "1 samples, panel has 2 rows", draw(Figure{}, &Intervals{Rows: []string{"a", "b"}, Series: []DotSeries{{Name: "s", Samples: make([]Sample, 1)}}}))
	panictest.Want(t, "step is 0 ms", draw(Figure{}, &Traces{}))
	panictest.Want(t, "has 1 trials and 0 behind them, panel names 0", draw(Figure{}, &Traces{Step: 1, Channels: []Channel{{Trials: make([][]float64, 1)}}}))
	panictest.Want(t, "1 values, panel has 2", draw(Figure{}, &Counts{Categories: []string{"a", "b"}, Series: []CountSeries{{"s", []int{1}}}}))
}
