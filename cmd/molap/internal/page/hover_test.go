package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/webtest"
)

// hoverFigure has a curve, traces, dots and heat maps of few and of many cells.
func hoverFigure() *figure.Figure {
	r := rand.New(rand.NewPCG(7, 7))
	many := exampleHeat(r, 30, 20)
	many.Frame = figure.Frame{Title: "Activity", X: figure.Axis{Label: "time (ms)", Min: -100, Max: 100}, Y: figure.Axis{Label: "Unit"}}
	many.BarLabel = "Activity"
	cut := exampleHeat(r, 20, 20)
	cut.Title, cut.Colors, cut.Min, cut.Max = "Cut", figure.Sequential, -0.1, 0.2
	return &figure.Figure{Name: "hover", Alt: "Panels of every kind.", Width: 7, Height: 7, Loose: true, Rows: figure.Grid(3,
		&figure.Curves{Frame: figure.Frame{X: figure.Axis{Label: "iteration", Even: []float64{0, 40, 120}}, Y: figure.Axis{Label: "loss", Log: true}}, Refs: []figure.Ref{{Name: "level", Y: 0.1}}, Series: []figure.Curve{
			{Name: "molap", X: []float64{0, 40, 80, 120}, Y: []float64{1, 0.5, 0.02, 0.001}},
			{Name: "reservoir", X: []float64{0, 40, 80, 120}, Y: []float64{0.9, 0.7, 0.06, 0.003}, Marked: true},
		}},
		&figure.Traces{Frame: figure.Frame{Title: "T7"}, Start: -100, Step: 100, TrialNames: []string{"θ = 20°", "θ = 70°"}, Channels: []figure.Channel{
			{Group: "inputs", Name: "cos θ", Trials: [][]float64{{0, 0.5, 0.25, 0}, {0, -0.5, 1, 0.125}}},
			{Group: "outputs", Name: "cos θ", Trials: [][]float64{{0, 0.1, 3, 4}, {0.2, 0.4, -2, -4}}, Behind: [][]float64{{0.5, 0.8, 2, 3}, {1, 1, -1, -3}}},
		}},
		&figure.Dots{Frame: figure.Frame{Y: figure.Axis{Label: "correct"}}, Categories: []string{"T1\npro", "T2\nanti"},
			Series: []figure.DotSeries{{Name: "molap", Samples: []figure.Sample{figure.MeanRange([]float64{0.5}), figure.MeanRange([]float64{0.75})}}, {Name: "dni", Samples: []figure.Sample{figure.MeanRange([]float64{0.25, 0.75}), figure.MeanRange([]float64{1})}}}},
		&figure.HeatMap{Frame: figure.Frame{X: figure.Axis{Label: "Tested on"}, Y: figure.Axis{Label: "After training on"}}, Rows: 2, Cols: 2, Values: []float64{87.125, math.NaN(), -12.5, 1e-7},
			RowNames: []string{"T1 pro", "T2 anti"}, ColNames: []string{"T1", "T2"}, BarLabel: "Correct (%)", Square: true},
		many, cut,
		&figure.Dots{Frame: figure.Frame{Y: figure.Axis{Label: "correct"}}, Categories: []string{"T1"}, Series: []figure.DotSeries{{Name: "separate", Samples: []figure.Sample{figure.MeanRange([]float64{0.25, 0.75})}}}})}
}

// notedPanel is a panel as [figure.Figure.Notes] tells of it.
type notedPanel struct {
	Title  string
	Names  map[string]string
	Y      struct{ Label string }
	Dashed string
	Cells  struct {
		Values, Map string
		Min, Max    float64
		Cut         bool
	}
}

