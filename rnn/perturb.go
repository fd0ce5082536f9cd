package rnn

import (
	"fmt"
	"math"
	"slices"

	"molap/kernels"
)

// Region is a part of W_rec that a lesion is confined to: one of the constants,
// or Region(m), the diagonal block of module m, from 0.
type Region int

const (
	Global      Region = -1 // all of W_rec
	InterModule Region = -2 // the off-diagonal blocks
)

// Lesion returns a copy of net with entries of W_rec in region r set to 0, and their number (A.4):
// percent per cent of the region's entries, to the nearest number, ties to even. It draws them from
// s without replacement, whatever their values. It returns an error if percent is not within 0 …
// 100 or net has no such region.
//
// The draws of one stream are nested: an entry hit at some per cent is hit at every higher one too.
// So a curve over the per cent follows one draw.
func Lesion[T kernels.Float](net *Network[T], r Region, percent float64, s kernels.Stream) (*Network[T], int, error) {
	if err := checkPercent("lesioned weights", percent); err != nil {
		return nil, 0, err
	}
	at, err := regionEntries(net, r)
	if err != nil {
		return nil, 0, err
	}
	damaged := net.clone()
	chosen := drawShare(len(at), percent, s)
	for _, k := range chosen {
		damaged.A[at[k]] = 0
	}
	return damaged, len(chosen), nil
}

// regionEntries returns the indices in A of the entries of W_rec in region r, by rows.
func regionEntries[T kernels.Float](net *Network[T], r Region) ([]int, error) {
	if r < InterModule || int(r) >= net.Modules {
		return nil, fmt.Errorf("lesion of region %d, not one of Global (%d), InterModule (%d), modules 0 … %d",
			r, Global, InterModule, net.Modules-1)
	}
	if r == InterModule && net.Modules == 1 {
		return nil, fmt.Errorf("lesion of inter-module weights of 1 module, at least 2 needed")
	}
	size := net.Units / net.Modules
	var at []int
	for i := range net.Units {
		for j := range net.Units {
			to, from := i/size, j/size // modules
			if r == Global || r == InterModule && to != from || to == from && to == int(r) {
				at = append(at, i*net.Cols()+j)
			}
		}
	}
	return at, nil
}

// Silence returns a copy of net with some units silenced, and their number (A.4): percent per cent
// of all units, to the nearest number, ties to even. A silenced unit acts as if it were 0, on other
// units and on the outputs, from h[0] on. Silence draws the units from s as Lesion does. It returns
// an error if percent is not within 0 … 100.
//
// Silence sets the columns of these units in W_rec and W_out to 0, and their entries of h[0]. This
// is exact. A unit acts only by the products W_rec[i][j]·h[j] and W_out[i][j]·h[j]. Each is 0
// whether the weight or the activity is 0, and adding 0 rounds nothing (the sign of a zero may
// differ). A leak hands a unit's state to that unit alone. A silenced unit still has a state, which
// Run reports, but no other unit and no output reads it.
func Silence[T kernels.Float](net *Network[T], percent float64, s kernels.Stream) (*Network[T], int, error) {
	if err := checkPercent("silenced units", percent); err != nil {
		return nil, 0, err
	}
	damaged := net.clone()
	chosen := drawShare(net.Units, percent, s)
	for _, j := range chosen {
		for i := range net.Rows() { // W_rec above, W_out below
			damaged.A[i*net.Cols()+j] = 0
		}
		damaged.H0[j] = 0
	}
	return damaged, len(chosen), nil
}

// AddNoise returns a copy of net with independent normal deviates of standard deviation sigma added
// to all entries of W_rec (A.4). The same stream gives the same deviates, scaled by sigma. It
// returns an error if sigma is negative or not finite.
func AddNoise[T kernels.Float](v kernels.Variant, net *Network[T], sigma float64, s kernels.Stream) (*Network[T], error) {
	if !(sigma >= 0 && sigma <= math.MaxFloat64) {
		return nil, fmt.Errorf("weight noise of σ = %v, not finite and at least 0", sigma)
	}
	damaged := net.clone()
	noise := make([]T, net.Units)
	for i := range net.Units {
		setNormal(v, noise, sigma, s.Child(uint64(i)))
		for j, w := range damaged.Row(net.WRec(), i) {
			damaged.Row(net.WRec(), i)[j] = w + noise[j]
		}
	}
	return damaged, nil
}

func checkPercent(what string, percent float64) error {
	if !(percent >= 0 && percent <= 100) { // NaN is neither
		return fmt.Errorf("%v per cent of %s, not within 0 … 100", percent, what)
	}
	return nil
}

// drawShare returns percent per cent of the numbers 0 … n-1 in the order drawn: the first places of a
// Fisher–Yates shuffle. Place i takes deviate i of s whatever the per cent, so the draws of a
// stream are nested.
func drawShare(n int, percent float64, s kernels.Stream) []int {
	count := int(math.RoundToEven(float64(percent*float64(n)) / 100))
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := range count {
		j := i + s.Intn(uint64(i), n-i)
		order[i], order[j] = order[j], order[i]
	}
	return order[:count]
}

// clone returns a copy that shares no memory with n.
func (n *Network[T]) clone() *Network[T] {
	p := *n.Params
	p.A, p.H0 = slices.Clone(p.A), slices.Clone(p.H0)
	return &Network[T]{&p, n.Modules}
}
