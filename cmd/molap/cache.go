package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
)

// cacheOff is the value of -cache that keeps nothing.
const cacheOff = "off"

// cacheFlag is the flag -cache.
type cacheFlag struct {
	dir   string
	named bool // the user named it and relies on it
}

func (c *cacheFlag) String() string { return c.dir }
func (c *cacheFlag) Get() any       { return c.dir } // for package cli, which refuses an empty text

func (c *cacheFlag) Set(dir string) error {
	c.dir, c.named = dir, true
	return nil
}

// register registers the flag. Its default is the user's own cache directory.
func (c *cacheFlag) register(flags *flag.FlagSet) {
	c.dir = cacheOff
	if dir, err := os.UserCacheDir(); err == nil {
		c.dir = filepath.Join(dir, "molap")
	}
	flags.Var(c, "cache", "keep networks, scores and states in `DIR`; off keeps none")
}

// apart returns a usage error if the directory that a flag names lies in the cache or holds it.
func (c *cacheFlag) apart(flag, dir string) error {
	if c.dir == cacheOff {
		return nil
	}
	return place.Apart(flag, dir, c.dir)
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
	if c.named && c.dir == cacheOff {
		return nil, nil
	}
	if err := c.check(); err != nil && c.named {
		return nil, err
	}
	build, err := machine.ProgramHash()
	if err == nil && !c.named {
		_, err = os.UserCacheDir()
	}
	if err == nil {
		s, err = jobs.OpenStore(filepath.Join(c.dir, build))
	}
	if err == nil && !c.named {
		err = writable(s.Dir())
	}
	switch {
	case err == nil:
		return s, nil
	case c.named:
		return nil, cli.Usagef("-cache %s: %w", c.dir, err)
	}
	s.Close()
	fmt.Fprintf(env.Stderr, "no cache, nothing is kept for later runs: %v (-cache DIR names another place)\n", err)
	return nil, nil
}

// writable returns an error if no files can be made in a directory. The directory need not exist yet.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		switch above := filepath.Dir(dir); {
		case errors.Is(err, fs.ErrNotExist) && above != dir:
			dir = above
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is a file", dir)
		default:
			return atomicfile.Probe(dir)
		}
	}
}
