package main

import (
	"context"
	"flag"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/resultdir"
)

func reportCommand() cli.Command {
	return cli.Command{
		Name: "report", Also: []string{"html"}, Group: "The paper", Args: "DIR…", Summary: "make tables, figures, verdicts and page again, of one run or of several with other seeds",
		Doc: `Takes a directory of "molap reproduce" and makes its tables, figures, verdicts and report.html again, from its observations alone (results/records.csv, draws.csv.gz, losses.csv.gz and arrays.json.gz). Nothing is trained and no cache is needed. A newer version of the program shows the same observations its own way; the same version makes the same files, to the byte.

Several directories with the same settings are joined into a new one, which -out names: many machines can each compute some seeds or experiments, and the results are judged together. The new directory has the experiments of all, and each experiment has the seeds for which all it needs was observed. What two directories observed of the same seed must agree.

-with adds an experiment whose observations other experiments have made: claims needs no run of its own where fig2, cca, dni, fig3, fig4 and figS5 are there. Claims about tasks left out and about three modules are judged by the seeds that have fig5 and modules3.`,
		Examples: []cli.Example{
			{Line: "molap report out/fig2", Doc: "a page that was lost, or the look of a newer version"},
			{Line: "molap report out/seed1 out/seed2 out/seed3 -out out/three", Doc: "three seeds from three machines"},
			{Line: "molap report out/damage out/learning -with claims -out out/judged", Doc: "verdicts on what two runs have measured"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var c cli.Common
			c.Register(flags, "out")
			var more []string
			flags.Var(cli.Texts(&more), "with", "make the experiment `NAME` as well; may be repeated; needs -out")
			return func(ctx context.Context, env *cli.Env, dirs []string) error {
				switch {
				case len(dirs) > 1 && c.Out == "":
					return cli.Usagef("%d directories are joined into a new one: name it by -out", len(dirs))
				case len(more) > 0 && c.Out == "":
					return cli.Usagef("-with writes a new directory: name it by -out")
				}
				var also []paper.Experiment
				if len(more) > 0 {
					var err error
					if also, err = paper.Choose(more); err != nil {
						return cli.Usagef("-with: %w", err)
					}
				}
				return resultdir.Again(ctx, env, dirs, c.Out, also)
			}
		},
	}
}
