package main

import (
	"context"
	"flag"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/resultdir"
)

func verifyCommand() cli.Command {
	return cli.Command{
		Name: "verify", Group: "The paper", Args: "DIR", Summary: "check a result directory: files unchanged, results the same when computed anew",
		Doc: `Checks three things of a directory that "molap reproduce" wrote: every file is there and unchanged, by the SHA-256 in manifest.json; the tables are those of the observations; and networks trained and scored anew, without any cache, give the same numbers to the last bit, on this machine and with the kernel and workers of this command.

Without -all a sample of the observations in results/records.csv is computed; an observation is a network on its task, or after a kind of damage. The sample holds the observations with the smallest SHA-256 of the line "settings_sha256 observation", where settings_sha256 stands in manifest.json and the observation is written as this command prints it. So nobody chooses the sample, and a larger one holds every smaller one. With -all every experiment is run again and every table compared.

The exit code is 0 if all is as it was written and 1 if something differs. Each difference is printed with file, row, column and both values. A run that was cut short is verified as far as it got.`,
		Examples: []cli.Example{
			{Line: "molap verify out/fig2", Doc: "all files, three observations"},
			{Line: "molap verify out/paper -all -kernel generic", Doc: "everything, as a machine without vectors computes it"},
			{Line: "molap verify out/fig2 -sample 0", Doc: "only the files"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			q := resultdir.Request{Sample: 3}
			q.Register(flags, "json", "kernel", "workers", "cpuprofile")
			cli.IntVar(flags, &q.Sample, "sample", 0, 1000, "make `n` observations anew: train, damage and test networks")
			flags.BoolVar(&q.All, "all", false, "compute everything anew, which takes as long as the run did")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				if q.All && cli.Given(flags, "sample") {
					return cli.Usagef("-all computes everything: -sample does not go with it")
				}
				return resultdir.Verify(ctx, env, q, args[0])
			}
		},
	}
}
