package paper

import (
	"fmt"
	"math"

	"molap/cmd/molap/internal/claims"
)

// counts returns the claims of Table 1 and those that §4 derives from it. Each is held against our
// counts and, if that gives another value, against counts with whole networks multiplied by the factor
// of the profile.
func (d claimsData) counts() []claimedPassage {
	counted := countParameters()
	all := countedClaims(counted, 1)
	for i, p := range countedClaims(counted.scaled(d.tableFactor), d.tableFactor) {
		if c := p.claims[0]; c.Exact.Value != all[i].claims[0].Exact.Value {
			c.ID += "-profile"
			all[i].claims = append(all[i].claims, c)
		}
	}
	return all
}

// countedClaims returns the claims by some counts. A whole network counts factor times.
func countedClaims(p parameters, factor int) []claimedPassage {
	how := "counted from networks and masks"
	if factor != 1 {
		how += fmt.Sprintf(", whole networks %d times as by this profile", factor)
	}
	why := "The printed 5.2e3 for what MoLaP trains has one set of input weights and readout in place of one for every task"
	if factor == 1 {
		why = "A network of 100 units with one input and one output has 10 200 weights; the table prints ten times that wherever it counts whole networks. " + why
	}
	agree, of := p.agreeing(), len(p.entries())
	orders := math.Round(100*ordersOver(p.dni, p.molap)) / 100 // logarithms differ between machines in their last bits
	more := 100 * (float64(p.molap.overall)/float64(p.dni.overall) - 1)
	return []claimedPassage{
		{"Parameters, updates and updates per task of separate networks, DNI and MoLaP (nine counts)", "Table 1, Fig. 1C", "table1", why, []claim{
			{ID: "counts", Measure: fmt.Sprintf("printed counts that come out, %s; claimed: all %d", how, of), Unit: fmt.Sprintf("of %d", of), Exact: &claims.Exact{Value: float64(agree), Holds: agree == of}, Why: why},
		}},
		{"MoLaP needs ∼2 orders of magnitude fewer parameter updates than DNI and separate networks", "§4, §5, Fig. 1C", "table1",
			fmt.Sprintf("The printed counts give %.1f because those of DNI are ten times too large", ordersOver(publishedDNI, publishedMoLaP)), []claim{
				{ID: "orders", Measure: "log₁₀ of updates of DNI over those of MoLaP, " + how + "; claimed: 2 when rounded", Unit: "orders", Exact: &claims.Exact{Value: orders, Holds: math.Round(orders) == 2}},
			}},
		{"… with an 18 % increase of all parameters over DNI", "§4", "table1", "The increase depends on the sizes of the networks, which here are not the paper's", []claim{
			{ID: "increase", Measure: "all parameters of MoLaP over those of DNI, less 1, " + how + "; claimed: 18 when rounded", Unit: "%", Exact: &claims.Exact{Value: more, Holds: math.Round(more) == 18}},
		}},
	}
}
