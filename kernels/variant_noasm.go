//go:build purego || !(amd64 || arm64)

package kernels

func native() []Variant { return nil }
