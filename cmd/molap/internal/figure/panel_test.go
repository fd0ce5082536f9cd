package figure

import (
	"bytes"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/panictest"

	"gonum.org/v1/plot/vg"
)

// dpi is the resolution that every figure has unless a test lowers it.
const dpi = 300

// onePanel is a figure of one panel.
func onePanel(width, height float64, p Panel) *Figure {
	return &Figure{Name: "x", Alt: "x", Width: width, Height: height, Rows: [][]Panel{{p}}}
}

func TestHeatMapWritesValues(t *testing.T) {
	h := &HeatMap{Rows: 2, Cols: 3, Values: []float64{-12.4, 0, 99.6, math.NaN(), math.Inf(1), 50}, Colors: Sequential, Max: 100,
		Format: "%.0f", RowNames: []string{"first", "second"}, ColNames: []string{"x", "y", "z"}}
	shown := svgText(t, onePanel(3, 2, h).SVG())
	for _, want := range []string{"−12", "0", "100", "50", "first", "second", "x", "y", "z"} {
		if !slices.Contains(shown, want) {
			t.Errorf("heat map does not show %q: %q", want, shown)
		}
	}
	if s := strings.Join(shown, " "); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Errorf("heat map shows %q", shown)
	}
	// Cells too narrow for any size of type that can be read stay empty.
	wide := &HeatMap{Rows: 1, Cols: 60, Values: slices.Repeat([]float64{0.123456}, 60), Format: "%.6f"}
	if shown := svgText(t, onePanel(3, 2, wide).SVG()); slices.Contains(shown, "0.123456") {
		t.Error("values are written over each other")
	}
}

// TestHeatMapColors looks at the pixels: the ends of the map, a missing value,
// the border between two rows.
func TestHeatMapColors(t *testing.T) {
	h := &HeatMap{Rows: 2, Cols: 2, Values: []float64{10, 20, math.NaN(), 12}, Colors: Sequential, RowBorders: []int{1}}
	f := onePanel(3, 2, h)
	data, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	w, v := vg.Length(f.Width)*vg.Inch, vg.Length(f.Height)*vg.Inch
	a := f.layout(vg.Rectangle{Min: vg.Point{X: figureEdge, Y: figureEdge}, Max: vg.Point{X: w - figureEdge, Y: v - figureEdge}})[0][0].area
	at := func(x, y float64) [3]uint32 {
		px, py := a.Min.X+vg.Length(x)*a.Size().X, v-a.Max.Y+vg.Length(y)*a.Size().Y
		r, g, b, _ := img.At(int(px*dpi/72), int(py*dpi/72)).RGBA()
		return [3]uint32{r >> 8, g >> 8, b >> 8}
	}
	for _, c := range []struct {
		x, y float64
		want [3]uint32
	}{
		{0.25, 0.25, [3]uint32{0x44, 0x01, 0x54}}, {0.75, 0.25, [3]uint32{0xfd, 0xe7, 0x25}},
		{0.25, 0.75, [3]uint32{0xe4, 0xe4, 0xe4}}, {0.25, 0.5, [3]uint32{0x22, 0x22, 0x22}},
	} {
		if got := at(c.x, c.y); got != c.want {
			t.Errorf("at %g, %g the picture is %x, want %x", c.x, c.y, got, c.want)
		}
	}
}

// fills counts the shapes that an SVG fills with a colour.
func fills(svg []byte, c string) int { return strings.Count(string(svg), "fill:#"+c) }

