package main

import (
	"maps"

	"molap/gen/internal/coef"
	"molap/gen/internal/neon"
	"molap/gen/internal/x86"
)

// Files returns every generated file by its path in the repository.
func Files() (map[string][]byte, error) {
	out, err := x86.Files()
	if err != nil {
		return nil, err
	}
	arm, err := neon.Files()
	if err != nil {
		return nil, err
	}
	maps.Copy(out, arm)
	if out["kernels/coef.go"], err = coef.GoFile(); err != nil {
		return nil, err
	}
	return out, nil
}
