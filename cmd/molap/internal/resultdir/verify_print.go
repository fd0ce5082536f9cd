package resultdir

import (
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/words"
)

// printFiles says how the files are.
func (v *verification) printFiles(out io.Writer) {
	fmt.Fprintf(out, "files: %d of %d there and unchanged\n", v.Files-len(v.Missing)-len(v.Changed), v.Files)
	list := func(word string, names []string) {
		for _, name := range names {
			fmt.Fprintf(out, "  %s: %s\n", word, printable.Line(name))
		}
	}
	list("missing", v.Missing)
	list("changed", v.Changed)
	extra := "extra"
	if !v.Complete {
		extra = "not in the manifest, where the run was cut short"
	}
	list(extra, v.Extra)
	printDifferences(out, v.Differences)
}

// printComputed says what was computed anew and how it compares. The first found differences are about
// the files alone.
func (v *verification) printComputed(out io.Writer, q Request, found int) {
	switch {
	case q.All:
		fmt.Fprintf(out, "computed anew: %s\n", words.Count(len(v.Tables), "table"))
	case q.Sample == 0:
		fmt.Fprintln(out, "computed anew: nothing (-sample 0)")
	case len(v.Sample) == 0:
		fmt.Fprintln(out, "computed anew: nothing, no network was observed here (-all computes all)")
	default:
		fmt.Fprintf(out, "computed anew: %d of %d observations\n", len(v.Sample), v.Networks)
		for _, s := range v.Sample {
			fmt.Fprintf(out, "  %s\n", s)
		}
	}
	printDifferences(out, v.Differences[found:])
}

// mostPrinted is the number of differences of a file that are printed; -json has all.
const mostPrinted = 10

func printDifferences(out io.Writer, all []cellDifference) {
	count := map[string]int{}
	for i, d := range all {
		count[d.File]++
		if count[d.File] <= mostPrinted {
			fmt.Fprintf(out, "  differs: %s\n", d)
		}
		if n := count[d.File]; n > mostPrinted && (i+1 == len(all) || all[i+1].File != d.File) {
			fmt.Fprintf(out, "  differs: %s in %d more cells\n", printable.Line(d.File), n-mostPrinted)
		}
	}
}

// sum returns in words how many files and cells differ.
func (v *verification) sum() string {
	var parts []string
	for _, p := range []struct {
		n         int
		what, how string
	}{
		{len(v.Missing), "file", "missing"}, {len(v.Changed), "file", "changed"}, {len(v.Extra), "file", "extra"},
		{len(v.Differences), "cell", "other than it should be"},
	} {
		if p.n > 0 {
			parts = append(parts, words.Count(p.n, p.what)+" "+p.how)
		}
	}
	return strings.Join(parts, ", ")
}
