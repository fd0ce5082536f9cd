package paper

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/table"
)

var updatePage = flag.Bool("update", false, "write docs/results.md")

const resultsIntro = `# Files of a run

` + "`molap reproduce NAME… -out DIR`" + ` writes what this page lists, file by file and column by column. The page is made from the column texts of the
program: ` + "`go test ./cmd/molap/internal/paper -run TestResultsPage -update`" + ` writes it, and the test fails when program and page part.

| In DIR | |
|---|---|
| ` + "`report.html`" + ` | key findings, claims with verdicts, figures and tables; one file, opens without a network |
| ` + "`manifest.json`" + ` | command, settings, seeds, version, machine, and the SHA-256 of every file |
| ` + "`results/`" + ` | observations and tables |
| ` + "`figures/`" + ` | every figure as SVG and PNG |

Every table is a CSV file and a JSON file with the same rows; the JSON file also has title, units and descriptions. A cell that is unknown is
empty in CSV and null in JSON. ` + "`NAME_lo`" + ` and ` + "`NAME_hi`" + ` are the ends of a 95 % interval. Tables with the same columns stand together below.

In Python:

` + "```python" + `
import pandas as pd

runs = pd.read_csv("DIR/results/records.csv")
fig2 = runs[(runs.observed == "score") & runs.settings.isna() & runs.left_out.isna() & (runs.arm != "dni")]
print(fig2.pivot_table("overall", "task", "arm"))            # means over seeds
` + "```" + `

`

// TestResultsPage checks that docs/results.md lists every column of every table that a run
// writes, with what the program says of it.
func TestResultsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("a run of everything")
	}
	results, all := allExperiments(t, 1, 2)
	var b bytes.Buffer
	b.WriteString(resultsIntro + "## Observations\n\nAll other tables, the figures and the verdicts are made of these files (`molap report`).\n\n")
	records, draws, losses := all.Tables()
	describe(&b, "records.csv", records)
	describe(&b, "draws.csv.gz", draws)
	describe(&b, "losses.csv.gz", losses)
	b.WriteString("### arrays.json.gz\n\nWhat is no row of numbers: variates and loadings of the corpus, trials and states of close-ups, weights, fixed points and eigenvalues. A list of\nobjects with a `Key` and a `Value`.\n\n")
	first := map[string]string{} // tables by their columns
	for i, e := range Experiments() {
		fmt.Fprintf(&b, "## %s\n\n%s.\n\n", e.Name, e.Doc)
		for _, table := range results[i].Tables {
			columns := fmt.Sprintf("%+v", table.Columns)
			if name, told := first[columns]; told {
				fmt.Fprintf(&b, "### %s.csv\n\n%s. Columns as in `%s.csv`.\n\n", table.Name, table.Title, name)
				continue
			}
			first[columns] = table.Name
			describe(&b, table.Name+".csv", table)
		}
	}
	path := filepath.Join("..", "..", "..", "..", "docs", "results.md")
	got := append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
	if *updatePage {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("docs/results.md, line %d, is\n\t%s\nand the program has\n\t%s\n(-update writes the page)", i+1, w[i], g[i])
			}
		}
		t.Fatalf("docs/results.md has %d lines, the program %d (-update writes the page)", len(w), len(g))
	}
}

// describe writes a section about a table.
func describe(b *bytes.Buffer, name string, t *table.Table) {
	fmt.Fprintf(b, "### %s\n\n%s.\n\n| Column | Unit | |\n|---|---|---|\n", name, strings.TrimSuffix(t.Title, "."))
	for _, c := range t.Columns {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", c.Name, c.Unit, strings.ReplaceAll(c.Description, "|", "\\|"))
	}
	b.WriteString("\n")
}
