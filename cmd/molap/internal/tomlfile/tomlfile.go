// Package tomlfile reads TOML files strictly: each key must be known, and each value must have the type
// that is asked for. An error says what is wrong in one line with file, line and column; both count
// from 1, columns in bytes.
//
// [Parse] checks the text and its keys. Readers then take values out of the tree. The document keeps
// the first thing that is wrong, so a reader need only look once, at the end:
//
//	d, err := tomlfile.Parse("mine.toml", text, 1<<14, schema)
//	if err != nil {
//		return err
//	}
//	seeds := d.Integer(d.Root.Find("seeds"))
//	return d.Err()
package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"molap/cmd/molap/internal/suggest"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Schema lists the keys of every table that a file may have, by the table's full key, such as
// "inputs.show"; the file itself is "". A list of tables stands for each table in it.
type Schema struct {
	Tables map[string]Table
	// Unknown returns the error text about a full key that no table has; nil: the document's own text.
	Unknown func(key string) string
}

// Table has the name of a table in errors, such as "a period", and its keys.
type Table struct {
	Name string
	Keys []string
}

// Document is a file whose text is TOML and whose keys are known.
type Document struct {
	Root Value
	name string
	text []byte
	err  error // the first thing that is wrong
}

// Parse reads the text of a file, of at most most bytes. Errors call the file name.
func Parse(name string, text []byte, most int, s Schema) (*Document, error) {
	if len(text) > most {
		return nil, fmt.Errorf("%s: %d bytes (want at most %d)", name, len(text), most)
	}
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			return nil, fmt.Errorf("%s: the text is UTF-16 (want UTF-8)", name)
		}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a byte order mark
	d := &Document{Root: newTable("", 0, tableHeaded), name: name, text: text}
	treeBuilder{d, s}.build()
	return d, d.err
}

// Failf notes that something is wrong at an offset of the text, unless something was wrong before.
func (d *Document) Failf(at int, format string, args ...any) {
	if d.err == nil {
		before := d.text[:at]
		line, column := bytes.Count(before, []byte("\n"))+1, at-bytes.LastIndexByte(before, '\n')
		d.err = fmt.Errorf("%s:%d:%d: %s", d.name, line, column, shortMessage(fmt.Sprintf(format, args...)))
	}
}

// Err returns an error that says what Failf noted first, or nil.
func (d *Document) Err() error { return d.err }

// shortMessage cuts the middle out of a message that repeats a long name.
func shortMessage(message string) string {
	const most, end = 1600, 150
	runes := []rune(message)
	if len(runes) <= most {
		return message
	}
	return string(runes[:end]) + "…" + string(runes[len(runes)-end:])
}

// treeBuilder makes the tree of a document. It stops at the first thing that is wrong.
type treeBuilder struct {
	*Document
	schema Schema
}

func (b treeBuilder) build() {
	var p unstable.Parser
	p.Reset(b.text)
	t, path := &b.Root, ""
	for b.err == nil && p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			t, path = b.header(e)
		case unstable.KeyValue:
			b.add(t, path, e)
		}
	}
	var wrong *unstable.ParserError
	if errors.As(p.Error(), &wrong) {
		at := cap(b.text) - cap(wrong.Highlight)
		if word := bareWord.Find(b.text[at:]); word != nil && (strings.HasSuffix(wrong.Message, "at start of value") || strings.HasPrefix(wrong.Message, "expected keyword")) {
			b.Failf(at, "want a text in quotes, %q, not %s", word, word)
		}
		b.Failf(at, "%s", wrong.Message)
	}
}

// bareWord matches a text that lacks its quotes.
var bareWord = regexp.MustCompile(`^[\pL_][\pL\d_./-]*`)

// The ways in which a table is made. They decide what may still be added to it.
const (
	tableWritten = iota // all at once, { … } or [ … ]
	tableImplied        // by the header of a table in it
	tableHeaded         // by its own header
	tableDotted         // by a key of it, a.b = 1
)

