package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
)

// TestServeRefused gives -serve addresses that others could reach, and none at all.
func TestServeRefused(t *testing.T) {
	for _, command := range []string{"train", "reproduce"} {
		for _, addr := range []string{"0.0.0.0:8080", ":8080", "[::]:0", "192.0.2.1:80", "example.com:80", "8080", "127.0.0.1:99999", ""} {
			code, stdout, stderr := run(command, "-serve", addr)
			if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "-serve") {
				t.Errorf("%s -serve %q: exit code %d, %q, %q", command, addr, code, stdout, stderr)
			}
		}
	}
}

// TestServe looks at the page of a run, keeps its stream open and interrupts the run:
// the run and the page end.
func TestServe(t *testing.T) {
	address := make(chan string, 1)
	var signals chan<- os.Signal
	var out bytes.Buffer
	stderr := &addressFinder{found: address}
	env := cli.Env{Stdout: &out, Stderr: stderr, Exit: func(int) {},
		Notify: func(c chan<- os.Signal) func() { signals = c; return func() {} },
		Args:   append([]string{"train", "-arm", "reservoir", "-task", "T1", "-cache", "off", "-serve", "127.0.0.1:0"}, withArgs(tinySettings, "-set", "training.level_iterations=100000")...)}
	code := make(chan int)
	go func() { code <- program().Main(env) }()
	var url string
	select {
	case url = <-address:
	case c := <-code:
		t.Fatalf("exit code %d, %q", c, stderr.text.String())
	}
	page, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(page.Body)
	if err != nil || !strings.Contains(string(text), "<h1") {
		t.Errorf("the page is %q, %v", text, err)
	}
	stream, err := http.Get(url + "events?id=0")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	some := make([]byte, 1024)
	if _, err := io.ReadAtLeast(stream.Body, some, 100); err != nil || !strings.Contains(string(some), `"title":"molap train -arm reservoir`) {
		t.Errorf("the stream begins with %q, %v", some, err)
	}
	signals <- os.Interrupt
	if c := <-code; c != 130 {
		t.Errorf("exit code %d", c)
	}
	rest, err := io.ReadAll(stream.Body)
	if err != nil || !strings.Contains(string(rest), "event: over") {
		t.Errorf("the stream ends with %q, %v", rest, err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the page outlives the run")
	}
}

// addressFinder finds the address of the page in what is written to it.
type addressFinder struct {
	text  bytes.Buffer
	found chan string
}

var pageAddress = regexp.MustCompile(`live page: (http://127\.0\.0\.1:[0-9]+/)\n`)

func (f *addressFinder) Write(b []byte) (int, error) {
	f.text.Write(b)
	if m := pageAddress.FindSubmatch(f.text.Bytes()); m != nil && len(f.found) == 0 {
		f.found <- string(m[1])
		f.text.Reset()
	}
	return len(b), nil
}
