package taskfile

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/regularfile"
	"molap/tasks"
)

// maxFile is the most bytes of a task file, as of the setting tasks.own; the files of the nine tasks
// have 1 kB.
const maxFile = 1 << 15

// IsPath reports whether a user's name for a task is the path of a file: it ends in ".toml" or ".npz"
// or has a directory. All else is the name of a task.
func IsPath(name string) bool {
	return strings.HasSuffix(name, ".toml") || IsArrays(name) || strings.ContainsAny(name, `/\`)
}

// IsArrays reports whether a path is that of a file of given trials.
func IsArrays(path string) bool { return strings.HasSuffix(path, ".npz") }

// Load returns the task in a TOML file. It is valid.
func Load(path string) (tasks.Task, error) {
	text, err := regularfile.Read(path, maxFile)
	var t tasks.Task
	if err == nil {
		t, err = Parse(path, text)
	}
	if err != nil && !strings.HasSuffix(path, ".toml") {
		return t, fmt.Errorf("%w; a task is a file NAME.toml or, with trials X and Y that numpy.savez wrote, NAME.npz", err)
	}
	if err == nil && t.Arrays != nil {
		err = fmt.Errorf("%s describes a task whose trials are arrays and has none of them: name the npz file", path)
	}
	return t, err
}
