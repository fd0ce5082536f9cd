package rnn

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
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

// parseCount reads a whole number that is not negative.
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

// headerScanner reads a header, which is JSON, and keeps the first error.
type headerScanner struct {
	text []byte
	at   int
	err  error
}

// fail keeps an error that says what should come next.
func (s *headerScanner) fail(want string, args ...any) {
	if s.err == nil {
		have := s.text[s.at:min(len(s.text), s.at+20)]
		s.err = fmt.Errorf("header has %q at byte %d, want %s", have, s.at, fmt.Sprintf(want, args...))
	}
}

// spaces skips white space.
func (s *headerScanner) spaces() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// next skips spaces and reports whether sign comes next. If it does, next reads it.
func (s *headerScanner) next(sign byte) bool {
	s.spaces()
	if s.err != nil || s.at == len(s.text) || s.text[s.at] != sign {
		return false
	}
	s.at++
	return true
}

// sign reads a sign, which has to come next.
func (s *headerScanner) sign(sign byte) {
	if !s.next(sign) {
		s.fail("%q", sign)
	}
}

// string reads a string.
func (s *headerScanner) string() string {
	s.sign('"')
	if s.err != nil {
		return ""
	}
	from := s.at - 1
	for s.at < len(s.text) && s.text[s.at] != '"' {
		if s.text[s.at] == '\\' {
			s.at++ // a quote after a backslash does not end the string
		}
		s.at++
	}
	if s.at >= len(s.text) {
		s.at = from
		s.fail("a string")
		return ""
	}
	s.at++
	quotes := s.text[from:s.at]
	var v string
	switch {
	case !utf8.Valid(quotes):
		s.fail("UTF-8 before it")
	case bytes.IndexByte(quotes, '\\') >= 0 || bytes.ContainsFunc(quotes, func(r rune) bool { return r < ' ' }):
		if json.Unmarshal(quotes, &v) != nil {
			s.at = from
			s.fail("a string of JSON")
		}
	default:
		v = string(quotes[1 : len(quotes)-1])
	}
	return v
}

// number reads a number that is not negative.
func (s *headerScanner) number() int {
	s.spaces()
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

// object reads an object and calls value with each key, to read what belongs to it.
func (s *headerScanner) object(value func(key string)) {
	seen := map[string]bool{}
	s.sign('{')
	for s.err == nil && !s.next('}') {
		if len(seen) > 0 {
			s.sign(',')
		}
		key := s.string()
		if seen[key] {
			s.fail("one entry %s", quoted(key))
		}
		seen[key] = true
		s.sign(':')
		value(key)
	}
}

// numbers reads an array of numbers.
func (s *headerScanner) numbers() []int {
	list := []int{}
	s.sign('[')
	for s.err == nil && !s.next(']') {
		if len(list) > 0 {
			s.sign(',')
		}
		list = append(list, s.number())
	}
	return list
}

// header reads all of a header: metadata, nil if there are none, and tensors, whose numbers
// fill the rest of the file without gaps.
func (s *headerScanner) header(numbers []byte) (metadata map[string]string, members []fileMember) {
	type span struct {
		member     int
		begin, end int
	}
	var spans []span
	s.object(func(name string) {
		if name == "__metadata__" {
			metadata = map[string]string{}
			s.object(func(key string) { metadata[key] = s.string() })
			return
		}
		m, begin, end := s.tensor(name, numbers)
		spans = append(spans, span{len(members), begin, end})
		members = append(members, m)
	})
	s.spaces()
	if s.at != len(s.text) {
		s.fail("its end")
	}
	if s.err != nil {
		return nil, nil
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	at := 0
	for _, p := range spans {
		if p.begin != at {
			s.err = fmt.Errorf("tensor %s starts at byte %d, want %d, where the one before it ends", nameText(members[p.member].name), p.begin, at)
			return nil, nil
		}
		at = p.end
	}
	if at != len(numbers) {
		s.err = fmt.Errorf("tensors end at byte %d of %d", at, len(numbers))
	}
	return metadata, members
}

// tensor reads the entry of a tensor.
func (s *headerScanner) tensor(name string, numbers []byte) (m fileMember, begin, end int) {
	m = fileMember{name: name}
	var offsets []int
	s.object(func(key string) {
		switch key {
		case "dtype":
			m.descr = numpyType(s.string())
		case "shape":
			m.shape = s.numbers()
		case "data_offsets":
			offsets = s.numbers()
		default:
			s.fail("dtype, shape and data_offsets alone, not %s", quoted(key))
		}
	})
	switch {
	case s.err != nil:
	case m.descr == "" || m.shape == nil || len(offsets) != 2 || offsets[0] > offsets[1]:
		s.err = fmt.Errorf("tensor %s lacks dtype, shape or the two data_offsets", nameText(name))
	case offsets[1] > len(numbers):
		s.err = fmt.Errorf("tensor %s ends at byte %d of %d: the file is cut short or damaged", nameText(name), offsets[1], len(numbers))
	}
	if s.err != nil {
		return m, 0, 0
	}
	begin, end = offsets[0], offsets[1]
	m.bytes = func() ([]byte, error) { return numbers[begin:end], nil }
	return m, begin, end
}

// numpyTypes has NumPy's names of the types of numbers that this package reads.
var numpyTypes = map[string]string{
	"F32": "<f4", "F64": "<f8", "F16": "<f2", "BF16": bfloat16, "I64": "<i8",
	"I32": "<i4", "I16": "<i2", "U16": "<u2", "U32": "<u4", "U64": "<u8",
	"I8": "|i1", "U8": "|u1", "BOOL": "|b1",
}

// numpyType returns NumPy's name of a type of numbers. A type that this package does not read keeps
// its name.
func numpyType(dtype string) string {
	if descr, ok := numpyTypes[dtype]; ok {
		return descr
	}
	return dtype
}
