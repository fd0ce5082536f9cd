package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const root = ".."

// TestCurrent fails when a committed file is not what the generator writes, and
// when something in asm/ is neither generated nor the package's comment.
func TestCurrent(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale (%v): run go generate ./asm", name, err)
		}
	}
	have, err := filepath.Glob(filepath.Join(root, "asm", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range have {
		name := "asm/" + filepath.Base(path)
		if _, ok := files[name]; !ok && name != "asm/doc.go" {
			t.Errorf("%s is not generated: delete it", name)
		}
	}
}

// TestRepeatable: two runs write the same bytes.
func TestRepeatable(t *testing.T) {
	first, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s differs between two runs", name)
		}
	}
}
