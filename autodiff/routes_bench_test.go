package autodiff

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"molap/kernels"
)

// BenchmarkRoutes measures a gradient of networks that can take both routes. of-lockstep and of-shards
// are its time over those of engines that take one route alone: medians over gradients that take turns.
func BenchmarkRoutes(b *testing.B) {
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue // seconds a gradient
		}
		for _, units := range []int{730, 800, 900} {
			for _, trials := range []int{20, 200} {
				b.Run(fmt.Sprintf("kernel=%v/n=%d/trials=%d", v, units, trials), func(b *testing.B) { benchRoutes(b, v, units, trials) })
			}
		}
	}
}

func benchRoutes(b *testing.B, v kernels.Variant, units, trials int) {
	s := Shape{Units: units, In: 3, Out: 3}
	q := newProblem[float32](s, 110, trials)
	var engines [3]*Engine[float32]
	for i, r := range []routes{routesOf[float32](s), inLockstep, byShard} {
		engines[i] = newEngine[float32](v, s, q.steps, trials, maskAll(s), Penalty{}, 1, r)
		for range tunerTurns * tunerTurn {
			engines[i].Gradient(q.p, q.x, q.y)
		}
	}
	var ratios [2][]float64
	for b.Loop() {
		var took [3]float64
		for i, e := range engines {
			began := time.Now()
			e.Gradient(q.p, q.x, q.y)
			took[i] = time.Since(began).Seconds()
		}
		ratios[0] = append(ratios[0], took[0]/took[1])
		ratios[1] = append(ratios[1], took[0]/took[2])
	}
	for i, unit := range []string{"of-lockstep", "of-shards"} {
		slices.Sort(ratios[i])
		b.ReportMetric(ratios[i][len(ratios[i])/2], unit)
	}
	b.ReportMetric(0, "ns/op") // of three gradients, which says nothing
}
