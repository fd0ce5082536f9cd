package lab

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Damage is a way to perturb a trained network (A.4).
type Damage string

// The perturbations of the paper. Lesions within modules and between them need a network with modules.
const (
	LesionM1     Damage = "m1"           // weights within module 1 set to 0
	LesionM2     Damage = "m2"           // weights within module 2 set to 0
	LesionInter  Damage = "inter_module" // weights between modules set to 0
	LesionGlobal Damage = "global"       // any weights of W_rec set to 0
	WeightNoise  Damage = "noise"        // normal deviates added to all of W_rec
	Silencing    Damage = "silenced"     // units clamped at 0 wherever they act
)

// Damages lists the perturbations. The place of each in the list decides its random numbers, so new
// ones go to the end.
var Damages = []Damage{LesionM1, LesionM2, LesionInter, LesionGlobal, WeightNoise, Silencing}

// The paper has no table of its figures' levels. Ours are dense below 10 %, where most networks break,
// and include the 10 % and 30 % of the text; noise goes up to the paper's largest σ.
var (
	percentLevels = []float64{1, 2, 5, 10, 20, 30, 50}
	NoiseLevels   = []float64{0.005, 0.01, 0.02, 0.03}
)

// Levels returns the amounts of damage: per cent of the weights or units concerned, or σ of the noise.
func (d Damage) Levels() []float64 {
	if d == WeightNoise {
		return NoiseLevels
	}
	return percentLevels
}

// Possible reports whether a network of that many modules has the weights or units that the damage
// hits.
func (d Damage) Possible(modules int) bool {
	return modules > 1 || d != LesionM2 && d != LesionInter
}

// Stream returns the random numbers of a draw of the damage. All arms and tasks of a seed share them,
// so in networks of one size the damage hits the same weights.
func (d Damage) Stream(seed uint64, draw int) kernels.Stream {
	return kernels.NewStream(seed).Child(purposeDamage).Child(uint64(slices.Index(Damages, d))).Child(uint64(draw))
}

// damageNetwork returns a damaged copy of a network, and how many weights or units are hit.
func damageNetwork[T kernels.Float](v kernels.Variant, s profile.Settings, net *rnn.Network[T],
	d Damage, level float64, stream kernels.Stream) (*rnn.Network[T], int, error) {
	where, lesion := map[Damage]rnn.Region{LesionM1: 0, LesionM2: 1, LesionInter: rnn.InterModule, LesionGlobal: rnn.Global}[d]
	switch {
	case d == LesionInter && s.Damage.InterModule == profile.Everywhere:
		return rnn.Lesion(net, rnn.Global, level, stream)
	case lesion:
		return rnn.Lesion(net, where, level, stream)
	case d == Silencing:
		return rnn.Silence(net, level, stream)
	case d == WeightNoise:
		damaged, err := rnn.AddNoise(v, net, level, stream)
		return damaged, net.Units * net.Units, err
	}
	panic(fmt.Sprintf("lab: no damage is called %q", d))
}

// Perturbation is the damage done to a network: every level in every draw.
type Perturbation struct {
	Damage Damage
	Levels []float64
	Draws  int
}

// Perturbed holds the scores of a network before and after damage.
type Perturbed struct {
	Intact          Scores
	Damaged         [][]Scores // levels × draws
	Hit             []int      // by level: weights or units
	Blind, Constant Null
}

// At returns the scores at a level, by draw, and how many weights or units are hit. Level 0 is the intact
// network, which has one draw.
func (p Perturbed) At(level int) (draws []Scores, hit int) {
	if level == 0 {
		return []Scores{p.Intact}, 0
	}
	return p.Damaged[level-1], p.Hit[level-1]
}

// Scores are the scores of one network on one set of test trials.
type Scores struct {
	Output       []float64 // per cent correct by output, by the criterion of the settings
	DecisionUnit float64   // as of Run
	Error        []float64 // mean squared error by output, all steps
	Fixation     int       // as of Run
}

// Check returns an error unless there are scores and as many errors, and one of the outputs is a
// decision.
func (s Scores) Check() error {
	if len(s.Output) == 0 || len(s.Error) != len(s.Output) {
		return fmt.Errorf("%d scores and %d errors of outputs", len(s.Output), len(s.Error))
	}
	return CheckFixation(s.Fixation, len(s.Output))
}

// CheckFixation returns an error if no output of so many can be fixation by that number.
func CheckFixation(n, outputs int) error {
	if err := rnn.CheckFixation(n, outputs); err != nil {
		return fmt.Errorf("fixation is %w", err)
	}
	return nil
}

// Overall returns the mean over all outputs, the paper's performance.
func (s Scores) Overall() float64 { return rnn.Overall(s.Output) }

// Decision returns the mean over the outputs other than fixation.
func (s Scores) Decision() float64 { return rnn.Decision(s.Output, s.Fixation) }

// Unit returns DecisionUnit.
func (s Scores) Unit() float64 { return s.DecisionUnit }

// MeanError returns the mean squared error of all outputs.
func (s Scores) MeanError() float64 { return seq.Mean(s.Error) }

