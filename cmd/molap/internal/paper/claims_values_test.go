package paper

import (
	"math"
	"slices"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// TestClaimValues recomputes some values of claims from the scores of networks.
func TestClaimValues(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	l := newLab(tiny(t, "paper"), seeds)
	r := tinyClaims(t, l)
	ids := seq.Map(tasks.All(taskset.Options(l.Settings)), func(t tasks.Task) string { return t.ID })

	// Means over seeds, of what a seed has, and over tasks.
	bySeed := func(of func(seed uint64) float64) float64 { return seq.Mean(seq.Map(seeds, of)) }
	over := func(ids []string, of func(id string, seed uint64) float64) float64 {
		return bySeed(func(seed uint64) float64 {
			return seq.Mean(seq.Map(ids, func(id string) float64 { return of(id, seed) }))
		})
	}
	score := func(arm lab.Arm, id string, seed uint64, out ...string) lab.Run {
		return l.Score(lab.Cell{Arm: arm, Task: id, Seed: seed, LeftOut: out}).Value()
	}
	less := func(a, b lab.Arm) float64 {
		return over(ids, func(id string, seed uint64) float64 {
			return score(a, id, seed).Overall - score(b, id, seed).Overall
		})
	}
	spread := func(id string, seed uint64) float64 {
		arms := seq.Map([]lab.Arm{lab.Separate, lab.DNIFresh, lab.MoLaP, lab.MoLaPPCA, lab.Reservoir}, func(arm lab.Arm) float64 { return score(arm, id, seed).Overall })
		return slices.Max(arms) - slices.Min(arms)
	}
	fall := func(id string, seed uint64) float64 {
		return score(lab.MoLaP, id, seed).Overall - score(lab.MoLaP, id, seed, id).Overall
	}
	ofT7 := func(arm lab.Arm, output int) float64 {
		return bySeed(func(seed uint64) float64 { return score(arm, "T7", seed).Output[output] })
	}
	three := func(units int) float64 {
		of := func(modules int) float64 {
			c := l.Config
			c.Settings.Network.Units, c.Settings.Network.Modules = units, modules
			sub := lab.NewLab(c, l.Pool)
			return over(ids, func(id string, seed uint64) float64 {
				return sub.Score(lab.Cell{Arm: lab.MoLaP, Task: id, Seed: seed}).Value().Overall
			})
		}
		return of(3) - of(2)
	}

	// Means over draws and some levels of a damage, all if none are named.
	damaged := func(arm lab.Arm, id string, damage lab.Damage, trials int, of func(lab.Scores) float64, levels ...float64) float64 {
		return bySeed(func(seed uint64) float64 {
			var all []float64
			for k, draws := range l.Damaged(lab.Cell{Arm: arm, Task: id, Seed: seed}, damage, trials).Value().Damaged {
				if len(levels) == 0 || slices.Contains(levels, damage.Levels()[k]) {
					all = append(all, seq.Map(draws, of)...)
				}
			}
			return seq.Mean(all)
		})
	}
	t9 := func(arm lab.Arm, damage lab.Damage, of func(lab.Scores) float64, levels ...float64) float64 {
		return damaged(arm, "T9", damage, l.Settings.Damage.Trials, of, levels...)
	}
	first := func(s lab.Scores) float64 { return s.Output[0] }
	var dniBetter, leads []float64
	for _, arm := range []lab.Arm{lab.Separate, lab.DNI} {
		for _, damage := range lab.Damages {
			leads = append(leads, seq.Mean(seq.Map(ids, func(id string) float64 {
				of := func(arm lab.Arm) float64 {
					return damaged(arm, id, damage, l.Settings.Damage.TaskTrials, lab.Scores.Unit)
				}
				return of(lab.MoLaP) - of(arm)
			})))
		}
	}
	for _, arm := range []lab.Arm{lab.MoLaP, lab.Separate} {
		for _, damage := range []lab.Damage{lab.LesionGlobal, lab.Silencing} {
			of := func(arm lab.Arm) float64 {
				return damaged(arm, "T1", damage, l.Settings.Damage.Trials, lab.Scores.Overall)
			}
			dniBetter = append(dniBetter, of(lab.DNI)-of(arm))
		}
	}

	for id, want := range map[string][]float64{ // of several parts one decides, whose value is the claim's
		"similar-separate": {less(lab.MoLaP, lab.Separate)},
		"easy-alike":       {over(ids[4:], spread) - over(ids[:4], spread)},
		"t7-readouts":      {ofT7(lab.MoLaP, 1) - ofT7(lab.Reservoir, 1)},
		"t7-hits":          {ofT7(lab.MoLaP, 0) - 70, ofT7(lab.MoLaP, 1) - 70, 70 - ofT7(lab.Reservoir, 1)},
		"three-modules":    {three(moduleSizes(l.Settings.Network.Units)[0]), three(moduleSizes(l.Settings.Network.Units)[1])},
		"left-out-pca": {over(ids, func(id string, seed uint64) float64 {
			return score(lab.MoLaP, id, seed, id).Overall - score(lab.MoLaPPCA, id, seed).Overall
		})},
		"left-out-t7":      {over([]string{"T7"}, fall) - over(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "T7" }), fall)},
		"dni-interference": {less(lab.DNIFresh, lab.DNI)},

		"m1-dni":          {t9(lab.MoLaP, lab.LesionM1, lab.Scores.Overall, 1, 2, 5) - t9(lab.DNI, lab.LesionM1, lab.Scores.Overall, 1, 2, 5)},
		"m1-dni-response": {t9(lab.MoLaP, lab.LesionM1, lab.Scores.Unit, 1, 2, 5) - t9(lab.DNI, lab.LesionM1, lab.Scores.Unit, 1, 2, 5)},
		"m2-m1":           {t9(lab.MoLaP, lab.LesionM2, lab.Scores.Overall) - t9(lab.MoLaP, lab.LesionM1, lab.Scores.Overall)},
		"m2-m1-30":        {t9(lab.MoLaP, lab.LesionM2, lab.Scores.Overall, 30) - t9(lab.MoLaP, lab.LesionM1, lab.Scores.Overall, 30)},
		"m2-m1-output-1":  {t9(lab.MoLaP, lab.LesionM2, first, 30) - t9(lab.MoLaP, lab.LesionM1, first, 30)},
		"inter-worst": {t9(lab.MoLaP, lab.LesionM1, lab.Scores.Overall) - t9(lab.MoLaP, lab.LesionInter, lab.Scores.Overall),
			t9(lab.MoLaP, lab.LesionM2, lab.Scores.Overall) - t9(lab.MoLaP, lab.LesionInter, lab.Scores.Overall)},
		"inter-error": {t9(lab.MoLaP, lab.LesionInter, lab.Scores.MeanError, 30) - t9(lab.MoLaP, lab.LesionM1, lab.Scores.MeanError, 30),
			t9(lab.MoLaP, lab.LesionInter, lab.Scores.MeanError, 30) - t9(lab.MoLaP, lab.LesionM2, lab.Scores.MeanError, 30)},
		"t1-dni-better":        dniBetter,
		"damage-best-response": leads,
	} {
		i := slices.IndexFunc(r.Tables[0].Rows, func(row []any) bool { return row[0] == id })
		if i < 0 {
			t.Errorf("no claim is called %s", id)
		} else if got := r.Claims[i].Value; !slices.ContainsFunc(want, func(x float64) bool { return math.Abs(got-x) <= 1e-9 }) {
			t.Errorf("%s is %v, want %v, or one of several", id, got, want)
		}
	}
}
