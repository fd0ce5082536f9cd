package paper

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// place returns the place of a task in the k-th order of a seed, from 0.
func (d inSequence) place(task, k int, seed uint64) int {
	return strings.Index(d.order(k, seed), d.Tasks[task].ID[1:])
}

// atPlace returns the response scores on a task of all networks, of any seed and order, that learnt the
// task at the given place.
func (d inSequence) atPlace(task, place int, when string) (at []float64) {
	for j, seed := range d.Seeds {
		for k := range d.orders {
			if d.place(task, k, seed) == place {
				at = append(at, d.On(inOrder(k, when), task, obs.Response)[j])
			}
		}
	}
	return at
}

// left returns the response scores after all tasks, on the tasks at places first to last of their
// orders.
func (d inSequence) left(first, last int) (left []float64) {
	for i := range d.Tasks {
		for place := first; place <= last; place++ {
			left = append(left, d.atPlace(i, place, "final")...)
		}
	}
	return left
}

// byOrder returns a measure on a task over the orders of the j-th seed.
func (d inSequence) byOrder(j, task int, when string, m obs.RunMeasure) []float64 {
	return seq.Map(seq.UpTo(d.orders), func(k int) float64 { return d.On(inOrder(k, when), task, m)[j] })
}

// slopes returns, by seed, what each later place in the order adds to a score: the slope of a
// regression of scores on places over all orders of the seed. The mean of each task over the orders is
// subtracted from both, so that no task is compared with another.
func (d inSequence) slopes(when string, m obs.RunMeasure) []float64 {
	return seq.Map(seq.UpTo(len(d.Seeds)), func(j int) float64 {
		products, squares := 0.0, 0.0
		for i := range d.Tasks {
			x := seq.Map(seq.UpTo(d.orders), func(k int) float64 { return float64(d.place(i, k, d.Seeds[j])) })
			y := d.byOrder(j, i, when, m)
			mx, my := seq.Mean(x), seq.Mean(y)
			for k := range x {
				products += float64((x[k] - mx) * (y[k] - my))
				squares += float64((x[k] - mx) * (x[k] - mx))
			}
		}
		return products / squares
	})
}

// apart returns, by seed, the highest less the lowest score of a task over the orders, mean over tasks.
// The networks of a seed differ in nothing but the order.
func (d inSequence) apart(when string, m obs.RunMeasure) []float64 {
	return seq.Map(seq.UpTo(len(d.Seeds)), func(j int) float64 {
		return seq.Mean(seq.Map(seq.UpTo(len(d.Tasks)), func(i int) float64 {
			scores := d.byOrder(j, i, when, m)
			return slices.Max(scores) - slices.Min(scores)
		}))
	})
}

// spread writes a mean with the smallest and the largest of several values.
func spread(x []float64) string {
	if len(x) == 1 {
		return words.Signed(x[0])
	}
	return fmt.Sprintf("%s (%s to %s over seeds)", words.Signed(seq.Mean(x)), words.Signed(slices.Min(x)), words.Signed(slices.Max(x)))
}
