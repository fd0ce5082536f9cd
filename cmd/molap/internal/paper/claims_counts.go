package paper

import (
	"fmt"
	"math"
	"slices"
)

// countClaims are of Table 1 and what §4 concludes from it.
func (d claimsData) countClaims() []claim {
	counted := countParameters()
	all := d.countsBy(counted, 1)
	if d.tableFactor != 1 {
		for i, c := range d.countsBy(counted.scaled(d.tableFactor), d.tableFactor) {
			if c.exact.value != all[i].exact.value {
				c.id += "-profile"
				all = append(all, c)
			}
		}
		slices.SortStableFunc(all, func(a, b claim) int { // measures of one claim follow each other
			return slices.Index(countWords, a.words) - slices.Index(countWords, b.words)
		})
	}
	return all
}

var countWords = []string{
	"Parameters, updates and updates per task of separate networks, DNI and MoLaP (nine counts)",
	"MoLaP needs ∼2 orders of magnitude fewer parameter updates than DNI and separate networks",
	"… with an 18 % increase of all parameters over DNI",
}

// countsBy returns the claims about counts; a whole network counts factor times.
func (d claimsData) countsBy(p parameters, factor int) []claim {
	how := "counted from networks and masks"
	if factor != 1 {
		how += fmt.Sprintf(", whole networks %d times as by this profile", factor)
	}
	why := "The printed 5.2e3 for what MoLaP trains has one set of input weights and readout in place of one for every task"
	if factor == 1 {
		why = "A network of 100 units with one input and one output has 10 200 weights; the table prints ten times that wherever it counts whole networks. " + why
	}
	agree, of := 0, 0
	for _, row := range []struct {
		c counts
		p publishedCounts
	}{{p.separate, publishedSeparate}, {p.dni, publishedDNI}, {p.molap, publishedMoLaP}} {
		for _, n := range [][2]float64{{float64(row.c.overall), row.p.overall}, {float64(row.c.trained), row.p.trained}, {float64(row.c.perTask), row.p.perTask}} {
			of++
			if math.Abs(n[1]/n[0]-1) < 0.005 {
				agree++
			}
		}
	}
	// Logarithms differ between machines in their last bits.
	hundredths := func(x float64) float64 { return math.Round(100*x) / 100 }
	orders := hundredths(math.Log10(float64(p.dni.trained) / float64(p.molap.trained)))
	more := 100 * (float64(p.molap.overall)/float64(p.dni.overall) - 1)
	return []claim{
		{id: "counts", words: countWords[0], where: "Table 1, Fig. 1C", section: "table1",
			measure: fmt.Sprintf("printed counts that come out, %s; claimed: all %d", how, of), unit: fmt.Sprintf("of %d", of),
			exact: &exact{float64(agree), agree == of}, why: why},
		{id: "orders", words: countWords[1], where: "§4, §5, Fig. 1C", section: "table1",
			measure: "log₁₀ of updates of DNI over those of MoLaP, " + how + "; claimed: 2 when rounded", unit: "orders",
			exact: &exact{orders, math.Round(orders) == 2},
			why: fmt.Sprintf("The printed counts give %.1f because those of DNI are ten times too large",
				math.Log10(publishedDNI.trained/publishedMoLaP.trained))},
		{id: "increase", words: countWords[2], where: "§4", section: "table1",
			measure: "all parameters of MoLaP over those of DNI, less 1, " + how + "; claimed: 18 when rounded", unit: "%",
			exact: &exact{more, math.Round(more) == 18}, why: "The increase depends on the sizes of the networks, which here are not the paper's"},
	}
}
