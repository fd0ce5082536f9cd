package main

import (
	"flag"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
)

// TestRepeated checks that those flags say that they may be repeated that keep every text they are given,
// and no others.
func TestRepeated(t *testing.T) {
	n := 0
	var look func(commands []cli.Command)
	look = func(commands []cli.Command) {
		for _, c := range commands {
			if c.Setup != nil {
				flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
				c.Setup(flags)
				flags.VisitAll(func(f *flag.Flag) {
					_, keeps := f.Value.(cli.Repeated)
					if says := strings.Contains(f.Usage, "may be repeated"); says != keeps {
						t.Errorf("%s -%s: says that it may be repeated: %v, keeps all texts: %v", c.Name, f.Name, says, keeps)
					}
					if keeps {
						n++
					}
				})
			}
			look(c.Verbs)
		}
	}
	look(program().Commands)
	if n < 5 { // -set of several commands, -with, -sbatch, -input
		t.Errorf("%d flags may be repeated", n)
	}
}
