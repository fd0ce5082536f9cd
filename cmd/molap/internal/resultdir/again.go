package resultdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/words"
)

// Again makes results again from the observations of result directories. If out is "", dirs has one
// directory, and its results are made in place. Otherwise the new directory out gets the results of all
// observations together: the experiments of all directories, and those of also.
func Again(ctx context.Context, env *cli.Env, dirs []string, out string, also []paper.Experiment) error {
	var all []Manifest
	var books []*obs.Notebook
	for i, dir := range dirs {
		if slices.ContainsFunc(dirs[:i], func(other string) bool { return place.Same(dir, other) }) {
			return cli.Usagef("%s is named twice", dir)
		}
		if out != "" && place.Same(dir, out) {
			return cli.Usagef("-out %s is a directory that is read: name a new one", out)
		}
		m, err := Read(dir)
		if err != nil {
			return cli.Usagef("%w", err)
		}
		if out != "" {
			err = checkIdle(dir)
		} else {
			_, err = place.Lock(env, dir, dir)
		}
		if err != nil {
			return err
		}
		n, err := readObservations(dir, m)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		all, books = append(all, m), append(books, n)
	}
	merged, err := obs.Merge(books...)
	if err != nil {
		return cli.Usagef("%s cannot be joined: %w", strings.Join(dirs, ", "), err)
	}
	chosen := all[0].finished()
	if out != "" {
		chosen = slices.DeleteFunc(paper.Experiments(), func(e paper.Experiment) bool {
			return !slices.Contains(namesOf(also), e.Name) && !slices.ContainsFunc(all, func(m Manifest) bool { return slices.Contains(m.Finished, e.Name) })
		})
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no experiment is finished yet in %s", strings.Join(dirs, " and "))
	}
	again, notices, err := paper.Again(merged, chosen)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(dirs, ", "), err)
	}
	if len(dirs) == 1 && len(notices) > 0 && !all[0].joined() {
		return fmt.Errorf("%s: %s", dirs[0], notices[0])
	}
	o := &Output{Dir: dirs[0], Manifest: all[0], Results: make([]paper.Result, len(all[0].Experiments))}
	if out != "" {
		if o, err = Open(env, out, joinManifests(all, merged.Seeds, chosen, env.Args)); err != nil {
			return err
		}
	}
	if n := len(o.Manifest.lost(o.Dir)); n > 0 {
		fmt.Fprintf(env.Stderr, "%s: not what the manifest says, and written anew: %s\n", o.Dir, words.Count(n, "file"))
	}
	for _, notice := range notices {
		fmt.Fprintln(env.Stderr, notice)
	}
	if err := o.observe(merged); err != nil {
		return err
	}
	for _, r := range again {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := o.Add(slices.Index(o.Manifest.Experiments, r.Name), r); err != nil {
			return err
		}
	}
	if err := o.Finish(); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "report: %s\n", printable.Line(filepath.Join(o.Dir, Page)))
	return nil
}

// joinManifests returns the manifest of a directory that has the observations of several runs.
func joinManifests(all []Manifest, seeds []uint64, es []paper.Experiment, args []string) Manifest {
	m := all[0]
	m.Experiments, m.Finished, m.Complete, m.Files = namesOf(es), []string{}, false, map[string]string{}
	m.Command, m.Seeds, m.Machine, m.Seconds = commandLine(args), seeds, machine.Describe(), 0
	kernels := map[string]bool{}
	for _, one := range all {
		m.Seconds += one.Seconds
		kernels[one.Kernel] = true
	}
	m.Kernel = strings.Join(slices.Sorted(maps.Keys(kernels)), ", ")
	return m
}

// readObservations returns the observations of a result directory. Files that are not what
// the manifest says are errors.
func readObservations(dir string, m Manifest) (*obs.Notebook, error) {
	return obs.Read(m.Settings, m.Seeds, func(name string) ([]byte, error) {
		name = resultsDir + "/" + name
		data, err := regularfile.ReadBeneath(dir, name, tableMost)
		if errors.Is(err, fs.ErrNotExist) {
			if small, again := regularfile.ReadBeneath(dir, name+".gz", tableMost); again == nil { // of a directory that is kept as evidence
				if data, err = obs.Expand(small); err != nil {
					err = fmt.Errorf("%s.gz: %w", name, err)
				}
			}
		}
		if err == nil && sumOf(data) != m.Files[name] {
			err = fmt.Errorf("%s is %w", name, errChanged)
		}
		return data, err
	})
}
