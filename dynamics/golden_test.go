package dynamics

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"molap/kernels"
)

// TestSameEverywhere checks the bits of results: they must be these on every machine.
func TestSameEverywhere(t *testing.T) {
	checkDigest(t, 1, "49ac026a36eff445264b9b22ca71d22dea55640dc96c7be38696dbc5f2e1c0ae")
	checkDigest(t, 0.2, "ffc419eee2b91a504560b5ed5e705f7a6112762d59fbbcc6f0e7ff157cfd9df4")
}

func checkDigest(t *testing.T, alpha float64, want string) {
	h := sha256.New()
	add := func(x ...float64) { binary.Write(h, binary.LittleEndian, x) }
	p := randomNetwork(30, 1.4, 21)
	p.Leak = alpha
	tr := Run(kernels.Best(), p, nil, 80, 1, 1)
	add(tr.H...)
	add(Lyapunov(kernels.Best(), p, tr, 0, 5, 80, 4, kernels.NewStream(1))...)
	add(GradientNorms(p, tr, tr.Outputs)...)
	var states [][]float64
	var last []float64
	for step := range tr.Steps {
		states = append(states, tr.State(step, 0))
		last = append(last, tr.Outputs[step])
	}
	m := NewMap(p, nil)
	for _, point := range pointsOf(t, DefaultSearch, kernels.Best(), m, states[40:48]) {
		add(point.H...)
		add(point.Speed, point.Distance)
		l, err := m.Spectrum(point.H)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range l {
			add(real(v), imag(v), Modulus(v), TimeConstant(v))
		}
	}
	mean, c := Covariance(states)
	variances, components := PrincipalComponents(c, 30)
	add(mean...)
	add(variances...)
	add(components...)
	add(ParticipationRatio(c, 30, 0, 15), LinearR2(states, last, 1e-3))
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("digest of results at α = %v is %s, want %s", alpha, got, want)
	}
}
