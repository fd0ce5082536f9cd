package rnn

import "slices"

// options writes into dst what a row of mean outputs has for each choice: the decisions, or
// how far a single one lies above c.Zero and below.
func (c Criterion) options(dst, row []float64) []float64 {
	dst = dst[:0]
	for o, x := range row {
		if !c.fixates(o) {
			dst = append(dst, x)
		}
	}
	switch len(dst) {
	case 0: // no decision, which nothing can miss
		return append(dst, 0)
	case 1:
		x := dst[0] - c.Zero
		return append(dst[:0], x, -x)
	}
	return dst
}

// agree reports whether all that an answer chooses is what the target chooses. An answer
// that is no number chooses nothing.
func agree(answer, target []float64) bool {
	a, t := slices.Max(answer), slices.Max(target)
	for k, x := range answer {
		if x == a && target[k] != t {
			return false
		}
	}
	return a == a
}

// choosing returns the trials that are asked for every output of the decision: the others
// do not choose.
func (c Criterion) choosing(trials, out int) (chosen []int) {
	asked := c.asked(trials, out)
	for b := range trials {
		all := true
		for o := range out {
			all = all && (c.fixates(o) || asked(b, o))
		}
		if all {
			chosen = append(chosen, b)
		}
	}
	return chosen
}

// chosenRight returns the per cent of some trials in which the answer of a trial, in mean
// outputs, chooses what the target does; 0 of none.
func (c Criterion) chosenRight(answer func(trial int) []float64, wanted []float64, trials []int, out int) float64 {
	var of, want []float64
	right := 0
	for _, b := range trials {
		of, want = c.options(of, answer(b)), c.options(want, wanted[b*out:][:out])
		if agree(of, want) {
			right++
		}
	}
	return 100 * float64(right) / float64(max(1, len(trials)))
}

// nullChoices returns the score in some trials of the choice that the mean target makes, and
// of the one that is right in most. A mean target that ties chooses by chance: its score is the
// mean over all that it may choose, as any answer just beside the tie would have on average.
func (c Criterion) nullChoices(wanted []float64, trials []int, out int) (blind, constant float64) {
	if len(trials) == 0 {
		return 0, 0
	}
	mean := make([]float64, out)
	var right []int // trials, by choice
	var want []float64
	for _, b := range trials {
		row := wanted[b*out:][:out]
		for o, x := range row {
			mean[o] += x
		}
		want = c.options(want, row)
		if right == nil {
			right = make([]int, len(want))
		}
		most := slices.Max(want)
		for k, x := range want {
			if x == most {
				right[k]++
			}
		}
	}
	for o := range mean {
		mean[o] /= float64(len(trials))
	}
	share := func(right float64) float64 { return 100 * right / float64(len(trials)) }
	chosen, count := 0, 0
	of := c.options(nil, mean)
	for k, most := 0, slices.Max(of); k < len(of); k++ {
		if of[k] == most {
			chosen, count = chosen+right[k], count+1
		}
	}
	if count == 0 { // a mean that is no number
		return 0, share(float64(slices.Max(right)))
	}
	return share(float64(chosen) / float64(count)), share(float64(slices.Max(right)))
}
