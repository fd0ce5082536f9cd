package autodiff

import (
	"unsafe"

	"molap/kernels"
)

const (
	// tileSide is the number of rows and columns of the gradient that a call of a
	// kernel sums: a multiple of its tiles and vectors.
	tileSide = 48
	// tileBytes is the size of the deltas that such a call reads, and the size of the states. It is so
	// small that both stay in a first-level cache of 32 KB with the sums at work.
	tileBytes = 19200
	// groupPanels is the number of panels of columns in a group. Deltas come from beyond the
	// second-level cache once for the whole group, and from within it for its other panels.
	groupPanels = 8
	// batchTiles is the number of tiles whose sums stay in the second-level cache while all terms of a
	// shard are added. States come from beyond that cache once for all rows of tiles in a batch.
	batchTiles = 4 * groupPanels
)

// tile is a rectangle of the gradient that is summed at once.
type tile struct {
	Rect
	strip, panel     int // the strip that has the deltas of its rows, the panel that has the states of its columns
	row, col         int // its first row in the strip and column in the panel
	rowStep, colStep int // between its sums; one of them is 1: vectors lie along columns or along rows
}

// tileDepth returns the most terms that one call of a kernel sums, unless a single step has more.
func tileDepth[T kernels.Float]() int { return tileBytes / tileSide / int(unsafe.Sizeof(T(0))) }

// vecs returns the number of vectors in a row of the gradient.
func (l *lockstep[T]) vecs() int { lanes := l.ops.Stride(1); return (l.columns + lanes - 1) / lanes }

// strips returns the number of strips of deltas.
func (l *lockstep[T]) strips() int { return max(0, l.hi-l.lo+tileSide-1) / tileSide }

// groups returns the number of groups of columns. It is a multiple of the number of workers unless
// there are too few vectors.
func (l *lockstep[T]) groups() int {
	const most = groupPanels * tileSide
	n := (l.vecs()*l.ops.Stride(1) + most - 1) / most
	return min((n+l.workers-1)/l.workers*l.workers, l.vecs())
}

// setTiles cuts a group of columns into panels and makes room for their states. Then it cuts all blocks
// into tiles, along these panels and the strips of rows.
func (l *lockstep[T]) setTiles(p *waveScratch[T], group int) {
	lanes, n := l.ops.Stride(1), l.groups()
	first, end := l.vecs()*group/n, l.vecs()*(group+1)/n
	panels := ((end-first)*lanes + tileSide - 1) / tileSide
	p.edges, p.tiles = p.edges[:0], p.tiles[:0]
	for i := range panels + 1 {
		p.edges = append(p.edges, min((first+(end-first)*i/panels)*lanes, l.columns))
	}
	for _, b := range l.blocks {
		for row, below := b.Row, 0; row < b.Row+b.Rows; row = below {
			u := (row - l.lo) / tileSide
			below = min(l.lo+(u+1)*tileSide, b.Row+b.Rows)
			for i := range panels {
				from, to := max(p.edges[i], b.Col), min(p.edges[i+1], b.Col+b.Cols)
				if from >= to {
					continue
				}
				t := tile{Rect{row, from, below - row, to - from}, u, i, row - l.lo - u*tileSide, from - p.edges[i], l.ops.Stride(to - from), 1}
				if flipped := l.ops.Stride(t.Rows); t.Cols*flipped < t.Rows*t.rowStep { // see orient
					t.rowStep, t.colStep = 1, flipped
				}
				p.tiles = append(p.tiles, t)
			}
		}
	}
	if n := (panels*(l.Steps+1)*min(ShardTrials, l.Trials) + 1) * tileSide; len(p.states) < n {
		p.states = kernels.Zeros[T](n)
	}
}

// gradientGroup adds the gradient of a group of columns, shard by shard.
func (l *lockstep[T]) gradientGroup(i, worker int) {
	p := l.parcels[worker]
	l.setTiles(p, i)
	for k := range l.shards {
		s := &l.shards[k]
		l.packStates(p, s)
		for first := 0; first < len(p.tiles); first += batchTiles {
			l.addBatch(p, s, p.tiles[first:min(first+batchTiles, len(p.tiles))])
		}
	}
}

// addBatch sums tiles over a shard and adds the sums to the gradient.
func (l *lockstep[T]) addBatch(p *waveScratch[T], s *shard[T], tiles []tile) {
	all := (l.Steps + 1) * s.trials
	most := max(1, tileDepth[T]()/s.trials) * s.trials
	clear(p.sums[:len(tiles)*tileSide*tileSide])
	for at := 0; at < all; at += most {
		terms := min(most, all-at)
		for j, t := range tiles {
			l.prefetch(p, s, t, at+terms, min(at+terms+most, all))
			deltas := l.strip(s, t.strip)[at*tileSide+t.row:]
			states := p.states[(t.panel*all+at)*tileSide+t.col:]
			g := p.sums[j*tileSide*tileSide:]
			if t.colStep == 1 {
				l.ops.AccumulateGrad(g, deltas, states, t.Rows, t.Cols, terms, tileSide)
			} else {
				l.ops.AccumulateGrad(g, states, deltas, t.Cols, t.Rows, terms, tileSide)
			}
		}
	}
	for j, t := range tiles {
		l.addTile(p.sums[j*tileSide*tileSide:], t, s.first == 0)
	}
}

