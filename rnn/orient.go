package rnn

import "fmt"

// orient transposes the matrices of a network if their states are rows, so that they are those of
// Eq. 1, where states are columns. With byName the names of the arrays tell that states are
// columns.
func (f *File) orient(asked Orientation, byName bool) error {
	for _, have := range networkArrays {
		a, ok := f.arrays[have.name]
		switch {
		case !ok:
			continue
		case have.matrix:
			a = a.matrix()
			if len(a.shape) != 2 {
				return fmt.Errorf("%s is %s, want a matrix", have.name, shapeText(a.shape))
			}
		default:
			a = a.vector()
		}
		f.arrays[have.name] = a
	}
	rec, okRec := f.arrays["W_rec"]
	in, okIn := f.arrays["W_in"]
	out, okOut := f.arrays["W_out"]
	if !okRec || !okIn || !okOut {
		return nil // setNetwork says which is missing
	}
	n := rec.shape[0]
	if rec.shape[1] != n {
		return fmt.Errorf("%s is %s, want N×N", "W_rec", shapeText(rec.shape))
	}
	columns := in.shape[0] == n && out.shape[1] == n // as in Eq. 1
	rows := in.shape[1] == n && out.shape[0] == n
	found := fmt.Sprintf("W_in is %s and W_out %s", shapeText(in.shape), shapeText(out.shape))
	switch {
	case !columns && !rows:
		return fmt.Errorf("%s, want N×inputs and outputs×N, or inputs×N and N×outputs, with N = %d of W_rec", found, n)
	case asked == Rows && !rows:
		return fmt.Errorf("%s, want inputs×N and N×outputs where states are rows, with N = %d of W_rec", found, n)
	case asked == Columns && !columns:
		return fmt.Errorf("%s, want N×inputs and outputs×N where states are columns, with N = %d of W_rec", found, n)
	case columns && rows && asked == ByShape && !byName && n > 1:
		f.note("W_rec, W_in and W_out are all %d×%[1]d, which does not tell the orientation: columns are assumed, W_rec h as in Eq. 1, not rows, h W_rec", n)
	}
	if asked == Rows || asked == ByShape && !columns {
		f.arrays["W_rec"], f.arrays["W_in"], f.arrays["W_out"] = rec.transposed(), in.transposed(), out.transposed()
	}
	return nil
}
