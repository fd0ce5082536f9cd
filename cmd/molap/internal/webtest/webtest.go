// Package webtest opens pages in a headless Chromium for tests: it presses keys, moves
// the pointer, asks the page for values and takes pictures.
package webtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// hung is longer than any browser takes, however slow and busy the machine.
const hung = 5 * time.Minute

// Page is a headless Chromium with one page, driven through the DevTools protocol
// over a pair of pipes: requests and answers are JSON, each ended by a zero byte.
type Page struct {
	t       *testing.T
	to      *os.File
	session string

	mu       sync.Mutex
	asked    int
	answers  map[int]chan answer
	problems []string // of the console, uncaught errors, failed requests
}

type answer struct {
	ID     int
	Result json.RawMessage
	Error  *struct{ Message string }
	Method string
	Params json.RawMessage
}

// Open starts the browser; it is closed when the test ends.
func Open(t *testing.T, path string) *Page {
	in, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir())
	cmd.ExtraFiles = []*os.File{in, out}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	out.Close()
	c := &Page{t: t, to: to, answers: map[int]chan answer{}}
	go c.listen(from)
	t.Cleanup(func() {
		c.Call("Browser.close", nil, nil)
		cmd.Wait()
		to.Close()
		from.Close()
	})
	var target struct{ TargetID, SessionID string }
	c.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	c.Call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	c.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		c.Call(domain+".enable", nil, nil)
	}
	return c
}

// listen passes answers on and keeps the page's complaints.
func (c *Page) listen(from *os.File) {
	r := bufio.NewReader(from)
	for {
		data, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var a answer
		if json.Unmarshal(data[:len(data)-1], &a) != nil {
			continue
		}
		c.mu.Lock()
		if wait, ok := c.answers[a.ID]; ok {
			delete(c.answers, a.ID)
			wait <- a
		}
		switch a.Method {
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded":
			c.problems = append(c.problems, string(a.Params))
		}
		c.mu.Unlock()
	}
}

// Call sends a request of the DevTools protocol and waits for its result; nil for none.
func (c *Page) Call(method string, params, result any) {
	c.t.Helper()
	if params == nil {
		params = struct{}{}
	}
	wait := make(chan answer, 1)
	c.mu.Lock()
	c.asked++
	id := c.asked
	c.answers[id] = wait
	c.mu.Unlock()
	request := map[string]any{"id": id, "method": method, "params": params}
	if c.session != "" && !strings.HasPrefix(method, "Browser.") {
		request["sessionId"] = c.session
	}
	data, err := json.Marshal(request)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.to.Write(append(data, 0)); err != nil {
		c.t.Fatal(err)
	}
	select {
	case a := <-wait:
		if a.Error != nil {
			c.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(a.Result, result); err != nil {
				c.t.Fatal(err)
			}
		}
	case <-time.After(hung):
		c.t.Fatalf("%s: no answer", method)
	}
}

// Value evaluates an expression in the page; its value is returned as text.
func (c *Page) Value(expression string) string {
	c.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	c.Call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		c.t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	return fmt.Sprint(r.Result.Value)
}

// Await waits until an expression has a value.
func (c *Page) Await(expression, want string) {
	c.t.Helper()
	got := ""
	for began := time.Now(); time.Since(began) < hung; time.Sleep(100 * time.Millisecond) {
		if got = c.Value(expression); got == want {
			return
		}
	}
	c.t.Fatalf("%s is %q, want %q; the page complains of %s", expression, got, want, c.Complaints())
}

// Key presses a key that has no text.
func (c *Page) Key(name string) {
	code := map[string]int{"Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
		"Home": 36, "End": 35, "PageUp": 33, "PageDown": 34, "Escape": 27}[name]
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		c.Call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}, nil)
	}
}

// Move moves the pointer to (x, y) in CSS pixels of the window.
func (c *Page) Move(x, y float64) {
	c.t.Helper()
	c.Call("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": x, "y": y}, nil)
}

// Tap touches the window at (x, y) for a moment.
func (c *Page) Tap(x, y float64) {
	c.t.Helper()
	c.Call("Input.dispatchTouchEvent", map[string]any{"type": "touchStart", "touchPoints": []map[string]any{{"x": x, "y": y}}}, nil)
	c.Call("Input.dispatchTouchEvent", map[string]any{"type": "touchEnd", "touchPoints": []map[string]any{}}, nil)
}

// Window sets the size of the page in CSS pixels and whether it is dark.
func (c *Page) Window(width, height int, dark bool) {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	c.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	c.Call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// Picture writes a picture of the page, of the whole of it or of what the window shows.
func (c *Page) Picture(path string, whole bool) {
	var r struct{ Data []byte }
	c.Call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": whole}, &r)
	if err := os.WriteFile(path, r.Data, 0o666); err != nil {
		c.t.Fatal(err)
	}
}

// Complaints returns what the console, uncaught errors and failed requests said.
func (c *Page) Complaints() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.problems
}
