package intake

import (
	"path/filepath"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// arraysDir is the part of a sweep's directory that holds the files of trials.
const arraysDir = "arrays"

// testSuffix ends the name of a file in arraysDir that has the trials for the tests of a task. No name
// of a task has a dot.
const testSuffix = ".test.npz"

// KeepArrays copies files of trials into the directory of a sweep, where every process that runs the
// sweep finds them: the npz files among names, and the file test of the trials for tests unless it is "".
func KeepArrays(dir string, names []string, test string) error {
	for _, name := range names {
		if !taskfile.IsArrays(name) {
			continue
		}
		err := keepFile(dir, name, filepath.Base(name))
		if err == nil && test != "" { // the two may be the same file
			err = keepFile(dir, test, strings.TrimSuffix(filepath.Base(name), ".npz")+testSuffix)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepFile copies a file of trials into the directory of a sweep, under a name there.
func keepFile(dir, path, name string) error {
	data, err := regularfile.Read(path, networkMost)
	if err == nil {
		err = atomicfile.MkdirAll(filepath.Join(dir, arraysDir))
	}
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, arraysDir, name), data)
	}
	return err
}

// AttachArrays reads the trials of a sweep's tasks from its directory into the settings.
func AttachArrays(dir string, s *profile.Settings) error {
	own, err := taskset.Given(*s)
	if err != nil {
		return cli.Usagef("%s: %w", dir, err)
	}
	for _, t := range own {
		file := filepath.Join(dir, arraysDir, t.Name)
		if err = attachFile(s, t, file+".npz", t.Arrays.SHA256); err == nil && t.Arrays.TestSHA256 != "" {
			err = attachFile(s, t, file+testSuffix, t.Arrays.TestSHA256)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attachFile reads the trials of one file into the settings.
func attachFile(s *profile.Settings, t tasks.Task, path, want string) error {
	f, err := trialsFile("", path)
	if err != nil {
		return err
	}
	full, sum, err := taskset.Attach(*s, t.ID, f)
	if err != nil {
		return cli.Usagef("%s: %w", path, err)
	}
	if sum != want {
		return cli.Usagef("%s: SHA-256 of its trials is not that of the sweep, %.12s…", path, want)
	}
	*s = full
	return nil
}
