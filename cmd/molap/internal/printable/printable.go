// Package printable keeps the text of foreign files from steering a terminal. Characters that would
// move the cursor, change colours or titles, or turn the order of letters are written as readable
// escapes. The escapes are those of JSON and TOML, so strings in these languages keep their meaning.
package printable

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// steersTerminal reports whether a terminal does something else with a character than show it: C0, DEL, C1,
// characters that turn the order of letters, and separators of lines.
func steersTerminal(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// Line returns text as a part of one line: line feeds and tabs are escaped, too.
func Line(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, steersTerminal) {
		return text
	}
	return string(escapedText([]byte(text), ""))
}

// escapedText returns text with escapes for bytes that are not valid UTF-8, and for characters that steer a
// terminal, except those of kept.
func escapedText(text []byte, kept string) (b []byte) {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1:
			b = fmt.Appendf(b, `\x%02x`, text[0])
		case !steersTerminal(r) || strings.ContainsRune(kept, r):
			b = append(b, text[:n]...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
		text = text[n:]
	}
	return b
}

// Writer writes text and escapes all that steers, except line feeds and tabs. It may be
// used by several goroutines.
type Writer struct {
	mu   sync.Mutex
	w    io.Writer
	part []byte // of a character that the next Write completes
}

// NewWriter returns a writer that writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes text.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := append(w.part, text...)
	whole := len(all)
	for back := 1; back < utf8.UTFMax && back <= len(all); back++ {
		if start := len(all) - back; utf8.RuneStart(all[start]) {
			if !utf8.FullRune(all[start:]) {
				whole = start
			}
			break
		}
	}
	if err := w.write(escapedText(all[:whole], "\n\t")); err != nil {
		return 0, err
	}
	w.part = append([]byte(nil), all[whole:]...)
	return len(text), nil
}

func (w *Writer) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := w.w.Write(b)
	return err
}

// Flush writes what is left of a text that ends within a character.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	part := w.part
	w.part = nil
	return w.write(escapedText(part, ""))
}

// Fd returns the descriptor of the file that w writes to, and otherwise one that no
// file has. It tells whether w writes to a terminal.
func (w *Writer) Fd() uintptr {
	if f, ok := w.w.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// Raw returns a writer to the same place as w that escapes nothing: for text that
// steers on purpose. Foreign text in it has to go through [Line].
func Raw(w io.Writer) io.Writer {
	if p, ok := w.(*Writer); ok {
		return rawWriter{p}
	}
	return w
}

type rawWriter struct{ w *Writer }

func (r rawWriter) Write(text []byte) (int, error) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	if err := r.w.write(text); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Shell returns words as a shell takes them.
func Shell(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if w == "" || strings.ContainsAny(w, " \t\n'\"\\$*?[]{}()<>|&;~#!`") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		quoted[i] = w
	}
	return strings.Join(quoted, " ")
}
