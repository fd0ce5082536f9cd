package page

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browser is the Chromium in which TestReportInBrowser opens the page.
var browser = flag.String("browser", "", "path of Chromium, to open the example report in it")

// probe measures the page from inside. It needs a page without its content
// security policy, which forbids it.
const probe = `<script>addEventListener("load", () => {
  const e = document.documentElement, bad = [];
  if (e.scrollWidth > innerWidth) bad.push("page is " + e.scrollWidth + " wide");
  for (const s of document.querySelectorAll("svg")) if (s.getBoundingClientRect().width < 100) bad.push("a figure is not drawn");
  for (const a of document.querySelectorAll("a[href^='#']")) if (!document.querySelector(a.getAttribute("href"))) bad.push("no target for " + a.href);
  for (const d of document.querySelectorAll("details")) d.open = true;
  for (const box of document.querySelectorAll(".scroll")) {
    box.scrollLeft = 1000;
    const first = box.querySelector("tbody th").getBoundingClientRect(), left = box.getBoundingClientRect().left;
    if (!box.querySelector(".claims") && Math.abs(first.left - left) > 3) bad.push(box.ariaLabel + ": the first column is scrolled away");
    if (!box.querySelector(".dense") && innerWidth > 1300 && box.scrollWidth > box.clientWidth) bad.push(box.ariaLabel + " is wider than the page");
  }
  // The pointer on a curve or a marker shows what is there.
  const tip = document.querySelector(".hover");
  for (const svg of document.querySelectorAll("svg[data-panels]")) {
    const root = svg.querySelector("g");
    let read = 0;
    for (const path of root.children) {
      if (path.tagName !== "path") continue;
      const box = path.getBBox(), corner = path.getAttribute("d").split(/[MLC]/)[2]?.split(",").map(Number);
      const [x, y] = path.style.fill === "none" ? corner : [box.x + box.width / 2, box.y + box.height / 2];
      const at = new DOMPoint(x, y).matrixTransform(root.getScreenCTM());
      svg.dispatchEvent(new PointerEvent("pointermove", { clientX: at.x, clientY: at.y, bubbles: true }));
      const shown = tip.getBoundingClientRect();
      if (!tip.hidden && /[0-9]/.test(tip.textContent) && !/NaN|Infinity/.test(tip.textContent) && shown.left >= 0 && shown.right <= innerWidth) read++;
    }
    if (read < 3) bad.push(svg.getAttribute("aria-label") + " shows " + read + " values");
  }
  document.dispatchEvent(new PointerEvent("pointermove", { clientX: 1, clientY: 1, bubbles: true }));
  if (!tip.hidden) bad.push("a value stays: " + tip.textContent);
  document.title = "probed " + innerWidth + ": " + (bad.join("; ") || "well");
})</script>`

var policy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// TestReportInBrowser opens the page at the widths of a telephone and of a desk:
// no complaint on the console, nothing wider than the window, links that lead
// somewhere, and it can be printed.
func TestReportInBrowser(t *testing.T) {
	if *browser == "" {
		t.Skip("no -browser")
	}
	page := exampleReport().HTML()
	dir := t.TempDir()
	write := func(name string, page []byte) string {
		if err := os.WriteFile(filepath.Join(dir, name), page, 0o644); err != nil {
			t.Fatal(err)
		}
		return "file://" + filepath.Join(dir, name)
	}
	run := func(args ...string) string { return chromium(t, args...) }
	if !policy.Match(page) {
		t.Fatal("the page has no content security policy")
	}
	probed := string(bytes.Replace(policy.ReplaceAll(page, nil), []byte("</head>"), []byte(probe+"</head>"), 1))
	for _, width := range []int{400, 1400} {
		// In a frame: Chromium's windows are never narrower than 500.
		frame := fmt.Sprintf(`<!DOCTYPE html><iframe width="%d" height="900" frameborder="0" srcdoc="%s"></iframe>
			<script>addEventListener("load", () => document.title = frames[0].document.title)</script>`, width, html.EscapeString(probed))
		dom := run("--window-size=1600,1000", "--dump-dom", write("frame.html", []byte(frame)))
		if want := fmt.Sprintf("<title>probed %d: well</title>", width); !strings.Contains(dom, want) {
			t.Errorf("page lacks %q: %s", want, regexp.MustCompile(`<title>[^<]*</title>`).FindString(dom))
		}
	}
	pdf := filepath.Join(dir, "report.pdf")
	run("--print-to-pdf="+pdf, "--no-pdf-header-footer", write("report.html", page))
	if info, err := os.Stat(pdf); err != nil || info.Size() < 100_000 {
		t.Errorf("printed report: %v, %v", info, err)
	}
}

// chromium runs the browser, whose console must stay silent, and returns its output.
func chromium(t *testing.T, args ...string) string {
	t.Helper()
	var out, log bytes.Buffer
	cmd := exec.Command(*browser, append([]string{"--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--user-data-dir=" + t.TempDir()}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, log.String())
	}
	if i := strings.Index(log.String(), "CONSOLE"); i >= 0 {
		t.Errorf("the console says %s", log.String()[i:])
	}
	return out.String()
}
