package profile

import (
	"iter"
	"slices"

	"molap/tasks"
)

// Key describes one setting.
type Key struct {
	Name     string // "training.rate": group and name, as files and -set take it
	domain   keyDomain
	Doc      string // what it is, with its unit
	Readings string // what the paper and its authors' program say, and our choice where they are silent
}

// Type returns the type of a key's values: "integer", "number", "name", "order" or "switch" (true or
// false).
func (k Key) Type() string { return k.domain.kind }

// Allowed says which values a key may have: "> 0 and ≤ 10", "none, frozen_recurrent, all".
func (k Key) Allowed() string { return k.domain.allowed }

// Keys returns every key but those of [Tasks], in the order of the printed form.
func Keys() []Key { return slices.Clone(profileKeys) }

// Find returns the key of that name among [Keys].
func Find(name string) (k Key, known bool) {
	if at, known := keyAt[name]; known && at < len(profileKeys) {
		return everyKey[at], true
	}
	return Key{}, false
}

// everyKey has the keys of [Tasks], too.
var everyKey = slices.Concat(profileKeys, taskKeys)

// keyAt tells where in everyKey the key of a name stands. Sweeps look up millions.
var keyAt = func() map[string]int {
	at := map[string]int{}
	for i, k := range everyKey {
		at[k.Name] = i
	}
	return at
}()

// lookupKey returns the key of that name.
func lookupKey(name string) (Key, bool) {
	at, known := keyAt[name]
	if !known {
		return Key{}, false
	}
	return everyKey[at], true
}

// written visits the keys of the printed form: all but those that need not be set and are not.
func (s *Settings) written() iter.Seq[*Key] {
	return func(yield func(*Key) bool) {
		for i := range everyKey {
			if k := &everyKey[i]; !(k.domain.optional && s.field(k.Name).IsZero()) && !yield(k) {
				return
			}
		}
	}
}

// taskKeys are the keys of own tasks, which a profile may leave out; see [Tasks].
var taskKeys = []Key{
	{"tasks.corpus", textDomain(1 << 12),
		"Tasks on which modules are pre-trained, by ID.",
		"The paper and its authors have the nine, which stand for nothing said here."},
	{"tasks.own", textDomain(1 << 15),
		"Tasks beside the nine: task files, a line --- between two.",
		"The paper and its authors have none."},
}

