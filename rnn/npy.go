package rnn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Arrays follow https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html:
// a magic string, a version, the length of the header, the header, which is a
// Python dictionary, and the numbers.
const (
	npyMagic      = "\x93NUMPY"
	npyHeaderMost = 10000 // bytes; NumPy takes no more
)

// npyHeader holds what the header of an array says.
type npyHeader struct {
	descr   string
	fortran bool
	shape   []int
}

// appendNPY appends the header of an array of little-endian numbers of a kind
// ("f" or "i") and size in C order, as NumPy writes it.
func appendNPY(dst []byte, kind string, size int, shape []int) []byte {
	var dims strings.Builder
	for i, d := range shape {
		if i > 0 {
			dims.WriteByte(' ')
		}
		fmt.Fprintf(&dims, "%d,", d)
	}
	text := dims.String()
	if len(shape) > 1 {
		text = strings.TrimSuffix(text, ",")
	}
	header := fmt.Sprintf("{'descr': '<%s%d', 'fortran_order': False, 'shape': (%s), }", kind, size, text)
	const before = len(npyMagic) + 2 + 2
	header += strings.Repeat(" ", 63-(before+len(header))%64) + "\n"
	dst = append(dst, npyMagic+"\x01\x00"...)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(header)))
	return append(dst, header...)
}

// parseNPY splits an array into its header and its numbers.
func parseNPY(data []byte) (npyHeader, []byte, error) {
	none := npyHeader{}
	if !bytes.HasPrefix(data, []byte(npyMagic)) || len(data) < 10 {
		return none, nil, errors.New("not in NumPy's format")
	}
	size, from := 0, 0
	switch major, minor := data[6], data[7]; {
	case major == 1 && minor == 0:
		size, from = int(binary.LittleEndian.Uint16(data[8:])), 10
	case (major == 2 || major == 3) && minor == 0 && len(data) >= 12:
		size, from = int(binary.LittleEndian.Uint32(data[8:])), 12
	default:
		return none, nil, fmt.Errorf("in version %d.%d of NumPy's format, want 1.0, 2.0 or 3.0", major, minor)
	}
	if most := min(len(data)-from, npyHeaderMost); size > most {
		return none, nil, fmt.Errorf("with a header of %d bytes, want at most %d", size, most)
	}
	p := &pythonLiteral{text: strings.TrimRight(string(data[from:from+size]), " \n")}
	h := p.header()
	if p.err == nil && p.text != "" {
		p.fail("its end")
	}
	return h, data[from+size:], p.err
}

// pythonLiteral reads those Python literals that a header needs, and keeps the first error.
type pythonLiteral struct {
	text string
	err  error
}

func (p *pythonLiteral) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("of a header with %s, want %s", quoted(p.text), want)
	}
}

// token reads want if it comes next, after spaces.
func (p *pythonLiteral) token(want string) bool {
	p.text = strings.TrimLeft(p.text, " ")
	rest, ok := strings.CutPrefix(p.text, want)
	if ok {
		p.text = rest
	}
	return ok && p.err == nil
}

// string reads a string without escapes in quotes of either kind.
func (p *pythonLiteral) string() string {
	for _, quote := range []string{"'", `"`} {
		if p.token(quote) {
			if s, rest, ok := strings.Cut(p.text, quote); ok && !strings.Contains(s, `\`) {
				p.text = rest
				return s
			}
		}
	}
	p.fail("a string")
	return ""
}

// header reads {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, keys
// in any order.
func (p *pythonLiteral) header() npyHeader {
	var h npyHeader
	seen := map[string]bool{}
	if !p.token("{") {
		p.fail("{")
	}
	for p.err == nil && !p.token("}") {
		key := p.string()
		if !p.token(":") || seen[key] {
			p.fail("one entry of each key")
		}
		seen[key] = true
		switch key {
		case "descr":
			if p.token("[") && p.err == nil {
				p.err = errors.New("of a structured type, want numbers of one type")
			}
			h.descr = p.string()
		case "fortran_order":
			h.fortran = p.token("True")
			if !h.fortran && !p.token("False") {
				p.fail("True or False")
			}
		case "shape":
			h.shape = p.tuple()
		default:
			p.fail("descr, fortran_order and shape alone")
		}
		if !p.token(",") && !strings.HasPrefix(p.text, "}") {
			p.fail("a comma or }")
		}
	}
	if len(seen) < 3 {
		p.fail("descr, fortran_order and shape")
	}
	return h
}

// tuple reads (), (3,) or (3, 4).
func (p *pythonLiteral) tuple() []int {
	var shape []int
	if !p.token("(") {
		p.fail("(")
	}
	for p.err == nil && !p.token(")") {
		p.text = strings.TrimLeft(p.text, " ")
		digits := len(p.text) - len(strings.TrimLeft(p.text, "0123456789"))
		d, err := strconv.Atoi(p.text[:digits])
		if err != nil {
			p.fail("a size")
			break
		}
		p.text = p.text[digits:]
		shape = append(shape, d)
		if !p.token(",") && (!strings.HasPrefix(p.text, ")") || len(shape) == 1) {
			p.fail("a comma")
		}
	}
	return shape
}
