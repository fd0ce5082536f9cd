package kernels

import (
	"math"
	"unsafe"
)

// Float is the element type of a kernel: float32 (the default of the program)
// or float64.
type Float interface{ float32 | float64 }

// is32 reports whether T is float32; the compiler folds it.
func is32[T Float]() bool { var x T; return unsafe.Sizeof(x) == 4 }

// FMA returns x·y+z rounded once, on every machine.
func FMA[T Float](x, y, z T) T {
	if is32[T]() {
		return T(fma32(float32(x), float32(y), float32(z)))
	}
	return T(math.FMA(float64(x), float64(y), float64(z)))
}

// Sqrt returns the correctly rounded square root of x. For float32 the second
// rounding is harmless: 53 ≥ 2·24+2 bits (Figueroa 1995).
func Sqrt[T Float](x T) T { return T(math.Sqrt(float64(x))) }

// fma32 returns x·y+z correctly rounded to float32. The product is exact in float64. To round the
// float64 sum to float32 would be a second rounding, which is wrong only if that sum lies on a tie
// of float32 or below its normal range. There fma32 first rounds the sum to odd (Boldo and
// Melquiond 2008).
func fma32(x, y, z float32) float32 {
	p := float64(float64(x) * float64(y))
	c := float64(z)
	s := float64(p + c)
	b := math.Float64bits(s)
	if b&0x1fffffff != 0x10000000 && b&(1<<63-1) >= 0x3810000000000000 {
		return float32(s)
	}
	return float32(roundToOdd(p, c, s))
}

// roundToOdd turns s = round(p+c) into p+c rounded to odd: when s is inexact
// and its last bit is 0, it becomes the neighbour on the side of the exact sum.
func roundToOdd(p, c, s float64) float64 {
	t := float64(s - p)
	e := float64(float64(p-float64(s-t)) + float64(c-t)) // exact error of the sum (TwoSum)
	b := math.Float64bits(s)
	if e != 0 && e == e && b&1 == 0 {
		if (e > 0) == (s > 0) {
			b++
		} else {
			b--
		}
		return math.Float64frombits(b)
	}
	return s
}
