package sweep

import (
	"fmt"
	"slices"

	"molap/kernels"
)

// gridPoints returns every combination of the axes' values, the last axis fastest.
// Without axes there is one point.
func gridPoints(axes []Axis) [][]string {
	points := [][]string{{}}
	for _, a := range axes {
		var next [][]string
		for _, p := range points {
			for _, v := range a.grid() {
				next = append(next, append(p[:len(p):len(p)], v...))
			}
		}
		points = next
	}
	return points
}

// gridSize returns the number of points of a grid, or most + 1 if there are more than most.
func gridSize(axes []Axis, most int) int {
	n := 1
	for _, a := range axes {
		k := len(a.grid())
		if k > most/n {
			return most + 1
		}
		n *= k
	}
	return n
}

// latinHypercube returns n points of a Latin hypercube (McKay, Beckman and Conover 1979). Each axis is cut into
// n strata, and every stratum of every axis holds one point: n runs give n values of each setting,
// where a grid of n points repeats a few. (gonum's samplemv has the same, and brings golang.org/x/tools
// with it.)
func latinHypercube(axes []Axis, n int, seed uint64) [][]string {
	points := make([][]string, n)
	strata := make([]int, n)
	for j, a := range axes {
		s := kernels.NewStream(seed).Child(uint64(j))
		for i := range strata {
			strata[i] = i
		}
		for i := n - 1; i > 0; i-- { // Fisher and Yates
			k := s.Intn(uint64(i), i+1)
			strata[i], strata[k] = strata[k], strata[i]
		}
		within := s.Child(0)
		for i := range points {
			points[i] = append(points[i], a.at((float64(strata[i])+within.Uniform(uint64(i)))/float64(n))...)
		}
	}
	return points
}

// best returns the axes and points that did best in the sweep that s names.
func (s *Spec) best() ([]AxisKeys, [][]string, error) {
	dir := s.path(s.Of)
	from, err := ReadManifest(dir)
	if err != nil {
		return nil, nil, err
	}
	status, err := Look(dir, from, nil)
	if err != nil {
		return nil, nil, err
	}
	if n := status.Count(Done); n < len(from.Indices) {
		return nil, nil, fmt.Errorf("%s: %d of %d results are there; the best of some is not the best", dir, n, len(from.Indices))
	}
	var points [][]string
	var taken []int
	for _, standing := range Leaderboard(from, status.Results, Measures()[0]) {
		if len(points) < s.Points && !slices.Contains(taken, standing.Point) {
			taken = append(taken, standing.Point)
			points = append(points, from.Points[standing.Point].Values)
		}
	}
	return from.Axes, points, nil
}
