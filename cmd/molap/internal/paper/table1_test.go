package paper

import "testing"

// TestTable1 checks the counts against N²+2N and its parts.
func TestTable1(t *testing.T) {
	got := map[string]int{}
	for _, row := range table1(countParameters(), 10).Tables[0].Rows {
		got[row[0].(string)+" "+row[1].(string)] = row[2].(int)
	}
	const n = 100
	for what, want := range map[string]int{
		"overall separate": 9 * (n*n + 2*n), "overall dni": n*n + 2*n, "overall molap": n*n + 10*2*n,
		"trained separate": 9 * (n*n + 2*n), "trained dni": 9 * (n*n + 2*n), "trained molap": 2*(n/2*n/2) + 2*2*n + 9*2*n,
		"trained per task separate": n*n + 2*n, "trained per task molap": 2 * n,
	} {
		if got[what] != want {
			t.Errorf("%s is %d, want %d", what, got[what], want)
		}
	}
}

// TestNetworkFactor checks what table1.network_factor does: by the text's reading
// counts of whole networks come out as printed, and so does all but what molap
// trains; by the authors' reading they stay as counted.
func TestNetworkFactor(t *testing.T) {
	for _, c := range []struct {
		profile string
		agree   int
	}{{"paper", 8}, {"authors", 1}} {
		factor := load(t, c.profile).Table1.NetworkFactor
		table := table1(countParameters(), factor).Tables[0]
		if got := countParameters().scaled(factor).agreeing(); got != c.agree {
			t.Errorf("%s: %d of 9 counts agree with the printed, want %d", c.profile, got, c.agree)
		}
		for _, row := range table.Rows {
			counted, scaled, want := row[2].(int), row[5].(int), factor
			if row[1] == "molap" && row[0] != "overall" {
				want = 1
			}
			if scaled != want*counted {
				t.Errorf("%s: %s of %s is %d by the profile, want %d times %d", c.profile, row[0], row[1], scaled, want, counted)
			}
		}
	}
}
