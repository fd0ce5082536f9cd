//go:build purego || !amd64

package kernels

func native() []Variant { return nil }
