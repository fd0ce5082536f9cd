package sweep

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
)

// filesBelow returns the text of every file below a directory, by its path.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		texts[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func mergeSweep(t *testing.T, dir string, m *Manifest) (*Merged, map[string]string) {
	t.Helper()
	out := t.TempDir()
	merged, err := Merge(t.Context(), dir, out, m, Measures()[0])
	if err != nil {
		t.Fatal(err)
	}
	return merged, filesBelow(t, out)
}

// TestMerge checks that a sweep done in shards, with an interruption and in another
// order merges to the same files as one done at once, and that the best point is
// found.
func TestMerge(t *testing.T) {
	m := planText(t, strings.Replace(smallFile, "\n[[axis]]\nkeys = [\"network.bias\"]\nvalues = [\"none\", \"all\"]\n", "", 1))
	at, bit := filepath.Join(t.TempDir(), "at-once"), filepath.Join(t.TempDir(), "bit-by-bit")
	for _, dir := range []string{at, bit} {
		if err := m.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Merge(t.Context(), at, t.TempDir(), m, Measures()[0]); err == nil {
		t.Error("a sweep without results is merged")
	}
	if _, err := newRunner(at, m, madeWork).Run(t.Context(), allIndices(m)); err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{2, 0, 1} {
		indices := Shard{k, 3}.Indices(len(m.Indices))
		slices.Reverse(indices)
		if _, err := newRunner(bit, m, madeWork).Run(t.Context(), indices); err != nil {
			t.Fatal(err)
		}
	}
	merged, files := mergeSweep(t, at, m)
	_, others := mergeSweep(t, bit, m)
	if len(files) < 20 || len(files) != len(others) {
		t.Fatalf("%d and %d files", len(files), len(others))
	}
	for name, text := range files {
		if others[name] != text {
			t.Errorf("%s differs", name)
		}
	}
	// madeScores rise with the rate: the best points are those at 0.1, the first of them
	// with 20 units and no bias, in both arms.
	best, err := profile.Parse("best", []byte(files["best_reservoir.toml"]))
	if err != nil {
		t.Fatal(err)
	}
	if best.Training.Rate != 0.1 || best.Pretraining.Rate != 0.1 || best.Network.Units != 20 || best.Training.Levels != 2 {
		t.Errorf("best settings: %+v", best)
	}
	if _, err := os.Stat(merged.Page); err != nil || len(merged.Absent) != 0 || merged.Tables[0].Rows[0][1] != 2 || !strings.Contains(merged.Summary[1], "point 2") {
		t.Errorf("merged: %+v", merged)
	}
	if lines := strings.Count(files["runs.csv"], "\n"); lines != 1+24*2 {
		t.Errorf("runs.csv has %d lines", lines)
	}
	// Index 5 is point 2 with seed 5: rate 0.1, escaped at 10.
	if want := "5,2,20,0.1,reservoir,5,T7,99,60,,55,40,51,0,0,0,0,0,10,10,0,7,9,\n"; !strings.Contains(files["runs.csv"], want) {
		t.Errorf("runs.csv lacks %s", want)
	}
}

func TestStanding(t *testing.T) {
	m := &Manifest{Tasks: []string{"T1", "T5"}, Points: []Point{{}, {}, {}},
		Indices: []Index{{0, "molap", 1}, {0, "molap", 2}, {1, "molap", 1}, {1, "molap", 2}, {2, "molap", 1}, {2, "molap", 2}}}
	score := func(task string, unit float64, escape int) Score {
		return Score{Task: task, DecisionUnit: unit, Decision: 100 - unit, Escape: escape}
	}
	results := map[int]*Result{
		0: {Scores: []Score{score("T1", 90, 100), score("T5", 50, -1)}},
		1: {Scores: []Score{score("T1", 80, 200), score("T5", 60, 300)}},
		2: {Scores: []Score{score("T1", 70, -1), score("T5", 70, -1)}},
		3: {Scores: []Score{score("T1", 70, -1), score("T5", 70, 50)}},
		4: {Scores: []Score{score("T1", 99, 1), score("T5", 99, 1)}}, // its other seed is not done
	}
	board := Leaderboard(m, results, "decision_unit")
	if len(board) != 3 || board[0].Point != 0 || board[1].Point != 1 || board[2].Point != 2 {
		t.Fatalf("board: %+v", board)
	}
	b := board[0]
	if b.DecisionUnit != 70 || b.Worst != 55 || b.WorstTask != "T5" || b.Escaped != 75 || b.Escape != 250 || b.Runs != 4 {
		t.Errorf("first: %+v", b)
	}
	if c := board[1]; !math.IsNaN(c.Escape) || c.Escaped != 25 {
		t.Errorf("second: %+v", c)
	}
	if first := Leaderboard(m, results, "decision")[0]; first.Point != 0 || first.WorstTask != "T1" {
		t.Errorf("by decision: %+v", first)
	}
}

// TestBest checks that a second sweep takes the best points of a first.
func TestBest(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	second := &Spec{name: "second", Profile: "extended", Arms: []string{"molap"}, Tasks: []string{"T1", "T5"}, Seeds: 3, FirstSeed: 1,
		Design: Best, Points: 2, Of: dir}
	if _, err := planSpec(second); err == nil || !strings.Contains(err.Error(), "0 of 48") {
		t.Errorf("of an unfinished sweep: %v", err)
	}
	if _, err := newRunner(dir, m, madeWork).Run(t.Context(), allIndices(m)); err != nil {
		t.Fatal(err)
	}
	n, err := planSpec(second)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Points) != 2 || len(n.Indices) != 6 || !slices.Equal(n.Points[0].Values, m.Points[4].Values) || len(n.Axes) != 3 {
		t.Errorf("planned %+v", n)
	}
	second.Set = []string{"network.units = 30"} // which every point would change
	if _, err := planSpec(second); err == nil || !strings.Contains(err.Error(), "sweep: second: set network.units = 30: network.units is an axis of "+dir) {
		t.Errorf("a change to an axis: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	s := Score{FinalLoss: Number(math.NaN()), BlindLoss: Number(math.Inf(1)), Overall: 0.1}
	var back struct {
		Score
		Sum string `json:"sha256"`
	}
	if err := unseal(seal(struct {
		Score
		Sum string `json:"sha256"`
	}{Score: s}), &back); err != nil {
		t.Fatal(err)
	}
	if back.Overall != 0.1 || !math.IsNaN(float64(back.FinalLoss)) || !math.IsNaN(float64(back.BlindLoss)) {
		t.Errorf("read back %+v", back)
	}
}

// TestImpossible checks that a score that no network can have is neither written nor read.
func TestImpossible(t *testing.T) {
	for name, change := range map[string]func(s *Score){
		"unknown": func(s *Score) { s.Overall = math.NaN() },
		"output":  func(s *Score) { s.Output[1] = math.NaN() },
		"null":    func(s *Score) { s.Blind.Decision = -1 },
		"share":   func(s *Score) { s.DecisionUnit = 100.5 },
		"outputs": func(s *Score) { s.Output = make([]float64, 4) },
		"escape":  func(s *Score) { s.Escape = -2 },
		"later":   func(s *Score) { s.Escape = 1e9 },
		"trained": func(s *Score) { s.Trained = s.Parameters + 1 },
		"weights": func(s *Score) { s.Trained, s.Parameters = -2, -1 },
		"loss":    func(s *Score) { s.FinalLoss = -1 },
	} {
		dir, m := writeSweep(t, smallFile)
		j, err := m.Job(0)
		if err != nil {
			t.Fatal(err)
		}
		scores := madeScores(j)
		if err := (&scoreCheck{Manifest: m}).possible(0, scores); err != nil {
			t.Fatal(err)
		}
		change(&scores[0])
		if err := writeResult(dir, m, 0, scores); err == nil || !strings.Contains(err.Error(), scores[0].Task) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := os.Stat(resultPath(dir, 0)); err == nil {
			t.Errorf("%s: a result is there", name)
		}
	}
}

// TestMergeScale merges ten thousand results.
func TestMergeScale(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	text := strings.NewReplacer("seeds = 2", "seeds = 10", `design = "grid"`, "design = \"latin\"\npoints = 500", "steps = 3", "",
		"values = [20, 40]", "from = 20\nto = 300\nmultiple_of = 2").Replace(smallFile)
	dir, m := writeSweep(t, text)
	if len(m.Indices) != 10000 {
		t.Fatalf("%d indices", len(m.Indices))
	}
	scores := map[int][]Score{} // by point
	for i, ix := range m.Indices {
		if scores[ix.Point] == nil {
			j, err := m.Job(i)
			if err != nil {
				t.Fatal(err)
			}
			scores[ix.Point] = madeScores(j)
		}
		if err := os.WriteFile(resultPath(dir, i), seal(Result{Sweep: m.Sum, Index: i, Scores: scores[ix.Point]}), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	began, cpu := time.Now(), cpuTime()
	if _, err := Merge(t.Context(), dir, t.TempDir(), m, Measures()[0]); err != nil {
		t.Fatal(err)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	took := cpuTime() - cpu
	t.Logf("merged in %v, %v of a core; %d MB from the system", time.Since(began), took, mem.Sys>>20)
	if took > 100*time.Second || mem.Sys > 500e6 {
		t.Errorf("merging took %v of a core and %d MB, want 100 s and 500 MB at most", took, mem.Sys>>20)
	}
}

func TestEstimate(t *testing.T) {
	m := planText(t, smallFile)
	// A machine on which a unit of work takes 1/N seconds.
	e := Estimate{Fixed: 1, Rates: []Rate{{20, 1.0 / 20}, {80, 1.0 / 80}}}
	j, err := m.Job(len(m.Points)) // somewhere in the middle
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{10, 20, 40, 80, 160} {
		j.Settings.Network.Units = n
		want := 1 + j.Cost()/float64(min(max(n, 20), 80))
		if got := e.Seconds(j); math.Abs(got-want) > 1e-9*want {
			t.Errorf("N=%d: %g s, want %g", n, got, want)
		}
	}
	h, err := e.Total(m)
	if err != nil {
		t.Fatal(err)
	}
	sum, most := 0.0, 0.0
	for i := range m.Indices {
		j, err := m.Job(i)
		if err != nil {
			t.Fatal(err)
		}
		sum += e.Seconds(j)
		most = max(most, e.Seconds(j))
	}
	if math.Abs(h.Core*3600-sum) > 1e-9*sum || h.Greatest != most || !(h.Least < most) {
		t.Errorf("hours %+v, want %g s in all, %g at most", h, sum, most)
	}
	dir := t.TempDir()
	if _, found, err := ReadEstimate(dir); found || err != nil {
		t.Errorf("an estimate in an empty directory (%v)", err)
	}
	if err := h.Write(dir); err != nil {
		t.Fatal(err)
	}
	if back, found, err := ReadEstimate(dir); !found || err != nil || back != h {
		t.Errorf("read back %+v, %v", back, err)
	}
}

// TestTypical checks which networks are measured: none that takes minutes, if there are others.
func TestTypical(t *testing.T) {
	m := planText(t, smallFile)
	for _, c := range []struct{ units, want []int }{
		{[]int{50, 10, 100}, []int{10, 100}},
		{[]int{10000, 20, 1000, 1001}, []int{20, 1000}},
		{[]int{10000, 20}, []int{20, 20}},
		{[]int{10000, 5000}, []int{5000, 5000}},
	} {
		got := seq.Map(typical(seq.Map(c.units, func(n int) Job {
			j, err := m.Job(0)
			if err != nil {
				t.Fatal(err)
			}
			j.Settings.Network.Units = n
			return j
		})), unitsOf)
		if !slices.Equal(got, c.want) {
			t.Errorf("of %v units, %v are measured, want %v", c.units, got, c.want)
		}
	}
}

// TestFormat holds the format of results against a file of an earlier program: a
// change needs another number of the format.
func TestFormat(t *testing.T) {
	data, err := os.ReadFile("testdata/result.json")
	if err != nil {
		t.Fatal(err)
	}
	r := Result{}
	if err := unseal(data, &r); err != nil {
		t.Fatal(err)
	}
	r.Sum = ""
	if again := seal(r); !bytes.Equal(again, data) {
		t.Errorf("written again:\n%s", again)
	}
}
