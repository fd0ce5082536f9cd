package obs

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
)

// Sequence holds the scores of networks that learn the nine tasks in sequence: of the conditions
// [AfterEach] and [InEveryOrder], and what stands beside them.
type Sequence struct{ Scores }

// afterTasks names the condition of the network after n tasks.
func afterTasks(n int) string { return fmt.Sprintf("after_%d", n) }

// inOrder names a condition of the networks of the k-th order: "fresh", right after each task, or
// "final", after the last.
func inOrder(k int, when string) string {
	if k == 0 {
		return when
	}
	return fmt.Sprintf("order_%d_%s", k, when)
}

// AfterEach returns a condition for the network after each task of the order of the settings.
func AfterEach(s profile.Settings) (all []Condition) {
	order := s.DNI.Order
	for k := range order {
		all = append(all, Condition{Name: afterTasks(k + 1), Network: func(task string, seed uint64) Key {
			switch k { // networks that have a name of their own
			case strings.Index(order, task[1:]):
				return TrainedBy(lab.DNIFresh, "")(task, seed)
			case len(order) - 1:
				return TrainedBy(lab.DNI, "")(task, seed)
			}
			return Key{Cell: lab.Cell{Arm: lab.DNI, Task: task, Seed: seed, After: k + 1}}
		}})
	}
	return all
}

// InEveryOrder returns two conditions for every order of tasks, right after each task and after the last.
func InEveryOrder(s profile.Settings) (all []Condition) {
	for k := range 1 + s.DNI.Orders {
		all = append(all, FreshAndFinal(inOrder(k, "fresh"), inOrder(k, "final"), func(seed uint64) string {
			if k == 0 {
				return ""
			}
			return "dni.order=" + taskOrder(s, k, seed)
		})...)
	}
	return all
}

// FreshAndFinal returns two conditions of networks that learn in sequence with some settings changed:
// right after each task and after the last.
func FreshAndFinal(fresh, final string, settings func(seed uint64) string) []Condition {
	both := ByArm(lab.DNIFresh, lab.DNI)
	for i, arm := range []lab.Arm{lab.DNIFresh, lab.DNI} {
		both[i].Name = []string{fresh, final}[i]
		both[i].Network = func(task string, seed uint64) Key { return TrainedBy(arm, settings(seed))(task, seed) }
	}
	return both
}

// taskOrder returns the digits of the tasks in the k-th order of a seed: that of the settings, then
// random ones.
func taskOrder(s profile.Settings, k int, seed uint64) string {
	if k == 0 {
		return s.DNI.Order
	}
	return lab.RandomOrder(seed, k-1)
}

// Orders returns the number of orders of a seed.
func (d Sequence) Orders() int { return 1 + d.Settings.DNI.Orders }

// place returns the place of a task in the k-th order of a seed, from 0.
func (d Sequence) place(task, k int, seed uint64) int {
	return strings.Index(taskOrder(d.Settings, k, seed), d.Tasks[task].ID[1:])
}

// atPlace returns the response scores on a task of all networks, of any seed and order, that learnt the
// task at the given place.
func (d Sequence) atPlace(task, place int, when string) (at []float64) {
	for j, seed := range d.Seeds {
		for k := range d.Orders() {
			if d.place(task, k, seed) == place {
				at = append(at, d.On(inOrder(k, when), task, Response)[j])
			}
		}
	}
	return at
}

// Left returns the response scores after all tasks, on the tasks at places first to last of their
// orders.
func (d Sequence) Left(first, last int) (left []float64) {
	for i := range d.Tasks {
		for place := first; place <= last; place++ {
			left = append(left, d.atPlace(i, place, "final")...)
		}
	}
	return left
}

// byOrder returns a measure on a task over the orders of the j-th seed.
func (d Sequence) byOrder(j, task int, when string, m RunMeasure) []float64 {
	return seq.Map(seq.UpTo(d.Orders()), func(k int) float64 { return d.On(inOrder(k, when), task, m)[j] })
}

// Slopes returns, by seed, what each later place in the order adds to a score: the slope of a
// regression of scores on places over all orders of the seed. The mean of each task over the orders is
// subtracted from both, so that no task is compared with another.
func (d Sequence) Slopes(when string, m RunMeasure) []float64 {
	return seq.Map(seq.UpTo(len(d.Seeds)), func(j int) float64 {
		products, squares := 0.0, 0.0
		for i := range d.Tasks {
			x := seq.Map(seq.UpTo(d.Orders()), func(k int) float64 { return float64(d.place(i, k, d.Seeds[j])) })
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

// Apart returns, by seed, the highest less the lowest score of a task over the orders, mean over tasks.
// The networks of a seed differ in nothing but the order.
func (d Sequence) Apart(when string, m RunMeasure) []float64 {
	return seq.Map(seq.UpTo(len(d.Seeds)), func(j int) float64 {
		return seq.Mean(seq.Map(seq.UpTo(len(d.Tasks)), func(i int) float64 {
			scores := d.byOrder(j, i, when, m)
			return slices.Max(scores) - slices.Min(scores)
		}))
	})
}
