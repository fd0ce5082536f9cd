package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// builtProgram is the program for one platform and what it says of its commit.
type builtProgram struct {
	program []byte
	version string // v0.1.0 where the commit has that tag
	time    time.Time
	changed bool // the working tree was not that of the commit
}

// goCommand prepares a run of go in root for a platform. Of what can change a build,
// nothing is left to the environment but the version of Go.
func goCommand(root, system, arch string, args ...string) *exec.Cmd {
	c := exec.Command("go", args...)
	c.Dir = root
	c.Stderr = os.Stderr
	c.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0",
		"CGO_ENABLED=0", "GOEXPERIMENT=", "GOFIPS140=off", "GOWORK=off",
		"GOFLAGS=-mod=readonly") // empty would mean what "go env -w" has set
	return c
}

// moduleRoot returns the directory of the module that the working directory is in.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	mod := strings.TrimSpace(string(out))
	if filepath.Base(mod) != "go.mod" {
		return "", errors.New("not within the module molap")
	}
	return filepath.Dir(mod), nil
}

// build builds the program.
func build(root, system, arch string) (builtProgram, error) {
	dir, err := os.MkdirTemp("", "release-")
	if err != nil {
		return builtProgram{}, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "molap")
	if err := goCommand(root, system, arch, "build", "-trimpath", "-buildvcs=auto", "-o", path, "./cmd/molap").Run(); err != nil {
		return builtProgram{}, fmt.Errorf("%s/%s: %w", system, arch, err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return builtProgram{}, err
	}
	// Without a repository, as in an unpacked archive of the source, there is neither
	// a version nor a time. 1980 is the first year of a zip file.
	b := builtProgram{version: strings.Trim(info.Main.Version, "()"), time: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.time":
			if b.time, err = time.Parse(time.RFC3339, s.Value); err != nil {
				return builtProgram{}, err
			}
		case "vcs.modified":
			b.changed = s.Value == "true"
		}
	}
	b.program, err = os.ReadFile(path)
	return b, err
}

// licences returns the licences of all that the program for a platform is made of,
// beside its own: of Go and of the modules.
func licences(root, system, arch string) ([]byte, error) {
	goroot, err := goCommand(root, system, arch, "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	text, err := licenceFiles("Go", strings.TrimSpace(string(goroot)))
	if err != nil {
		return nil, err
	}
	list, err := goCommand(root, system, arch, "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/molap").Output()
	if err != nil {
		return nil, err
	}
	modules := strings.Split(strings.TrimSpace(string(list)), "\n")
	slices.Sort(modules)
	for _, m := range slices.Compact(modules) {
		name, dir, ok := strings.Cut(m, "\t")
		if !ok {
			continue
		}
		more, err := licenceFiles(name, dir)
		if err != nil {
			return nil, err
		}
		text = append(text, more...)
	}
	return text, nil
}

// licenceFiles returns the licence files of one component under its name: those beside
// its source and, where one of them refers there, those in a directory licenses.
func licenceFiles(name, dir string) ([]byte, error) {
	var text []byte
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*", "licenses/*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern)) // sorted
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if info, err := os.Stat(path); err != nil || info.IsDir() {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			text = fmt.Appendf(text, "== %s: %s\n\n%s\n", name, filepath.Base(path), data)
		}
	}
	if text == nil {
		return nil, fmt.Errorf("%s has no licence in %s", name, dir)
	}
	return text, nil
}