// testDamaged tests a cell's network, intact and after every level and draw of a damage, always on the
// same trials. [LesionInter] reads the setting damage.inter_module, the other damages read none.
// testDamaged calls advance after every test, 1 + levels·draws times.
func testDamaged[T kernels.Float](ctx context.Context, v kernels.Variant, s profile.Settings, c Cell,
	net *rnn.Network[T], test *tasks.Batch[T], p Perturbation, advance func()) (Perturbed, error) {
	q := newTester(v, s, c, net.Shape, test)
	r := Perturbed{Intact: q.score(net)}
	r.Blind, r.Constant = nullScores(q.right, q.tenth, test)
	advance()
	for _, level := range p.Levels {
		var hit int
		var draws []Scores
		for draw := range p.Draws {
			if ctx.Err() != nil {
				return Perturbed{}, context.Cause(ctx)
			}
			damaged, n, err := damageNetwork(v, s, net, p.Damage, level, p.Damage.Stream(c.Seed, draw))
			if err != nil {
				return Perturbed{}, err
			}
			hit = n
			draws = append(draws, q.score(damaged))
			advance()
		}
		r.Damaged, r.Hit = append(r.Damaged, draws), append(r.Hit, hit)
	}
	return r, nil
}

// damageSettings returns the settings that a damaged network's scores depend on.
func damageSettings(all profile.Settings, c Cell, d Damage, trials int) profile.Settings {
	s := all.Only("network", "trials", "score", "run")
	s.Tasks = taskset.Needed(all, c.Task)
	s.Score.TestTrials = trials
	if d == LesionInter {
		s.Damage.InterModule = all.Damage.InterModule
	}
	return s
}

// Damaged returns the job of a cell's scores under every level and draw of a damage.
func (l typedLab[T]) Damaged(c Cell, d Damage, trials int) *jobs.Job[Perturbed] {
	s := damageSettings(l.Settings, c, d, trials)
	p := Perturbation{d, d.Levels(), l.Settings.Damage.Draws}
	node, net := networkOf[T](l.Lab, c)
	step := StepCost(c.Arm.Units(l.Settings), trials, ForwardShare)
	spec := jobs.Spec{Kind: "damaged", Of: jobBasis{s, struct {
		Cell         Cell
		Perturbation Perturbation
	}{c, p}}, Needs: []jobs.Node{node}, Label: fmt.Sprintf("%s, %s", c, d.Label()), Cost: step * float64(1+p.Draws*len(p.Levels)),
		Memory: testMemory(s, c, c.Arm.Units(l.Settings), trials, "damage.trials or damage.task_trials")}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (Perturbed, error) {
		test, err := testBatch[T](l.Variant, s, c, trials)
		if err != nil {
			return Perturbed{}, err
		}
		return testDamaged(ctx, l.Variant, s, c, net(), test, p, func() { w.Advance(step) })
	})
}

// damageNames names each damage by what its level counts, with the unit, and in short.
var damageNames = map[Damage]struct{ label, short string }{
	LesionM1:     {"M1 weights lesioned (%)", "M1 lesions"},
	LesionM2:     {"M2 weights lesioned (%)", "M2 lesions"},
	LesionInter:  {"inter-module weights lesioned (%)", "inter-module lesions"},
	LesionGlobal: {"weights lesioned (%)", "global lesions"},
	WeightNoise:  {"weight noise σ", "weight noise"},
	Silencing:    {"units silenced (%)", "silenced units"},
}

// Label returns the label of a figure's axis: what the level counts, with its unit.
func (d Damage) Label() string { return damageNames[d].label }

// Short names the damage in a sentence.
func (d Damage) Short() string { return damageNames[d].short }

// Unit returns what a level counts: per cent, or σ.
func (d Damage) Unit() string {
	if d == WeightNoise {
		return "σ"
	}
	return "%"
}

// Hits returns how many weights or units of the network a damage hits at a level, and of how many; noise
// of σ = 0 hits none.
func (n typedSubject[T]) Hits(d Damage, level float64) (hit, of int, err error) {
	count := func(level float64) int {
		_, hit, e := damageNetwork(n.Variant, n.Settings, n.net, d, level, kernels.Stream{})
		err = cmp.Or(err, e)
		return hit
	}
	if hit = count(level); d == WeightNoise && level == 0 {
		hit = 0
	}
	return hit, count(100), err
}

// Amount names a level in a sentence.
func (d Damage) Amount(level float64) string {
	if d == WeightNoise {
		return fmt.Sprintf("σ = %g", level)
	}
	return fmt.Sprintf("%g %%", level)
}

// DamagedArms are the arms whose networks the paper damages (A.4). The one network of arm dni is
// damaged after all nine tasks.
var DamagedArms = []Arm{Separate, DNI, MoLaP}

// Applies reports whether networks of an arm have the weights or units that a damage hits. Lesions of
// modules mean nothing if the network's units do not divide into modules.
func (d Damage) Applies(s profile.Settings, arm Arm) bool {
	modular := d == LesionM1 || d == LesionM2 || d == LesionInter
	return d.Possible(s.Network.Modules) && !(modular && arm.Units(s)%s.Network.Modules != 0)
}
