package main

import "molap/gen/internal/coef"

// Files returns every generated file by its path in the repository.
func Files() (map[string][]byte, error) {
	out := map[string][]byte{}
	var err error
	if out["kernels/coef.go"], err = coef.GoFile(); err != nil {
		return nil, err
	}
	return out, nil
}
