package kernels

import (
	"fmt"
	"strings"
)

// Variant is one implementation of every kernel: "generic", the scalar Go
// definition that runs everywhere, or the machine code of an instruction set.
// It is chosen once and passed down; results do not depend on it.
type Variant struct {
	name string
	f32  *machineCode[float32] // nil: the definition
	f64  *machineCode[float64]
	norm func(dst *float32, k0, k1 uint32, group uint64, groups int)
	// prefetch asks for the n ≥ 1 numbers at p, for either element type.
	prefetch func(p *float32, n int)
}

// machineCode is the machine code of one instruction set for one element type.
// Its functions trust their arguments; Ops checks them. Pointers address the
// first element; strides, rows and depths count elements; vecs counts vectors.
type machineCode[T Float] struct {
	lanes  int // elements in a vector
	vecs   int // most vectors in a panel
	single int // most vectors in a panel for a single row, ≥ vecs; product only

	// product: z[r][v] = Σk s[r][k]·w[k][v], depth ≥ 1. Then, if next is not nil, next[r][v] =
	// tanh(z[r][v]). If next is nil and h is not, z[r][v] = (z[r][v] +
	// activity·h[r][v])·(1-h[r][v]²). It may ask for the weights at ahead and beyond to be brought into
	// the second-level cache.
	product func(z, next, h, s, w *T, activity T, vecs, rows, depth, stride int, ahead *T)
	// grad: g[i][v] += Σr d[r][i]·s[r][v] for rows values of i, depth ≥ 1.
	grad func(g, d, s *T, vecs, rows, depth, gStride, stride int)
	// The elementwise kernels take n, a multiple of lanes (loss: of lossLanes). Small structs go by
	// value, since a pointer passed to a function value escapes to the heap.
	tanh         func(dst, src *T, n int)
	noisyTanh    func(dst, src, noise *T, n int, sigma T)
	addScaled    func(dst, x *T, n int, c T)
	leak         func(next, h, a *T, n int, alpha, keep T)
	leakBackward func(delta, carry, h, a *T, n int, alpha, keep, activity T)
	loss         func(e, y, target *T, n int, scale T, sum [lossLanes]float64) [lossLanes]float64
	adam         func(p, m, v, g *T, n int, c AdamStep[T])
}

var generic = Variant{name: "generic"}

// Variants returns the variants that run on this CPU, best first; the last is
// always generic.
func Variants() []Variant { return append(native(), generic) }

// Best returns the fastest variant that runs on this CPU.
func Best() Variant { return Variants()[0] }

// Lookup returns the variant of that name, or Best for "auto". If the name is unknown or the
// variant does not run on this CPU, it returns an error that lists those that do.
func Lookup(name string) (Variant, error) {
	if name == "auto" {
		return Best(), nil
	}
	var names []string
	for _, v := range Variants() {
		if v.name == name {
			return v, nil
		}
		names = append(names, v.name)
	}
	for _, known := range []string{"avx2", "avx512", "neon"} {
		if name == known {
			return Variant{}, fmt.Errorf("variant %q does not run on this CPU or build (have auto, %s)", name, strings.Join(names, ", "))
		}
	}
	return Variant{}, fmt.Errorf("unknown variant %q (have auto, %s)", name, strings.Join(names, ", "))
}

// String returns the variant's name, as -kernel takes it.
func (v Variant) String() string { return v.name }

// Normal sets dst to standard normal deviates of the stream s, from the start of group number group
// on (see NormalGroup; the method is that of Box and Muller 1958). The deviates are single
// precision by definition, also where a float64 run uses them.
func (v Variant) Normal(dst []float32, s Stream, group uint64) {
	for v.norm != nil && len(dst) >= NormalGroup {
		n := min(len(dst), callElements) / NormalGroup
		raceWrite(dst[:n*NormalGroup])
		v.norm(&dst[0], s.k0, s.k1, group, n)
		dst, group = dst[n*NormalGroup:], group+uint64(n)
	}
	normalGeneric(dst, s, group)
}
