package experiment

import (
	"context"
	"sync"

	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"

	"golang.org/x/sync/errgroup"
)

// Runs trains every task with every arm and seed, Config.Workers at a time, and
// returns the runs by seed, arm and task. The first error stops the rest.
func Runs(ctx context.Context, c Config) ([]Run, error) {
	if c.Settings.Run.Precision == profile.F64 {
		return runs[float64](ctx, c)
	}
	return runs[float32](ctx, c)
}

// Cost returns the work that Runs will report as progress.
func Cost(c Config) float64 {
	sum := 0.0
	n := float64(len(tasks.All(TrialOptions(c.Settings))))
	for _, arm := range Arms {
		sum += baseCost(c.Settings, arm) + n*taskCost(c.Settings, arm)
	}
	return sum * float64(len(c.Seeds))
}

func runs[T kernels.Float](ctx context.Context, c Config) ([]Run, error) {
	nine := tasks.All(TrialOptions(c.Settings))
	results := make([]Run, 0, len(c.Seeds)*len(Arms)*len(nine))
	var first, then []func() error // reservoirs before the runs that wait for them
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.Workers)
	for _, seed := range c.Seeds {
		for _, arm := range Arms {
			base := sync.OnceValues(func() (*rnn.Network[T], error) { return pretrain[T](ctx, c, arm, seed) })
			if arm.pretrained() {
				first = append(first, func() error { _, err := base(); return err })
			}
			for _, task := range nine {
				results = append(results, Run{})
				result := &results[len(results)-1]
				then = append(then, func() error {
					net, err := base()
					if err != nil {
						return err
					}
					*result, err = trainTask(ctx, c, arm, net, task, seed)
					return err
				})
			}
		}
	}
	for _, job := range append(first, then...) {
		group.Go(job)
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return results, nil
}
