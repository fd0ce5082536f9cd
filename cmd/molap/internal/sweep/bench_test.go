package sweep

import "testing"

// BenchmarkStart measures what each task of a batch system does before it works: it
// reads the manifest of ten thousand indices and spells its own out.
func BenchmarkStart(b *testing.B) {
	s, err := LoadSpec("table2")
	if err != nil {
		b.Fatal(err)
	}
	s.Points, s.Seeds = 1000, 10
	m, err := planSpec(s)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := m.Write(dir); err != nil {
		b.Fatal(err)
	}
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
