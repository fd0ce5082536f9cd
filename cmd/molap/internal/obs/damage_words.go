package obs

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// Sample says over how many draws and seeds q has means.
func (q Robustness) Sample() string {
	return "Means over " + words.Count(q.Draws, "draw") + " and " + words.Count(len(q.Seeds), "seed") + "."
}

// Method returns the sentences that captions of damage have in common.
func (q Robustness) Method() string {
	text := fmt.Sprintf("Points: mean over %s and %s, each network tested on %d trials of each task; bands: the central 80 %% of draws and seeds. Levels stand at equal distances. ",
		words.Count(q.Draws, "random draw"), words.Count(len(q.Seeds), "seed"), q.Trials)
	if len(q.Seeds) < 3 {
		text += "With fewer than 3 seeds the bands do not tell how networks differ: -seeds 10 does. "
	}
	return text + "Weights and units are drawn without replacement, and each level hits those of the lower levels again. The measure is the mean over all outputs, fixation among them. " +
		"The one network of dni is damaged after its last task. Lines: the scores of two answers that ignore the stimulus and fixate perfectly, the mean target (blind) and the best constant."
}

// Above says, for each damage, up to which level the arms stay above both answers that ignore the
// stimulus.
func (q Robustness) Above() string {
	arms := q.ArmsUnder(q.Damages[0])
	below := seq.Where(arms, func(arm lab.Arm) bool { return q.Tolerated(arm, q.Damages[0], AllOutputs) < 0 })
	if len(below) == len(arms) {
		return "Even intact, no arm scores above both answers that ignore the stimulus."
	}
	text := "The mean stays above both answers that ignore the stimulus up to these levels: " + strings.Join(seq.Map(q.Damages, func(d lab.Damage) string {
		var upTo []string
		for _, arm := range q.ArmsUnder(d) {
			if most := q.Tolerated(arm, d, AllOutputs); most > 0 {
				upTo = append(upTo, fmt.Sprintf("%s %s", arm, d.Amount(most)))
			}
		}
		if upTo == nil {
			upTo = []string{"none"}
		}
		return d.Short() + ", " + strings.Join(upTo, ", ")
	}), "; ") + "."
	if below != nil {
		text += " Even intact, " + strings.Join(seq.Texts(below), " or ") + " is not above them."
	}
	return text
}
