package sweep

import (
	"os"
	"path/filepath"
	"testing"
)

// writePlan writes the plan of a sweep with so many points and seeds.
func writePlan(b *testing.B, points, seeds int) (dir string, m *Manifest) {
	b.Helper()
	s, err := LoadSpec("table2")
	if err != nil {
		b.Fatal(err)
	}
	s.Points, s.Seeds = points, seeds
	m, err = planSpec(s)
	if err != nil {
		b.Fatal(err)
	}
	dir = b.TempDir()
	if err := m.Write(dir); err != nil {
		b.Fatal(err)
	}
	return dir, m
}

// BenchmarkStart measures what each task of a batch system does before it works: it
// reads the manifest of ten thousand indices and spells its own out.
func BenchmarkStart(b *testing.B) {
	dir, _ := writePlan(b, 1000, 10)
	for b.Loop() {
		m, err := ReadManifest(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Job(len(m.Indices) / 2); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLook measures what status, run and merge do before anything else: they read the manifest and
// check every result. It divides the whole time by the number of results.
func BenchmarkLook(b *testing.B) {
	dir, m := writePlan(b, 500, 4)
	for i := range m.Indices {
		r := Result{Sweep: m.Sum, Index: i}
		for _, task := range m.Tasks {
			r.Scores = append(r.Scores, Score{Task: task, Output: []float64{100, 90}, Escape: -1, Parameters: 1})
		}
		if err := os.WriteFile(filepath.Join(dir, resultName(i)), seal(r), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		m, err := ReadManifest(dir)
		if err != nil {
			b.Fatal(err)
		}
		status, err := Look(dir, m, nil)
		if err != nil || status.Count(Done) != len(m.Indices) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(m.Indices)), "µs/result")
}
