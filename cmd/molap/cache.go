package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// cacheOff is the value of -cache that keeps nothing.
const cacheOff = "off"

// cacheFlag is the flag -cache.
type cacheFlag struct {
	dir   string
	flags *flag.FlagSet
}

// register registers the flag. Its default is the user's own cache directory.
func (c *cacheFlag) register(flags *flag.FlagSet) {
	c.dir, c.flags = cacheOff, flags
	if dir, err := os.UserCacheDir(); err == nil {
		c.dir = filepath.Join(dir, "molap")
	}
	flags.StringVar(&c.dir, "cache", c.dir, "keep networks, scores and states in `DIR`; off keeps none")
}

// check returns a usage error if the cache directory is a file.
func (c *cacheFlag) check() error {
	if info, err := os.Stat(c.dir); err == nil && !info.IsDir() {
		return cli.Usagef("-cache %s is a file, want a directory", c.dir)
	}
	return nil
}

// open returns this build's store in the cache directory, or nil if the cache is off. Each build of the
// program has a store of its own, so it never takes a value that other code computed.
//
// If the cache cannot be used and the user has not named it, open says so and returns nil.
func (c *cacheFlag) open(env *cli.Env) (s *jobs.Store, err error) {
	named := cli.Given(c.flags, "cache")
	if named && c.dir == cacheOff {
		return nil, nil
	}
	if err := cmp.Or(c.check(), place.OutsideResults("-cache", c.dir)); err != nil && named {
		return nil, err
	}
	build, err := machine.ProgramHash()
	if err == nil && !named {
		_, err = os.UserCacheDir()
	}
	if err == nil {
		s, err = jobs.OpenStore(filepath.Join(c.dir, build))
	}
	if err == nil && !named {
		err = s.Writable()
	}
	switch {
	case err == nil:
		return s, nil
	case named:
		return nil, cli.Usagef("-cache %s: %w", c.dir, err)
	}
	s.Close()
	fmt.Fprintf(env.Stderr, "no cache, nothing is kept for later runs: %v (-cache DIR names another place)\n", err)
	return nil, nil
}

func cacheCommand() cli.Command {
	return cli.Command{
		Name: "cache", Group: "Looking", Summary: "show what the cache holds, and remove what former builds left there",
		Doc: `Lists the cache. Each build of this program has a directory there; the list has its size, its number of values (networks, scores and the like), its last use, and whether it belongs to this build. No build takes a value that other code computed, so what a build keeps is of use to that build alone.

With -clean, removes the directories of all other builds. The directory of this build stays, and so does one that a running process uses. A file that is no part of a cache stays too, and is named.`,
		Examples: []cli.Example{
			{Line: "molap cache", Doc: "what there is"},
			{Line: "molap cache -clean", Doc: "remove what other builds keep"},
			{Line: "molap cache -cache shared -json", Doc: "another cache, for a script"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			var cache cacheFlag
			c.Register(flags, "json")
			cache.register(flags)
			flags.Lookup("cache").Usage = "look at the cache in `DIR`"
			clean := flags.Bool("clean", false, "remove what other builds keep")
			return func(ctx context.Context, env *cli.Env, _ []string) error {
				if cache.dir == cacheOff {
					return cli.Usagef("-cache off: there is no cache to look at (-cache DIR names one)")
				}
				if err := cache.check(); err != nil {
					return err
				}
				build, err := machine.ProgramHash()
				if err != nil {
					return err
				}
				builds, err := jobs.Builds(ctx, cache.dir, build, *clean)
				switch {
				case err != nil && builds == nil:
					return cli.Usagef("-cache %s: %w", cache.dir, err)
				case err != nil && len(builds) == 0:
					return err
				case c.JSON:
					return errors.Join(err, env.PrintJSON(builds))
				case len(builds) == 0:
					fmt.Fprintf(env.Stdout, "%s holds no cache\n", printable.Line(cache.dir))
				case *clean: // also what was done before the error
					printCleaned(env, cache.dir, builds)
				default:
					printBuilds(env, cache.dir, builds)
				}
				return err
			}
		},
	}
}

// buildState says which build a store belongs to, and whether a process uses it.
func buildState(b jobs.Build) string {
	whose := "another build"
	if b.This {
		whose = "this build"
	}
	if b.InUse {
		whose += ", in use"
	}
	return whose
}

func megabytesText(bytes int64) string {
	return strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64) + " MB"
}

func printBuilds(env *cli.Env, dir string, builds []jobs.Build) {
	t := &table.Table{Title: "Cache " + dir, Columns: []table.Column{{Name: "build"}, {Name: "values"}, {Name: "size"}, {Name: "last_use"}, {Name: "whose"}}}
	others := 0
	for _, b := range builds {
		t.Add(filepath.Base(b.Dir), b.Values, megabytesText(b.Bytes), b.Used.Format("2006-01-02 15:04"), buildState(b))
		if !b.This {
			others++
		}
	}
	fmt.Fprint(env.Stdout, t.Text())
	if others > 0 {
		fmt.Fprintf(env.Stdout, "\nmolap cache -clean removes what other builds keep\n")
	}
}

func printCleaned(env *cli.Env, dir string, builds []jobs.Build) {
	var n, values int
	var bytes int64
	for _, b := range builds {
		at, content := printable.Line(b.Dir), words.Count(b.Values, "value")+", "+megabytesText(b.Bytes)
		if !b.Removed {
			fmt.Fprintf(env.Stdout, "kept     %s  %s, %s\n", at, content, buildState(b))
			continue
		}
		n, values, bytes = n+1, values+b.Values, bytes+b.Bytes
		fmt.Fprintf(env.Stdout, "removed  %s  %s\n", at, content)
		if len(b.Others) > 0 {
			fmt.Fprintf(env.Stdout, "left     %s  no part of a cache: %s\n", at, printable.Line(strings.Join(b.Others, ", ")))
		}
	}
	if n == 0 {
		fmt.Fprintf(env.Stdout, "nothing removed from %s\n", printable.Line(dir))
		return
	}
	fmt.Fprintf(env.Stdout, "%s of %s removed: %s\n", megabytesText(bytes), words.Count(n, "other build"), words.Count(values, "value"))
}
