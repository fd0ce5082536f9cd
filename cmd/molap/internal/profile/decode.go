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

// decode reads a profile strictly: each key is known, written exactly, of the
// right type and in range, and without a base none is missing.
func decode(file string, data []byte) (Settings, error) {
	at := func(line, column int, message string) (Settings, error) {
		return Settings{}, fmt.Errorf("profile: %s:%d:%d: %s", file, line, column, message)
	}
	// A first pass into nothing but the base finds what is no TOML at all.
	var header struct {
		Base string `toml:"base"`
	}
	var de *toml.DecodeError
	if err := toml.Unmarshal(data, &header); errors.As(err, &de) {
		line, column := de.Position()
		return at(line, column, strings.TrimPrefix(de.Error(), "toml: "))
	} else if err != nil {
		return Settings{}, fmt.Errorf("profile: %s: %w", file, err)
	}

	// go-toml ignores the case of keys, and its messages speak of Go's types;
	// the keys as written give better ones.
	entries := scan(data)
	for _, e := range entries {
		if !e.known() {
			line, column := position(data, e.offset)
			return at(line, column, unknownKey(e.key))
		}
	}
	find := func(key string) (entry, bool) {
		i := slices.IndexFunc(entries, func(e entry) bool { return e.key == key && !e.table })
		if i < 0 {
			return entry{}, false
		}
		return entries[i], true
	}

	var s Settings
	if e, ok := find("base"); ok {
		if !slices.Contains(shippedNames(), header.Base) {
			line, column := position(data, e.offset)
			return at(line, column, fmt.Sprintf("base is %q (allowed: %s)", header.Base, strings.Join(shippedNames(), ", ")))
		}
		base, err := Load(header.Base)
		if err != nil {
			return Settings{}, err
		}
		s = base
	}
	decoder := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := decoder.Decode(&s); errors.As(err, &de) {
		line, column := de.Position()
		key := strings.Join(de.Key(), ".")
		if r, known := lookup(key); known {
			if e, ok := find(key); ok {
				return at(line, column, (&KeyError{key, e.value, r.domain.want()}).Error())
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
	return slices.ContainsFunc(table, func(r row) bool { return strings.HasPrefix(r.name, e.key+".") })
}

// scan lists the keys and table headers of a well-formed file in order.
func scan(data []byte) []entry {
	var p unstable.Parser
	p.Reset(data)
	var entries []entry
	var prefix []string
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			var offset int
			prefix, offset = path(nil, e)
			entries = append(entries, entry{strings.Join(prefix, "."), "a table", offset, true})
		case unstable.KeyValue:
			entries = scanKeyValue(entries, prefix, e)
		}
	}
	return entries
}

// scanKeyValue adds the entry of a key and, for an inline table, of those in it.
func scanKeyValue(entries []entry, prefix []string, n *unstable.Node) []entry {
	key, offset := path(prefix, n)
	e := entry{key: strings.Join(key, "."), offset: offset}
	switch v := n.Value(); v.Kind {
	case unstable.InlineTable:
		e.value, e.table = "a table", true
		entries = append(entries, e)
		for it := v.Children(); it.Next(); {
			entries = scanKeyValue(entries, key, it.Node())
		}
		return entries
	case unstable.Array:
		e.value = "an array"
	case unstable.String:
		e.value = strconv.Quote(string(v.Data))
	default:
		e.value = string(v.Data)
	}
	return append(entries, e)
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
