package main

import "math"

// fma32 does what kernels.FMA does for float32.
func fma32(x, y, z float32) float32 {
	p := float64(float64(x) * float64(y))
	c := float64(z)
	s := float64(p + c)
	b := math.Float64bits(s)
	if b&0x1fffffff != 0x10000000 && b&(1<<63-1) >= 0x3810000000000000 {
		return float32(s)
	}
	t := float64(s - p)
	e := float64(float64(p-float64(s-t)) + float64(c-t)) // exact error of the sum
	if e != 0 && b&1 == 0 {
		if (e > 0) == (s > 0) {
			b++
		} else {
			b--
		}
	}
	return float32(math.Float64frombits(b))
}
