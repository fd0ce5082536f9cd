//go:build amd64 && !purego

package kernels

func native() []Variant { return nil }
