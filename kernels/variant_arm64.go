//go:build arm64 && !purego

package kernels

import (
	"unsafe"

	"molap/asm"
)

// native returns the machine-code variants that this CPU runs: Advanced SIMD is
// part of every arm64.
func native() []Variant {
	return []Variant{{
		name: "neon",
		f32: &machineCode[float32]{
			lanes: 4, vecs: 6, single: 6,
			product: asm.ProductF32NEON, grad: asm.GradF32NEON,
			tanh: asm.TanhF32NEON, noisyTanh: asm.NoisyTanhF32NEON, addScaled: asm.AddScaledF32NEON,
			leak: asm.LeakF32NEON, leakBackward: asm.LeakBackwardF32NEON,
			loss: func(e, y, target *float32, n int, scale float32, sum [lossLanes]float64) [lossLanes]float64 {
				asm.LossF32NEON(e, y, target, n, scale, &sum[0])
				return sum
			},
			adam: func(p, m, v, g *float32, n int, c AdamStep[float32]) {
				asm.AdamF32NEON(p, m, v, g, n, (*float32)(unsafe.Pointer(&c)))
			},
		},
		f64: &machineCode[float64]{
			lanes: 2, vecs: 6, single: 6,
			product: asm.ProductF64NEON, grad: asm.GradF64NEON,
			tanh: asm.TanhF64NEON, noisyTanh: asm.NoisyTanhF64NEON, addScaled: asm.AddScaledF64NEON,
			leak: asm.LeakF64NEON, leakBackward: asm.LeakBackwardF64NEON,
			loss: func(e, y, target *float64, n int, scale float64, sum [lossLanes]float64) [lossLanes]float64 {
				asm.LossF64NEON(e, y, target, n, scale, &sum[0])
				return sum
			},
			adam: func(p, m, v, g *float64, n int, c AdamStep[float64]) {
				asm.AdamF64NEON(p, m, v, g, n, (*float64)(unsafe.Pointer(&c)))
			},
		},
		norm: asm.NormalF32NEON, prefetch: asm.PrefetchF32NEON,
	}}
}
