//go:build amd64 && !purego

package kernels

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"

	"molap/asm"
)

// native returns the machine-code variants that this CPU runs, best first.
func native() []Variant {
	var v []Variant
	if !cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) {
		return nil
	}
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX512BW) {
		v = append(v, Variant{
			name: "avx512",
			f32: &machineCode[float32]{
				lanes: 16, vecs: 4, single: 8,
				product: asm.ProductF32AVX512, grad: asm.GradF32AVX512,
				tanh: asm.TanhF32AVX512, noisyTanh: asm.NoisyTanhF32AVX512, addScaled: asm.AddScaledF32AVX512,
				leak: asm.LeakF32AVX512, leakBackward: asm.LeakBackwardF32AVX512, loss: lossF32,
				adam: func(p, m, v, g *float32, n int, c AdamStep[float32]) {
					asm.AdamF32AVX512(p, m, v, g, n, (*float32)(unsafe.Pointer(&c)))
				},
			},
			f64: &machineCode[float64]{
				lanes: 8, vecs: 4, single: 8,
				product: asm.ProductF64AVX512, grad: asm.GradF64AVX512,
				tanh: asm.TanhF64AVX512, noisyTanh: asm.NoisyTanhF64AVX512, addScaled: asm.AddScaledF64AVX512,
				leak: asm.LeakF64AVX512, leakBackward: asm.LeakBackwardF64AVX512, loss: lossF64,
				adam: func(p, m, v, g *float64, n int, c AdamStep[float64]) {
					asm.AdamF64AVX512(p, m, v, g, n, (*float64)(unsafe.Pointer(&c)))
				},
			},
			norm: asm.NormalF32AVX512, prefetch: asm.PrefetchF32AVX2,
		})
	}
	return append(v, Variant{
		name: "avx2",
		f32: &machineCode[float32]{
			lanes: 8, vecs: 4, single: 13,
			product: asm.ProductF32AVX2, grad: asm.GradF32AVX2,
			tanh: asm.TanhF32AVX2, noisyTanh: asm.NoisyTanhF32AVX2, addScaled: asm.AddScaledF32AVX2,
			leak: asm.LeakF32AVX2, leakBackward: asm.LeakBackwardF32AVX2, loss: lossF32,
			adam: func(p, m, v, g *float32, n int, c AdamStep[float32]) {
				asm.AdamF32AVX2(p, m, v, g, n, (*float32)(unsafe.Pointer(&c)))
			},
		},
		f64: &machineCode[float64]{
			lanes: 4, vecs: 4, single: 13,
			product: asm.ProductF64AVX2, grad: asm.GradF64AVX2,
			tanh: asm.TanhF64AVX2, noisyTanh: asm.NoisyTanhF64AVX2, addScaled: asm.AddScaledF64AVX2,
			leak: asm.LeakF64AVX2, leakBackward: asm.LeakBackwardF64AVX2, loss: lossF64,
			adam: func(p, m, v, g *float64, n int, c AdamStep[float64]) {
				asm.AdamF64AVX2(p, m, v, g, n, (*float64)(unsafe.Pointer(&c)))
			},
		},
		norm: asm.NormalF32AVX2, prefetch: asm.PrefetchF32AVX2,
	})
}

// lossF32 and lossF64 serve both variants, since a loss has few elements.

func lossF32(e, y, target *float32, n int, scale float32, sum [lossLanes]float64) [lossLanes]float64 {
	asm.LossF32AVX2(e, y, target, n, scale, &sum[0])
	return sum
}

func lossF64(e, y, target *float64, n int, scale float64, sum [lossLanes]float64) [lossLanes]float64 {
	asm.LossF64AVX2(e, y, target, n, scale, &sum[0])
	return sum
}
