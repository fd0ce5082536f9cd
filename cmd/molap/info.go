package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
)

func infoCommand() cli.Command {
	return cli.Command{
		Name: "info", Also: []string{"env"}, Group: "Looking", Summary: "CPU, kernel variants and versions",
		Doc:      "Shows what this program was built from, which CPU it runs on and which kernel variants run there, best first. The first is what -kernel auto takes.",
		Examples: []cli.Example{{Line: "molap info -json", Doc: "the same for a script"}},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "json")
			return func(_ context.Context, env *cli.Env, _ []string) error {
				m := machine.Describe()
				if c.JSON {
					return env.PrintJSON(m)
				}
				fmt.Fprintf(env.Stdout, "molap     %s\nGo        %s\nplatform  %s\nCPU       %s, %d CPUs\nkernels   %s\n",
					m.Version, m.Go, m.Platform, m.CPU, m.CPUs, strings.Join(m.Kernels, ", "))
				return nil
			}
		},
	}
}
