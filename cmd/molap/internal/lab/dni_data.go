package lab

import (
	"molap/kernels"
)

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
