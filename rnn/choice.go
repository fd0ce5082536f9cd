package rnn

import "slices"

// options writes into dst a number for each choice, given a row of mean outputs. The numbers are
// the outputs of the decision or, if there is only one, how far it lies above c.Zero and how far
// below.
func (c Criterion) options(dst, row []float64) []float64 {
	dst = dst[:0]
	for o, x := range row {
		if !c.fixates(o) {
			dst = append(dst, x)
		}
	}
	switch len(dst) {
	case 0: // no decision: one choice, which is always right
		return append(dst, 0)
	case 1:
		x := dst[0] - c.Zero
		return append(dst[:0], x, -x)
	}
	return dst
}

// choicesAgree reports whether every choice of the answer is a choice of the target. An answer with a NaN
// chooses nothing.
func choicesAgree(answer, target []float64) bool {
	a, t := slices.Max(answer), slices.Max(target)
	for k, x := range answer {
		if x == a && target[k] != t {
			return false
		}
	}
	return a == a
}

// choosing returns the trials that are asked for every output of the decision. The other trials do
// not count as choices.
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

// chosenRight returns in how many per cent of trials the answer, a row of mean outputs, chooses
// what the target chooses. It returns 0 if there are no trials.
func (c Criterion) chosenRight(answer func(trial int) []float64, wanted []float64, trials []int, out int) float64 {
	var of, want []float64
	right := 0
	for _, b := range trials {
		of, want = c.options(of, answer(b)), c.options(want, wanted[b*out:][:out])
		if choicesAgree(of, want) {
			right++
		}
	}
	return 100 * float64(right) / float64(max(1, len(trials)))
}

// nullChoices returns the scores of two choices in some trials: blind is the score of always
// choosing what the mean target chooses, constant the score of the one choice that is right most
// often. If the mean target ties, it chooses by chance. Its score is then the mean over the choices
// that tie, which is the average score of an answer just beside the tie.
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
	if count == 0 { // a mean with a NaN
		return 0, share(float64(slices.Max(right)))
	}
	return share(float64(chosen) / float64(count)), share(float64(slices.Max(right)))
}
