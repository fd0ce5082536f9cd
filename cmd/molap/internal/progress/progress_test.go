package progress

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"molap/cmd/molap/internal/printable"
)

// fake is a clock that moves when told.
type fake struct{ t time.Time }

func (f *fake) now() time.Time          { return f.t }
func (f *fake) advance(d time.Duration) { f.t = f.t.Add(d) }

func newFake(w io.Writer, columns int) (*Reporter, *fake) {
	f := &fake{time.Unix(1e9, 0)}
	r := New(w)
	r.now = f.now
	if columns > 0 {
		r.size = func() (int, int) { return columns, 6 }
	}
	return r, f
}

func TestPlain(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 0)
	r.Start("fig2", 100)
	for i := range 100 {
		clock.advance(time.Second)
		label := "molap T1"
		if i >= 50 {
			label = "separate T5"
		}
		r.Add(1, label)
		if i == 11 {
			r.Milestone("molap is pre-trained")
		}
	}
	r.Done()
	r.Done()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	want := map[int]string{
		0:  "fig2:   5%  5s, about 1m35s left  molap T1",
		1:  "fig2:  10%  10s, about 1m30s left  molap T1",
		2:  "molap is pre-trained",
		3:  "fig2:  15%  15s, about 1m25s left  molap T1",
		11: "fig2:  55%  55s, about 45s left  separate T5",
		20: "fig2: 100%  1m40s  separate T5",
		21: "fig2: done in 1m40s",
	}
	if len(lines) != 22 {
		t.Errorf("%d lines, want 22", len(lines))
	}
	for i, w := range want {
		if i < len(lines) && lines[i] != w {
			t.Errorf("line %d: %q, want %q", i, lines[i], w)
		}
	}
	if strings.ContainsAny(b.String(), "\r\x1b") {
		t.Error("control characters without a terminal")
	}
}

func TestPlainSaysNothingTwice(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 0)
	r.Start("x", 1e6)
	for range 100 {
		clock.advance(10 * time.Second)
		r.Add(1, "slow")
	}
	if n := strings.Count(b.String(), "\n"); n != 1 {
		t.Errorf("%d lines at 0%%, want 1", n)
	}
}

func TestTerminal(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 40)
	r.Start("fig2", 10)
	clock.advance(10 * time.Millisecond)
	r.Add(1, "too soon to redraw")
	clock.advance(2 * time.Second)
	r.Add(1, "a label that is much too long for the line")
	r.Milestone("half")
	r.Stop()
	r.Done()
	want := "\rfig2:   0%  0s\x1b[K" +
		"\rfig2:  20%  2s, about 8s left  a label…\x1b[K" +
		"\r\x1b[Khalf\n" +
		"\rfig2:  20%  2s, about 8s left  a label…\x1b[K" +
		"\r\x1b[Kfig2: stopped at 20% after 2s\n"
	if b.String() != want {
		t.Errorf("got\n%q, want\n%q", b.String(), want)
	}
}

// TestFound: results that were there already must not make the rest look fast.
func TestFound(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 0)
	r.Start("x", 100)
	r.Found(50, "cached")
	clock.advance(10 * time.Second)
	r.Add(10, "work")
	if want := "x:  60%  10s, about 40s left  work\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// TestOthersWork: a run that waits for others says nothing of the time that is left.
func TestOthersWork(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 0)
	r.Start("x", 1000)
	clock.advance(10 * time.Second)
	r.Add(10, "work")
	clock.advance(time.Hour)
	r.Found(10, "of others")
	if want := "x:   1%  10s, about 16m30s left  work\nx:   2%  1h00m  of others\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestSmallUnitsReachTheEnd(t *testing.T) {
	var b bytes.Buffer
	r, _ := newFake(&b, 0)
	r.Start("x", 1)
	for range 1000 {
		r.Add(0.001, "")
	}
	r.Stop()
	if want := "x: stopped at 100% after 0s\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestBeforeStart(t *testing.T) {
	var b bytes.Buffer
	r, _ := newFake(&b, 80)
	r.Milestone("hello")
	r.Done()
	r.Stop()
	if b.String() != "hello\n" {
		t.Errorf("got %q", b.String())
	}
	defer func() {
		if v, _ := recover().(string); !strings.Contains(v, "0 units") {
			t.Errorf("panic %q", v)
		}
	}()
	r.Start("x", 0)
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 1499 * time.Millisecond: "1s", 59600 * time.Millisecond: "1m00s",
		200 * time.Second: "3m20s", 3600 * time.Second: "1h00m", 100 * time.Hour: "100h00m",
	} {
		if got := clockText(d); got != want {
			t.Errorf("%v reads %s, want %s", d, got, want)
		}
	}
}

