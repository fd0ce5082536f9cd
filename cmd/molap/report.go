package main

import (
	"context"
	"flag"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/resultdir"
)

func reportCommand() cli.Command {
	return cli.Command{
		Name: "report", Also: []string{"html"}, Group: "The paper", Args: "DIR…", Summary: "make tables, figures, verdicts and page again, of one run or of several with other seeds",
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
				if len(dirs) > 1 && c.Out == "" {
					return cli.Usagef("%d directories become one: name a new one by -out", len(dirs))
				}
				return resultdir.Again(ctx, env, dirs, c.Out)
			}
		},
	}
}
