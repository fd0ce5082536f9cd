package watch

import "slices"

// maxPoints is the most points that a curve keeps: as many as a screen shows.
const maxPoints = 512

// lossCurve is a row of losses, thinned by means of pairs as it grows.
type lossCurve struct {
	stride int       // iterations of a point
	points []float64 // means of stride iterations
	sum    float64   // of those that make no point yet
	rest   int       // how many
}

func (c *lossCurve) add(loss float64) {
	c.stride = max(c.stride, 1)
	if c.rest == 0 && len(c.points) == maxPoints {
		c.stride *= 2
		c.points = halvePairs(c.points)
	}
	c.sum += loss
	if c.rest++; c.rest == c.stride {
		c.points = append(c.points, c.sum/float64(c.stride))
		c.sum, c.rest = 0, 0
	}
}

// thinned returns the curve in at most that many points. The last point may stand for fewer iterations
// than the others.
func (c *lossCurve) thinned(points int) (stride int, thin []float32) {
	stride, losses := max(c.stride, 1), slices.Clone(c.points)
	if c.rest > 0 {
		losses = append(losses, c.sum/float64(c.rest))
	}
	for len(losses) > points {
		stride *= 2
		losses = halvePairs(losses)
	}
	for _, loss := range losses {
		thin = append(thin, float32(loss)) // with half the digits
	}
	return stride, thin
}

// halvePairs replaces pairs by their means. A single value at the end stays.
func halvePairs(x []float64) []float64 {
	n := 0
	for i := 0; i < len(x); i += 2 {
		v := x[i]
		if i+1 < len(x) {
			v = (v + x[i+1]) / 2
		}
		x[n] = v
		n++
	}
	return x[:n]
}
