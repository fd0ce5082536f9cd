// Package progress tells a waiting person how far a long computation is. On a terminal it rewrites one
// line, with details below it; elsewhere (a log file, a batch system) it writes a plain line now and
// then.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"molap/cmd/molap/internal/printable"

	"golang.org/x/term"
)

// How often the line is rewritten on a terminal and printed elsewhere.
const (
	redrawEvery = 100 * time.Millisecond
	remindEvery = 5 * time.Second
)

// Reporter counts units of work and shows them. Its methods may be called from
// several goroutines. A unit is whatever the caller counts in, best proportional
// to the time it takes: trials times iterations, say.
type Reporter struct {
	Heading string // a line before the first count, or before the end if there is none

	mu       sync.Mutex
	w        io.Writer
	now      func() time.Time
	size     func() (columns, lines int) // of the terminal; nil: not a terminal
	detail   func() []string
	name     string
	total    float64
	done     float64
	found    float64 // part of done that took no work
	label    string
	start    time.Time
	worked   time.Time // when work was last done here
	shown    time.Time
	running  bool
	drawn    []int // characters of the lines on the terminal
	reported int   // last percentage printed where there is no terminal
	ended    string
}

// New returns a reporter that writes to w, usually os.Stderr.
func New(w io.Writer) *Reporter {
	return &Reporter{w: printable.Raw(w), now: time.Now, size: TerminalSize(w)}
}

// TerminalSize returns a function that returns the size, in characters, of the terminal that w writes to,
// or the usual size if the terminal does not say; nil if w writes to no terminal.
func TerminalSize(w io.Writer) func() (columns, lines int) {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func() (columns, lines int) {
		columns, lines, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 || lines <= 0 {
			return 80, 24
		}
		return columns, lines
	}
}

// Terminal reports whether details are shown.
func (r *Reporter) Terminal() bool { return r.size != nil }

// Detail shows the lines that lines returns below the count, on a terminal, as many as
// fit. It must not call the reporter.
func (r *Reporter) Detail(lines func() []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.detail = lines
}

// Status returns the count in words and in per cent; 0 and no words before it starts.
func (r *Reporter) Status() (text string, percent int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total == 0 {
		return "", 0
	}
	if !r.running {
		return r.ended, r.percent()
	}
	return r.line(), r.percent()
}

