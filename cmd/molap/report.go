package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/printable"
)

func reportCommand() cli.Command {
	return cli.Command{
		Name: "report", Group: "The paper", Args: "DIR…", Summary: "make tables, figures, verdicts and page again, of one run or of several with other seeds",
		Doc: `Makes every table, figure and verdict and report.html of a directory that "molap reproduce" wrote again, from its observations alone (results/records.csv, draws.csv.gz, losses.csv.gz and arrays.json.gz). Nothing is trained, no cache is needed, and a newer version of the program shows the same observations its own way. The same version makes the same files, to the byte.

Several directories whose settings are the same and whose seeds differ become one: seeds can be computed on many machines, one directory each, and judged together. That takes -out, a new directory; it has the experiments that all of them have, and their observations.`,
		Examples: []cli.Example{
			{Line: "molap report out/fig2", Doc: "a page that was lost, or the look of a newer version"},
			{Line: "molap report out/seed1 out/seed2 out/seed3 -out out/three", Doc: "three seeds from three machines"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "out")
			return func(ctx context.Context, env *cli.Env, dirs []string) error {
				if len(dirs) == 0 {
					return cli.Usagef("want a DIR or more")
				}
				if len(dirs) > 1 && c.Out == "" {
					return cli.Usagef("%d directories become one: name a new one by -out", len(dirs))
				}
				return reportAgain(ctx, env, dirs, c.Out)
			}
		},
	}
}

// reportAgain makes the results of directories again: in the one that there is, or all
// together in a new one.
func reportAgain(ctx context.Context, env *cli.Env, dirs []string, out string) error {
	var all []manifest
	var books []*obs.Notebook
	for _, dir := range dirs {
		m, err := readManifest(dir)
		if err != nil {
			return cli.Usagef("%w", err)
		}
		lock, err := lockDir(env, dir, dir)
		if err != nil {
			return err
		}
		env.AtEnd(lock.Remove)
		n, err := readObservations(dir, m)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		all, books = append(all, m), append(books, n)
	}
	merged, err := obs.Merge(books...)
	if err != nil {
		return cli.Usagef("%s cannot become one: %w", strings.Join(dirs, ", "), err)
	}
	o := output{dir: dirs[0], manifest: all[0]}
	chosen := finishedOf(all[0])
	if len(chosen) == 0 {
		return fmt.Errorf("%s has no finished experiment yet", dirs[0])
	}
	if out != "" {
		o.dir = out
		if o.manifest, chosen, err = joined(all, merged.Seeds); err != nil {
			return cli.Usagef("%w", err)
		}
		if err := o.prepare(env); err != nil {
			return err
		}
	}
	if n := o.changed(); n > 0 {
		fmt.Fprintf(env.Stderr, "%s: not what the manifest says, and written anew: %s\n", o.dir, obs.Count(n, "file"))
	}
	results, err := paper.Again(merged, chosen)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(dirs, ", "), err)
	}
	if err := o.observe(merged); err != nil {
		return err
	}
	for _, r := range results {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := o.add(slices.Index(o.manifest.Experiments, r.Name), r); err != nil {
			return err
		}
	}
	if err := o.finish(); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "report: %s\n", printable.Line(filepath.Join(o.dir, pageName)))
	return nil
}

// changed counts the files of the directory that are gone or not what the manifest says.
func (o *output) changed() (n int) {
	for name, want := range o.manifest.Files {
		if sum, err := sumResult(o.dir, name); err != nil || sum != want {
			n++
		}
	}
	return n
}

// joined returns the manifest of what several runs have observed together, and the
// experiments that all of them have.
func joined(all []manifest, seeds []uint64) (manifest, []paper.Experiment, error) {
	m := all[0]
	m.Command, m.Seeds, m.Machine = commandLine(os.Args[1:]), seeds, machine.Describe()
	m.Files, m.Finished, m.Complete, m.Experiments = map[string]string{}, []string{}, false, nil
	kernels := map[string]bool{}
	m.Seconds = 0
	for _, one := range all {
		m.Seconds += one.Seconds
		kernels[one.Kernel] = true
	}
	m.Kernel = strings.Join(slices.Sorted(maps.Keys(kernels)), ", ")
	chosen := slices.DeleteFunc(paper.Experiments(), func(e paper.Experiment) bool {
		return slices.ContainsFunc(all, func(one manifest) bool { return !slices.Contains(one.Finished, e.Name) })
	})
	for _, e := range chosen {
		m.Experiments = append(m.Experiments, e.Name)
	}
	if len(chosen) == 0 {
		return m, nil, errors.New("no experiment is finished in all of the directories")
	}
	return m, chosen, nil
}

// readObservations returns the observations of a result directory. Files that are not what
// the manifest says are errors.
func readObservations(dir string, m manifest) (*obs.Notebook, error) {
	return obs.Read(m.Settings, m.Seeds, func(name string) ([]byte, error) {
		name = resultsDir + "/" + name
		data, err := readResult(dir, name, tableMost)
		if err == nil && sumOf(data) != m.Files[name] {
			err = fmt.Errorf("%s is not what the manifest says (molap verify tells more)", name)
		}
		return data, err
	})
}
