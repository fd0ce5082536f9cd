package live

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

// chromium is a headless Chromium with one page, driven through the DevTools protocol
// over a pair of pipes: requests and answers are JSON, each ended by a zero byte.
type chromium struct {
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

// open starts the browser; it is closed when the test ends.
func open(t *testing.T, path string) *chromium {
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
	c := &chromium{t: t, to: to, answers: map[int]chan answer{}}
	go c.listen(from)
	t.Cleanup(func() {
		c.call("Browser.close", nil, nil)
		cmd.Wait()
		to.Close()
		from.Close()
	})
	var target struct{ TargetID, SessionID string }
	c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	c.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		c.call(domain+".enable", nil, nil)
	}
	return c
}

// listen hands answers on and keeps what the page complains of.
func (c *chromium) listen(from *os.File) {
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

func (c *chromium) call(method string, params, result any) {
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
	case <-time.After(30 * time.Second):
		c.t.Fatalf("%s: no answer", method)
	}
}

// value evaluates an expression in the page; its value is returned as text.
func (c *chromium) value(expression string) string {
	c.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	c.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		c.t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	return fmt.Sprint(r.Result.Value)
}

// await waits until an expression has a value.
func (c *chromium) await(expression, want string) {
	c.t.Helper()
	got := ""
	for range 100 {
		if got = c.value(expression); got == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Fatalf("%s is %q, want %q; the page complains of %s", expression, got, want, c.complaints())
}

// key presses a key that has no text.
func (c *chromium) key(name string) {
	code := map[string]int{"Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35}[name]
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		c.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}, nil)
	}
}

// window sets the size of the page in CSS pixels and whether it is dark.
func (c *chromium) window(width, height int, dark bool) {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	c.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	c.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// picture writes a picture of the whole page.
func (c *chromium) picture(path string) {
	var r struct{ Data []byte }
	c.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &r)
	if err := os.WriteFile(path, r.Data, 0o666); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chromium) complaints() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.problems
}