func TestStems(t *testing.T) {
	s := &Stems{Values: []float64{0.02, 0.3, math.NaN(), 0.05}, Wrong: []bool{false, true, false, false}}
	svg := onePanel(2, 2, s).SVG()
	if n := fills(svg, "C2185B"); n != 2 { // one stem's head and the legend's
		t.Errorf("%d marks of a wrong trial, want 2", n)
	}
	for _, want := range []string{"trial", "right", "wrong", "1", "4"} {
		if !slices.Contains(svgText(t, svg), want) {
			t.Errorf("stems do not show %q", want)
		}
	}
	for _, n := range []int{1, 2, 3, 20} {
		shown := svgText(t, onePanel(4, 2, &Stems{Frame: Frame{Y: Axis{Min: 0, Max: 7, Label: "y"}}, Values: make([]float64, n)}).SVG())
		if slices.ContainsFunc(shown, func(s string) bool { return strings.Contains(s, ".") }) {
			t.Errorf("%d trials: a tick between trials: %q", n, shown)
		}
	}
}

func TestIntervals(t *testing.T) {
	nan := math.NaN()
	v := &Intervals{
		Frame: Frame{X: Axis{Label: "points"}}, Rows: []string{"one", "two\nlines", "three"}, Format: "%.1f", Refs: []Ref{{"zero", 0}},
		Series: []DotSeries{{Name: "paper", As: "molap", Samples: []Sample{{Mean: -1.26, Lo: -2, Hi: -0.04}, {Mean: 3, Lo: nan, Hi: nan}, {Mean: nan, Lo: nan, Hi: nan}}}},
	}
	svg := onePanel(4, 2, v).SVG()
	shown := svgText(t, svg)
	for _, want := range []string{"points", "one", "two", "lines", "three", "paper", "zero", "−1.3 [−2.0, 0.0]", "3.0"} {
		if !slices.Contains(shown, want) {
			t.Errorf("intervals do not show %q: %q", want, shown)
		}
	}
	if n := fills(svg, "0072B2"); n != 3 { // two markers, one in the legend
		t.Errorf("%d markers, want 3", n)
	}
	v.Series[0].Name = ""
	if slices.Contains(svgText(t, onePanel(4, 2, v).SVG()), "paper") {
		t.Error("a nameless series is in the legend")
	}
}

func TestMarkedCurves(t *testing.T) {
	c := &Curves{Series: []Curve{{Name: "dni", X: []float64{0, 1, 2}, Y: []float64{1, math.NaN(), 2}, Marked: true}}}
	if n := fills(onePanel(3, 2, c).SVG(), "B84300"); n != 3 { // two points, one in the legend
		t.Errorf("%d markers, want 3", n)
	}
}

// TestSharedRanges has columns of different abscissae: each keeps its own, all
// rows share one ordinate.
func TestSharedRanges(t *testing.T) {
	curve := func(x, y float64) Panel {
		return &Curves{Series: []Curve{{Name: "a", X: []float64{0, x}, Y: []float64{0, y}}}}
	}
	f := &Figure{Name: "x", Alt: "x", Width: 6, Height: 5, SharedX: true, SharedY: true,
		Rows: [][]Panel{{curve(1, 1), curve(100, 2)}, {curve(2, 3), curve(50, 4)}}}
	rows := f.layout(vg.Rectangle{Max: vg.Point{X: 6 * vg.Inch, Y: 5 * vg.Inch}})
	for r, row := range rows {
		for j, c := range row {
			if want := []float64{2, 100}[j]; c.x.max != want {
				t.Errorf("panel %d of row %d ends at %g, want %g", j, r, c.x.max, want)
			}
			if c.y.dataSpan != rows[0][0].y.dataSpan || c.y.max < 4 {
				t.Errorf("panel %d of row %d has the ordinate %v", j, r, c.y.dataSpan)
			}
			if c.x.quiet != (r == 0) || c.y.quiet != (j == 1) {
				t.Errorf("panel %d of row %d has labels where a neighbour has them", j, r)
			}
		}
	}
}