func notesOf(t *testing.T, f *figure.Figure) []notedPanel {
	t.Helper()
	var all []notedPanel
	if err := json.Unmarshal(f.Notes(), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNotes(t *testing.T) {
	notes := notesOf(t, hoverFigure())
	if len(notes) != 8 { // the traces have two channels
		t.Fatalf("%d panels are noted, want 8", len(notes))
	}
	for i, want := range []struct {
		title, y string
		names    map[string]string
	}{
		{"a", "loss", map[string]string{"rgb(0, 114, 178)": "molap", "rgb(230, 159, 0)": "reservoir"}},
		{"b T7", "inputs cos θ", map[string]string{"rgb(11, 47, 107)": "θ = 20°", "rgb(230, 159, 0)": "θ = 70°"}},
		{"b T7", "outputs cos θ", map[string]string{"rgb(11, 47, 107)": "θ = 20°", "rgb(230, 159, 0)": "θ = 70°"}},
		{"c", "correct", map[string]string{"rgb(0, 114, 178)": "molap", "rgb(184, 67, 0)": "dni"}},
		{"d", "After training on", nil},
		{"e Activity", "Unit", nil},
		{"f Cut", "", nil},
	} {
		n := notes[i]
		if n.Title != want.title || n.Y.Label != want.y || (len(want.names) > 0 || len(n.Names) > 0) && !reflect.DeepEqual(n.Names, want.names) {
			t.Errorf("panel %d is %+v with the vertical axis %+v, want %+v", i, n, n.Y, want)
		}
	}
	if c := notes[4].Cells; c.Values != "87.12,,-12.5,1e-07" || c.Map != "" {
		t.Errorf("cells %+v", c)
	}
	if c := notes[5].Cells; c.Values != "" || len(c.Map) != 9*6 || c.Cut {
		t.Errorf("cells %+v", c)
	}
	if c := notes[6].Cells; len(c.Map) != 18*6 || !c.Cut {
		t.Errorf("cells %+v", c)
	}
	if notes[1].Dashed != "" || notes[2].Dashed != "target" {
		t.Errorf("dashed lines are %q and %q", notes[1].Dashed, notes[2].Dashed)
	}
}

// TestNotesInPage: the page has the notes once, whatever is in them.
func TestNotesInPage(t *testing.T) {
	f := hoverFigure()
	f.Rows[0][0].(*figure.Curves).Title = `'"><script>&amp;`
	if s := string(inlineSVG(f.SVG(), f.Notes())); strings.Count(s, "data-panels=") != 1 || strings.Contains(s, "<script") || !strings.Contains(s, `&#39;\"\u003e\u003cscript\u003e\u0026amp;`) {
		t.Errorf("the page begins %.300s", s)
	}
	if bytes.Contains(f.SVG(), []byte("cells")) {
		t.Error("the drawing has the page's notes")
	}
}

// openFigure opens a page with the figure alone.
func openFigure(t *testing.T, f *figure.Figure, width int) *webtest.Page {
	t.Helper()
	if *browser == "" {
		t.Skip("no -browser")
	}
	page := (&Report{Title: "x", Sections: []Section{{ID: "x", Title: "x", Figures: []Picture{{f, ""}}}}}).HTML()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
	c := webtest.Open(t, *browser)
	c.Window(width, 900, false)
	c.Call("Page.navigate", map[string]any{"url": "file://" + path}, nil)
	c.Await(`document.readyState + !!document.querySelector(".voice")`, "completetrue")
	t.Cleanup(func() {
		if problems := c.Complaints(); len(problems) > 0 {
			t.Errorf("the console says %s", problems)
		}
	})
	return c
}

// shownAt moves the pointer to points of the figure, in its own coordinates, and returns
// what is shown at each, in a browser of its own world.
func shownAt(t *testing.T, c *webtest.Page, points string) []string {
	t.Helper()
	text := c.Value(`(() => {
  const svg = document.querySelector("svg"), root = svg.querySelector("g"), tip = document.querySelector(".hover");
  const panels = JSON.parse(svg.dataset.panels);
  const corners = (path) => path.getAttribute("d").split(/[ML]/).slice(1).map((c) => c.split(",").map(Number));
  const lines = [...root.children].filter((e) => e.tagName === "path" && e.style.fill === "none" && corners(e).length === 4).map(corners);
  const said = [];
  for (const [x, y] of ` + points + `) {
    const at = new DOMPoint(x, y).matrixTransform(root.getScreenCTM());
    svg.dispatchEvent(new PointerEvent("pointermove", { clientX: at.x, clientY: at.y, bubbles: true }));
    said.push(tip.hidden ? "" : tip.textContent);
  }
  return JSON.stringify(said);
})()`)
	var all []string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestHoverInBrowser points at values that are known.
func TestHoverInBrowser(t *testing.T) {
	c := openFigure(t, hoverFigure(), 1400)
	got := shownAt(t, c, "lines.flat()")
	want := []string{
		"molap, iteration: 0, loss: 1", "molap, iteration: 40, loss: 0.5", "molap, iteration: 80, loss: 0.02", "molap, iteration: 120, loss: 0.001",
		"reservoir, iteration: 0, loss: 0.9", "reservoir, iteration: 40, loss: 0.7", "reservoir, iteration: 80, loss: 0.06", "reservoir, iteration: 120, loss: 0.003",
		"θ = 70°, time (ms): −100, inputs cos θ: 0" /* both trials: the upper one */, "θ = 20°, time (ms): 0, inputs cos θ: 0.5", "θ = 20°, time (ms): 100, inputs cos θ: 0.25", "θ = 20°, time (ms): 200, inputs cos θ: 0",
		"θ = 70°, time (ms): −100, inputs cos θ: 0", "θ = 70°, time (ms): 0, inputs cos θ: −0.5", "θ = 70°, time (ms): 100, inputs cos θ: 1", "θ = 70°, time (ms): 200, inputs cos θ: 0.125",
		"θ = 20°, target, time (ms): −100, outputs cos θ: 0.5", "θ = 20°, target, time (ms): 0, outputs cos θ: 0.8", "θ = 20°, target, time (ms): 100, outputs cos θ: 2", "θ = 20°, target, time (ms): 200, outputs cos θ: 3",
		"θ = 70°, target, time (ms): −100, outputs cos θ: 1", "θ = 70°, target, time (ms): 0, outputs cos θ: 1", "θ = 70°, target, time (ms): 100, outputs cos θ: −1", "θ = 70°, target, time (ms): 200, outputs cos θ: −3",
		"θ = 20°, time (ms): −100, outputs cos θ: 0", "θ = 20°, time (ms): 0, outputs cos θ: 0.1", "θ = 20°, time (ms): 100, outputs cos θ: 3", "θ = 20°, time (ms): 200, outputs cos θ: 4",
		"θ = 70°, time (ms): −100, outputs cos θ: 0.2", "θ = 70°, time (ms): 0, outputs cos θ: 0.4", "θ = 70°, time (ms): 100, outputs cos θ: −2", "θ = 70°, time (ms): 200, outputs cos θ: −4",
	}
	checkEqual(t, got, want)
	got = shownAt(t, c, `panels[4].area[2] ? [[0.1, 0.9], [0.9, 0.9], [0.1, 0.1], [0.9, 0.1]].map(([x, y]) => {
    const [l, b, r, t] = panels[4].area; return [l + x * (r - l), b + y * (t - b)]; }) : []`)
	checkEqual(t, got, []string{
		"After training on: T1 pro, Tested on: T1, Correct (%): 87.12", "After training on: T1 pro, Tested on: T2, Correct (%): no value",
		"After training on: T2 anti, Tested on: T1, Correct (%): −12.5", "After training on: T2 anti, Tested on: T2, Correct (%): 1e−07",
	})
	for at, panel := range map[int]figure.Panel{5: hoverFigure().Rows[1][1], 6: hoverFigure().Rows[1][2]} {
		h := panel.(*figure.HeatMap)
		cells := shownAt(t, c, fmt.Sprintf(`Array.from({length: %d}, (_, k) => {
    const [l, b, r, t] = panels[%d].area; return [l + (k %% %d + 0.4) / %[3]d * (r - l), t - (Math.floor(k / %[3]d) + 0.6) / %[4]d * (t - b)]; })`, len(h.Values), at, h.Cols, h.Rows))
		bounds := notesOf(t, hoverFigure())[at].Cells
		cellsRight(t, h, bounds.Min, bounds.Max, cells)
	}
	shownAt(t, c, "[lines[3][1]]")
	c.Await(`getComputedStyle(document.querySelector(".hover")).borderLeftColor`, "rgb(230, 159, 0)")
	// The pointer itself, over a cell and then away.
	var box struct{ X, Y float64 }
	place := c.Value(`(() => { const svg = document.querySelector("svg"), [l, b, r, t] = JSON.parse(svg.dataset.panels)[4].area;
  const at = new DOMPoint(l + 1, t - 1).matrixTransform(svg.querySelector("g").getScreenCTM()); return JSON.stringify({ x: at.x, y: at.y }); })()`)
	if err := json.Unmarshal([]byte(place), &box); err != nil {
		t.Fatal(err)
	}
	const shown = `document.querySelector(".hover").hidden ? "" : document.querySelector(".hover").textContent`
	c.Move(box.X, box.Y)
	c.Await(shown, "After training on: T1 pro, Tested on: T1, Correct (%): 87.12")
	c.Move(2, 2)
	c.Await(shown, "")
	c.Call("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": true}, nil)
	c.Tap(box.X, box.Y)
	c.Await(shown, "After training on: T1 pro, Tested on: T1, Correct (%): 87.12")
	c.Await(`document.querySelector(".voice").textContent`, "After training on: T1 pro, Tested on: T1, Correct (%): 87.12")
}

func checkEqual(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("nothing said, want %q", want[i])
		case i >= len(want):
			t.Errorf("%q said", got[i])
		case got[i] != want[i]:
			t.Errorf("%q said, want %q", got[i], want[i])
		}
	}
}

