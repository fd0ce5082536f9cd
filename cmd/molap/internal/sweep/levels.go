package sweep

import (
	"fmt"
	"slices"
	"strconv"

	"molap/cmd/molap/internal/seq"
)

// axisLevels groups the points of a sweep by their values on one axis.
type axisLevels struct {
	axis  AxisKeys
	names []string
	of    []int // by point
}

// An axis with more values than mostValues is cut into binCount bins with equal numbers of points.
const (
	mostValues = 10
	binCount   = 6
)

// levelsOf returns the levels of axis k. If all values are numbers, the levels are the values in
// increasing order, or bins of them if there are many. Otherwise they are the values in the order of
// the points; if there are many, the last level stands for all that are left.
func (m *Manifest) levelsOf(k int) axisLevels {
	l := axisLevels{axis: m.Axes[k], of: make([]int, len(m.Points))}
	var values []string
	var numbers []float64
	for _, p := range m.Points {
		if x, err := strconv.ParseFloat(p.Values[k], 64); err == nil {
			numbers = append(numbers, x)
		}
		if !slices.Contains(values, p.Values[k]) && len(values) <= mostValues {
			values = append(values, p.Values[k])
		}
	}
	if len(numbers) == len(m.Points) {
		sorted := slices.Compact(slices.Sorted(slices.Values(numbers)))
		n := len(sorted)
		if n > mostValues {
			n = binCount
		}
		for b := range n {
			lo, hi := sorted[b*len(sorted)/n], sorted[(b+1)*len(sorted)/n-1]
			name := levelText(lo)
			if lo != hi {
				name += "–" + levelText(hi)
			}
			l.names = append(l.names, name)
			for p, x := range numbers {
				if lo <= x && x <= hi {
					l.of[p] = b
				}
			}
		}
		return l
	}
	if len(values) > mostValues {
		values = append(values[:mostValues-1], "others")
	}
	l.names = values
	for p := range m.Points {
		if l.of[p] = slices.Index(values, m.Points[p].Values[k]); l.of[p] < 0 {
			l.of[p] = len(values) - 1
		}
	}
	return l
}

// levelText writes the edge of a level: two digits tell learning rates apart, and the
// name of a bin has to fit under it.
func levelText(x float64) string {
	if x < 1 {
		return fmt.Sprintf("%.2g", x)
	}
	return fmt.Sprintf("%.4g", x)
}

// varying returns the levels of the axes that have more than one.
func (m *Manifest) varying() []axisLevels {
	return seq.Where(seq.Map(seq.UpTo(len(m.Axes)), m.levelsOf), func(l axisLevels) bool { return len(l.names) > 1 })
}
