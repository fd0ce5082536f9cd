package live

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"molap/cmd/molap/internal/watch"
	"molap/rnn"
)

const pageHost = "127.0.0.1:8123"

// exampleSource is a run of two trainings: one that learns and one that is stuck.
func exampleSource() Source {
	b := watch.New(rnn.PublishedCriterion)
	for i, name := range []string{"molap T7, seed 1", "reservoir T7, seed 1"} {
		t := b.Begin(watch.About{Name: name, Iterations: 1000, BlindLoss: 0.05, IterationWork: 1, LookWork: 1e-9})
		l := watch.Look{Scored: true, Units: 12, Modules: 2, WRec: make([]float32, 12*12), Hidden: make([]float32, 60*12)}
		for j := range l.WRec {
			l.WRec[j] = float32(j%12)/6 - 1
		}
		for j := range l.Hidden {
			l.Hidden[j] = float32(j/12)/30 - 1
		}
		l.Trial = &watch.Trial{Outputs: []string{"fixation", "response"}, More: 1, StepMS: 10,
			Periods: []watch.Period{{Name: "fixation", Start: 0}, {Name: "stimulus", Start: 20}, {Name: "response", Start: 40}}}
		for j := range 60 {
			l.Output = append(l.Output, float32(j)/60, float32(j)/120)
			l.Trial.Target = append(l.Trial.Target, float32(1-j/40), -float32(j/40))
		}
		l.Trial.Target[1] = float32(math.NaN())
		for n := range 600 {
			t.Iteration(0.05 + 2/float64(1+n) - float64(1-i)*0.0499*float64(n)/600)
			if n%50 == 49 {
				l.Overall, l.Decision = float64(n)/6, float64(n)/8
				t.Show(l)
			}
		}
	}
	return Source{Title: "molap train -task T7 <&>", Board: b, Status: func() (string, int) { return "train:  60%  1m00s, about 40s left", 60 }}
}

// TestGuard sends what the page sends, and what other pages and programs might.
func TestGuard(t *testing.T) {
	h := newServer(exampleSource(), netip.MustParseAddrPort(pageHost)).handler()
	const own = "http://" + pageHost
	for _, c := range []struct {
		method, path, host string
		header             [2]string
		want               int
	}{
		{"GET", "/", pageHost, [2]string{}, 200},
		{"GET", "/", "localhost:8123", [2]string{}, 200},
		{"GET", "/page.js", pageHost, [2]string{"Origin", own}, 200},
		{"GET", "/draw.js", pageHost, [2]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"GET", "/page.css", pageHost, [2]string{"Sec-Fetch-Site", "none"}, 200},

		{"GET", "/", "evil.example:8123", [2]string{}, 403}, // DNS rebinding
		{"GET", "/", "127.0.0.1:8124", [2]string{}, 403},
		{"GET", "/", "127.0.0.1", [2]string{}, 403},
		{"GET", "/", "localhost", [2]string{}, 403},
		{"GET", "/", "127.0.0.1.evil.example:8123", [2]string{}, 403},
		{"GET", "/", "", [2]string{}, 403},
		{"GET", "/events", pageHost, [2]string{"Origin", "http://evil.example"}, 403},
		{"GET", "/events", pageHost, [2]string{"Origin", "https://" + pageHost}, 403},
		{"GET", "/events", pageHost, [2]string{"Origin", "null"}, 403},
		{"GET", "/events", pageHost, [2]string{"Origin", own + ".evil.example"}, 403},
		{"GET", "/page.js", pageHost, [2]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"GET", "/page.js", pageHost, [2]string{"Sec-Fetch-Site", "same-site"}, 403}, // another port

		{"HEAD", "/", pageHost, [2]string{}, 405},
		{"POST", "/", pageHost, [2]string{}, 405},
		{"POST", "/events", pageHost, [2]string{"Origin", own}, 405},
		{"PUT", "/", pageHost, [2]string{}, 405},
		{"DELETE", "/", pageHost, [2]string{}, 405},
		{"OPTIONS", "/", pageHost, [2]string{}, 405},
		{"CONNECT", "/", pageHost, [2]string{}, 405},

		{"GET", "/favicon.ico", pageHost, [2]string{}, 404},
		{"GET", "/../server.go", pageHost, [2]string{}, 307}, // to /server.go
		{"GET", "/server.go", pageHost, [2]string{}, 404},
		{"GET", "/events?id=x", pageHost, [2]string{}, 400},
		{"GET", "/events?id=-1", pageHost, [2]string{}, 400},
	} {
		r := httptest.NewRequest(c.method, "http://"+pageHost+"/", nil)
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(c.path, "?")
		r.Host = c.host
		if c.header[0] != "" {
			r.Header.Set(c.header[0], c.header[1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		what := fmt.Sprintf("%s %s of host %q with %q", c.method, c.path, c.host, c.header)
		if w.Code != c.want {
			t.Errorf("%s is answered %d, want %d", what, w.Code, c.want)
		}
		if w.Code != 200 && strings.Contains(w.Body.String(), "molap train") {
			t.Errorf("%s is refused and told %q", what, w.Body)
		}
		for name, want := range map[string]string{"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", what, name, got)
			}
		}
		for name := range w.Header() {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: there is a header %s", what, name)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, good := range []string{"127.0.0.1:0", "127.0.0.1:8080", "127.1.2.3:80", "[::1]:8080", "localhost:1"} {
		if err := Check(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", ":8080", "8080", "0.0.0.0:8080", "[::]:8080", "192.168.1.2:80", "example.com:80", "127.0.0.1", "127.0.0.1:x",
		"127.0.0.1:65536", "127.0.0.1:-1", "[fe80::1%lo]:80", "[::1%lo]:80", "localhost.evil.example:80", "[::ffff:0.0.0.0]:80", "127.1:80", "2130706433:80"} {
		err := Check(bad)
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want an error of one line", bad, err)
		}
	}
}

// readEvents reads a stream to its end.
func readEvents(t *testing.T, url string, each func(name string, data []byte)) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if kind := r.Header.Get("Content-Type"); r.StatusCode != 200 || kind != "text/event-stream" {
		t.Fatalf("%s: %s, %s", url, r.Status, kind)
	}
	name := ""
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			name = text
		}
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			each(name, []byte(text))
		}
	}
}