// cellsRight compares what is said of every cell of a map with its values. What is read
// off a colour has as many digits as the channels' eight bits leave sure.
func cellsRight(t *testing.T, h *figure.HeatMap, lowest, highest float64, cells []string) {
	t.Helper()
	digits := 0
	for _, text := range cells {
		if _, d, ok := strings.Cut(text, "."); ok {
			digits = max(digits, len(d))
		}
	}
	if digits != 2 {
		t.Errorf("cells have %d digits, want 2 in a range of %g", digits, highest-lowest)
	}
	sure := math.Pow(10, -float64(digits))
	for k, text := range cells {
		v, row, col := h.Values[k], k/h.Cols, k%h.Cols
		where := fmt.Sprintf("row: %d, column: %d, Cut: ", row+1, col+1)
		if h.X.Label != "" {
			where = fmt.Sprintf("Unit: %d, time (ms): %d, Activity: ", row+1, -100+10*col)
		}
		said, ok := strings.CutPrefix(strings.ReplaceAll(text, "−", "-"), where)
		if !ok {
			t.Errorf("cell (%d, %d) is %q, want it to begin %q", row, col, text, where)
			continue
		}
		switch {
		case math.IsNaN(v):
			ok = said == "no value"
		case v > highest || v < lowest:
			end := map[bool]string{true: "≥ " + strconv.FormatFloat(highest, 'g', 3, 64), false: "≤ " + strconv.FormatFloat(lowest, 'g', 3, 64)}[v > highest]
			ok = said == end
		default:
			got, err := strconv.ParseFloat(strings.TrimLeft(said, "≤≥ "), 64)
			ok = err == nil && math.Abs(got-v) <= sure
		}
		if !ok {
			t.Errorf("cell (%d, %d) holds %g and is %q", row, col, v, text)
		}
	}
}

