package experiment

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"molap/cmd/molap/internal/jobs"
)

// nameOf returns the name of a job that is not done.
func nameOf[V any](j *jobs.Job[V]) (name string) {
	defer func() {
		name, _, _ = strings.Cut(strings.TrimPrefix(fmt.Sprint(recover()), "jobs: the value of "), " ")
	}()
	j.Value()
	return ""
}

// jobNames returns the name of a job of each kind, and of each arm where it counts.
func jobNames(l *Lab) map[string]string {
	cell := func(arm Arm) Cell { return Cell{Arm: arm, Task: "T7", Seed: 1} }
	s := l.Settings
	return map[string]string{
		"modules":         nameOf(pretrained[float32](l, s, cell(MoLaP))),
		"modules by PCA":  nameOf(pretrained[float32](l, s, cell(MoLaPPCA))),
		"modules without": nameOf(pretrained[float32](l, s, Cell{Arm: MoLaP, Seed: 1, LeftOut: []string{"T5"}})),
		"reservoir":       nameOf(pretrained[float32](l, s, cell(Reservoir))),
		"molap":           nameOf(trainedOn[float32](l, s, cell(MoLaP))),
		"separate":        nameOf(trainedOn[float32](l, s, cell(Separate))),
		"sequence":        nameOf(inSequence[float32](l, s, 1)),
		"score":           nameOf(l.Score(cell(MoLaP))),
		"score of dni":    nameOf(l.Score(cell(DNIFresh))),
		"damaged":         nameOf(l.damaged(cell(MoLaP), LesionInter, 250)),
		"motion":          nameOf(l.motion(cell(MoLaP), false)),
		"close-up":        nameOf(l.closeUp(cell(MoLaP))),
		"explained":       nameOf(l.Explained(1, true)),
	}
}

// TestNames checks that the names of jobs are what they were: a cache, and the state of
// a run that was cut short, last as long as they. A new key of the settings changes
// them; nothing that only some jobs use may.
func TestNames(t *testing.T) {
	want := map[string]string{
		"modules":         "reservoir/4d30932c14a15ba526f8f69cbaaa23e5",
		"modules by PCA":  "reservoir/0bfc57b0ed47e95c8eb4b921eb73fb33",
		"modules without": "reservoir/d51f75f563c6a2cda26bf2677f65f163",
		"reservoir":       "reservoir/ddb7f0b6e48beca8c820fdb089fcdaee",
		"molap":           "network/13b8b7a16e631ec582f3acdfcf81317d",
		"separate":        "network/a62ff0988c0ad9f3819c8c33738d35f9",
		"sequence":        "sequence/281b750be4fbedba6c0b55761e8f1611",
		"score":           "score/19305bb5330d8d517bec0fb9123b792e",
		"score of dni":    "score/e7360f161915771fd0f6abcf33095671",
		"damaged":         "damaged/0f431bd396eb0d2ef26248542b8d9118",
		"motion":          "motion/abd58bd90ce2fbfc748f016be7c683eb",
		"close-up":        "close/fc76fcff0d29abec8129c70d643c04da",
		"explained":       "cca/46f62f77e375625e33ec35d3b9e1a786",
	}
	if got := jobNames(newLab(load(t, "paper"), nil)); !maps.Equal(got, want) {
		t.Errorf("jobs are named %q, want %q", got, want)
	}
}
