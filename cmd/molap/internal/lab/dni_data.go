package lab

import (
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
)

// Cited returns a lab for DNI as Duncker et al. have it: the updates are projected,
// and rule inputs tell the network which task it is.
func (l *Lab) Cited() *Lab {
	c := l.Config
	c.Settings.DNI.Project, c.Settings.DNI.RuleInputs = profile.ProjectUpdate, true
	return NewLab(c, l.Pool)
}

// RandomOrder returns the k-th random order of a seed: a Fisher–Yates shuffle.
func RandomOrder(seed uint64, k int) string {
	order := []byte("123456789")
	stream := kernels.NewStream(seed).Child(purposeOrder).Child(uint64(k))
	for i := range order {
		j := i + stream.Intn(uint64(i), len(order)-i)
		order[i], order[j] = order[j], order[i]
	}
	return string(order)
}
