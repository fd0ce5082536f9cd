package taskfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// node is a value of a file, and where it begins.
type node struct {
	kind    unstable.Kind // InlineTable for a table of either form
	text    string        // of a string what it says, of another scalar how it is written
	plain   bool          // a string that is written as it reads, between two quotes
	offset  int
	items   []node  // of an array
	entries []entry // of a table
}

// entry is a key with its value.
type entry struct {
	key    string
	offset int
	value  node
}

// errorAt returns an error about what begins at an offset of the text of a file.
func errorAt(file string, text []byte, offset int, message string) error {
	before := text[:offset]
	line, column := bytes.Count(before, []byte("\n"))+1, offset-bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("taskfile: %s:%d:%d: %s", file, line, column, short(message))
}

// short cuts the middle out of a message that repeats a long name.
func short(message string) string {
	const ends = 150
	runes := []rune(message)
	if len(runes) <= 2*ends+1 {
		return message
	}
	return string(runes[:ends]) + "…" + string(runes[len(runes)-ends:])
}

// parse returns the table that is the whole file.
func parse(file string, text []byte) (node, error) {
	// The parser below finds what each value looks like; what makes a sequence of
	// keys valid TOML, only decoding does.
	var whole map[string]any
	var de *toml.DecodeError
	if err := toml.Unmarshal(text, &whole); errors.As(err, &de) {
		line, column := de.Position()
		return node{}, fmt.Errorf("taskfile: %s:%d:%d: %s", file, line, column, short(strings.TrimPrefix(de.Error(), "toml: ")))
	} else if err != nil {
		return node{}, fmt.Errorf("taskfile: %s: %w", file, err)
	}
	root := node{kind: unstable.InlineTable}
	table := &root // that keys go to
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			key, offset := keyOf(e)
			return node{}, errorAt(file, text, offset, fmt.Sprintf("unexpected [%s]: the only headers are [[%s]]", key, strings.Join(lists, "]], [[")))
		case unstable.ArrayTable:
			key, offset := keyOf(e)
			list := root.find(key)
			if list == nil {
				root.entries = append(root.entries, entry{key, offset, node{kind: unstable.Array, offset: offset}})
				list = &root.entries[len(root.entries)-1].value
			}
			list.items = append(list.items, node{kind: unstable.InlineTable, offset: offset})
			table = &list.items[len(list.items)-1]
		case unstable.KeyValue:
			table.entries = append(table.entries, newEntry(e, text))
		}
	}
	return root, p.Error()
}

// find returns the value of a key, or nil.
func (n *node) find(key string) *node {
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i].value
		}
	}
	return nil
}

// keyOf returns the key of a header or value and where it begins.
func keyOf(n *unstable.Node) (key string, offset int) {
	var parts []string
	for it := n.Key(); it.Next(); {
		if len(parts) == 0 {
			offset = int(it.Node().Raw.Offset)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return strings.Join(parts, "."), offset
}

func newEntry(n *unstable.Node, text []byte) entry {
	key, offset := keyOf(n)
	return entry{key, offset, newNode(n.Value(), offset, text)}
}

// newNode copies a value; an array, of which the parser does not tell, begins where
// the key before it does.
func newNode(n *unstable.Node, offset int, text []byte) node {
	v := node{kind: n.Kind, text: string(n.Data), offset: offset}
	if n.Kind != unstable.Array {
		v.offset = int(n.Raw.Offset)
	}
	switch n.Kind {
	case unstable.String:
		written := text[n.Raw.Offset:][:n.Raw.Length]
		v.plain = len(written) == len(v.text)+2 && string(written[1:len(written)-1]) == v.text
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			v.items = append(v.items, newNode(it.Node(), offset, text))
		}
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			v.entries = append(v.entries, newEntry(it.Node(), text))
		}
	}
	return v
}