// header returns the table of a header and its path.
func (b treeBuilder) header(e *unstable.Node) (*Value, string) {
	t, path := &b.Root, ""
	for key := e.Key(); b.err == nil && key.Next(); {
		n, last := key.Node(), key.IsLast()
		at, name := int(n.Raw.Offset), string(n.Data)
		path = b.known(path, name, at)
		next := t.Find(name)
		switch {
		case next == nil && last && e.Kind == unstable.ArrayTable:
			next = t.add(Value{Key: name, KeyAt: at, At: at, Kind: unstable.Array, made: tableHeaded})
		case next == nil && last:
			next = t.add(newTable(name, at, tableHeaded))
		case next == nil:
			next = t.add(newTable(name, at, tableImplied))
		case next.made == tableWritten:
			b.Failf(at, "key %s is already defined", name)
		case last && e.Kind == unstable.Table && next.made != tableImplied, last && e.Kind == unstable.ArrayTable && next.Kind != unstable.Array:
			b.Failf(at, "table %s already exists", name)
		case last:
			next.made = tableHeaded
		}
		if t = next; t.Kind == unstable.Array && b.err == nil {
			if last {
				t.add(newTable(name, at, tableHeaded))
			}
			t = &t.Items[len(t.Items)-1]
		}
	}
	return t, path
}

// add adds a key and its value to a table.
func (b treeBuilder) add(t *Value, path string, e *unstable.Node) {
	for key := e.Key(); b.err == nil && key.Next(); {
		n := key.Node()
		at, name := int(n.Raw.Offset), string(n.Data)
		path = b.known(path, name, at)
		next := t.Find(name)
		switch {
		case b.err != nil:
		case next != nil && (key.IsLast() || next.made != tableDotted):
			b.Failf(at, "key %s is already defined", name)
		case key.IsLast():
			v := b.value(path, name, e.Value(), b.behind(n.Raw))
			v.KeyAt = at
			t.add(v)
		case next == nil:
			t = t.add(newTable(name, at, tableDotted))
		default:
			t = next
		}
	}
}

// behind returns where the value behind a key begins.
func (b treeBuilder) behind(key unstable.Range) int {
	at := int(key.Offset + key.Length)
	return at + len(b.text[at:]) - len(bytes.TrimLeft(b.text[at:], " \t="))
}

// value copies a value. The parser does not tell where an array begins.
func (b treeBuilder) value(path, key string, n *unstable.Node, at int) Value {
	v := Value{Key: key, Kind: n.Kind, Text: string(n.Data), At: at, KeyAt: at}
	if n.Kind != unstable.Array {
		v.At = int(n.Raw.Offset)
	}
	switch n.Kind {
	case unstable.Array:
		count := 0
		for it := n.Children(); it.Next(); {
			count++
		}
		v.Items = make([]Value, 0, count)
		for it := n.Children(); it.Next() && b.err == nil; {
			v.Items = append(v.Items, b.value(path, key, it.Node(), at))
		}
	case unstable.InlineTable:
		for it := n.Children(); it.Next() && b.err == nil; {
			b.add(&v, path, it.Node())
		}
	}
	return v
}

// known returns the path of a key. It notes an error if the table has no such key.
func (b treeBuilder) known(path, key string, at int) string {
	full := key
	if path != "" {
		full = path + "." + key
	}
	t, isTable := b.schema.Tables[path]
	switch {
	case isTable && slices.Contains(t.Keys, key):
	case b.schema.Unknown != nil:
		b.Failf(at, "%s", b.schema.Unknown(full))
	case isTable:
		b.Failf(at, "unknown key %q in %s (%s)", key, t.Name, suggest.Hint(key, t.Keys))
	default:
		b.Failf(at, "unknown key %q: %s is no table", full, path)
	}
	return full
}
