package dynamics

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// referenceNetwork is a network of testdata with what NumPy says of it.
type referenceNetwork struct {
	W         [][]float64
	WIn       [][]float64 `json:"W_in"`
	B         []float64   `json:"b"`
	WOut      [][]float64 `json:"W_out"`
	H0        []float64   `json:"h0"`
	X         [][]float64 `json:"x"`
	Last      []float64   `json:"last"`
	Exponents []float64   `json:"exponents"`
	E         []float64   `json:"e"`
	Norms     []float64   `json:"norms"`
	Leak      float64     `json:"leak"` // 0: none
}

type reference struct {
	MeanField   map[string]float64 `json:"mean_field"`
	Contracting referenceNetwork   `json:"contracting"`
	Expanding   referenceNetwork   `json:"expanding"`
	Matrix      [][]float64        `json:"matrix"`
	Eigenvalues [][2]float64       `json:"eigenvalues"`
}

func load(t *testing.T) (r reference) {
	t.Helper()
	readJSON(t, "testdata/reference.json", &r)
	return r
}

// readJSON reads a file of JSON.
func readJSON(t *testing.T, file string, to any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatal(err)
	}
}

// loadLeaky returns the networks of leaky units.
func loadLeaky(t *testing.T) (d []referenceNetwork) {
	t.Helper()
	readJSON(t, "testdata/leak.json", &d)
	return d
}

// params returns the parameters of a network.
func (d referenceNetwork) params() *autodiff.Params[float64] {
	p := autodiff.NewParams[float64](autodiff.Shape{Units: len(d.W), In: len(d.WIn[0]), Out: len(d.WOut)})
	for i := range d.W {
		copy(p.Row(p.WRec(), i), d.W[i])
		copy(p.Row(p.WIn(), i), d.WIn[i])
		p.Row(p.B(), i)[0] = d.B[i]
	}
	for o := range d.WOut {
		copy(p.Row(p.WOut(), o), d.WOut[o])
	}
	copy(p.H0, d.H0)
	p.Leak = cmp.Or(d.Leak, 1)
	return p
}

// run runs it on its inputs.
func (d referenceNetwork) run() *Trajectories {
	var x []float64
	for _, row := range d.X {
		x = append(x, row...)
	}
	return Run(kernels.Best(), d.params(), x, len(d.X), 1, 1)
}

// normal returns n deviates.
func normal(n int, seed uint64) []float64 {
	return randomRows(kernels.Best(), 1, n, kernels.NewStream(seed))
}

// randomNetwork returns a random network of the gain, with one output and no input.
func randomNetwork(units int, gain float64, seed uint64) *autodiff.Params[float64] {
	p := autodiff.NewParams[float64](autodiff.Shape{Units: units, Out: 1})
	z := normal(units*units, seed)
	for i := range units {
		for j := range units {
			p.Row(p.WRec(), i)[j] = gain / math.Sqrt(float64(units)) * z[i*units+j]
		}
	}
	copy(p.H0, normal(units, seed+1000))
	copy(p.Row(p.WOut(), 0), normal(units, seed+2000))
	return p
}

// mapOf returns a map of a few units.
func mapOf(c []float64, w ...float64) *Map { return &Map{Units: len(c), W: w, C: c, Leak: 1} }

func checkNear(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, tolerance)
	}
}

// pointsOf returns the points of a search that nothing stops.
func pointsOf(t *testing.T, s Search, v kernels.Variant, m *Map, states [][]float64) []Point {
	t.Helper()
	points, err := s.Points(t.Context(), v, m, states)
	if err != nil {
		t.Fatal(err)
	}
	return points
}
