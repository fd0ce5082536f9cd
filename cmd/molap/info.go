package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"molap/bench"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
	"molap/kernels"
)

// information is what molap info tells.
type information struct {
	machine.Description
	Caches machine.Caches `json:"caches"`
	Peaks  []peak         `json:"peaks"` // of the kernel variants whose peak can be measured, best first
}

// peak is the measured FMA peak of one core, in GFLOP/s.
type peak struct {
	Kernel string  `json:"kernel"`
	F32    float64 `json:"f32"`
	F64    float64 `json:"f64"`
}

func infoCommand() cli.Command {
	return cli.Command{
		Name: "info", Also: []string{"env"}, Group: "Looking", Summary: "CPU, caches, kernel variants, peaks and versions",
		Doc: `Shows what this program was built from, which CPU it runs on, its caches, and which kernel variants run there, best first. The first is what -kernel auto takes.

The peak of a variant is measured, in a few milliseconds: the operations per second of a loop of independent FMAs on one core, which no kernel can exceed.`,
		Examples: []cli.Example{{Line: "molap info -json", Doc: "the same for a script"}},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "json")
			return func(_ context.Context, env *cli.Env, _ []string) error {
				m := information{machine.Describe(), machine.CacheSizes(), []peak{}}
				for _, v := range kernels.Variants() {
					if p := (peak{v.String(), bench.Peak(v, true) / 1e9, bench.Peak(v, false) / 1e9}); p.F32 > 0 {
						m.Peaks = append(m.Peaks, p)
					}
				}
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
