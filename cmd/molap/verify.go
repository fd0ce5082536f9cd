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
		Doc: `Checks a directory that "molap reproduce" wrote: that every file is there and unchanged, by the SHA-256 in manifest.json, that its tables are those of its observations, and that networks trained and scored anew, without any cache, give the same numbers to the last bit, on this machine and with the kernel and workers of this command.

Without -all a sample is computed: of all observations in results/records.csv (a network on its task, or after a kind of damage) those for which the SHA-256 of the line "settings_sha256 observation" is smallest, settings_sha256 being that of manifest.json and the observation what this command prints. So nobody chooses it, and a larger sample holds a smaller one. With -all every experiment is run again and every table compared.

Exit code 0 if all is as it was written, 1 if something differs; where is said by file, row, column and both values. A run that was cut short is verified as far as it got.`,
		Examples: []cli.Example{
			{Line: "molap verify out/fig2", Doc: "all files, three observations"},
			{Line: "molap verify out/paper -all -kernel generic", Doc: "everything, as a machine without vectors computes it"},
			{Line: "molap verify out/fig2 -sample 0", Doc: "only the files"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "json", "kernel", "workers", "cpuprofile")
			q := resultdir.Request{Sample: 3}
			cli.IntVar(flags, &q.Sample, "sample", 0, 1000, "make `n` observations anew: train, damage and test networks")
			flags.BoolVar(&q.All, "all", false, "compute everything anew: as long as the run took")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				sampled := false
				flags.Visit(func(f *flag.Flag) { sampled = sampled || f.Name == "sample" })
				if q.All && sampled {
					return cli.Usagef("-all leaves nothing to -sample")
				}
				q.JSON, q.Kernel, q.Workers = c.JSON, c.Kernel, c.Workers
				return resultdir.Verify(ctx, env, q, args[0])
			}
		},
	}
}
