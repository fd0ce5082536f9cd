package motion

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
	"molap/dynamics"
)

// InWords describes a network in sentences: how its states move, which points were found under each
// input, and how much of the gradient arrives at the stimulus.
func InWords(m states.Motion) (out []string) {
	out = append(out, headline(m))
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
	if g := gradientGain(m); g > 0 {
		left = table.Digits(g)
	}
	return append(out, fmt.Sprintf("Of the gradient at the response, %s is left at the onset of the stimulus, %s before.", left, words.Count(m.Response-m.Onset, "step")))
}

// toldInputs is the number of held inputs that are told of in sentences.
const toldInputs = 8

func headline(m states.Motion) string {
	differences := "Of small differences between states of a trial nothing is left after a step"
	if e := seq.Mean(m.Exponents); table.Finite(e) {
		differences = fmt.Sprintf("Small differences between states of a trial change by a factor e^(%s) a step", table.Digits(e))
	}
	filled := "the states do not move"
	if m.Ratio > 0 {
		filled = fmt.Sprintf("the states fill %s dimensions", table.Digits(m.Ratio))
	}
	return fmt.Sprintf("%s; %s; %s.", differences, filled, readableWords(m))
}

// readableWords says what can be read from the states in the end.
func readableWords(m states.Motion) string {
	switch r2 := finalReading(m); {
	case m.Unread != "":
		return "nothing is read from them: " + m.Unread
	case !table.Finite(r2):
		return "nothing is read from them: what is asked for is too large"
	case r2 < 0:
		return fmt.Sprintf("a linear readout of the last of them predicts what is asked for worse than its mean does (R² = %s)", table.Digits(r2))
	default:
		return fmt.Sprintf("%s %% of what is asked for can be read from them in the end", table.Digits(100*r2))
	}
}

// heldWords tells what was found under a held input.
func heldWords(h states.Held) string {
	what := "of " + h.Name + inputWords(h.Input)
	if strings.ContainsAny(h.Name[:1], "+-.0123456789") { // numbers that were asked for
		what = h.Name
	}
	lead := " lead"
	if h.Starts == 1 {
		lead = " leads"
	}
	text := fmt.Sprintf("Input %s, held: %d of %s to %s; ", what, h.Ended, words.Count(h.Starts, "state")+lead, words.Count(h.Found, "fixed or slow point"))
	if table.Finite(h.Exponent) {
		text += fmt.Sprintf("the exponent in the long run is %s a step, %s.", table.Digits(h.Exponent), exponentMeaning(h))
	} else {
		text += fmt.Sprintf("differences vanish within a step in the long run, %s.", exponentMeaning(h))
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
	kinds := map[string]string{"slow": "a slow point", "attractor": "an attractor", "repeller": "a repeller", "saddle": "a saddle"}
	return text + fmt.Sprintf(" The first is %s: speed %s, |λ₁| = %s%s, %d of %d directions unstable.",
		kinds[pointKind(r)], table.Digits(r.Speed), table.Digits(dynamics.Modulus(l)), steps, countUnstable(r), len(r.Eigenvalues))
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

// exponentMeaning says what the exponent in the long run means.
func exponentMeaning(h states.Held) string {
	switch {
	case h.Circles():
		return "states go round a stable cycle"
	case h.Exponent < -0.01 && h.Still:
		return "states come to rest"
	case h.Exponent < -0.01:
		return "states come to rest or to a stable cycle"
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
func groupNames(m states.Motion) []string {
	names := seq.Map(m.Groups, func(g states.Group) string { return groupName(g, table.Brief) })
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names) { // alike in three digits
		names = seq.Map(m.Groups, func(g states.Group) string {
			return groupName(g, func(v float64) string { return table.Minus(table.Shortest(v, 64)) })
		})
	}
	return names
}

func groupName(g states.Group, digits func(float64) string) string {
	switch {
	case g.Answer != nil:
		return "target " + strings.Join(seq.Map(g.Answer, digits), ", ")
	case table.Finite(g.From):
		return fmt.Sprintf("target %s to %s", digits(g.From), digits(g.To))
	}
	return "mean of all trials"
}
