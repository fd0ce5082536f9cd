package claims

import (
	"math"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// PowerTable names the table of what the seeds of the claims tell.
const PowerTable = "claims_power"

// mostSeeds is the most seeds that a claim is said to need.
const mostSeeds = 200

// seedPower is what the seeds of a test can tell, by the part that decides. Its number varies between
// seeds, since each makes its own networks, and within a seed, by the choice of draws of damage and
// test trials: s² = between + within (one way, random effects). The records give s² over seeds and an
// upper bound of the part within. More draws and trials reduce only the part within, more seeds reduce
// both.
type seedPower struct {
	sd    float64 // over seeds; NaN: fewer than three
	share float64 // of s² that is within seeds, at most; NaN: unknown
	now   float64 // smallest distance from the edge of the claim that these seeds tell
	ten   float64 // the same for ten seeds
	needs int     // seeds that tell the present distance; 0: unknown, or more than mostSeeds
}

// design returns what the seeds of one test can tell, if there are that many tests. It corrects by
// Bonferroni for the number of tests and of parts. Holm's correction asks no more of any test, and
// less of most.
func (t Test) design(tests int) seedPower {
	p := seedPower{sd: math.NaN(), share: math.NaN(), now: math.NaN(), ten: math.NaN()}
	if t.Decides < 0 || t.Intervals[t.Decides].N < judge.LeastSeeds || t.untestable(t.Parts[t.Decides]) != "" {
		return p
	}
	part := t.Parts[t.Decides]
	alpha := t.Alpha(tests)
	if p.sd = seq.SD(part.X); stats.Equal(part.X) {
		p.sd = part.Step
	}
	p.now, p.ten = stats.Tells(p.sd, len(part.X), alpha), stats.Tells(p.sd, 10, alpha)
	p.needs = stats.Needed(p.sd, t.Distance(), alpha, mostSeeds)
	if part.Within != nil && p.sd > 0 {
		p.share = min(1, seq.Mean(part.Within)/(p.sd*p.sd))
	}
	return p
}

// powerTable returns a table with a row for every claim that can be tested and has enough seeds, at
// least three.
func powerTable(tests []Test) *table.Table {
	type row = Test
	tested := seq.Where(tests, func(t Test) bool { return !math.IsNaN(t.sd) })
	return obs.Table(PowerTable, "What the seeds tell", tested, []obs.Col[row]{
		obs.Text("id", "short name of the measure", func(r row) string { return r.ID }),
		{Name: "part", Doc: "the part that decides", Of: func(r row) any { return r.Parts[r.Decides].Name }},
		{Name: "seeds", Doc: "number of runs", Of: func(r row) any { return r.Intervals[r.Decides].N }},
		obs.Number("sd", "SD over seeds", "", "standard deviation of the part over seeds", func(r row) float64 { return r.sd }),
		obs.Number("within", "within seeds, at most", "%", "share of the variance over seeds that the choice of test trials and draws of damage makes, at most; empty: unknown", func(r row) float64 { return 100 * r.share }),
		obs.Number("distance", "", "", "of the mean from the edge of what is claimed", func(r row) float64 { return r.Distance() }),
		obs.Number("tells", "these seeds tell", "", "smallest distance that so many seeds tell with a probability of 80 %, corrected for all tests of the table and parts of the claim", func(r row) float64 { return r.now }),
		obs.Number("tells_10", "ten seeds tell", "", "the same of ten seeds", func(r row) float64 { return r.ten }),
		{Name: "needs", Heading: "seeds needed", Doc: "seeds that tell the present distance, if mean and spread stay; empty: unknown, or more than 200", Of: func(r row) any {
			if r.needs == 0 {
				return nil
			}
			return r.needs
		}},
	}...)
}
