package live

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

var (
	browser  = flag.String("browser", "", "path of Chromium, to open the page in it")
	pictures = flag.String("pictures", "", "directory for pictures of the page")
	running  = flag.String("url", "", "a page of a run that is going on, instead of the example")
)

// TestPageInBrowser opens the page at the widths of a telephone and of a desk, light
// and dark: curves, maps and borders are drawn, nothing is wider than the window, all
// of it can be reached and read with the keyboard, and the console stays silent.
func TestPageInBrowser(t *testing.T) {
	if *browser == "" {
		t.Skip("no -browser")
	}
	url := *running
	var s *Server
	if url == "" {
		var err error
		if s, err = Serve("127.0.0.1:0", example()); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		url = s.URL
	}
	c := open(t, *browser)
	c.window(1400, 1000, false)
	c.call("Page.navigate", map[string]any{"url": url}, nil)
	c.await(`document.querySelectorAll("#loss path.loss, #score path.overall, #score path.decision").length`, "3")
	c.await(`document.querySelectorAll("#loss path.loss")[0].getAttribute("d").length > 100 && document.querySelectorAll("#loss line.blind").length === 1`, "true")
	c.await(`["weights", "hidden"].map((id) => document.querySelector("#" + id + " canvas").width > 9).join()`, "true,true")
	for _, size := range []struct {
		width, height int
		dark          bool
	}{{400, 850, false}, {400, 850, true}, {1400, 1000, false}, {1400, 1000, true}} {
		c.window(size.width, size.height, size.dark)
		c.await(`document.documentElement.scrollWidth <= innerWidth ? innerWidth : "a page " + document.documentElement.scrollWidth + " wide"`, fmt.Sprint(size.width))
		c.await(`Array.from(document.querySelectorAll("#loss svg, #score svg, #weights canvas, #hidden canvas"), (e) => e.getBoundingClientRect()).filter((b) => b.width > 250 && b.height > 150).length`, "4")
		// The ground and the colours of the map follow the scheme.
		if got := c.value(`getComputedStyle(document.body).backgroundColor`); strings.HasPrefix(got, "rgb(255") == size.dark {
			t.Errorf("dark %v: the ground is %s", size.dark, got)
		}
		if *pictures != "" {
			c.picture(filepath.Join(*pictures, fmt.Sprintf("live-%d-%v.png", size.width, size.dark)))
		}
	}
	if s != nil {
		keyboard(t, c)
	}
	if problems := c.complaints(); len(problems) > 0 {
		t.Errorf("the console says %s", problems)
	}
	if s == nil {
		return
	}
	s.Close()
	c.await(`document.getElementById("connection").textContent`, "The run has ended. This is how it looked at last.")
}

// keyboard goes through the example by Tab and arrow keys.
func keyboard(t *testing.T, c *chromium) {
	const (
		focus  = `document.activeElement.id || document.activeElement.name`
		chosen = `document.getElementById("chosen-title").textContent`
		output = `document.activeElement.parentElement.querySelector("output").textContent`
		spoken = `document.activeElement.getAttribute("aria-valuetext")`
	)
	said := func(want string) {
		t.Helper()
		c.await(output, want)
		c.await(spoken, want)
	}
	c.value(`document.getElementById("follow").blur()`)
	c.key("Tab")
	c.await(focus, "follow")
	c.key("Tab")
	c.await(focus, "network")
	c.await(chosen, "molap T7, seed 1")
	c.key("ArrowDown")
	c.await(chosen, "reservoir T7, seed 1")
	c.await(`document.getElementById("follow").checked`, "false")
	c.await(focus, "network")
	c.await(`document.querySelector("#weights canvas").width`, "12")
	c.key("ArrowUp")
	c.await(chosen, "molap T7, seed 1")
	c.key("ArrowDown")
	c.await(`document.querySelectorAll("#score text").length > 5 && document.querySelector("#weights canvas").width`, "12")

	c.key("Tab")
	c.await(focus, "loss")
	c.key("End")
	said("iteration 600: loss 0.0533, blind 0.0500")
	c.key("Home")
	said("iteration 2: loss 1.55, blind 0.0500")
	c.key("ArrowRight")
	said("iteration 4: loss 0.633, blind 0.0500")
	c.key("Tab")
	c.await(focus, "score")
	c.key("ArrowLeft")
	said("iteration 600: all outputs 100%, decision 75%")
	c.key("Tab")
	c.await(focus, "weights")
	c.key("ArrowDown")
	said("to unit 1 (module 1) from unit 1 (module 1): -1.00")
	c.key("End")
	said("to unit 1 (module 1) from unit 12 (module 2): 0.835")
	c.key("Tab")
	c.await(focus, "hidden")
	c.key("ArrowDown")
	c.key("End")
	c.key("ArrowDown")
	said("unit 2 (module 1), step 60: 0.969")
	c.await(`document.querySelectorAll("#weights output").length + document.querySelectorAll("#weights line.module").length`, "2")
}
