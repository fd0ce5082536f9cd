package profile

import (
	"embed"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/suggest"
)

//go:embed paper.toml authors.toml extended.toml
var shippedFiles embed.FS

// Shipped is a profile that comes with the program.
type Shipped struct{ Name, Doc string }

// List returns the shipped profiles.
func List() []Shipped {
	return []Shipped{
		{"paper", "what the text says; where it is silent, the authors' program"},
		{"authors", "what the authors' released program does"},
		{"extended", "the paper's design with the settings under which it learns"},
	}
}

// Names returns the names of the shipped profiles.
func Names() []string { return seq.Map(List(), func(p Shipped) string { return p.Name }) }

// Load returns a shipped profile by its name, or the profile in a TOML file: a
// path that ends in ".toml" or has a directory. The result is valid.
func Load(nameOrPath string) (Settings, error) {
	if data, err := shippedFiles.ReadFile(nameOrPath + ".toml"); err == nil {
		s, err := Parse(nameOrPath, data)
		s.Base = nameOrPath
		return s, err
	}
	if !strings.HasSuffix(nameOrPath, ".toml") && !strings.ContainsAny(nameOrPath, `/\`) {
		return Settings{}, fmt.Errorf("unknown profile %q (%s)", nameOrPath, haveProfiles(nameOrPath))
	}
	data, err := regularfile.Read(nameOrPath, maxFile)
	if err != nil {
		return Settings{}, err
	}
	return Parse(nameOrPath, data)
}

// haveProfiles says which profile may be meant, or which there are.
func haveProfiles(name string) string {
	if near := suggest.Closest(name, Names()); near != "" {
		return "did you mean " + near + "?"
	}
	return "have " + strings.Join(Names(), ", ") + ", or a file NAME.toml"
}
