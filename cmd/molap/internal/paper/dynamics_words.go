package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/dynamics"
)

// gain returns how much of the gradient at the first step of the response arrives at
// the onset of the stimulus; NaN if there is no gradient.
func gain(m lab.Motion) float64 {
	if m.Gradient == nil {
		return math.NaN()
	}
	return m.Gradient[m.Onset] / m.Gradient[m.Response]
}

// gradientRate returns the mean logarithm of the growth of the gradient in a step back from
// the response to the onset of the stimulus.
func gradientRate(m lab.Motion) float64 {
	return dynamics.Ln(gain(m)) / float64(max(1, m.Response-m.Onset))
}

// radius returns the largest modulus of eigenvalues.
func radius(l []complex128) float64 { return dynamics.Modulus(l[0]) }

// last returns the reading at the end of the trial; NaN if there is none.
func last(m lab.Motion) float64 {
	if m.Readable == nil {
		return math.NaN()
	}
	return m.Readable[len(m.Readable)-1].R2
}

// unstable returns how many eigenvalues lie outside the unit circle.
func unstable(r lab.Rest) (n int) {
	for _, l := range r.Eigenvalues {
		if dynamics.Modulus(l) > 1 {
			n++
		}
	}
	return n
}

// pointKind names a point.
func pointKind(r lab.Rest) string {
	switch n := unstable(r); {
	case !r.Fixed:
		return "slow"
	case n == 0:
		return "attractor"
	case n == len(r.Eigenvalues):
		return "repeller"
	}
	return "saddle"
}

// finite returns v, or nil, a missing value, if it is not finite.
func finite(v float64) any {
	if !table.Finite(v) {
		return nil
	}
	return v
}

func headline(m lab.Motion) string {
	differences := "Of small differences between states of a trial nothing is left after a step"
	if e := seq.Mean(m.Exponents); table.Finite(e) {
		differences = fmt.Sprintf("Small differences between states of a trial change by a factor e^(%s) a step", table.Digits(e))
	}
	states := "the states do not move"
	if m.Ratio > 0 {
		states = fmt.Sprintf("the states fill %s dimensions", table.Digits(m.Ratio))
	}
	return fmt.Sprintf("%s; %s; %s.", differences, states, readableWords(m))
}

// readableWords says what can be read from the states in the end.
func readableWords(m lab.Motion) string {
	switch r2 := last(m); {
	case m.Unread != "":
		return "nothing is read from them: " + m.Unread
	case r2 < 0:
		return fmt.Sprintf("a linear readout of the last of them tells less of what is asked for than its mean does (R² = %s)", table.Digits(r2))
	default:
		return fmt.Sprintf("%s %% of what is asked for can be read from them in the end", table.Digits(100*r2))
	}
}

// toldInputs is the number of held inputs that are told of in sentences.
const toldInputs = 8

func findings(m lab.Motion) (out []string) {
	for i, h := range m.Held {
		if i == toldInputs {
			out = append(out, fmt.Sprintf("%d more inputs are in the tables.", len(m.Held)-i))
			break
		}
		out = append(out, heldWords(h))
	}
	if m.NoGradient != "" {
		return append(out, "No gradient is followed back through the trial: "+m.NoGradient+".")
	}
	left := "nothing"
	if g := gain(m); g > 0 {
		left = table.Digits(g)
	}
	return append(out, fmt.Sprintf("Of the gradient at the response, %s is left at the onset of the stimulus, %s before.", left, obs.Count(m.Response-m.Onset, "step")))
}

// heldWords tells what was found under a held input.
func heldWords(h lab.Held) string {
	what := "of " + h.Name + inputWords(h.Input)
	if strings.ContainsAny(h.Name[:1], "+-.0123456789") { // numbers that were asked for
		what = h.Name
	}
	text := fmt.Sprintf("Input %s, held: %d of %s to %s; ", what, h.Ended, startsLead(h.Starts), obs.Count(h.Found, "fixed or slow point"))
	if table.Finite(h.Exponent) {
		text += fmt.Sprintf("the exponent in the long run is %s a step, %s.", table.Digits(h.Exponent), sense(h))
	} else {
		text += "differences vanish within a step in the long run, states come to rest."
	}
	if len(h.Points) == 0 {
		return text
	}
	r := h.Points[0]
	l := r.Eigenvalues[0]
	steps := ""
	if c := dynamics.TimeConstant(l); table.Finite(c) {
		steps = " (" + table.Digits(c) + " steps)"
	}
	kind := pointKind(r)
	if kind == "slow" {
		kind = "slow point"
	}
	return text + fmt.Sprintf(" The first is %s %s: speed %s, |λ₁| = %s%s, %d of %d directions unstable.",
		article(kind), kind, table.Digits(r.Speed), table.Digits(dynamics.Modulus(l)), steps, unstable(r), len(r.Eigenvalues))
}

func startsLead(starts int) string {
	if starts == 1 {
		return "1 state leads"
	}
	return fmt.Sprintf("%d states lead", starts)
}

// inputWords writes an input in brackets, the first numbers of a long one.
func inputWords(x []float64) string {
	const most = 8
	if len(x) == 0 {
		return ""
	}
	numbers := strings.Join(seq.Map(x[:min(most, len(x))], table.Brief), ", ")
	if len(x) > most {
		numbers += fmt.Sprintf(", … %d in all", len(x))
	}
	return " (" + numbers + ")"
}

func article(kind string) string {
	if kind == "attractor" {
		return "an"
	}
	return "a"
}

// sense says what the exponent in the long run means.
func sense(h lab.Held) string {
	switch {
	case h.Exponent < -0.01:
		return "states come to rest"
	case h.Still && h.Exponent > 0.01:
		return "states stay at an unstable point"
	case h.Still:
		return "states rest where small differences hardly change"
	case h.Exponent > 0.01:
		return "chaos"
	}
	return "a cycle, a line of fixed points or the edge of chaos"
}

// groupNames says what the trials of each group ask for, no two the same.
func groupNames(m lab.Motion) []string {
	names := seq.Map(m.Groups, func(g lab.Group) string { return groupName(g, table.Brief) })
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names) { // alike in three digits
		names = seq.Map(m.Groups, func(g lab.Group) string {
			return groupName(g, func(v float64) string { return table.Minus(table.Shortest(v, 64)) })
		})
	}
	return names
}

func groupName(g lab.Group, digits func(float64) string) string {
	switch {
	case g.Answer != nil:
		return "target " + strings.Join(seq.Map(g.Answer, digits), ", ")
	case table.Finite(g.From):
		return fmt.Sprintf("target %s to %s", digits(g.From), digits(g.To))
	}
	return "mean of all trials"
}