// prefetch asks for deltas and states that tile t will read, from one term to below another. It asks for
// a share of them: tiles side by side read the same deltas, and tiles one below the other the same states.
func (l *lockstep[T]) prefetch(p *waveScratch[T], s *shard[T], t tile, from, below int) {
	share := func(x []T, i, n int) {
		x = x[:(below-from)*tileSide]
		l.ops.Prefetch(x[len(x)*i/n : len(x)*(i+1)/n])
	}
	panels := len(p.edges) - 1
	rows := batchTiles / panels
	share(l.strip(s, t.strip)[from*tileSide:], t.panel, panels)
	share(p.states[(t.panel*(l.Steps+1)*s.trials+from)*tileSide:], t.strip%rows, rows)
}

// packStates copies the states of a shard by panel, in the order of the gradient's terms.
func (l *lockstep[T]) packStates(p *waveScratch[T], s *shard[T]) {
	stride := l.stride()
	for t := range l.Steps + 1 {
		place := l.place(t, s.trials)
		states := l.state[(t*l.wave.trials+s.first-l.wave.first)*stride:]
		for b := range s.trials {
			for i, from := range p.edges[:len(p.edges)-1] {
				dst := p.states[((i*(l.Steps+1)+place)*s.trials+b)*tileSide:]
				copyTile(dst, states[b*stride+from:], p.edges[i+1]-from)
			}
		}
	}
}

// addTile adds the sums of a tile over a shard to those entries of the gradient that the mask
// names. It copies the sums of the first shard there.
func (l *lockstep[T]) addTile(g []T, t tile, first bool) {
	at := 0
	for _, r := range l.mask.Rects {
		from, to := max(t.Col, r.Col), min(t.Col+t.Cols, r.Col+r.Cols)
		for i := max(t.Row, r.Row); i < min(t.Row+t.Rows, r.Row+r.Rows) && from < to; i++ {
			sum := l.grad[at+(i-r.Row)*r.Cols+from-r.Col:][:to-from]
			l.addRow(sum, g[(i-t.Row)*t.rowStep+(from-t.Col)*t.colStep:], t.colStep, first)
		}
		at += r.size()
	}
}

// addRow adds the entries of x that are step apart to sum, or copies them there.
func (l *lockstep[T]) addRow(sum, x []T, step int, first bool) {
	switch {
	case first && step == 1:
		copy(sum, x)
	case step == 1:
		l.ops.AddScaled(sum, x[:len(sum)], 1)
	case first:
		for i := range sum {
			sum[i] = x[i*step]
		}
	default:
		for i := range sum {
			sum[i] += x[i*step]
		}
	}
}

// place returns where step t comes in the sum of a gradient. The sum takes blocks of steps from the
// last to the first, and the steps within a block from the first to the last.
func (l *lockstep[T]) place(t, trials int) int {
	block := gradSteps(trials)
	after := l.Steps + 1 - min((t/block+1)*block, l.Steps+1)
	return after + t%block
}

// strip returns the packed deltas of a shard from row lo + u·tileSide on.
func (l *lockstep[T]) strip(s *shard[T], u int) []T {
	terms := (l.Steps + 1) * tileSide
	return l.packed[((s.first-l.wave.first)*l.strips()+s.trials*u)*terms:]
}

// packDeltas copies the deltas of step t to their places in packed.
func (l *lockstep[T]) packDeltas(now []T, r trialRange, t int) {
	stride := l.stride()
	for k := range l.shards {
		s := &l.shards[k]
		from, to := max(r.first, s.first), min(r.first+r.trials, s.first+s.trials)
		if from >= to {
			continue
		}
		at := l.place(t, s.trials)*s.trials - s.first
		for u := range l.strips() {
			dst, row := l.strip(s, u), l.lo+u*tileSide
			n := min(tileSide, l.hi-row)
			if u+1 < l.strips() { // copies wait for the memory that they are written to
				l.ops.Prefetch(l.strip(s, u+1)[(at+from)*tileSide : (at+to)*tileSide])
			}
			for b := from; b < to; b++ {
				copyTile(dst[(at+b)*tileSide:], now[(b-r.first)*stride+row:], n)
			}
		}
	}
}

// copyTile copies n numbers, mostly tileSide.
func copyTile[T kernels.Float](dst, src []T, n int) {
	if n == tileSide {
		*(*[tileSide]T)(dst) = *(*[tileSide]T)(src)
		return
	}
	copy(dst[:n], src)
}