// TestConcurrent is for the race detector, and counts.
func TestConcurrent(t *testing.T) {
	var b bytes.Buffer
	r := New(&b)
	r.Start("x", 800)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				r.Add(1, "work")
			}
			r.Milestone("m")
		})
	}
	wg.Wait()
	r.Done()
	if n := strings.Count(b.String(), "m\n"); n != 8 {
		t.Errorf("%d milestones, want 8", n)
	}
	if !strings.Contains(b.String(), "x: done") {
		t.Errorf("not done: %q", b.String())
	}
}

// screen is what a terminal shows of what was written to it: carriage return, line
// feed, up, clear the rest of the line and of the screen.
func screen(text string) []string {
	lines, row, column := [][]rune{nil}, 0, 0
	in := []rune(text)
	for i := 0; i < len(in); i++ {
		switch in[i] {
		case '\r':
			column = 0
		case '\n':
			if row++; row == len(lines) {
				lines = append(lines, nil)
			}
		case '\x1b':
			n := 0
			for i += 2; in[i] >= '0' && in[i] <= '9'; i++ {
				n = 10*n + int(in[i]-'0')
			}
			switch in[i] {
			case 'A':
				row -= n
			case 'J':
				lines = lines[:row+1]
				fallthrough
			case 'K':
				lines[row] = lines[row][:min(column, len(lines[row]))]
			}
		default:
			lines[row] = append(lines[row][:column], append([]rune{in[i]}, lines[row][min(column+1, len(lines[row])):]...)...)
			column++
		}
	}
	var shown []string
	for _, l := range lines {
		shown = append(shown, string(l))
	}
	return shown
}

// TestDetail has details come, go and exceed the terminal's six lines.
func TestDetail(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 40)
	var details []string
	r.Detail(func() []string { return details })
	r.Milestone("before")
	r.Start("train", 10)
	step := func(want ...string) {
		t.Helper()
		clock.advance(time.Second)
		r.Add(1, "x")
		if got := screen(b.String()); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("the terminal shows %q, want %q", got, want)
		}
	}
	step("before", "train:  10%  1s, about 9s left  x")
	details = []string{"one, a detail that is too long for the line", "two"}
	step("before", "train:  20%  2s, about 8s left  x", "  one, a detail that is too long for t…", "  two")
	r.Milestone("told")
	details = []string{"a", "b", "c", "d", "e"}
	step("before", "told", "train:  30%  3s, about 7s left  x", "  a", "  b", "  c", "  d")
	details = details[4:]
	step("before", "told", "train:  40%  4s, about 6s left  x", "  e")
	r.Done()
	if got := screen(b.String()); strings.Join(got, "|") != "before|told|train: done in 4s|" {
		t.Errorf("at the end the terminal shows %q", got)
	}
	if text, percent := r.Status(); text != "train: done in 4s" || percent != 40 {
		t.Errorf("status is %q, %d%%", text, percent)
	}
}

// TestForeignText: names, labels, details and milestones steer no terminal, though the
// reporter's own sequences reach it through a writer that escapes.
func TestForeignText(t *testing.T) {
	const foreign = "a\x1b[2J\r\nb\u202e"
	var b bytes.Buffer
	r, clock := newFake(printable.NewWriter(&b), 200)
	r.Detail(func() []string { return []string{foreign} })
	r.Start(foreign, 2)
	clock.advance(time.Second)
	r.Add(1, foreign)
	r.Milestone(foreign)
	r.Done()
	text := b.String()
	if n := strings.Count(text, `a\u001b[2J\u000d\nb\u202e`); n < 8 || strings.Contains(text, "\x1b[2J") || strings.Contains(text, "\u202e") {
		t.Errorf("%d escaped texts in %q", n, text)
	}
	if !strings.Contains(text, "\r") || !strings.Contains(text, "\x1b[K") {
		t.Errorf("no sequences of the reporter's own in %q", text)
	}
}

// TestNarrower checks that nothing is left of lines that a terminal which became narrower
// shows in several rows.
func TestNarrower(t *testing.T) {
	var b bytes.Buffer
	r, clock := newFake(&b, 60)
	r.Detail(func() []string { return []string{strings.Repeat("x", 50)} })
	r.Start("fig2", 100)
	b.Reset()
	r.size = func() (int, int) { return 20, 6 }
	clock.advance(time.Second)
	r.Add(1, "molap T1")
	// The first line had 12 characters, one row; the second 52, three rows of 20.
	if !strings.HasPrefix(b.String(), "\x1b[3A\r\x1b[J") {
		t.Errorf("begins with %q", b.String()[:min(20, b.Len())])
	}
	b.Reset()
	clock.advance(time.Second)
	r.Add(1, "molap T1")
	if !strings.HasPrefix(b.String(), "\x1b[1A\rfig2") {
		t.Errorf("then begins with %q", b.String()[:min(20, b.Len())])
	}
}
