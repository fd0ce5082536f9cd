package paper

import (
	"bytes"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/kernels"
)

// TestDynamicsFiles checks that the experiment's tables depend on settings and seeds
// alone, and that the work announced is the work reported.
func TestDynamicsFiles(t *testing.T) {
	s := tiny(t, "extended")
	tables := func(seeds []uint64, v kernels.Variant, workers int) []byte {
		l := lab.NewLab(lab.Config{Settings: s, Seeds: seeds, Variant: v}, &jobs.Pool{Workers: workers})
		p := &silent{}
		var b bytes.Buffer
		err := Run(t.Context(), l, p, []Experiment{experimentNamed("dynamics")}, func(_ int, r Result) error {
			for _, table := range r.Tables {
				b.Write(table.CSV())
			}
			for _, f := range r.Figures {
				f.SVG()
			}
			if len(r.Captions) != len(r.Figures) {
				t.Errorf("%d captions of %d figures", len(r.Captions), len(r.Figures))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if p.Added < 0.999*p.Total || p.Added > 1.001*p.Total {
			t.Errorf("%v units of work reported, %v announced", p.Added, p.Total)
		}
		return b.Bytes()
	}
	want := tables([]uint64{1, 2}, kernels.Best(), 1)
	all := kernels.Variants()
	if got := tables([]uint64{1, 2}, all[min(1, len(all)-1)], 3); !bytes.Equal(got, want) {
		t.Errorf("tables differ between %v with 3 workers and %v with 1", all[min(1, len(all)-1)], kernels.Best())
	}
	if got := tables([]uint64{1, 3}, kernels.Best(), 1); bytes.Equal(got, want) {
		t.Error("another seed gives the same tables")
	}
}