// profileKeys is the only place that says what each key means and allows. Sections are the paper's.
var profileKeys = []Key{
	{"network.units", integerDomain(2, 10000),
		"Units N of the recurrent network.",
		"Paper 100 (A.2); Table 2 considers 20 to 300. Extended 200."},
	{"network.modules", integerDomain(1, 22),
		"Modules of N/modules units each; module m owns the m-th diagonal block of W_rec.",
		"Paper 2, and 3 for comparison (A.2.1)."},
	{"network.gain", positiveDomain(100),
		"Scale g of the initial recurrent weights: W_rec ~ 𝒩(0, g²/N).",
		"Paper 1.5 (A.2); Table 2 considers 1.1 to 1.8."},
	{"network.bias", nameDomain(NoBias, FrozenRecurrentBias, AllBias),
		"Biases: none; recurrent (never trained) and readout; or both, trained.",
		"Paper none (Eq. 1, Table 1). Authors frozen_recurrent; their DNI trains it all the same."},
	{"network.init", nameDomain(SqrtN, SqrtNPlus1),
		"Initial W_rec, W_in, W_out are divided by √N, √N_in, √N_out, or by √(N+1), √N_in, √(N+1).",
		"Paper sqrt_n (A.2.3). Authors and extended sqrt_n_plus_1: smaller readouts learn faster."},
	{"network.input_gain", positiveDomain(100),
		"Extra factor on the initial W_in of task training.",
		"Neither has it: 1. Extended 0.3."},
	{"network.unit_noise", from0(10),
		"Standard deviation σ of the white noise η that enters every unit at every step.",
		"Paper has η in Eq. 1 and gives σ for inputs only (A.2.3): 0. Authors none."},
	{"network.leak", positiveDomain(1).unless("1.0"),
		"Leak α = dt/τ of the units: h[t+1] = (1-α) h[t] + α tanh(…). Need not be set: 1, no leak.",
		"Neither has it (Eq. 1): 1."},

	{"trials.angles", nameDomain(tasks.Continuous180, tasks.Continuous360, tasks.Tens360),
		"Angles θ of stimuli: uniform on 0 to 180°, on 0 to 360°, or one of 0°, 10°, …, 350°.",
		"Paper 0 to 180° (A.1). Authors tens_360."},
	{"trials.shared_angles", switchDomain(),
		"The nine tasks of one trial of the corpus share their first angle.",
		"Paper silent. Authors true, and the paper's 60% and 70% of A.2.1 need it."},
	{"trials.noise", from0(10),
		"Standard deviation σ of the white noise on every input channel, at every step.",
		"Paper 0.002 (A.2.3). Authors 0.002/√dt = 0.02."},
	{"trials.shared_fixation_noise", switchDomain(),
		"The nine tasks of one trial of the corpus share the noise on their fixation inputs.",
		"Paper \"independent white noise\" (A.2.3): false. Authors true."},
	{"trials.stimulus", nameDomain(tasks.VariableStimulus, tasks.FullStimulus),
		"Stimulus of Mem Pro and Mem Anti: 10 to 40 of 50 steps, then delay; or all 50, no delay.",
		"Paper \"short, variable duration\" (A.1); the range is our reading. Authors full."},
	{"trials.pulse_gap", integerDomain(0, 30),
		"Steps of 10 ms from the end of the first pulse to the start of the second.",
		"Paper \"separate by 100msec\" (A.1): 10. Authors 20."},
	{"trials.anti", nameDomain(tasks.Opposite, tasks.Same),
		"Target of the Anti tasks: the angle θ+π, or θ as in the Pro tasks.",
		"Paper opposite (A.1). Authors same: their +π is lost."},
	{"trials.scale", nameDomain(tasks.RawUnits, tasks.UnitInterval),
		"Inputs and targets as they are, or min-max scaled to [0,1], each by one pair per batch.",
		"Paper speaks of no scaling: raw. Authors unit_interval."},
	{"trials.fresh", switchDomain(),
		"Every iteration draws new trials; otherwise one batch serves all iterations.",
		"Paper \"divided into separate batches\" (A.2.1): true. Authors false."},
	{"trials.resample", switchDomain(),
		"The trials of a batch are drawn with replacement from as many drawn trials.",
		"Paper speaks of none: false. Authors true."},

	{"pretraining.rate", positiveDomain(10),
		"Adam's learning rate at the first level.",
		"Paper 3e-3 (A.2.1). Authors 5e-3."},
	{"pretraining.batch", integerDomain(1, 100000),
		"Trials per iteration.",
		"Paper 200 (A.2.1); Table 2 considers 20 to 400."},
	{"pretraining.level_iterations", integerDomain(1, 1000000),
		"Iterations per level, for each module.",
		"Paper 200 (A.2.1); Table 2, \"before decreasing learning rate\", considers 100 to 300."},
	{"pretraining.levels", integerDomain(1, 1000),
		"Levels of the schedule.",
		"Paper silent: 5, which the authors name; their first is lost, so 4 run. Extended 6."},
	{"pretraining.decay", positiveDomain(1),
		"Factor on the rate from one level to the next; 1 keeps it.",
		"Paper \"decreasing\" (Table 2); 1/3 is our reading. Authors 1: it never falls."},
	{"pretraining.l2", from0(1),
		"Weight of the L2 penalty in the loss.",
		"Paper 1e-5 (A.2.1); Table 2 considers 5e-6 to 5e-5. Authors 2e-6."},
	{"pretraining.activity", from0(1),
		"Weight of the mean squared activity in the loss; 0 is none.",
		"Paper 1e-7 (A.2.1). Authors none."},
	{"pretraining.variates", nameDomain(tasks.RawUnits, tasks.UnitInterval),
		"Variates as projected, or each min-max scaled to [0,1] on the trials they were fitted to.",
		"Paper as projected (Eq. 2): raw. Authors unit_interval."},
	{"pretraining.corpus_trials", integerDomain(1, 100000),
		"Trials of the corpus to which CCA or PCA is fitted.",
		"Paper \"the entire training set\" (A.2.1), no number: 200, one batch, as the authors."},
	{"pretraining.slip", switchDomain(),
		"From module 2 on train the outgoing weights of unit m-1 in place of the input weights.",
		"Paper false: block m alone (A.2.1). Authors true, by an index slip."},

	{"training.rate", positiveDomain(10),
		"Adam's learning rate at the first level, for all arms but separate.",
		"Paper 1e-2 (A.2.3). Authors 1e-2. Extended 5e-3."},
	{"training.separate_rate", positiveDomain(10),
		"The same for the arm separate.",
		"Paper 3e-3 (A.2.3). Authors 1e-3. Extended 1e-4."},
	{"training.response_weight", positiveDomain(100),
		"Weight of the squared errors of the response period in the loss, 1 elsewhere.",
		"Paper has none: 1. Extended 5, as Yang et al. 2019 weigh the response."},
	{"training.batch", integerDomain(1, 100000),
		"Trials per iteration.",
		"Paper 200 (A.2.3); Table 2 considers 20 to 400. Extended 50."},
	{"training.level_iterations", integerDomain(1, 1000000),
		"Iterations per level.",
		"Paper 200 (A.2.3); Table 2, \"before decreasing learning rate\", considers 100 to 300."},
	{"training.levels", integerDomain(1, 1000),
		"Levels of the schedule.",
		"Paper silent: 5. Authors 9 rounds. Extended 8."},
	{"training.decay", positiveDomain(1),
		"Factor on the rate from one level to the next; 1 keeps it.",
		"Paper \"decreasing\" (Table 2); 1/3 is our reading. Authors 1: it never falls."},
	{"training.l2", from0(1),
		"Weight of the L2 penalty in the loss.",
		"Paper 1e-5 (A.2.3); Table 2 considers 5e-6 to 5e-5. Authors 2e-6."},
	{"training.activity", from0(1),
		"Weight of the mean squared activity in the loss; 0 is none.",
		"Paper 1e-7 (A.2.3). Authors none."},

	{"optimizer.beta1", below1(),
		"Adam's decay of the first moment.",
		"Paper \"Adam\" (A.2) without constants: the usual 0.9."},
	{"optimizer.beta2", below1(),
		"Adam's decay of the second moment.",
		"Paper silent: the usual 0.999."},
	{"optimizer.epsilon", positiveDomain(1),
		"Adam's ε, added to the root of the second moment.",
		"Paper silent: the usual 1e-8."},
	{"optimizer.adam_step", nameDomain(StepIteration, StepRound),
		"What Adam's bias correction counts: iterations, or levels (rounds).",
		"Paper silent: iteration, as Adam is defined. Authors round."},
	{"optimizer.l2_on", nameDomain(L2Weights, L2Recurrence),
		"What the L2 penalty sums over: W_in, W_rec and W_out, or W_in, W_rec and b.",
		"Paper \"weight regularization\": weights. Authors recurrence."},
	{"optimizer.clip", from0(1e6),
		"Norm above which the gradient is scaled down to it; 0 is no limit.",
		"Paper speaks of none: 0. Extended 0.1."},

	{"dni.units", integerDomain(2, 10000),
		"Units of the one network that learns all tasks in sequence.",
		"Paper 200 (A.2). Authors 200."},
	{"dni.gain", positiveDomain(100),
		"Scale g of its initial recurrent weights.",
		"Paper 1.5 (A.2.3). Authors 1.3."},
	{"dni.rate", positiveDomain(10),
		"Adam's learning rate at the first level.",
		"Paper 3e-3 (A.2.3). Authors 1e-3."},
	{"dni.batch", integerDomain(1, 100000),
		"Trials per iteration.",
		"Paper 200: \"only differed\" in the rate (A.2.3). Authors 400."},
	{"dni.level_iterations", integerDomain(1, 1000000),
		"Iterations per level, for each task.",
		"Paper 200 (A.2.3). Authors 400."},
	{"dni.levels", integerDomain(1, 1000),
		"Levels of the schedule.",
		"Paper silent: 5, as in training. Authors 9 rounds."},
	{"dni.decay", positiveDomain(1),
		"Factor on the rate from one level to the next; 1 keeps it.",
		"As in training."},
	{"dni.l2", from0(1),
		"Weight of the L2 penalty in the loss.",
		"Paper 1e-5 (A.2.3). Authors 1e-5."},
	{"dni.activity", from0(1),
		"Weight of the mean squared activity in the loss; 0 is none.",
		"Paper 1e-7 (A.2.3). Authors 1e-7."},
	{"dni.activity_on", nameDomain(OnHidden, OnInitial),
		"The activity that is penalised: of all steps, or h[0] alone.",
		"Paper hidden. Authors h0."},
	{"dni.alpha", positiveDomain(1e6),
		"α of the projections P = (C/α + I)⁻¹; small protects more.",
		"Paper silent; Duncker et al. and authors 1e-3."},
	{"dni.first_weight", positiveDomain(1000),
		"Weight of the first task in the mean over tasks of what is protected; the others have 1.",
		"Paper silent; Duncker et al. 1. Authors 2, by a counter that starts at 2."},
	{"dni.project", nameDomain(ProjectGradient, ProjectUpdate),
		"What is projected: the gradient, or the update that Adam makes of it.",
		"Paper silent; Duncker et al. and extended update. Authors gradient."},
	{"dni.rule_inputs", switchDomain(),
		"Each task switches on an input of its own for the whole trial.",
		"Paper shows none (A.1): false. Duncker et al. and extended true. Authors false."},
	{"dni.order", nineDigits(),
		"Order in which the tasks are learnt, by their digits.",
		"Paper T1 to T9. Authors the same."},
	{"dni.orders", integerDomain(0, 30),
		"Further orders, drawn at random, to which experiment dni compares it.",
		"Paper speaks of the effect of order (A.1) and measures none: 2 is our choice."},

	{"score.criterion", nameDomain(Absolute, Relative, Choice),
		"Right is within the tolerance or that fraction of the target, or the same choice.",
		"Paper absolute (A.3). Authors relative."},
	{"score.tolerance", positiveDomain(1),
		"Tolerance δ of all outputs but fixation; a choice has none.",
		"Paper 0.1 (A.3). Authors 0.1."},
	{"score.fixation_tolerance", positiveDomain(1),
		"Tolerance δ of the fixation output.",
		"Paper 0.1 (A.3). Authors 0.15."},
	{"score.window", integerDomain(1, 100),
		"Last steps of a trial over which outputs and targets are averaged.",
		"Paper 30 (A.3)."},
	{"score.test_trials", integerDomain(1, 1000000),
		"Trials of the test set.",
		"Paper 2000 (A.3)."},

	{"arms.pca", nameDomain(SeparatePCA, JointPCA),
		"Arm molap-pca: components of inputs and of targets, or of both joined (inputs = targets).",
		"Paper separate (A.2.2). Authors joint."},
	{"arms.leave_out", switchDomain(),
		"Tasks left out of pre-training are absent from its corpus; otherwise it has all nine.",
		"Paper true (4.2). Authors false: a string of one name becomes a set of letters."},

	{"damage.draws", integerDomain(1, 1000),
		"Random draws of every perturbation at every level.",
		"Paper 30 (A.4)."},
	{"damage.trials", integerDomain(1, 1000000),
		"Test trials that score a damaged network in Fig. 3 and S5.",
		"Paper 2000 (captions of Fig. 3 and S5)."},
	{"damage.task_trials", integerDomain(1, 1000000),
		"The same in Fig. 4 and S1 to S4, for each task.",
		"Paper 250 (captions of Fig. S1 to S4); Fig. 4 is their mean over tasks."},
	{"damage.inter_module", nameDomain(OffDiagonal, Everywhere),
		"What a lesion of inter-module weights hits: off-diagonal blocks, or all of W_rec.",
		"Paper off_diagonal (A.4). Authors everywhere, by aliasing of arrays."},

	{"table1.network_factor", integerDomain(1, 1000),
		"Factor on the count of a whole network's parameters in Table 1.",
		"Paper 10: it prints 1.02e5 where N² + 2N = 10200. Authors 1."},

	{"run.precision", nameDomain(F32, F64),
		"Element type of networks and trials.",
		"Paper silent. Authors f64; f32, the faster, is our choice."},
}
