package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/resultdir"
)

func reproduceCommand() cli.Command {
	var names strings.Builder
	for _, e := range paper.Experiments() {
		fmt.Fprintf(&names, "    %-8s %s\n", e.Name, e.Doc)
	}
	return cli.Command{
		Name: "reproduce", Group: "The paper", Args: "[NAME…]", Summary: "run experiments of the paper and write their report",
		Doc: `Runs experiments of the paper, all of them or those named, and writes a directory with results (CSV, JSON), figures (SVG, PNG), report.html and manifest.json.

` + names.String() + `
Arms: separate (nine networks, all trained), dni (one network, the tasks in sequence, protected from forgetting), molap (modules pre-trained by CCA, then frozen), molap-pca (by PCA), reservoir (never pre-trained). The profile says how the paper is read; every setting of it can be changed with -set. Results depend on settings and seeds, not on -kernel or -workers.

Networks and scores that were computed before are taken from the cache (-cache): experiments share their networks, and a changed setting costs what depends on it. Each build of the program has a cache of its own.

The state of every training under way is kept there as well, now and then (-checkpoint-every). SIGINT (Ctrl-C), SIGTERM or SIGHUP (a lost terminal; not under nohup) keeps it and stops; the same command then goes on where this one stopped, to the same bits. A second signal stops at once. SIGUSR1 keeps it and goes on.

Several processes that share a cache, on one machine or on many, share the work: each takes jobs that no other works on, and whoever finds all done writes its results. -work does jobs and writes nothing; -cluster writes scripts that do so on Slurm. A process that is killed leaves its jobs to the others after a minute.`,
		Examples: []cli.Example{
			{Line: "molap reproduce fig2 -quick -profile extended -out out/quick", Doc: "a look in about a minute"},
			{Line: "molap reproduce fig2 -seeds 10 -out out/fig2", Doc: "ten seeds by the text's settings, by which most tasks are not learnt"},
			{Line: "molap reproduce all -profile extended -seeds 10 -out out/ten -cache shared -cluster 40 -submit", Doc: "forty tasks on Slurm, and the report after them"},
			{Line: "molap reproduce fig2 -profile extended -set training.batch=100 -out out/ext", Doc: "settings that learn, one of them changed"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			c := cli.Common{Seed: 1, Out: "out"}
			c.Register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "out", "kernel", "workers", "checkpoint-every", "cpuprofile")
			cache := registerCache(flags)
			serve := serveFlag(flags)
			f := clusterFlags{minutes: 240}
			f.register(flags)
			return func(ctx context.Context, env *cli.Env, args []string) error {
				if err := f.check(); err != nil {
					return err
				}
				return reproduce(ctx, env, &c, cache, *serve, &f, args)
			}
		},
	}
}

func reproduce(ctx context.Context, env *cli.Env, c *cli.Common, cache *cacheFlag, serve string, f *clusterFlags, names []string) error {
	chosen, err := paper.Choose(names)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	config, err := labConfig(c)
	if err != nil {
		return err
	}
	if err := cache.apart("-out", c.Out); err != nil {
		return err
	}
	p := progress.New(env.Stderr)
	pool, err := openPool(ctx, env, c, cache, p)
	if err != nil {
		return err
	}
	defer pool.Store.Close()
	stop, err := startWatching(env, pool, p, config.Settings, serve)
	if err != nil {
		return err
	}
	defer stop()
	l := lab.NewLab(config, pool)
	if err := paper.Check(l, chosen); err != nil {
		return cli.Usagef("%w", err)
	}
	if f.tasks > 0 {
		return f.onCluster(ctx, env, c, cache, names)
	}
	if f.work {
		if pool.Store == nil {
			return cli.Usagef("-work needs a cache: what it does is kept there and nowhere else")
		}
		announce(env, config, c.Workers)
		if err := paper.Work(ctx, l, p.Named("work"), chosen); err != nil {
			p.Stop()
			return goesOn(err, pool)
		}
		p.Done()
		_, err := fmt.Fprintf(env.Stdout, "done: all jobs are in %s\n", printable.Line(cache.dir))
		return err
	}
	out, err := resultdir.Open(env, c.Out, resultdir.New(config, chosen, env.Args, c.Asked(), c.Workers))
	if err != nil {
		return err
	}
	announce(env, config, c.Workers)
	began := time.Now()
	if err := paper.Run(ctx, l, p.Named("reproduce"), chosen, out.Add); err != nil {
		p.Stop()
		out.Abandon()
		return goesOn(err, pool)
	}
	p.Done()
	out.Manifest.Seconds = time.Since(began).Seconds()
	if err := out.Finish(); err != nil {
		return err
	}
	for _, r := range out.Results {
		fmt.Fprintf(env.Stdout, "\n%s\n", r.Tables[0].Text())
	}
	fmt.Fprintf(env.Stdout, "report: %s\n", filepath.Join(c.Out, resultdir.Page))
	return nil
}

// announce says what is about to run.
func announce(env *cli.Env, c lab.Config, workers int) {
	s := c.Settings
	fmt.Fprintf(env.Stderr, "profile %s, %d units in %d modules, %s, %s, kernel %s, %d at a time\n",
		s.Label(), s.Network.Units, s.Network.Modules, obs.Count(len(c.Seeds), "seed"), s.Run.Precision, c.Variant, workers)
}
