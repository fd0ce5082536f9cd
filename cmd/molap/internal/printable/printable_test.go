package printable

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// texts has what is shown, in one line, of texts.
var texts = map[string]string{
	"plain": "plain",
	"größer ≥ 3\u2009000 – “ok” 😀": "größer ≥ 3\u2009000 – “ok” 😀",
	"\x1b]0;title\x07":             `\u001b]0;title\u0007`,
	"\x1b[2J\r":                    `\u001b[2J\u000d`,
	"a\x00\b\x7f":                  `a\u0000\u0008\u007f`,
	"\u009b2J\u0085":               `\u009b2J\u0085`,
	"\x9b2J\xff\xc3":               `\x9b2J\xff\xc3`,
	"\u202eabc\u202c\u2066\u2069\u200e\u200f\u061c": `\u202eabc\u202c\u2066\u2069\u200e\u200f\u061c`,
	"a\u2028b\u2029":             `a\u2028b\u2029`,
	"two\nlines\t":               `two\nlines\t`,
	"\xed\xa0\x80 surrogate":     `\xed\xa0\x80 surrogate`,
	"\ufffd is a character, too": "\ufffd is a character, too",
}

func TestLine(t *testing.T) {
	for text, want := range texts {
		if got := Line(text); got != want {
			t.Errorf("Line(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestWriter writes the same texts at once and byte by byte: line feeds and tabs stay.
func TestWriter(t *testing.T) {
	for text, want := range texts {
		want = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(want)
		var whole, bytewise bytes.Buffer
		w, b := NewWriter(&whole), NewWriter(&bytewise)
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("Write(%q) = %d, %v", text, n, err)
		}
		io.Copy(struct{ io.Writer }{b}, iotest.OneByteReader(struct{ io.Reader }{strings.NewReader(text)}))
		w.Flush()
		b.Flush()
		if whole.String() != want || bytewise.String() != want {
			t.Errorf("%q is written as %q and %q, want %q", text, &whole, &bytewise, want)
		}
	}
}

// TestJSON: strings of JSON that is written so mean the same.
func TestJSON(t *testing.T) {
	for text := range texts {
		var b bytes.Buffer
		w := NewWriter(&b)
		json.NewEncoder(w).Encode(text)
		var got, want string
		data, _ := json.Marshal(text)
		json.Unmarshal(data, &want) // with replacements for what is not UTF-8
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || got != want {
			t.Errorf("%q is read as %q (%v) from %s", text, got, err, &b)
		}
	}
}

func TestRaw(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	io.WriteString(Raw(w), "\r\x1b[K")
	io.WriteString(w, "\r")
	if got, want := b.String(), "\r\x1b[K"+`\u000d`; got != want {
		t.Errorf("written %q, want %q", got, want)
	}
	if Raw(&b) != io.Writer(&b) {
		t.Error("what escapes nothing anyway is not itself")
	}
	if w.Fd() != ^uintptr(0) || NewWriter(os.Stderr).Fd() != os.Stderr.Fd() {
		t.Error("the descriptor is not that of the file below")
	}
}

// TestWriterTellsErrors: either way of writing returns the error of what is below.
func TestWriterTellsErrors(t *testing.T) {
	w := NewWriter(failing{})
	for _, to := range []io.Writer{w, Raw(w)} {
		if n, err := to.Write([]byte("x")); n != 0 || err != io.ErrShortWrite {
			t.Errorf("%d bytes, error %v", n, err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
