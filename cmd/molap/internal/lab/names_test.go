package lab

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
	return map[string]string{
		"modules":         nameOf(Pretrained[float32](l, cell(MoLaP))),
		"modules by PCA":  nameOf(Pretrained[float32](l, cell(MoLaPPCA))),
		"modules without": nameOf(Pretrained[float32](l, Cell{Arm: MoLaP, Seed: 1, LeftOut: []string{"T5"}})),
		"reservoir":       nameOf(Pretrained[float32](l, cell(Reservoir))),
		"molap":           nameOf(trainedOn[float32](l, cell(MoLaP))),
		"separate":        nameOf(trainedOn[float32](l, cell(Separate))),
		"sequence":        nameOf(inSequence[float32](l, 1)),
		"score":           nameOf(l.Score(cell(MoLaP))),
		"score of dni":    nameOf(l.Score(cell(DNIFresh))),
		"damaged":         nameOf(l.Damaged(cell(MoLaP), LesionInter, 250)),
		"motion":          nameOf(l.Motion(cell(MoLaP), false)),
		"close-up":        nameOf(l.CloseUp(cell(MoLaP))),
		"explained":       nameOf(l.Explained(1, true)),
	}
}

// TestNames checks that the names of jobs are what they were: a cache, and the state of
// a run that was cut short, last as long as they. A new key of the settings changes
// them; nothing that only some jobs use may.
func TestNames(t *testing.T) {
	want := map[string]string{
		"modules":         "reservoir/79d6872633c721be7e387e82d4dce66a",
		"modules by PCA":  "reservoir/88d9aecbe4eb868fbb7be63d00ab283b",
		"modules without": "reservoir/dfed021e0f61d369b15595be69c21245",
		"reservoir":       "reservoir/64f5b5fd2c97e117df14837d71a22486",
		"molap":           "network/cd3d2b9f6f718c49cd59eccc85542e80",
		"separate":        "network/8f0c1084d923feb8090861b90d91cf37",
		"sequence":        "sequence/281b750be4fbedba6c0b55761e8f1611",
		"score":           "score/5a8dc7c5e95a5355b4ac4f096ec729ff",
		"score of dni":    "score/e7360f161915771fd0f6abcf33095671",
		"damaged":         "damaged/99f05958dea07ed9cd31514519d9bed7",
		"motion":          "motion/690cc5198478df281cf3c78c4c6ee9be",
		"close-up":        "close/939c9942d43924df79bdc23256150e7f",
		"explained":       "cca/46f62f77e375625e33ec35d3b9e1a786",
	}
	if got := jobNames(newLab(load(t, "paper"), nil)); !maps.Equal(got, want) {
		t.Errorf("jobs are named %q, want %q", got, want)
	}
}
