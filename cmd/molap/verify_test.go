package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/resultdir"
)

// smallRun is a result directory of a small run of two experiments, made once.
var smallRun = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp(os.Getenv("HOME"), "small-") // which TestMain removes
	if err != nil {
		return "", err
	}
	code, _, stderr := run(append([]string{"reproduce", "table1", "fig2", "-out", dir}, tinySettings...)...)
	if code != 0 {
		err = errors.New(stderr)
	}
	return dir, err
})

// copySmallRun returns a copy of the directory of smallRun.
func copySmallRun(t *testing.T) string {
	t.Helper()
	from, err := smallRun()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rewriteFile rewrites a file of a directory.
func rewriteFile(t *testing.T, dir, name string, how func(string) string) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := how(string(data))
	if text == string(data) {
		t.Fatalf("%s: nothing to change", name)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// sumResult returns the SHA-256 of a file of a directory.
func sumResult(dir, name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}

// updateDigests puts the digests of files as they are now into the manifest.
func updateDigests(t *testing.T, dir string, names ...string) {
	t.Helper()
	m, err := resultdir.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if m.Files[name], err = sumResult(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
}

// otherDigit changes the last digit of the first line that starts so.
func otherDigit(start string) func(string) string {
	return func(text string) string {
		at := regexp.MustCompile(`(?m)^` + start + `.*[0-9]$`).FindStringIndex(text)
		if at == nil {
			return text
		}
		last := at[1] - 1
		return text[:last] + string('0'+(text[last]-'0'+1)%10) + text[last+1:]
	}
}

// otherDigitOf changes the last digit of a column in the first line that begins with these cells.
func otherDigitOf(column string, cells ...string) func(string) string {
	return func(text string) string {
		lines := strings.Split(text, "\n")
		at := slices.Index(strings.Split(lines[0], ","), column)
		for i, line := range lines {
			if row := strings.Split(line, ","); len(row) > at && slices.Equal(row[:len(cells)], cells) {
				last := len(row[at]) - 1
				row[at] = row[at][:last] + string('0'+(row[at][last]-'0'+1)%10)
				lines[i] = strings.Join(row, ",")
				break
			}
		}
		return strings.Join(lines, "\n")
	}
}

func TestVerify(t *testing.T) {
	dir := copySmallRun(t)
	code, stdout, stderr := run("verify", dir)
	if code != 0 || !strings.Contains(stdout, "computed anew: 3 of 54 observations") || !strings.HasSuffix(stdout, ": bit-identical\n") {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	code, stdout, stderr = run("verify", dir, "-all", "-kernel", "generic", "-workers", "2", "-json")
	var v struct {
		Identical bool
		Tables    []string
		Files     int
	}
	if err := json.Unmarshal([]byte(stdout), &v); code != 0 || err != nil || !v.Identical || !slices.Contains(v.Tables, "fig2_curves") || v.Files < 15 {
		t.Fatalf("exit code %d, %q, %q (%v)", code, stdout, stderr, err)
	}
	if code, stdout, _ := run("verify", dir, "-sample", "0"); code != 0 || strings.Contains(stdout, "identical") || !strings.HasSuffix(stdout, dir+": files unchanged, nothing computed anew\n") {
		t.Errorf("-sample 0: exit code %d, %q", code, stdout)
	}
	for _, again := range []string{dir, dir + "/", filepath.Join(dir, "results", "..")} {
		out := filepath.Join(t.TempDir(), "joined")
		if code, _, stderr := run("report", dir, again, "-out", out); code != 2 || stderr != "molap: "+again+" is named twice\n" {
			t.Errorf("%s named twice: exit code %d, %q", again, code, stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	// Another version may write other files and still the same numbers.
	rewriteFile(t, dir, place.Manifest, func(s string) string { return strings.Replace(s, `"version": "`, `"version": "v0.0.1 `, 1) })
	if code, _, stderr := run("verify", dir, "-sample", "0"); code != 0 || !strings.Contains(stderr, "v0.0.1") {
		t.Errorf("another version: exit code %d, %q", code, stderr)
	}
}

// TestVerifyFindsChange changes one digit of one cell and wants file, row and column, also where other
// files and the manifest agree with the changed digit.
func TestVerifyFindsChange(t *testing.T) {
	const csv, jsonFile = "results/fig2_runs.csv", "results/fig2_runs.json"
	row := []string{csv + ", row 40 (seed 1, arm molap-pca, task T4), parameters"}
	for name, c := range map[string]struct {
		tamper func(dir string)
		args   []string
		want   []string
	}{
		"changed alone":        {nil, []string{"-sample", "0"}, append(row, "changed: "+csv, "of the observations")},
		"manifest agrees":      {func(dir string) { updateDigests(t, dir, csv) }, []string{"-sample", "0"}, append(row, "of the observations")},
		"manifest agrees, all": {func(dir string) { updateDigests(t, dir, csv) }, []string{"-all"}, append(row, "computed")},
		"observations agree": {func(dir string) {
			rewriteFile(t, dir, "results/records.csv", otherDigitOf("overall", "score", "", "molap-pca", "T4"))
			sumsRight(t, dir)
			if code, _, stderr := run("report", dir); code != 0 {
				t.Fatal(stderr)
			}
		}, []string{"-sample", "54"}, []string{"results/records.csv, row", "arm molap-pca, task T4", "overall", "computed"}},
		"all files agree": {func(dir string) {
			rewriteFile(t, dir, jsonFile, func(s string) string {
				at := regexp.MustCompile(`"arm": "molap-pca", "task": "T4".*"parameters": [0-9]+`).FindString(s)
				return strings.Replace(s, at, at[:len(at)-1]+string('0'+(at[len(at)-1]-'0'+1)%10), 1)
			})
			updateDigests(t, dir, csv, jsonFile)
		}, []string{"-all"}, append(row, "computed", jsonFile+", row 40 (")},
	} {
		dir := copySmallRun(t)
		rewriteFile(t, dir, csv, otherDigit("1,molap-pca,T4,"))
		if c.tamper != nil {
			c.tamper(dir)
		}
		code, stdout, stderr := run(append([]string{"verify", dir}, c.args...)...)
		if code != 1 || strings.Contains(stdout, "bit-identical") || !strings.Contains(stderr, "not what was written") {
			t.Errorf("%s: exit code %d, %q, %q", name, code, stdout, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(stdout, w) {
				t.Errorf("%s: %q lacks %q", name, stdout, w)
			}
		}
	}
}

// TestVerifyAllObservations changes an observation and leaves the tables right: with -all too the tables
// have to be those of the observations.
func TestVerifyAllObservations(t *testing.T) {
	dir := copySmallRun(t)
	rewriteFile(t, dir, "results/records.csv", otherDigitOf("overall", "score", "", "molap-pca", "T4"))
	sumsRight(t, dir)
	code, stdout, _ := run("verify", dir, "-all")
	if code != 1 || !strings.Contains(stdout, "results/fig2_runs.csv, row 40 (seed 1, arm molap-pca, task T4), overall") || !strings.Contains(stdout, "of the observations") {
		t.Errorf("exit code %d, %q", code, stdout)
	}
}

func TestVerifyFiles(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(dir string)
		want   string
	}{
		"missing": {func(dir string) { os.Remove(filepath.Join(dir, "figures/fig2.png")) }, "missing: figures/fig2.png"},
		"extra":   {func(dir string) { os.WriteFile(filepath.Join(dir, "results/fig9.csv"), nil, 0o666) }, "extra: results/fig9.csv"},
		"changed": {func(dir string) { rewriteFile(t, dir, "figures/fig2.svg", func(s string) string { return s + "\n" }) }, "changed: figures/fig2.svg"},
		"a directory": {func(dir string) {
			os.Remove(filepath.Join(dir, resultdir.Page))
			os.Mkdir(filepath.Join(dir, resultdir.Page), 0o777)
		}, "changed: report.html (" /* no regular file */},
		"a link out": {func(dir string) {
			os.Rename(filepath.Join(dir, resultdir.Page), dir+".html")
			os.Symlink(dir+".html", filepath.Join(dir, resultdir.Page))
		}, "changed: report.html ("},
		"cut": {func(dir string) {
			rewriteFile(t, dir, "results/fig2_runs.csv", func(s string) string { return s[:len(s)/2] })
		}, "results/fig2_runs.csv, "},
		"no row": {func(dir string) {
			rewriteFile(t, dir, "results/fig2.csv", func(s string) string { return s[:strings.LastIndex(s[:len(s)-1], "\n")+1] })
		}, "results/fig2.csv, rows: 8 in the file, 9 of the observations"},
	} {
		dir := copySmallRun(t)
		c.tamper(dir)
		code, stdout, stderr := run("verify", dir, "-sample", "0")
		if code != 1 || !strings.Contains(stdout, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q, %q", name, code, stdout, stderr)
		}
	}
}

// TestVerifyIncomplete verifies as much of a run as was written.
func TestVerifyIncomplete(t *testing.T) {
	dir := copySmallRun(t)
	m, err := resultdir.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Complete, m.Finished = false, []string{"table1"}
	for name := range m.Files {
		if strings.Contains(name, "fig2") || !strings.Contains(name, "/") {
			delete(m.Files, name)
		}
	}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run("verify", dir, "-all")
	if code != 0 || !strings.Contains(stdout, "1 of 2 experiments") || !strings.Contains(stdout, "computed anew: 1 table") || !strings.Contains(stdout, "cut short: results/fig2.csv") {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
	m.Finished, m.Files = []string{}, map[string]string{}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("verify", dir); code != 1 || !strings.Contains(stderr, "no result yet") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// TestReportIncomplete makes a page of the experiments that a run had finished when it was cut short.
func TestReportIncomplete(t *testing.T) {
	dir := copySmallRun(t)
	m, err := resultdir.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Complete, m.Finished = false, []string{"table1"}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("report", dir); code != 0 {
		t.Errorf("a report of what is finished: exit code %d, %q", code, stderr)
	}
	if page, err := os.ReadFile(filepath.Join(dir, resultdir.Page)); err != nil || !bytes.Contains(page, []byte(`id="table1"`)) || bytes.Contains(page, []byte(`id="fig2"`)) {
		t.Errorf("the page is not of table1 alone (%v)", err)
	}
	if m, err = resultdir.Read(dir); err != nil || m.Complete {
		t.Errorf("the run counts as complete (%v)", err)
	}
}

// TestManifestRefused changes what a manifest says into what no run writes.
func TestManifestRefused(t *testing.T) {
	dir := copySmallRun(t)
	good, err := os.ReadFile(filepath.Join(dir, place.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string][2]string{
		"SHA-256":            {`"rate": 0.01`, `"rate": 0.02`},
		"training.rate":      {`"rate": 0.01`, `"rate": -1`},
		`"results/../../x"`:  {`"results/fig2.csv"`, `"results/../../x"`},
		`"/etc/passwd"`:      {`"results/fig2.csv"`, `"/etc/passwd"`},
		"results/fig2.csv: ": {`"results/fig2.csv": "`, `"results/fig2.csv": "0`},
		"unknown field":      {`"kernel"`, `"colonel"`},
		`"tabel1"`:           {`"table1",`, `"tabel1",`},
		"finished":           {`"finished": [`, `"finished": ["fig3",`},
		"0 seeds":            {"\"seeds\": [\n    1\n  ]", `"seeds": []`},
		"cut short":          {"}\n}\n", "}"},
		"follows":            {"}\n}\n", "}}{}"},
		"is no result":       {},
	} {
		bad := bytes.Replace(good, []byte(c[0]), []byte(c[1]), 1)
		if c[0] == "" {
			os.Remove(filepath.Join(dir, place.Manifest))
		} else {
			if bytes.Equal(bad, good) {
				t.Errorf("%s: nothing changed", want)
			}
			os.WriteFile(filepath.Join(dir, place.Manifest), bad, 0o666)
		}
		for _, command := range []string{"verify", "report"} {
			code, stdout, stderr := run(command, dir)
			if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) || !strings.Contains(stderr, dir) {
				t.Errorf("%s: %s: exit code %d, %q, %q", want, command, code, stdout, stderr)
			}
		}
	}
	os.WriteFile(filepath.Join(dir, place.Manifest), good, 0o666)
	for _, path := range []string{filepath.Dir(dir), filepath.Join(dir, resultdir.Page), filepath.Join(dir, "results")} {
		if code, _, stderr := run("report", path); code != 2 || !strings.HasPrefix(stderr, "molap: "+path) || !strings.HasSuffix(stderr, "; did you mean "+dir+"?\n") {
			t.Errorf("%s: exit code %d, %q", path, code, stderr)
		}
	}
	for _, args := range [][]string{{}, {dir, dir}, {dir, "-sample", "-1"}, {dir, "-all", "-sample", "1"}, {filepath.Join(dir, "none")}, {filepath.Join(dir, resultdir.Page)}} {
		if code, stdout, stderr := run(append([]string{"verify"}, args...)...); code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("verify %q: exit code %d, %q, %q", args, code, stdout, stderr)
		}
	}
}

// TestVerifyInterrupted stops soon, says so and leaves the directory as it was.
func TestVerifyInterrupted(t *testing.T) {
	dir := copySmallRun(t)
	var out, stderr bytes.Buffer
	env := cli.Env{Args: []string{"verify", dir, "-all"}, Stdout: &out, Stderr: &stderr,
		Notify: func(c chan<- os.Signal) func() { c <- os.Interrupt; return func() {} }, Exit: func(int) {}}
	if code := program().Main(env); code != 130 || strings.Contains(out.String(), "identical") {
		t.Errorf("exit code %d, %q, %q", code, out.String(), stderr.String())
	}
	if code, _, _ := run("verify", dir, "-sample", "0"); code != 0 {
		t.Error("the directory changed")
	}
}

// TestReport makes everything again from the observations of a directory, whatever became of
// the rest, and refuses observations that are not what was written.
func TestReport(t *testing.T) {
	dir := copySmallRun(t)
	before := dirSnapshot(t, dir)
	for _, name := range []string{resultdir.Page, "results/fig2.csv", "figures/fig2.svg"} {
		os.Remove(filepath.Join(dir, name))
	}
	rewriteFile(t, dir, "results/fig2_runs.json", func(s string) string { return s[:100] })
	rewriteFile(t, dir, "figures/fig1c.svg", func(s string) string { return strings.Replace(s, "</svg>", "<script>1</script></svg>", 1) })
	code, stdout, stderr := run("report", dir)
	if code != 0 || !strings.Contains(stdout, resultdir.Page) || !strings.Contains(stderr, "5 files") {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	if !maps.Equal(dirSnapshot(t, dir), before) {
		t.Error("files differ from those of the run")
	}
	if code, stdout, _ := run("verify", dir, "-sample", "0"); code != 0 {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	for name, how := range map[string]func(string) string{
		"results/records.csv":   func(s string) string { return strings.Replace(s, ",T1,", ",T2,", 1) },
		"results/losses.csv.gz": func(s string) string { return s[:len(s)/2] },
		"results/draws.csv.gz":  nil, // removed
	} {
		dir := copySmallRun(t)
		if how != nil {
			rewriteFile(t, dir, name, how)
		} else {
			os.Remove(filepath.Join(dir, name))
		}
		before := dirSnapshot(t, dir)
		code, stdout, stderr := run("report", dir)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, name) {
			t.Errorf("%s: exit code %d, %q, %q", name, code, stdout, stderr)
		}
		if !maps.Equal(dirSnapshot(t, dir), before) {
			t.Errorf("%s: files were touched", name)
		}
		if how != nil { // with the sums made right the rows still do not fit each other
			sumsRight(t, dir)
			if code, _, stderr := run("report", dir); code != 1 || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s, sums right: exit code %d, %q", name, code, stderr)
			}
		}
	}
}

// TestReportOfMany makes one report of two runs with a seed each: every table, figure and
// the page's numbers are those of one run with both seeds.
func TestReportOfMany(t *testing.T) {
	t.Parallel()
	both, one, two, out := t.TempDir(), t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "new")
	for dir, seeds := range map[string][]string{both: {"-seeds", "2"}, one: nil, two: {"-seed", "2"}} {
		if code, _, stderr := run(slices.Concat([]string{"reproduce", "table1", "fig2", "fig3", "-cache", "off", "-out", dir}, tinySettings, seeds)...); code != 0 {
			t.Fatal(stderr)
		}
	}
	if code, _, stderr := run("report", two, one, "-out", out); code != 0 {
		t.Fatal(stderr)
	}
	want, got := dirSnapshot(t, both), dirSnapshot(t, out)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		rel, _ := filepath.Rel(both, name)
		if !strings.HasPrefix(rel, "results"+"/") && !strings.HasPrefix(rel, "figures"+"/") {
			continue
		}
		if rel == "results/arrays.json.gz" {
			continue // of two runs it has the trials of two first seeds
		}
		if got[filepath.Join(out, rel)] != want[name] {
			t.Errorf("%s differs", rel)
		}
	}
	if code, stdout, _ := run("verify", out); code != 0 {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	if err := os.Mkdir(filepath.Join(one, dirlock.Name), 0o777); err != nil { // its lock cannot be taken, as where nothing can be written
		t.Fatal(err)
	}
	if code, _, stderr := run("report", one, two, "-out", out+"3"); code != 0 {
		t.Errorf("without a lock: exit code %d, %q", code, stderr)
	}
	for _, args := range [][]string{{"report"}, {"report", one, two}, {"report", one, two, "-out", one}, {"report", one, "-with", "fig4"}, {"report", one, "-with", "fig7", "-out", out + "2"}} {
		if code, _, stderr := run(args...); code != 2 || strings.Count(stderr, "\n") > 2 {
			t.Errorf("%q: exit code %d, %q", args, code, stderr)
		}
	}
}

// TestReportOfParts makes verdicts of runs of other experiments. If the runs have all observations of the
// claims, the verdicts are those of a run of claims; otherwise the report tells what no run measured.
func TestReportOfParts(t *testing.T) {
	t.Parallel()
	whole, core, left, few, other := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	for dir, args := range map[string][]string{
		whole: {"claims"},
		core:  {"cca", "fig2", "dni", "fig3", "fig4", "figS5"},
		left:  {"fig5", "modules3"},
		few:   {"fig5"},
		other: {"fig2", "-seed", "2"},
	} {
		if code, _, stderr := run(slices.Concat([]string{"reproduce", "-cache", "off", "-out", dir}, tinySettings, args)...); code != 0 {
			t.Fatal(stderr)
		}
	}
	judged := func(dirs ...string) string {
		t.Helper()
		out := filepath.Join(t.TempDir(), "out")
		if code, _, stderr := run(slices.Concat([]string{"report", "-with", "claims", "-out", out}, dirs)...); code != 0 {
			t.Fatal(stderr)
		}
		table, err := os.ReadFile(filepath.Join(out, "results", "claims.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return string(table)
	}
	want, err := os.ReadFile(filepath.Join(whole, "results", "claims.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if got := judged(core, left); got != string(want) {
		t.Errorf("other verdicts than those of a run of claims:\n%s", got)
	}
	if got := judged(core, few); strings.Count(got, ",0,not measured") != 1 || !strings.Contains(got, "three-modules,0 ± 5,,,,") {
		t.Errorf("three modules alone cannot be judged:\n%s", got)
	}
	if got := judged(core); strings.Count(got, ",0,not measured") != 7 {
		t.Errorf("seven claims cannot be judged:\n%s", got)
	}
	out := filepath.Join(t.TempDir(), "out")
	if code, _, stderr := run("report", left, "-with", "claims", "-out", out); code != 1 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("claims without the runs that they need: exit code %d, %q", code, stderr)
	}
	for _, name := range []string{"fig2d", "fig3", "dynamics", "cca", "dni", "figS1"} { // none of them was run
		if code, _, stderr := run("report", few, "-with", name, "-out", out); code != 1 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, name) {
			t.Errorf("-with %s: exit code %d, %q", name, code, stderr)
		}
	}
	// Of two seeds one has what claims need: that is told, and right.
	code, _, stderr := run("report", core, other, "-with", "claims", "-out", out)
	if code != 0 || !strings.Contains(stderr, "claims: made of 1 of 2 seeds; the others lack ") || strings.Contains(stderr, "fig2:") {
		t.Errorf("a seed without damage: exit code %d, %q", code, stderr)
	}
	if code, stdout, _ := run("verify", out); code != 0 {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	// A single run lacks nothing, whatever its manifest says.
	m, err := resultdir.Read(few)
	if err != nil {
		t.Fatal(err)
	}
	m.Seeds = []uint64{1, 2}
	if err := m.Write(few); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"report", "verify"} {
		if code, stdout, stderr := run(command, few); code != 1 || !strings.Contains(stdout+stderr, "made of 1 of 2 seeds") {
			t.Errorf("%s of a run that lacks a seed: exit code %d, %q, %q", command, code, stdout, stderr)
		}
	}
}
