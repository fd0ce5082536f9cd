package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/kernels"

	"github.com/klauspost/cpuid/v2"
)

// machine describes where results were computed.
type machine struct {
	Version  string   `json:"version"`
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	CPU      string   `json:"cpu"`
	CPUs     int      `json:"cpus"`
	Kernels  []string `json:"kernels"` // best first
}

func thisMachine() machine {
	m := machine{cli.BuildVersion(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, cpuid.CPU.BrandName, runtime.NumCPU(), nil}
	if m.CPU == "" {
		m.CPU = "unknown"
	}
	for _, v := range kernels.Variants() {
		m.Kernels = append(m.Kernels, v.String())
	}
	return m
}

func infoCommand() cli.Command {
	return cli.Command{
		Name: "info", Group: "Looking", Summary: "CPU, kernel variants and versions",
		Doc:      "Shows what this program was built from, which CPU it runs on and which kernel variants run there, best first. The first is what -kernel auto takes.",
		Examples: []cli.Example{{Line: "molap info -json", Doc: "the same for a script"}},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "json")
			return func(_ context.Context, env *cli.Env, _ []string) error {
				m := thisMachine()
				if c.JSON {
					e := json.NewEncoder(env.Stdout)
					e.SetIndent("", "  ")
					return e.Encode(m)
				}
				fmt.Fprintf(env.Stdout, "molap     %s\nGo        %s\nplatform  %s\nCPU       %s, %d CPUs\nkernels   %s\n",
					m.Version, m.Go, m.Platform, m.CPU, m.CPUs, strings.Join(m.Kernels, ", "))
				return nil
			}
		},
	}
}
