package profile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// maxFile bounds what is read of a profile; a complete one has some 10 kB.
const maxFile = 1 << 16

// decode reads a profile strictly: each key is known, written exactly, of the
// right type and in range, and without a base none is missing.
func decode(file string, data []byte) (Settings, error) {
	at := func(line, column int, message string) (Settings, error) {
		return Settings{}, fmt.Errorf("profile: %s:%d:%d: %s", file, line, column, message)
	}
	if len(data) > maxFile {
		return Settings{}, fmt.Errorf("profile: %s is larger than %d bytes, which no profile is", file, maxFile)
	}
	// go-toml ignores the case of keys, its messages speak of Go's types, and many
	// unknown keys cost it time by their square: the keys as written come first.
	entries, err := scan(data)
	var pe *unstable.ParserError
	if errors.As(err, &pe) {
		line, column := position(data, cap(data)-cap(pe.Highlight))
		return at(line, column, pe.Message)
	} else if err != nil {
		return Settings{}, fmt.Errorf("profile: %s: %w", file, err)
	}
	if n := len(entries); n > 0 && !entries[n-1].known() {
		line, column := position(data, entries[n-1].offset)
		return at(line, column, unknownKey(entries[n-1].key))
	}
	find := func(key string) (entry, bool) {
		i := slices.IndexFunc(entries, func(e entry) bool { return e.key == key && !e.table })
		if i < 0 {
			return entry{}, false
		}
		return entries[i], true
	}

	var s Settings
	if e, ok := find("base"); ok && e.kind == unstable.String { // another kind is refused below
		name, _ := strconv.Unquote(e.value)
		if !slices.Contains(shippedNames(), name) {
			line, column := position(data, e.offset)
			return at(line, column, fmt.Sprintf("base is %q (allowed: %s)", short(name), strings.Join(shippedNames(), ", ")))
		}
		base, err := Load(name)
		if err != nil {
			return Settings{}, err
		}
		s = base
	}
	decoder := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	var de *toml.DecodeError
	if err := decoder.Decode(&s); errors.As(err, &de) {
		line, column := de.Position()
		key := strings.Join(de.Key(), ".")
		if r, known := lookup(key); known {
			if e, ok := find(key); ok {
				return at(line, column, (&KeyError{key, short(e.value), r.domain.want()}).Error())
			}
		}
		return at(line, column, key+": "+strings.TrimPrefix(de.Error(), "toml: "))
	} else if err != nil {
		return Settings{}, fmt.Errorf("profile: %s: %w", file, err)
	}
	s.Name = file

	if s.Base == "" {
		var missing []string
		for _, r := range table {
			if _, ok := find(r.name); !ok {
				missing = append(missing, r.name)
			}
		}
		if len(missing) > 0 {
			return Settings{}, fmt.Errorf("profile: %s lacks %s (set every key, or start from a profile: base = \"paper\")", file, some(missing, 3))
		}
	}
	if err := s.validate(); err != nil {
		if e, ok := find(err.Key); ok {
			line, column := position(data, e.offset)
			return at(line, column, err.Error())
		}
		return Settings{}, fmt.Errorf("profile: %s: %w", file, err)
	}
	return s, nil
}

// some lists the first few names and counts the rest.
func some(names []string, few int) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// entry is a key or table header as a file has it.
type entry struct {
	key    string // in full: "training.rate"
	kind   unstable.Kind
	value  string // a scalar as written, otherwise what it is: "an array"
	offset int    // of the key in the file
	table  bool
}

// known reports whether an entry is a key, a group or one of the labels.
func (e entry) known() bool {
	if !e.table {
		_, ok := lookup(e.key)
		return ok || e.key == "base" || e.key == "quick"
	}
	in := func(r row) bool { return strings.HasPrefix(r.name, e.key+".") }
	return slices.ContainsFunc(table, in) || slices.ContainsFunc(extra, in)
}

// scan lists the keys and table headers of a file in order, up to the first that
// is not known. The error, if any, is the parser's.
func scan(data []byte) ([]entry, error) {
	var p unstable.Parser
	p.Reset(data)
	var entries []entry
	var prefix []string
	known := true
	for known && p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			var offset int
			prefix, offset = path(nil, e)
			entries = append(entries, entry{strings.Join(prefix, "."), e.Kind, "a table", offset, true})
			known = entries[len(entries)-1].known()
		case unstable.KeyValue:
			entries, known = scanKeyValue(entries, prefix, e)
		}
	}
	return entries, p.Error()
}

// scanKeyValue adds the entry of a key and, for an inline table, of those in it. It
// stops at the first that is not known.
func scanKeyValue(entries []entry, prefix []string, n *unstable.Node) (all []entry, known bool) {
	key, offset := path(prefix, n)
	v := n.Value()
	e := entry{strings.Join(key, "."), v.Kind, string(v.Data), offset, v.Kind == unstable.InlineTable}
	switch v.Kind {
	case unstable.InlineTable:
		e.value = "a table"
	case unstable.Array:
		e.value = "an array"
	case unstable.String:
		e.value = strconv.Quote(string(v.Data))
	}
	entries, known = append(entries, e), e.known()
	if e.table {
		for it := v.Children(); known && it.Next(); {
			entries, known = scanKeyValue(entries, key, it.Node())
		}
	}
	return entries, known
}

// path returns the key of a node below a prefix, and where the key starts.
func path(prefix []string, n *unstable.Node) (key []string, offset int) {
	key = slices.Clone(prefix)
	for it := n.Key(); it.Next(); {
		if len(key) == len(prefix) {
			offset = int(it.Node().Raw.Offset)
		}
		key = append(key, string(it.Node().Data))
	}
	return key, offset
}

// position returns line and column, both from 1 and in bytes, of an offset.
func position(data []byte, offset int) (line, column int) {
	before := data[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}

// short returns a text as a message has it: the beginning of one that is long.
func short(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
