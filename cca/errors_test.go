package cca

import (
	"math"
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	x, y := sharedCauses(9, 40, 4, 3)
	nan, inf, huge := x.columns(40, 0, 4), y.columns(40, 0, 3), x.columns(40, 0, 4)
	nan.Row(3)[2], inf.Row(39)[0], huge.Row(0)[1] = math.NaN(), math.Inf(-1), 1e300
	for _, c := range []struct {
		x, y Matrix
		r    int
		want string
	}{
		{x, y.columns(39, 0, 3), 1, "x has 40 rows, y 39"},
		{x.columns(1, 0, 4), y.columns(1, 0, 3), 1, "x has 1 rows, a variance needs 2"},
		{x, NewMatrix(40, 0), 1, "y has no columns"},
		{nan, y, 1, "x at row 3, column 2 is NaN"},
		{x, inf, 1, "y at row 39, column 0 is -Inf"},
		{huge, y, 1, "x: the variance of column 1 overflows"},
		{x, y, 0, "r = 0, but at least 1 pair of variates must be kept"},
		{x, y, 4, "r = 4, but x has rank 4 and y rank 3"},
		{x, NewMatrix(40, 2), 1, "r = 1, but x has rank 4 and y rank 0"},
		{x.columns(7, 0, 4), y.columns(7, 0, 3), 1, "7 rows are too few for ranks 4 and 3: more than their sum are needed"},
	} {
		if _, err := Fit(c.x, c.y, c.r); err == nil || err.Error() != c.want {
			t.Errorf("error %q, want %q", err, c.want)
		}
	}
	if _, err := Fit(x.columns(8, 0, 4), y.columns(8, 0, 3), 3); err != nil {
		t.Errorf("8 rows for ranks 4 and 3: %v", err)
	}
	for r, want := range map[int]string{
		0: "r = 0, but at least 1 component must be kept",
		5: "r = 5, but x has rank 4",
	} {
		if _, err := FitPCA(x, r); err == nil || err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	}
	if _, err := FitPCA(nan, 1); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("error %v for a NaN", err)
	}

	c := mustFit(t, x, y, 2)
	for want, f := range map[string]func(){
		"cca: ProjectX: x has 3 columns, the fit 4":         func() { c.ProjectX(y) },
		"cca: ProjectY: y has 4 columns, the fit 3":         func() { c.ProjectY(x) },
		"cca: R2: x has 39 rows, y 40":                      func() { c.R2(x.columns(39, 0, 4), y) },
		"cca: Join: x has 40 rows, y 39":                    func() { Join(x, y.columns(39, 0, 3)) },
		"cca: Fit: y is 40×3, its data has 119 elements":    func() { Fit(x, Matrix{40, 3, y.Data[1:]}, 1) },
		"cca: NewMatrix: -1×-2":                             func() { NewMatrix(-1, -2) },
		"cca: At: element (0, 2) of a matrix 2×2":           func() { NewMatrix(2, 2).At(0, 2) },
		"cca: At: element (1, -1) of a matrix 2×2":          func() { NewMatrix(2, 2).At(1, -1) },
		"cca: At: element (2, 0) of a matrix 2×2":           func() { NewMatrix(2, 2).At(2, 0) },
		"cca: FitPCA: x is 40×5, its data has 160 elements": func() { FitPCA(Matrix{40, 5, x.Data}, 1) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