// TestLooseRows: a colour bar in the second row does not narrow the first.
func TestLooseRows(t *testing.T) {
	line := func() Panel { return &Curves{} }
	heat := func() Panel { return &HeatMap{Rows: 1, Cols: 1, Values: []float64{1}, BarLabel: "weight"} }
	f := &Figure{Name: "x", Alt: "x", Width: 6, Height: 5, Rows: [][]Panel{{line(), line()}, {heat(), heat()}}}
	room := vg.Rectangle{Max: vg.Point{X: 6 * vg.Inch, Y: 5 * vg.Inch}}
	bound := f.layout(room)
	if bound[0][1].area.Min.X != bound[1][1].area.Min.X {
		t.Error("columns do not line up")
	}
	f.Loose = true
	if loose := f.layout(room); !(loose[0][0].area.Size().X > bound[0][0].area.Size().X+20) {
		t.Error("a loose row is no wider than a bound one")
	}
}

// TestPeriodNames: beside each other, in two lines, or none, never overlapping.
func TestPeriodNames(t *testing.T) {
	for width, want := range map[float64]int{5: 1, 2.2: 2, 1.1: 0} {
		tr := exampleTraces()
		tr.Channels = []Channel{{Group: "output", Trials: exampleChannel(85, 110, 1, 2, 3, 4)}}
		tr.TrialNames = []string{"a", "b", "c", "d"}
		c := onePanel(width, 3, tr).layout(vg.Rectangle{Max: vg.Point{X: vg.Length(width) * vg.Inch, Y: 3 * vg.Inch}})[0][0]
		if got := tr.periodRows(c.x, c.area.Size().X); got != want {
			t.Errorf("%g inches: names in %d lines, want %d", width, got, want)
		}
		if named := slices.Contains(svgText(t, onePanel(width, 3, tr).SVG()), "stimulus"); named != (want > 0) {
			t.Errorf("%g inches: names shown: %v", width, named)
		}
	}
}

// TestTracesBeside checks that panels whose channels name each other's values have one axis.
func TestTracesBeside(t *testing.T) {
	small, large := []float64{0, 1, 0.5}, []float64{-3, 2, 8}
	panel := func(own, other []float64) channelGroup {
		return (&Traces{Channels: []Channel{{Group: "output", Trials: [][]float64{own}, Beside: other}}}).groups()[0]
	}
	if a, b := panel(small, large), panel(large, small); a.dataSpan != b.dataSpan {
		t.Errorf("axes span %v and %v", a.dataSpan, b.dataSpan)
	}
	if a, b := panel(small, nil), panel(large, nil); a.dataSpan == b.dataSpan {
		t.Error("without a word of each other they have one axis as well")
	}
}

// TestEven checks that values of an even axis stand at equal distances, others between them
// in proportion, and what lies beyond its ends nowhere.
func TestEven(t *testing.T) {
	s := newScale(Axis{Even: []float64{0, 1, 2, 50}}, dataSpan{0, 50}, axisPad{}, 100, 20)
	for v, want := range map[float64]float64{0: 0.125, 1: 0.375, 2: 0.625, 50: 0.875, 0.5: 0.25, 26: 0.75} {
		if got := s.norm(v); got != want {
			t.Errorf("%g stands at %g, want %g", v, got, want)
		}
	}
	if len(s.ticks) != 4 || s.ticks[3].label != "50" {
		t.Errorf("ticks %v", s.ticks)
	}
	if s.holds(-1) || s.holds(200) {
		t.Error("the axis holds what lies beyond its ends")
	}
	for _, bad := range [][]float64{{1}, {2, 1}} {
		panictest.Want(t, "at equal distances", func() { newScale(Axis{Even: bad}, dataSpan{}, axisPad{}, 100, 20) })
	}
}

// TestTwoTicks checks that a logarithmic axis names two values at least, however short it is.
func TestTwoTicks(t *testing.T) {
	for _, s := range []dataSpan{{0.85, 1.6}, {0.9, 1.1}, {3, 4}, {1, 10}, {0.01, 1000}, {9.9, 10.1}} {
		if n := countLabelled(logTicks(s, 5)); n < 2 {
			t.Errorf("from %g to %g there are %d labels", s.min, s.max, n)
		}
	}
}
