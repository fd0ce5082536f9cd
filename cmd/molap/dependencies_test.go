package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDependenciesNamed checks that docs/dependencies.md names every module that a go.mod
// requires, by its version and with a licence, and the version of every tool of the Makefile.
func TestDependenciesNamed(t *testing.T) {
	root := filepath.Join("..", "..")
	read := func(path string) string {
		data, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	page := read("docs/dependencies.md")
	module := regexp.MustCompile(`(?m)^\t(\S+) (v\S+)( // indirect)?$`)
	for _, file := range []string{"go.mod", "gen/go.mod", "cmd/molap/internal/sweep/k8stest/go.mod"} {
		found := module.FindAllStringSubmatch(read(file), -1)
		if len(found) == 0 {
			t.Errorf("%s requires nothing", file)
		}
		for _, m := range found {
			row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(m[1]+" | "+m[2]) + ` \| \w`)
			if !row.MatchString(page) {
				t.Errorf("no row of docs/dependencies.md has %s of %s with version %s and a licence", m[1], file, m[2])
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\w+ += (\S+)/cmd/\w+@(v\S+)$`).FindAllStringSubmatch(read("Makefile"), -1) {
		if !strings.Contains(page, m[1]) || !strings.Contains(page, m[2]) {
			t.Errorf("docs/dependencies.md does not have %s %s, which the Makefile runs", m[1], m[2])
		}
	}
}