// Start begins the count of total units of work under a name. It panics if total
// is not positive.
func (r *Reporter) Start(name string, total float64) {
	if !(total > 0) {
		panic(fmt.Sprintf("progress: total work is %g units, want more than 0", total))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heading()
	r.name, r.total, r.done, r.found, r.label = printable.Line(name), total, 0, 0, ""
	r.start = r.now()
	r.shown, r.worked = r.start, r.start
	r.running, r.reported = true, -1
	if r.size != nil {
		r.draw()
	}
}

// Named is a reporter whose count has a name.
type Named struct {
	*Reporter
	name string
}

// Named returns the reporter under a name for its next count.
func (r *Reporter) Named(name string) Named { return Named{r, name} }

// Start begins the count of total units of work.
func (n Named) Start(total float64) { n.Reporter.Start(n.name, total) }

// Add counts units of work that were just done and says what is running.
func (r *Reporter) Add(units float64, label string) { r.add(units, 0, label) }

// Found counts units whose results were there already. They advance the count
// and say nothing of the speed.
func (r *Reporter) Found(units float64, label string) { r.add(units, units, label) }

func (r *Reporter) add(units, found float64, label string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done += units
	r.found += found
	if units > found {
		r.worked = r.now()
	}
	r.label = printable.Line(label)
	every := remindEvery
	if r.size != nil {
		every = redrawEvery
	}
	if !r.running || r.now().Sub(r.shown) < every {
		return
	}
	if r.size != nil {
		r.draw()
		return
	}
	// A log needs no second line that says the same.
	if p := r.percent(); p != r.reported {
		r.reported = p
		r.shown = r.now()
		fmt.Fprintln(r.w, r.line())
	}
}

// Milestone prints a line of its own that stays.
func (r *Reporter) Milestone(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clear()
	fmt.Fprintln(r.w, printable.Line(text))
	if r.running && r.size != nil {
		r.draw()
	}
}

// heading prints the heading, once.
func (r *Reporter) heading() {
	if r.Heading != "" {
		fmt.Fprintln(r.w, printable.Line(r.Heading))
		r.Heading = ""
	}
}

// Done ends the count with a line that says how long it took. Without a Start,
// or after Done or Stop, it prints the heading at most.
func (r *Reporter) Done() {
	r.mu.Lock()
	r.heading()
	r.mu.Unlock()
	r.end(func(took string) string { return "done in " + took })
}

// Stop ends the count early with a line that says how far it came. Without a
// Start, or after Done or Stop, it does nothing.
func (r *Reporter) Stop() {
	r.end(func(took string) string { return fmt.Sprintf("stopped at %d%% after %s", r.percent(), took) })
}

func (r *Reporter) end(text func(took string) string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.running {
		return
	}
	r.running = false
	r.clear()
	r.ended = r.name + ": " + text(clockText(r.now().Sub(r.start)))
	fmt.Fprintln(r.w, r.ended)
}

// percent rounds down, so that 100 means all; the slack is for the rounding of a
// sum of many small numbers.
func (r *Reporter) percent() int {
	return max(0, min(100, int(100*r.done/r.total+5e-5)))
}

// line returns the present state in words. The label comes last: it is what a narrow terminal may cut.
func (r *Reporter) line() string {
	elapsed := r.now().Sub(r.start)
	s := fmt.Sprintf("%s: %3d%%  %s", r.name, r.percent(), clockText(elapsed))
	if left, ok := r.left(elapsed); ok {
		s += ", about " + clockText(left) + " left"
	}
	if r.label != "" {
		s += "  " + r.label
	}
	return s
}

// left estimates the remaining time from the work done so far and the time it took. If no work was done
// for most of that time, as when others do what is left, the speed tells nothing.
func (r *Reporter) left(elapsed time.Duration) (time.Duration, bool) {
	worked := r.done - r.found
	if worked <= 0 || elapsed < time.Second || r.done >= r.total || r.now().Sub(r.worked) > elapsed/2 {
		return 0, false
	}
	return time.Duration(float64(elapsed) * (r.total - r.done) / worked), true
}

// draw rewrites the terminal's line: back to its start, the text cut to the
// width, the rest cleared. The cursor stays at the end of the last detail, if there
// are any. All is one write, so that nothing flickers.
func (r *Reporter) draw() {
	r.shown = r.now()
	columns, height := r.size()
	var b strings.Builder
	b.WriteString(r.up(columns))
	lines := []string{cutText(r.line(), columns-1)}
	var details []string
	if r.detail != nil {
		details = r.detail()
	}
	details = details[:min(len(details), max(0, height-2))]
	for _, d := range details {
		lines = append(lines, cutText("  "+printable.Line(d), columns-1))
	}
	before := len(r.drawn)
	r.drawn = r.drawn[:0]
	for i, l := range lines {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("\r" + l + "\x1b[K")
		r.drawn = append(r.drawn, utf8.RuneCountInString(l))
	}
	if len(lines) < before {
		b.WriteString("\x1b[J")
	}
	io.WriteString(r.w, b.String())
}

// up moves the cursor to the first of the lines on a terminal of that many columns. If the terminal has
// become narrower, a line may take several rows. up then clears them, since the new lines take fewer.
func (r *Reporter) up(columns int) string {
	rows, wrapped := 0, false
	for _, n := range r.drawn {
		rows += max(1, (n+columns-1)/columns)
		wrapped = wrapped || n > columns
	}
	switch {
	case wrapped:
		return fmt.Sprintf("\x1b[%dA\r\x1b[J", rows-1)
	case rows > 1:
		return fmt.Sprintf("\x1b[%dA", rows-1)
	}
	return ""
}

func (r *Reporter) clear() {
	if len(r.drawn) == 0 {
		return
	}
	erase := "\x1b[K"
	if len(r.drawn) > 1 {
		erase = "\x1b[J"
	}
	columns, _ := r.size()
	fmt.Fprint(r.w, r.up(columns)+"\r"+erase)
	r.drawn = r.drawn[:0]
}

// cutText shortens s to n characters.
func cutText(s string, n int) string {
	if n < 1 || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// clockText writes a duration as people say it: 45s, 3m20s, 2h05m.
func clockText(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	}
	return fmt.Sprintf("%dh%02dm", s/3600, s%3600/60)
}
