package kernels

import "fmt"

// Panels holds a weight matrix packed for one variant as [panel][depth][lane]. A lane of a panel is
// one output of the product; the product sums over the depth.
type Panels[T Float] struct {
	depth  int
	outs   int     // outputs of the product, without padding
	units  int     // outputs below units pass through tanh
	panels []panel // in order of their outputs
	data   []T
}

// panel is a run of vectors of outputs.
type panel struct{ first, vecs, lanes, offset int }

// NewPanels returns room for the weights of a product of outs outputs, each a sum of depth ≥ 1
// terms. The first units outputs are units, the others are readouts. The number of trials that a
// call usually treats, trials, decides the width of a panel and nothing else. NewPanels panics if
// depth is below 1.
func (o *Ops[T]) NewPanels(outs, units, depth, trials int) *Panels[T] {
	checkLength("NewPanels", "depth", depth, 1)
	p := &Panels[T]{depth: depth, outs: outs, units: units}
	if o.m == nil {
		p.panels = []panel{{0, outs, outs, 0}}
		p.data = make([]T, outs*depth)
		return p
	}
	most := o.m.vecs
	if trials == 1 {
		most = o.m.single
	}
	n, offset := 0, 0
	for _, vecs := range splitEvenly((outs+o.m.lanes-1)/o.m.lanes, most) {
		lanes := vecs * o.m.lanes
		p.panels = append(p.panels, panel{n, vecs, lanes, offset})
		n, offset = n+lanes, offset+lanes*depth
	}
	p.data = Zeros[T](offset)
	return p
}

// splitEvenly cuts n into the fewest balanced pieces of at most most.
func splitEvenly(n, most int) []int {
	pieces := make([]int, (n+most-1)/most)
	for i := range pieces {
		pieces[i] = n / len(pieces)
		if i < n%len(pieces) {
			pieces[i]++
		}
	}
	return pieces
}

// Pack fills p from a: the weight of output i and term k is a[i·outStep + k·depthStep].
// Pack(a, depth, 1) packs a matrix outs × depth that lies by rows, and Pack(a, 1, outs) a matrix
// depth × outs. It panics if a is too short.
func (p *Panels[T]) Pack(a []T, outStep, depthStep int) {
	if need := (p.outs-1)*outStep + (p.depth-1)*depthStep + 1; p.outs > 0 && p.depth > 0 && len(a) < need {
		panic(fmt.Sprintf("kernels: Pack: matrix has %d elements, %d needed", len(a), need))
	}
	for _, q := range p.panels {
		n := min(q.lanes, p.outs-q.first)
		to, from := p.data[q.offset:], a[q.first*outStep:]
		if outStep == 1 {
			for k := range p.depth {
				copy(to[k*q.lanes:][:n], from[k*depthStep:])
			}
			continue
		}
		v := 0
		for ; depthStep == 1 && v+4 <= n; v += 4 { // a transposition, four rows at a time
			p.packFour(to[v:], from[v*outStep:], q.lanes, outStep)
		}
		for ; v < n; v++ {
			for k := range p.depth {
				to[k*q.lanes+v] = from[v*outStep+k*depthStep]
			}
		}
	}
}

// packFour packs four outputs. Their weights are rows of from that lie outStep apart.
func (p *Panels[T]) packFour(to, from []T, lanes, outStep int) {
	n := p.depth
	r0, r1, r2, r3 := from[:n], from[outStep:][:n], from[2*outStep:][:n], from[3*outStep:][:n]
	for k, x := range r0 {
		d := to[k*lanes:][:4]
		d[0], d[1], d[2], d[3] = x, r1[k], r2[k], r3[k]
	}
}

// aheadTrials is the least number of trials for which products ask for weights ahead of time. Then the
// sums of a panel take as many turns as the next panel has lines of the cache.
const aheadTrials = 96

// ahead returns the weights that a product asks for while it sums panel i from row b on. They lie in the
// panel that comes next, as far into it as b lies in the trials. If trials are few, there are fewer turns
// than lines, and ahead returns weights that are near.
func (p *Panels[T]) ahead(i, b, trials int) *T {
	if trials < aheadTrials {
		return &p.data[p.panels[i].offset]
	}
	next := p.panels[(i+1)%len(p.panels)]
	return &p.data[next.offset+next.lanes*p.depth*b/trials]
}
