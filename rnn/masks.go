package rnn

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// PsychRNN saves its weights as they act, and beside them the factors that made them: W = W ⊙
// connectivity, and with a dale_ratio W_rec = |W_rec| Dale_rec, W_out = |W_out| Dale_out and W_in =
// |W_in|. A factor may be left out if it changes nothing when it is applied again. If it changes
// something, the saved weights are not those that act.

// besideWeights reports whether a name is that of such a factor.
func besideWeights(name string) bool {
	_, isFactor := factorOf[name]
	return isFactor || name == daleRatio
}

const daleRatio = "dale_ratio"

// factorOf tells which weights a factor belongs to.
var factorOf = map[string]string{
	"rec_connectivity": "W_rec", "input_connectivity": "W_in", "output_connectivity": "W_out",
	"Dale_rec": "W_rec", "Dale_out": "W_out",
}

// pickledNone reports whether a pickle is a NumPy array that holds None and nothing else. It looks
// at the end of the pickle for the list of None that NumPy fills the array from.
func pickledNone(pickle []byte) bool {
	memo := func(p []byte) []byte { // without the code that stores an object in the memo, if it ends in one
		if n := len(p); n > 1 && p[n-2] == 'q' {
			return p[:n-2]
		}
		return bytes.TrimSuffix(p, []byte{0x94})
	}
	rest, ok := bytes.CutSuffix(pickle, []byte("b."))
	rest, none := bytes.CutSuffix(memo(rest), []byte("Nat"))
	return ok && none && bytes.HasSuffix(memo(rest), []byte("]"))
}

// harmless says why a factor may be left out. It returns an error if the factor would change the
// network.
func (f *File) harmless(m fileMember) (why string, err error) {
	if m.name == daleRatio {
		return f.harmlessRatio(m)
	}
	a, err := m.numbers()
	if err != nil {
		return "", err
	}
	target := factorOf[m.name]
	w := f.arrays[target]
	if strings.HasPrefix(m.name, "Dale") {
		n := w.shape[1]
		if len(a.shape) != 2 || a.shape[0] != n || a.shape[1] != n {
			return "", fmt.Errorf("%s is %s, want %d×%d beside %s", m.name, shapeText(a.shape), n, n, target)
		}
		switch {
		case a.identity() && f.ratio() == nil:
			return "the identity, without a dale_ratio", nil
		case w.dale(a):
			return "already in the signs of " + target, nil
		}
		return "", fmt.Errorf("%s would change the signs of %s, |%[2]s| %[1]s is another matrix: save the weights as they act", m.name, target)
	}
	if len(a.shape) != 2 || a.shape[0] != w.shape[0] || a.shape[1] != w.shape[1] {
		return "", fmt.Errorf("%s is %s, want %s as %s", m.name, shapeText(a.shape), shapeText(w.shape), target)
	}
	ones, changed := true, 0
	for i := range w.shape[0] {
		for j := range w.shape[1] {
			factor, weight := a.entry(i, j), w.entry(i, j)
			ones = ones && factor == 1
			if factor*weight != weight {
				changed++
			}
		}
	}
	switch {
	case ones:
		return "all ones", nil
	case changed == 0:
		return "already in the weights of " + target, nil
	}
	return "", fmt.Errorf("%s would change %d weights of %s: save the weights as they act, the product of both", m.name, changed, target)
}

// harmlessRatio says why the share of excitatory units may be left out: there is none, or the
// weights have the signs that it demands. Otherwise it returns an error.
func (f *File) harmlessRatio(m fileMember) (string, error) {
	if f.ratio() == nil {
		return "None", nil
	}
	a, err := m.numbers()
	switch {
	case err != nil:
		return "", err
	case a.count() != 1:
		return "", fmt.Errorf("%s is %s, want a single number or None", m.name, shapeText(a.shape))
	}
	for _, name := range []string{"Dale_rec", "Dale_out"} {
		d := f.member(name)
		if d == nil {
			return "", fmt.Errorf("%s without %s: which units are inhibitory is unknown", m.name, name)
		}
		signs, err := d.numbers()
		if err != nil {
			return "", err
		}
		if n := f.Shape.Units; len(signs.shape) != 2 || signs.shape[0] != n || signs.shape[1] != n || !f.arrays[factorOf[name]].dale(signs) {
			return "", fmt.Errorf("%s: %s does not have the signs of %s, save the weights as they act", m.name, factorOf[name], name)
		}
	}
	in := f.arrays["W_in"]
	for i := range in.count() {
		if in.at(i) < 0 {
			return "", fmt.Errorf("%s: W_in has negative weights, save the weights as they act", m.name)
		}
	}
	return "the weights have its signs", nil
}

// ratio returns dale_ratio, or nil if there is no such array or if it is None.
func (f *File) ratio() *fileMember {
	m := f.member(daleRatio)
	if m == nil {
		return nil
	}
	if m.descr == "|O" && len(m.shape) == 0 {
		if data, err := m.bytes(); err == nil && pickledNone(data) {
			return nil
		}
	}
	return m
}

// member returns the array of a name, or nil.
func (f *File) member(name string) *fileMember {
	for i, m := range f.members {
		if m.name == name {
			return &f.members[i]
		}
	}
	return nil
}

// entry returns an entry of a matrix.
func (a fileArray) entry(i, j int) float64 { return a.at(i*a.strides[0] + j*a.strides[1]) }

// identity reports whether a square matrix is the identity.
func (a fileArray) identity() bool {
	for i := range a.shape[0] {
		for j := range a.shape[1] {
			want := 0.0
			if i == j {
				want = 1
			}
			if a.entry(i, j) != want {
				return false
			}
		}
	}
	return true
}

// dale reports whether w equals |w|·d for a diagonal matrix d.
func (w fileArray) dale(d fileArray) bool {
	for i := range d.shape[0] {
		for j := range d.shape[1] {
			if i != j && d.entry(i, j) != 0 {
				return false
			}
		}
	}
	for i := range w.shape[0] {
		for j := range w.shape[1] {
			if math.Abs(w.entry(i, j))*d.entry(j, j) != w.entry(i, j) {
				return false
			}
		}
	}
	return true
}
