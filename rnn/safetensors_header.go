package rnn

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendString appends s in JSON.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ':
			dst = fmt.Appendf(dst, `\u%04x`, c)
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// quoted writes a value from a file in quotes, and only its beginning if it is long.
func quoted(value string) string {
	const most = 80
	if len(value) > most {
		return strconv.Quote(value[:most]) + "…"
	}
	return strconv.Quote(value)
}

// parseCount reads a number that is not negative.
func parseCount(key, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || strconv.Itoa(n) != value {
		return 0, fmt.Errorf("%s %s is not a number", key, quoted(value))
	}
	return n, nil
}

// leakText writes a leak as metadata have it: the shortest decimal that reads back as it.
func leakText(alpha float64) string { return strconv.FormatFloat(alpha, 'g', -1, 64) }

// parseLeak reads what leakText writes of a leak other than 1.
func parseLeak(text string) (float64, error) {
	alpha, err := strconv.ParseFloat(text, 64)
	if err != nil || leakText(alpha) != text || alpha == 1 {
		return 0, fmt.Errorf("%s %s is not a number as this program writes it", keyLeak, quoted(text))
	}
	return alpha, nil
}

// scanner reads a header and keeps the first error.
type scanner struct {
	text []byte
	at   int
	err  error
}

// fail reports what should come next.
func (s *scanner) fail(want string, args ...any) {
	if s.err == nil {
		have := s.text[s.at:min(len(s.text), s.at+20)]
		s.err = fmt.Errorf("header has %q at byte %d, want %s", have, s.at, fmt.Sprintf(want, args...))
	}
}

// comes reports whether want comes next.
func (s *scanner) comes(want string) bool {
	return s.err == nil && bytes.HasPrefix(s.text[s.at:], []byte(want))
}

// literal reads want.
func (s *scanner) literal(want string) {
	if s.comes(want) {
		s.at += len(want)
		return
	}
	s.fail("%q", want)
}

// string reads a string as appendString writes it.
func (s *scanner) string() string {
	s.literal(`"`)
	if s.err != nil {
		return ""
	}
	end := s.at
	for end < len(s.text) && s.text[end] != '"' {
		if s.text[end] == '\\' {
			end++ // a quote after it ends nothing
		}
		end++
	}
	if end >= len(s.text) {
		s.fail("a string")
		return ""
	}
	var b strings.Builder
	b.Grow(end - s.at)
	for s.at < end {
		c, n := character(s.text[s.at:end])
		if n == 0 {
			s.fail("a character")
			return ""
		}
		b.WriteByte(c)
		s.at += n
	}
	s.at++
	v := b.String()
	if !utf8.ValidString(v) {
		s.fail("UTF-8 before it")
	}
	return v
}

// character reads one byte of a string, which is written with n; n is 0 if
// appendString does not write such a thing.
func character(text []byte) (c byte, n int) {
	const digits = "0123456789abcdef"
	switch {
	case text[0] < ' ':
		return 0, 0
	case text[0] != '\\':
		return text[0], 1
	case len(text) >= 2 && (text[1] == '"' || text[1] == '\\'):
		return text[1], 2
	case len(text) >= 6 && (string(text[:5]) == `\u000` || string(text[:5]) == `\u001`):
		if low := strings.IndexByte(digits, text[5]); low >= 0 {
			return 16*(text[4]-'0') + byte(low), 6
		}
	}
	return 0, 0
}

// number reads a number that is not negative.
func (s *scanner) number() int {
	n := 0
	for s.at+n < len(s.text) && n < 20 && '0' <= s.text[s.at+n] && s.text[s.at+n] <= '9' {
		n++
	}
	v, err := parseCount("", string(s.text[s.at:s.at+n]))
	if err != nil {
		s.fail("a number")
		return 0
	}
	s.at += n
	return v
}

// tensor reads the entry of a tensor of dims dimensions whose numbers start at
// byte at, and returns where the next one's do.
func (s *scanner) tensor(name string, dims int, numbers []byte, at int) (array, int) {
	s.literal(`,"` + name + `":{"dtype":"F`)
	size := 8
	if bytes.HasPrefix(s.text[s.at:], []byte("32")) {
		size = 4
	}
	s.literal(strconv.Itoa(8*size) + `","shape":[`)
	shape := make([]int, dims)
	for i := range shape {
		if i > 0 {
			s.literal(",")
		}
		shape[i] = s.number()
	}
	n, ok := entriesOf(shape, len(numbers))
	if !ok || n*size > len(numbers)-at {
		s.fail("a shape of %s that fits into the %d bytes left", name, len(numbers)-at)
		return array{}, at
	}
	s.literal(`],"data_offsets":[` + strconv.Itoa(at) + `,` + strconv.Itoa(at+n*size) + `]}`)
	return newArray(size, shape, false, numbers[at:at+n*size]), at + n*size
}
