package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"molap/cmd/molap/internal/memtest"
	"molap/cmd/molap/internal/webtest"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// smallDrawing is a figure with text, paths and an image.
func smallDrawing() string {
	return string((&Figure{Name: "x", Alt: `a "b" <c> & 'd'`, Width: 2, Height: 2, Rows: [][]Panel{{exampleHeat(rand.New(rand.NewPCG(1, 1)), 3, 3)}}}).SVG())
}

// TestDrawingKept writes figures of every kind anew: elements, attributes and texts are
// what they were, but for the root's size, which becomes a range of widths.
func TestDrawingKept(t *testing.T) {
	tokens := func(svg []byte) (all []xml.Token) {
		for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
			token, err := d.Token()
			if token == nil {
				return all
			}
			if err != nil {
				t.Fatal(err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				e.Name.Space = ""
				e.Attr = slices.DeleteFunc(e.Attr, func(a xml.Attr) bool {
					_, declares := nameSpace(a)
					return declares || e.Name.Local == "svg" && slices.Contains([]string{"width", "height", "style"}, a.Name.Local)
				})
				slices.SortFunc(e.Attr, func(a, b xml.Attr) int { return strings.Compare(a.Name.Local, b.Name.Local) })
				for i := range e.Attr {
					e.Attr[i].Name.Space = ""
				}
				token = e
			case xml.EndElement:
				e.Name.Space = ""
				token = e
			case xml.CharData:
				if len(bytes.TrimSpace(e)) == 0 {
					continue
				}
			case xml.Comment, xml.ProcInst:
				continue
			}
			all = append(all, xml.CopyToken(token))
		}
	}
	figures := append(exampleFigures(), hoverFigure())
	for _, f := range figures {
		svg := f.SVG()
		again, err := inline(svg, nil)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if have, want := tokens([]byte(again)), tokens(svg); !reflect.DeepEqual(have, want) || len(want) < 20 {
			t.Errorf("%s: other elements than in the file (%d, want %d)", f.Name, len(have), len(want))
		}
		if !strings.Contains(string(again), fmt.Sprintf(`style="min-width:%.0fpx;max-width:%.0fpx"`, 72*f.Width*1.15, 72*f.Width*1.8)) {
			t.Errorf("%s: no range of widths in %.300s", f.Name, again)
		}
	}
}

// attack is a drawing that wants to be more; harmless if it may be accepted, for what
// it adds is left out.
type attack struct {
	name, svg string
	harmless  bool
}

