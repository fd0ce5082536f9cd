package main

import (
	"math"
	"os"
	"strings"
	"testing"
)

// TestFitted: the coefficients in use are the rounded minimax coefficients, but
// for those of float32 tanh, which lie near them.
func TestFitted(t *testing.T) {
	b, err := os.ReadFile("../internal/coef/fitted.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range polynomials() {
		if p.name != tanhName && !strings.Contains(string(b), p.declare(p.rounded())+"\n") {
			t.Errorf("%s in internal/coef is not %s", p.name, p.declare(p.rounded()))
		}
	}
}

// TestMinimax: x² is nearest to the line x - ⅛ on [0, 1], and off by ⅛.
func TestMinimax(t *testing.T) {
	p := minimaxProblem{[]number{num(0), num(0), num(1)}, num(0), num(1), 1, 0}
	c := p.minimax()
	for i, want := range []float64{-0.125, 1} {
		if got := float(c[i]); math.Abs(got-want) > 1e-6 {
			t.Errorf("coefficient %d is %v, want %v", i, got, want)
		}
	}
	if e := p.worst(c); math.Abs(e-0.125) > 1e-6 {
		t.Errorf("error %v, want 0.125", e)
	}
}
