package sweep

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// specKeys are the keys of a sweep file in full, and their tables.
var specKeys = []string{
	"profile", "set", "arms", "tasks", "corpus", "seeds", "first_seed", "design", "points", "design_seed", "of",
	"axis", "axis.keys", "axis.values", "axis.from", "axis.to", "axis.log", "axis.steps", "axis.multiple_of",
}

// unknownKey returns the first key of a sweep file that is none of specKeys, and where
// it begins. What comes behind a syntax error is not looked at.
func unknownKey(text []byte) (key string, offset int, found bool) {
	var p unstable.Parser
	p.Reset(text)
	prefix := ""
	for !found && p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			key, offset = keyOf("", e)
			prefix, found = key+".", !slices.Contains(specKeys, key)
		case unstable.KeyValue:
			key, offset, found = unknownIn(prefix, e)
		}
	}
	return key, offset, found
}

// unknownIn looks at a key and at those in its value.
func unknownIn(prefix string, n *unstable.Node) (key string, offset int, found bool) {
	if key, offset = keyOf(prefix, n); !slices.Contains(specKeys, key) {
		return key, offset, true
	}
	tables := []*unstable.Node{n.Value()}
	if n.Value().Kind == unstable.Array {
		tables = tables[:0]
		for it := n.Value().Children(); it.Next(); {
			tables = append(tables, it.Node())
		}
	}
	for _, t := range tables {
		if t.Kind != unstable.InlineTable {
			continue
		}
		for it := t.Children(); it.Next(); {
			if inner, at, found := unknownIn(key+".", it.Node()); found {
				return inner, at, true
			}
		}
	}
	return "", 0, false
}

// keyOf returns the key of a node behind a prefix, and where the key begins.
func keyOf(prefix string, n *unstable.Node) (key string, offset int) {
	var parts []string
	for it := n.Key(); it.Next(); {
		if len(parts) == 0 {
			offset = int(it.Node().Raw.Offset)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return prefix + strings.Join(parts, "."), offset
}