// TestKeyboardInBrowser walks through the figure by Tab and arrow keys, on a telephone's
// width, where it has to scroll along.
func TestKeyboardInBrowser(t *testing.T) {
	for _, width := range []int{400, 1400} {
		c := openFigure(t, hoverFigure(), width)
		const spoken = `document.querySelector(".voice").textContent`
		focus := `document.activeElement.tagName`
		for i := 0; c.Value(focus) != "svg"; i++ {
			if i > 20 {
				t.Fatal("Tab does not lead to the figure")
			}
			c.Key("Tab")
		}
		c.Await(`document.querySelector(".hover").textContent.startsWith("← →")`, "true")
		for _, step := range []struct{ key, want string }{
			{"ArrowRight", "a: molap, iteration: 0, loss: 1"},
			{"ArrowRight", "molap, iteration: 40, loss: 0.5"},
			{"ArrowLeft", "molap, iteration: 0, loss: 1"},
			{"ArrowLeft", "molap, iteration: 0, loss: 1"},
			{"End", "molap, iteration: 120, loss: 0.001"},
			{"ArrowDown", "reservoir, iteration: 120, loss: 0.003"},
			{"ArrowLeft", "reservoir, iteration: 80, loss: 0.06"},
			{"ArrowUp", "molap, iteration: 80, loss: 0.02"},
			{"PageDown", "b T7: θ = 20°, time (ms): −100, inputs cos θ: 0"},
			{"ArrowRight", "θ = 20°, time (ms): 0, inputs cos θ: 0.5"},
			{"PageDown", "θ = 20°, target, time (ms): −100, outputs cos θ: 0.5"},
			{"PageDown", "c: molap, T1 pro, correct: 0.5"},
			{"ArrowRight", "molap, T2 anti, correct: 0.75"},
			{"ArrowDown", "dni, single value, T1 pro, correct: 0.75"},
			{"ArrowDown", "dni, T1 pro, correct: 0.5"},
			{"PageDown", "d: After training on: T1 pro, Tested on: T1, Correct (%): 87.12"},
			{"ArrowDown", "After training on: T2 anti, Tested on: T1, Correct (%): −12.5"},
			{"ArrowRight", "After training on: T2 anti, Tested on: T2, Correct (%): 1e−07"},
			{"ArrowRight", "After training on: T2 anti, Tested on: T2, Correct (%): 1e−07"},
			{"Home", "After training on: T2 anti, Tested on: T1, Correct (%): −12.5"},
			{"PageUp", "c: molap, T1 pro, correct: 0.5"},
			{"PageDown", "d: After training on: T1 pro, Tested on: T1, Correct (%): 87.12"},
			{"PageDown", "e Activity: Unit: 1, time (ms): −100, Activity: −0.02"},
			{"PageDown", "f Cut: row: 1, column: 1, Cut: 0.05"},
			{"PageDown", "g: separate, single value, T1, correct: 0.25"},
			{"PageDown", "separate, single value, T1, correct: 0.25"},
			{"ArrowDown", "separate, T1, correct: 0.5"},
		} {
			c.Key(step.key)
			c.Await(spoken, step.want)
			c.Await(`(() => {
  const tip = document.querySelector(".hover").getBoundingClientRect(), mark = document.querySelector(".mark").getBoundingClientRect();
  const out = [tip, mark].filter((b) => !(b.width > 0 && b.left >= 0 && b.right <= innerWidth && b.top >= 0 && b.bottom <= innerHeight));
  return out.length ? JSON.stringify(out) : "seen";
})()`, "seen")
		}
		c.Key("Escape")
		c.Await(`document.querySelector(".hover").hidden && document.querySelector(".mark").hidden`, "true")
	}
}
