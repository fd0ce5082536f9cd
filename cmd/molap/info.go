package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/stepbench"
)

// information is what molap info prints.
type information struct {
	machine.Description
	Caches machine.Caches
	Peaks  []stepbench.Peak
}

func infoCommand() cli.Command {
	return cli.Command{
		Name: "info", Also: []string{"env"}, Group: "Looking", Summary: "CPU, caches, kernel variants, peaks and versions",
		Doc: `Shows what this program was built from, which CPU it runs on, its caches, and which kernel variants run there, best first. The first is what -kernel auto takes.

The peak of a variant is the operations per second of a loop of independent FMAs on one core. No kernel can exceed it. It is measured in a few milliseconds.`,
		Examples: []cli.Example{{Line: "molap info -json", Doc: "the same for a script"}},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "json")
			return func(_ context.Context, env *cli.Env, _ []string) error {
				m := information{machine.Describe(), machine.CacheSizes(), stepbench.Peaks()}
				if c.JSON {
					return env.PrintJSON(m)
				}
				fmt.Fprintf(env.Stdout, "molap     %s\nGo        %s\nplatform  %s\nCPU       %s, %d CPUs\ncaches    %s\nkernels   %s\n",
					m.Version, m.Go, m.Platform, m.CPU, m.CPUs, m.Caches, strings.Join(m.Kernels, ", "))
				for i, p := range m.Peaks {
					fmt.Fprintf(env.Stdout, "%-9s %s %.0f GFLOP/s in f32, %.0f in f64\n", []string{"peak", ""}[min(i, 1)], p.Kernel, p.F32, p.F64)
				}
				return nil
			}
		},
	}
}
