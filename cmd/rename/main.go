// Command rename gives this module another path, for whoever publishes it: in go.mod, in those of
// the modules inside it, and in every string of a Go file that names one of its packages.
//
//	go run ./cmd/rename example.org/molap
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 2 || strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "usage: go run ./cmd/rename MODULE, such as example.org/molap, in the directory of go.mod")
		os.Exit(2)
	}
	n, err := rename(".", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
	fmt.Printf("rename: the module is %s now, %d files changed; go vet ./... looks whether all is well\n", os.Args[1], n)
}

// rename renames the module in root and returns the number of files that it changed. It writes
// nothing before all is known, and the go.mod of root last: a run that was cut short can be
// done again.
func rename(root, to string) (changed int, err error) {
	from, err := modulePath(filepath.Join(root, "go.mod"))
	if err != nil {
		return 0, err
	}
	files := map[string][]byte{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.Name() == "go.mod":
			files[path], err = withModule(path, from, to)
		case filepath.Ext(path) == ".go":
			files[path], err = withImports(path, root, from, to)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	own := filepath.Join(root, "go.mod")
	paths := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(path string) bool { return path == own || files[path] == nil })
	for _, path := range append(paths, own) {
		if err := os.WriteFile(path, files[path], 0o644); err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

// modulePath returns the path of the module that a go.mod is of.
func modulePath(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	name, ok := strings.CutPrefix(strings.TrimSpace(line), "module ")
	if !ok {
		return "", fmt.Errorf("%s begins with %q, want module PATH", path, line)
	}
	return strings.TrimSpace(name), nil
}

// withModule returns the go.mod with its module renamed; nil: it is not below from.
func withModule(path, from, to string) ([]byte, error) {
	name, err := modulePath(path)
	if err != nil {
		return nil, err
	}
	rest, ok := strings.CutPrefix(name, from)
	if !ok || rest != "" && rest[0] != '/' {
		return nil, nil
	}
	out, err := exec.Command("go", "mod", "edit", "-module", to+rest, "-print", path).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s", bytes.TrimSpace(out))
	}
	return out, nil
}

// withImports returns the Go file with every string that names a package of from, or begins the
// name of one; nil: there is none.
func withImports(path, root, from, to string) ([]byte, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var (
		s    scanner.Scanner
		out  []byte
		done int
	)
	file := token.NewFileSet().AddFile(path, -1, len(src))
	s.Init(file, src, nil, 0)
	for {
		pos, kind, text := s.Scan()
		if kind == token.EOF {
			break
		}
		if kind != token.STRING {
			continue
		}
		value, err := strconv.Unquote(text)
		rest, ok := strings.CutPrefix(value, from+"/")
		if err != nil || !ok {
			continue
		}
		if info, err := os.Stat(filepath.Join(root, rest)); rest != "..." && (err != nil || !info.IsDir()) {
			continue // no package: a path of something else
		}
		at := file.Offset(pos)
		out = append(append(out, src[done:at]...), strconv.Quote(to+"/"+rest)...)
		done = at + len(text)
	}
	if done == 0 {
		return nil, nil
	}
	return format.Source(append(out, src[done:]...))
}