// attacks are drawings that try to have the page fetch something from a host or run
// something that sets window.pwned, each made of a good one.
func attacks(good, host string) []attack {
	at := strings.Index(good, "<svg")
	root := good[at : at+strings.Index(good[at:], ">")+1]
	body := strings.TrimSuffix(strings.TrimSpace(good[at+len(root):]), "</svg>")
	live := `<p id="pwn">x</p><img src="` + host + `/img" onerror="window.pwned=1"/><iframe src="` + host + `/frame"></iframe><script>window.pwned=1</script>` +
		`<meta http-equiv="refresh" content="0;url=` + host + `/refresh"/>`
	text := html.EscapeString(live)
	inside := func(s string) string { return root + s + body + "</svg>" }
	path := func(attribute string) string { return inside("<path " + attribute + "/>") }
	deep := func(n int) string { return root + strings.Repeat("<g>", n) + strings.Repeat("</g>", n) + "</svg>" }
	return []attack{
		{"comment before the root", `<!-- <svg width="504pt" height="201.6pt">` + live + "</svg> -->\n" + good[at:], true},
		{"comment that begins <!-->", inside("<!-->" + live + "-->"), true},
		{"comment that begins <!--->", inside("<!--->" + strings.ReplaceAll(live, "--", "") + "-->"), true},
		{"comment after the root", good + "<!-->" + live + "-->", true},
		{"instruction", inside("<?x >" + live + "?>"), true},
		{"instruction before the root", "<?x >" + live + "?>" + good[at:], true},
		{"text of a mark", inside("<text>" + text + "]]&gt;</text>"), true},
		{"CDATA", inside("<text><![CDATA[" + live + "]]></text>"), true},
		{"label", strings.Replace(good, `aria-label="`, `aria-label="&quot;>`+text, 1), true},
		{"prefix", `<x:svg xmlns:x="http://www.w3.org/2000/svg" width="504pt" height="201.6pt"></x:svg>`, false},
		{"prefix within", strings.Replace(inside("<x:g/>"), "<svg ", `<svg xmlns:x="http://www.w3.org/2000/svg" `, 1), false},
		{"prefix xlink for SVG", inside(`<xlink:g xmlns:xlink="http://www.w3.org/2000/svg"/>`), false},
		{"no name space", strings.Replace(good, `xmlns="http://www.w3.org/2000/svg"`, "", 1), false},
		{"name space of HTML", inside(`<g xmlns="http://www.w3.org/1999/xhtml"/>`), false},
		{"text outside", inside(text), false},
		{"text in a path", inside("<path>" + text + "</path>"), false},
		{"style", inside("<style>@import '" + host + "/style';</style>"), false},
		{"font face", inside("<style>@font-face{font-family:x;src:url(" + host + ")}</style>"), false},
		{"title", inside("<title>" + live + "</title>"), false},
		{"desc", inside("<desc>" + live + "</desc>"), false},
		{"foreignObject", inside("<foreignObject>" + live + "</foreignObject>"), false},
		{"use", inside(`<use xlink:href="` + host + `/x.svg#a"/>`), false},
		{"animate", inside(`<path><animate attributeName="d" onbegin="window.pwned=1"/></path>`), false},
		{"set", inside(`<path><set attributeName="onclick" to="window.pwned=1"/></path>`), false},
		{"link", inside(`<a xlink:href="javascript:window.pwned=1"><text>x</text></a>`), false},
		{"image of another host", strings.Replace(good, "data:image/png;base64,", host+"/i.png?", 1), false},
		{"image of SVG", strings.Replace(good, "data:image/png;base64,", "data:image/svg+xml;base64,", 1), false},
		{"image twice", strings.Replace(good, "<image ", `<image href="`+host+`/i.png" `, 1), false},
		{"image that is none", inside(`<image xlink:href="data:image/png;base64,AAAA"/>`), false},
		{"attribute twice", path(`d="M0,0" d="M1,1"`), false},
		{"handler", path(`onclick="window.pwned=1"`), false},
		{"handler of the root", strings.Replace(good, "<svg ", `<svg onload="window.pwned=1" `, 1), false},
		{"anchor of the page", path(`id="verdicts"`), false},
		{"class of the page", path(`class="hover"`), false},
		{"place on the page", path(`style="position:fixed"`), false},
		{"paint of another host", path(`style="fill:url(` + host + `/p#a)"`), false},
		{"paint, escaped", path(`style="fill:\75rl(` + host + `/p#a)"`), false},
		{"paint in a comment", path(`style="fill:/**/url(` + host + `/p#a)"`), false},
		{"cursor", path(`style="cursor:url(` + host + `/c),auto"`), false},
		{"filter", path(`filter="url(` + host + `/f#a)"`), false},
		{"font", path(`style="font-family:x;src:url(` + host + `/font)"`), false},
		{"variable", path(`style="--x:url(` + host + `/v)"`), false},
		{"style of the root", strings.Replace(good, "<svg ", `<svg style="position:fixed;top:0" `, 1), false},
		{"entity", "<!DOCTYPE svg [<!ENTITY x '" + text + "'>]>" + inside("<text>&x;</text>"), false},
		{"base", strings.Replace(good, "<svg ", `<svg xml:base="`+host+`" `, 1), false},
		{"path that is none", path(`d="M0,0&quot;>"`), false},
		{"notes that are none", strings.Replace(good, "<svg ", `<svg data-panels="x" `, 1), false},
		{"two roots", good + good[at:], false},
		{"svg in svg", inside(good[at:]), false},
		{"deep", deep(deepestMark), false},
		{"deep, ended at once", deep(100_000), false},
		{"huge", strings.Replace(good, root, strings.Replace(root, `width="144pt"`, `width="`+strings.Repeat("9", 400)+`pt"`, 1), 1), false},
	}
}

// TestDrawingAttacks: what is accepted is, to an HTML parser, a drawing and nothing else.
func TestDrawingAttacks(t *testing.T) {
	if _, err := inline([]byte(smallDrawing()), nil); err != nil {
		t.Fatal(err)
	}
	for _, a := range attacks(smallDrawing(), "http://127.0.0.1:1") {
		page, err := inline([]byte(a.svg), nil)
		if (err == nil) != a.harmless {
			t.Errorf("%s: error %v", a.name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 300) {
			t.Errorf("%s: %d bytes of error: %.300s", a.name, len(err.Error()), err)
		}
		if err == nil {
			checkDrawing(t, string(page))
		}
	}
	flat := "<g>" + strings.Repeat("<g></g>", 1000) + "</g>"
	if _, err := inline([]byte(strings.Replace(smallDrawing(), "</svg>", flat+"</svg>", 1)), nil); err != nil {
		t.Errorf("groups beside each other: %v", err)
	}
}

// checkDrawing parses a drawing as a part of a page and checks that all the page gets
// is one SVG of the elements and attributes of drawings.
func checkDrawing(t *testing.T, drawing string) {
	t.Helper()
	in := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(`<div class="card">`+drawing+`</div><p>after</p>`), in)
	if err != nil || len(nodes) != 2 || nodes[1].Data != "p" || nodes[1].FirstChild == nil || nodes[1].FirstChild.Data != "after" {
		t.Fatalf("the drawing changes what is around it: %d nodes (%v) of %.2000q", len(nodes), err, drawing)
	}
	roots := 0
	for n := range nodes[0].Descendants() {
		if n.Type == html.TextNode {
			if inner := n.Parent.Data; inner != "text" && strings.TrimSpace(n.Data) != "" {
				t.Errorf("text %q in %s", n.Data, inner)
			}
			continue
		}
		if n.Type != html.ElementNode || n.Namespace != "svg" || drawn[n.Data] == nil {
			t.Errorf("a node %q of name space %q", n.Data, n.Namespace)
			continue
		}
		if n.Data == "svg" {
			roots++
		}
		for _, a := range n.Attr {
			known := drawn[n.Data][a.Key] != nil && (a.Key != "href" || a.Namespace == "xlink") || n.Data == "svg" && a.Key == "style"
			safe := a.Key == "aria-label" || a.Key == "data-panels" || !strings.ContainsAny(a.Val, `\@<>"`) && !strings.Contains(a.Val, "url(") && !strings.Contains(a.Val, "//") || a.Key == "href" && pngData.MatchString(a.Val)
			if !known || !safe {
				t.Errorf("%s has the attribute %s:%s=%.60q", n.Data, a.Namespace, a.Key, a.Val)
			}
		}
	}
	if roots != 1 {
		t.Errorf("%d drawings", roots)
	}
}

