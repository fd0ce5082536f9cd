package profile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/tomlfile"
)

// TOML returns the settings as a complete profile file: every key with its
// meaning, readings and allowed values, in a fixed order. Load reads it back to
// the same settings; only the name is then the file's. What differs from the
// base is listed at the top.
func (s Settings) TOML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# All settings of profile %s.\n", oneLine(s.Name))
	if s.Shrunk {
		b.WriteString("# Shrunk by -quick: a small version of the run, for a look and not for a result.\n")
	}
	if base, err := Load(s.Base); s.Base != "" && err == nil {
		for i, c := range s.Changes(base) {
			if i == 0 {
				fmt.Fprintf(&b, "# Changed from %s:\n", s.Base)
			}
			fmt.Fprintf(&b, "#   %s = %s instead of %s\n", c.Key, oneLine(tomlfile.Cut(c.To)), oneLine(tomlfile.Cut(c.From)))
		}
	}
	if s.Base != "" {
		fmt.Fprintf(&b, "base = %q\n", s.Base)
	}
	if s.Shrunk {
		b.WriteString("quick = true\n")
	}
	group := ""
	for k := range s.written() {
		g, name, _ := strings.Cut(k.Name, ".")
		if g != group {
			group = g
			fmt.Fprintf(&b, "\n[%s]\n", g)
		}
		fmt.Fprintf(&b, "# %s\n# %s\n# Allowed: %s.\n", k.Doc, k.Readings, k.domain.want())
		fmt.Fprintf(&b, "%s = %s\n", name, formatValue(s.field(k.Name)))
	}
	return b.Bytes()
}

// oneLine keeps a file's name from breaking out of its comment.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, text)
}

// Label names the settings for a reader: by the profile and, if it is a shipped one, by the changes to
// it, such as "paper (quick), with training.rate = 0.001".
func (s Settings) Label() string {
	label := s.Name
	if s.Shrunk {
		label += " (quick)"
	}
	if s.Name != s.Base {
		return label // a file's, which may say anything
	}
	base, err := Load(s.Base)
	if err != nil {
		return label
	}
	if s.Shrunk {
		base = base.Quick()
	}
	var changes []string
	for _, c := range s.Changes(base) {
		if c.Key == "tasks.own" { // pages of text, which is no reading of the paper
			changes = append(changes, "tasks of one's own")
			continue
		}
		changes = append(changes, c.Key+" = "+oneLine(tomlfile.Cut(c.To)))
	}
	if len(changes) == 0 {
		return label
	}
	const shown = 3
	if more := len(changes) - shown; more > 0 {
		changes = append(changes[:shown], fmt.Sprintf("%d more changed", more))
	}
	return label + ", with " + strings.Join(changes, ", ")
}

// Change is a key whose value differs, with both values as TOML writes them.
type Change struct{ Key, From, To string }

// Changes returns the keys where s differs from another set, in table order.
func (s Settings) Changes(from Settings) []Change {
	var changes []Change
	for _, k := range everyKey {
		if a, b := from.text(k), s.text(k); a != b {
			changes = append(changes, Change{k.Name, a, b})
		}
	}
	return changes
}

// Hash returns the SHA-256, in hexadecimal, of the values of all keys; those that need not be set count
// only if they are. Name, Base and Shrunk are labels and do not count; results must not depend on them.
func (s Settings) Hash() string {
	var lines []string
	for k := range s.written() {
		lines = append(lines, k.Name+" = "+formatValue(s.field(k.Name))+"\n")
	}
	slices.Sort(lines) // the order of the table is for readers and may change
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}

// Only returns the settings of the named groups ("network", "trials", …) and zero for all others,
// labels included. A part of a computation that sees these settings depends on the named groups alone.
// An unknown group panics.
func (s Settings) Only(groups ...string) Settings {
	var only Settings
	for _, g := range groups {
		only.field(g).Set(s.field(g))
	}
	return only
}

// Get returns the value of a key as TOML writes it. An unknown key panics.
func (s Settings) Get(key string) string {
	k, known := lookupKey(key)
	if !known {
		panic("profile: " + unknownKey(key))
	}
	return s.text(k)
}