// TestEvents serves on a real socket and reads what a page is sent.
func TestEvents(t *testing.T) {
	source := exampleSource()
	s, err := Serve("localhost:0", source)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.HasPrefix(s.URL, "http://127.0.0.1:") {
		t.Errorf("served at %s", s.URL)
	}
	if _, err := Serve(strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/"), source); err == nil {
		t.Error("the same port is served twice")
	}
	seen := map[string]int{}
	readEvents(t, s.URL+"events?id=1", func(name string, data []byte) {
		if seen[name]++; seen[name] > 1 && name != "run" {
			t.Errorf("event %s is sent again, and nothing changed", name)
		}
		var err error
		switch name {
		case "run":
			var r runEvent
			err = json.Unmarshal(data, &r)
			if len(r.Trainings) != 2 || r.Percent != 60 || r.Title != source.Title || *r.Trainings[0].Correct != 599.0/6 || r.Trainings[1].Done != 600 {
				t.Errorf("run is %+v", r)
			}
		case "history":
			var h watch.History
			err = json.Unmarshal(data, &h)
			if h.ID != 1 || h.Done != 600 || h.BlindLoss != 0.05 || len(h.Scores) != 12 || h.Scores[11].Iteration != 600 || len(h.Loss) != 300 || h.Stride != 2 {
				t.Errorf("history is %+v", h)
			}
		case "look":
			var l lookEvent
			err = json.Unmarshal(data, &l)
			if l.Units != 12 || l.Steps != 60 || l.Modules != 2 || l.WRec.Most != 1 || len(l.WRec.Data) != 12*12*4/3 || !strings.HasPrefix(l.WRec.Data, "gZar") ||
				len(l.Trial.Target) != 120 || l.Trial.Output[119] != 0.4917 || len(l.Trial.Periods) != 3 || !strings.Contains(string(data), `"target":[1,null,1,`) {
				t.Errorf("look is %+v", l)
			}
			go s.Close() // the rest has come before
		}
		if err != nil {
			t.Error(err)
		}
	})
	if seen["run"] == 0 || seen["history"] != 1 || seen["look"] != 1 || seen["over"] != 1 {
		t.Errorf("events are %v", seen)
	}
	if _, err := http.Get(s.URL); err == nil {
		t.Error("something is served after Close")
	}
}

// TestStreamsBounded opens more streams than are served.
func TestStreamsBounded(t *testing.T) {
	s := newServer(exampleSource(), netip.MustParseAddrPort(pageHost))
	for range mostStreams {
		s.streams <- struct{}{}
	}
	r := httptest.NewRequest("GET", "http://"+pageHost+"/events", nil)
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("stream %d is answered %d", mostStreams+1, w.Code)
	}
}

func TestPack(t *testing.T) {
	v := packValues([]float32{0, 2, -2, 1, float32(math.NaN()), float32(math.Inf(1))}, 0)
	if v.Most != 2 || v.Data != "AH+BQAAA" {
		t.Errorf("packed is %+v", v)
	}
	if v := packValues([]float32{0, 0}, 0); v.Data != "AAA=" {
		t.Errorf("zeros are %+v", v)
	}
}
