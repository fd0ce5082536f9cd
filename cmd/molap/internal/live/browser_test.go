package live

import (
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"molap/cmd/molap/internal/webtest"
)

var (
	browserPath = flag.String("browser", "", "path of Chromium, to open the page in it")
	picturesDir = flag.String("pictures", "", "directory for pictures of the page")
	runURL      = flag.String("url", "", "a page of a run that is going on, instead of the example")
)

// TestPageInBrowser opens the page at the widths of a telephone and of a desk, light
// and dark: curves, maps and borders are drawn, nothing is wider than the window, all
// of it can be reached and read with the keyboard, and the console stays silent.
func TestPageInBrowser(t *testing.T) {
	if *browserPath == "" {
		t.Skip("no -browser")
	}
	url := *runURL
	var s *Server
	if url == "" {
		var err error
		if s, err = Serve("127.0.0.1:0", exampleSource()); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		url = s.URL
	}
	c := webtest.Open(t, *browserPath)
	c.Window(1400, 1000, false)
	c.Call("Page.navigate", map[string]any{"url": url}, nil)
	c.Await(`document.querySelectorAll("#loss path.loss, #score path.overall, #score path.decision").length`, "3")
	c.Await(`document.querySelectorAll("#loss path.loss")[0].getAttribute("d").length > 100 && document.querySelectorAll("#loss line.blind").length === 1`, "true")
	c.Await(`["weights", "hidden"].map((id) => document.querySelector("#" + id + " canvas").width > 9).join()`, "true,true")
	for _, size := range []struct {
		width, height int
		dark          bool
	}{{400, 850, false}, {400, 850, true}, {1400, 1000, false}, {1400, 1000, true}} {
		c.Window(size.width, size.height, size.dark)
		c.Await(`document.documentElement.scrollWidth <= innerWidth ? innerWidth : "a page " + document.documentElement.scrollWidth + " wide"`, fmt.Sprint(size.width))
		c.Await(`Array.from(document.querySelectorAll("#loss svg, #score svg, #trial svg, #weights canvas, #hidden canvas"), (e) => e.getBoundingClientRect()).filter((b) => b.width > 250 && b.height > 150).length`, "5")
		// The ground and the colours of the map follow the scheme.
		if got := c.Value(`getComputedStyle(document.body).backgroundColor`); strings.HasPrefix(got, "rgb(255") == size.dark {
			t.Errorf("dark %v: the ground is %s", size.dark, got)
		}
		if *picturesDir != "" {
			c.Picture(filepath.Join(*picturesDir, fmt.Sprintf("live-%d-%v.png", size.width, size.dark)), true)
		}
	}
	if s != nil {
		useKeyboard(t, c)
		touchMap(c)
	}
	if problems := c.Complaints(); len(problems) > 0 {
		t.Errorf("the console says %s", problems)
	}
	if s == nil {
		return
	}
	s.Close()
	c.Await(`document.getElementById("connection").textContent`, "The run has ended. This is how it looked at last.")
}

// useKeyboard goes through the example by Tab and arrow keys.
func useKeyboard(t *testing.T, c *webtest.Page) {
	const (
		focus  = `document.activeElement.id || document.activeElement.name`
		chosen = `document.getElementById("chosen-title").textContent`
		output = `document.activeElement.closest("figure").querySelector("output").textContent`
		spoken = `document.activeElement.getAttribute("aria-valuetext")`
	)
	said := func(want string) {
		t.Helper()
		c.Await(output, want)
		c.Await(spoken, want)
	}
	c.Value(`document.getElementById("follow").blur()`)
	c.Key("Tab")
	c.Await(focus, "follow")
	c.Key("Tab")
	c.Await(focus, "network")
	c.Await(chosen, "molap T7, seed 1")
	c.Key("ArrowDown")
	c.Await(chosen, "reservoir T7, seed 1")
	c.Await(`document.getElementById("follow").checked`, "false")
	c.Await(focus, "network")
	c.Await(`document.querySelector("#weights canvas").width`, "12")
	c.Key("ArrowUp")
	c.Await(chosen, "molap T7, seed 1")
	c.Key("ArrowDown")
	c.Await(`document.querySelectorAll("#score text").length > 5 && document.querySelector("#weights canvas").width`, "12")

	c.Key("Tab")
	c.Await(focus, "loss")
	c.Key("End")
	said("iteration 600: loss 0.0533, blind 0.0500")
	c.Key("Home")
	said("iteration 2: loss 1.55, blind 0.0500")
	c.Key("ArrowRight")
	said("iteration 4: loss 0.633, blind 0.0500")
	c.Key("Tab")
	c.Await(focus, "score")
	c.Key("ArrowLeft")
	said("iteration 600: all outputs 100%, decision 75%")
	c.Key("Tab")
	c.Await(focus, "trial")
	c.Key("ArrowRight")
	said("step 1 (fixation): fixation 0, target 1.00; response 0, target not finite")
	c.Key("End")
	said("step 60 (response): fixation 0.983, target 0; response 0.492, target -1.00")
	c.Await(`document.querySelectorAll("#trial path.output, #trial path.target, #trial rect.period").length`, "7")
	c.Key("Tab")
	c.Await(focus, "weights")
	c.Key("ArrowDown")
	said("to unit 1 (module 1) from unit 1 (module 1): -1.00")
	c.Key("End")
	said("to unit 1 (module 1) from unit 12 (module 2): 0.835")
	c.Key("Tab")
	c.Await(focus, "hidden")
	c.Key("ArrowDown")
	c.Key("End")
	c.Key("ArrowDown")
	said("unit 2 (module 1), step 60: 0.969")
	c.Await(`document.querySelectorAll("#weights output").length + document.querySelectorAll("#weights line.module").length`, "2")
}

// touchMap touches the map of weights and then another element.
func touchMap(c *webtest.Page) {
	const (
		output = `document.querySelector("#weights").closest("figure").querySelector("output").textContent`
		place  = `(() => { const b = document.querySelector(%q).getBoundingClientRect(); return Math.round(b.%s + 3); })()`
	)
	c.Window(400, 850, false)
	c.Call("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": true}, nil)
	at := func(id, side string) float64 {
		v, _ := strconv.ParseFloat(c.Value(fmt.Sprintf(place, id, side)), 64)
		return v
	}
	c.Value(`document.querySelector("#weights").scrollIntoView({ block: "center" })`)
	c.Tap(at("#weights", "left"), at("#weights", "top"))
	c.Await(output, "to unit 1 (module 1) from unit 1 (module 1): -1.00")
	c.Value(`document.querySelector("#network, [name=network]").focus()`)
	c.Await(output, "")
}