// drawingTimes is what writing a drawing anew may allocate, as a multiple of its length.
const drawingTimes = 100

// TestManyMarks writes the drawings anew that take the most for their length.
func TestManyMarks(t *testing.T) {
	const head = `<svg xmlns="http://www.w3.org/2000/svg" width="144pt">`
	for _, mark := range []string{"<g/>", `<path d=""/>`, "<text>'</text>", "<text>&lt;</text>", "<!---->", "<?x?>", `<path style="fill:none;fill:none;fill:none"/>`} {
		svg := []byte(head + strings.Repeat(mark, 1<<19/len(mark)) + "</svg>")
		memtest.Within(t, len(svg), drawingTimes, func() {
			if _, err := inline(svg, nil); err != nil {
				t.Errorf("%s: %v", mark, err)
			}
		})
	}
}

// FuzzDrawing writes any drawing anew.
func FuzzDrawing(f *testing.F) {
	dot := smallDrawing()
	dot = dot[strings.Index(dot, "data:"):]
	short := `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-label="a" data-panels="[]" width="144pt" height="9pt" viewBox="0 0 9 9">
		<g transform="scale(1, -1)"><path d="M0,0L1,1Z" style="fill:none;stroke:#222222"/><text x="1" y="-1" textLength="3" lengthAdjust="spacing" style="font-size:6px">b &lt;</text>
		<image preserveAspectRatio="none" x="1" xlink:href="` + dot[:strings.Index(dot, `"`)] + `"/></g></svg>`
	f.Add([]byte(short))
	for _, a := range attacks(short, "http://127.0.0.1:1") {
		if len(a.svg) < 10_000 {
			f.Add([]byte(a.svg))
		}
	}
	f.Fuzz(func(t *testing.T, svg []byte) {
		var page template.HTML
		var err error
		memtest.Within(t, len(svg), drawingTimes, func() { page, err = inline(svg, nil) })
		if err != nil {
			return
		}
		if len(page) > 8*len(svg)+200 {
			t.Errorf("%d bytes of %d", len(page), len(svg))
		}
		checkDrawing(t, string(page))
	})
}

// TestAttacksInBrowser opens a page of the drawings that are accepted: it makes no
// request and runs nothing. The same drawings as they lie in their files do both.
func TestAttacksInBrowser(t *testing.T) {
	if *browser == "" {
		t.Skip("no -browser")
	}
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { requests.Add(1) }))
	defer server.Close()
	r := &Report{Title: "x"}
	var raw strings.Builder
	for i, a := range attacks(smallDrawing(), server.URL) {
		p := Picture{Name: "x", SVG: []byte(a.svg), Caption: `<img src="` + server.URL + `" onerror="window.pwned=1">`}
		if a.harmless {
			r.Sections = append(r.Sections, Section{ID: fmt.Sprint("a", i), Title: a.name, Figures: []Picture{p}})
			raw.WriteString(strings.ReplaceAll(a.svg, `http-equiv="refresh"`, "")) // which would leave the page
		}
	}
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	at := func(page string) string {
		path := filepath.Join(t.TempDir(), "page.html")
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return "file://" + path
	}
	open := func(address string) *webtest.Page {
		c := webtest.Open(t, *browser)
		c.Call("Page.navigate", map[string]any{"url": address}, nil)
		c.Await("document.readyState", "complete")
		return c
	}
	c := open(at(string(page)))
	c.Await("new Promise(done => setTimeout(() => done(1), 1000)) && document.querySelectorAll('figure svg').length", fmt.Sprint(len(r.Sections)))
	if got := c.Value("location.protocol + typeof window.pwned + document.querySelectorAll('#pwn, iframe, img, meta[http-equiv=refresh]').length"); got != "file:undefined0" {
		t.Errorf("the page has become %s", got)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the page made %d requests", n)
	}
	c = open(at("<!DOCTYPE html><title>x</title>" + raw.String()))
	c.Await("typeof window.pwned", "number")
	if requests.Load() == 0 {
		t.Error("the drawings as they are make no request: this test sees nothing")
	}
}
