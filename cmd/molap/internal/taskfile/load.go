package taskfile

import (
	"fmt"
	"io"
	"os"
	"strings"

	"molap/tasks"
)

// maxFile bounds what is read of a task file; those of the nine tasks have 1 kB.
const maxFile = 1 << 14

// IsPath reports whether what a user gave for a task is the path of a file: it ends
// in ".toml" or has a directory. All else is the name of a task.
func IsPath(name string) bool {
	return strings.HasSuffix(name, ".toml") || strings.ContainsAny(name, `/\`)
}

// Load returns the task in a TOML file. It is valid.
func Load(path string) (tasks.Task, error) {
	f, err := os.Open(path)
	if err != nil {
		return tasks.Task{}, fmt.Errorf("taskfile: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return tasks.Task{}, fmt.Errorf("taskfile: %w", err)
	}
	if len(text) > maxFile {
		return tasks.Task{}, fmt.Errorf("taskfile: %s is larger than %d bytes, which no task is", path, maxFile)
	}
	return Parse(path, text)
}
