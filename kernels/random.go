package kernels

import "math/bits"

// Stream is a counter-based random stream: value number i is a pure function of
// (stream, i), so any worker may draw any value in any order. The generator is
// Threefry2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel
// random numbers: as easy as 1, 2, 3"); a stream is its 64-bit key.
type Stream struct{ k0, k1 uint32 }

// NewStream returns the root stream of a seed.
func NewStream(seed uint64) Stream { return Stream{uint32(seed), uint32(seed >> 32)} }

// Child returns an independent stream named by id. A path of children, such as
// seed → purpose → task → iteration, names every draw of a run.
func (s Stream) Child(id uint64) Stream {
	// Draws and children must not share blocks. So Child uses a key of its own: the stream's key
	// with the first word complemented.
	a, b := threefry(^s.k0, s.k1, uint32(id), uint32(id>>32))
	return Stream{a, b}
}

// Block returns the two words of block i.
func (s Stream) Block(i uint64) (uint32, uint32) {
	return threefry(s.k0, s.k1, uint32(i), uint32(i>>32))
}

// Uniform returns deviate i of the uniform distribution on [0, 1), with 53 bits.
func (s Stream) Uniform(i uint64) float64 {
	a, b := s.Block(i)
	return float64(uint64(a)<<21|uint64(b)>>11) * (1.0 / (1 << 53))
}

// Intn returns integer i of the uniform distribution on 0 … n-1, n ≥ 1. The bias of
// the multiplication is below n/2⁶⁴.
func (s Stream) Intn(i uint64, n int) int {
	if n <= 0 {
		panic("kernels: Intn of n ≤ 0")
	}
	a, b := s.Block(i)
	hi, _ := bits.Mul64(uint64(a)<<32|uint64(b), uint64(n))
	return int(hi)
}

// threefryRotations are the rotations of Threefry2x32, rounds taken modulo 8.
var threefryRotations = [8]int{13, 15, 26, 6, 17, 29, 16, 24}

// threefry returns the block of Threefry2x32-20 for the key (k0, k1) and the counter (x0, x1).
func threefry(k0, k1, x0, x1 uint32) (uint32, uint32) {
	k := [3]uint32{k0, k1, 0x1bd11bda ^ k0 ^ k1}
	x0 += k[0]
	x1 += k[1]
	for r := range 20 {
		x0 += x1
		x1 = bits.RotateLeft32(x1, threefryRotations[r%8])
		x1 ^= x0
		if r%4 == 3 {
			i := r/4 + 1
			x0 += k[i%3]
			x1 += k[(i+1)%3] + uint32(i)
		}
	}
	return x0, x1
}
