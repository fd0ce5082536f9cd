package profile

import (
	"cmp"

	"molap/tasks"
)

// Settings are all settings of a run that determine its results, seeds excepted.
// [Keys] documents each; the TOML names are those of the struct tags.
type Settings struct {
	Name   string `toml:"-" json:"name"`                // shipped profile or file, as Load got it
	Base   string `toml:"base" json:"base,omitempty"`   // shipped profile that this one started from
	Shrunk bool   `toml:"quick" json:"quick,omitempty"` // a label: Quick shrank these settings

	Network     Network     `toml:"network" json:"network"`
	Trials      Trials      `toml:"trials" json:"trials"`
	Pretraining Pretraining `toml:"pretraining" json:"pretraining"`
	Training    Training    `toml:"training" json:"training"`
	Optimizer   Optimizer   `toml:"optimizer" json:"optimizer"`
	DNI         DNI         `toml:"dni" json:"dni"`
	Score       Score       `toml:"score" json:"score"`
	Arms        Arms        `toml:"arms" json:"arms"`
	Damage      Damage      `toml:"damage" json:"damage"`
	Table1      Table1      `toml:"table1" json:"table1"`
	Run         Run         `toml:"run" json:"run"`
	Tasks       Tasks       `toml:"tasks" json:"tasks,omitzero"`
}

// Network has the settings of a network and of its initial weights.
type Network struct {
	Units     int     `toml:"units" json:"units"`
	Modules   int     `toml:"modules" json:"modules"`
	Gain      float64 `toml:"gain" json:"gain"`
	Bias      Bias    `toml:"bias" json:"bias"`
	Init      Init    `toml:"init" json:"init"`
	InputGain float64 `toml:"input_gain" json:"input_gain"`
	UnitNoise float64 `toml:"unit_noise" json:"unit_noise"`
	Leak      float64 `toml:"leak" json:"leak,omitzero"` // 0 stands for 1, see Alpha
}

// Alpha returns the leak of the units, 1 if they have none. A leak of 1 is kept as 0 and left out of
// the printed form, JSON and the hash, so settings without a leak are what they were before there was
// this key.
func (n Network) Alpha() float64 { return cmp.Or(n.Leak, 1) }

// Trials has the settings of the trials for pre-training, training and tests.
type Trials struct {
	Angles              tasks.Angles   `toml:"angles" json:"angles"`
	SharedAngles        bool           `toml:"shared_angles" json:"shared_angles"`
	Noise               float64        `toml:"noise" json:"noise"`
	SharedFixationNoise bool           `toml:"shared_fixation_noise" json:"shared_fixation_noise"`
	Stimulus            tasks.Stimulus `toml:"stimulus" json:"stimulus"`
	PulseGap            int            `toml:"pulse_gap" json:"pulse_gap"`
	Anti                tasks.Anti     `toml:"anti" json:"anti"`
	Scale               tasks.Units    `toml:"scale" json:"scale"`
	Fresh               bool           `toml:"fresh" json:"fresh"`
	Resample            bool           `toml:"resample" json:"resample"`
}

// Schedule is the course of one phase of training: Levels levels of
// LevelIterations iterations each, the rate multiplied by Decay between levels.
type Schedule struct {
	Rate            float64 `toml:"rate" json:"rate"`
	Batch           int     `toml:"batch" json:"batch"`
	LevelIterations int     `toml:"level_iterations" json:"level_iterations"`
	Levels          int     `toml:"levels" json:"levels"`
	Decay           float64 `toml:"decay" json:"decay"`
	L2              float64 `toml:"l2" json:"l2"`
	Activity        float64 `toml:"activity" json:"activity"`
}

// Pretraining is the training of the modules on the variates of the corpus.
type Pretraining struct {
	Schedule
	Variates     tasks.Units `toml:"variates" json:"variates"`
	CorpusTrials int         `toml:"corpus_trials" json:"corpus_trials"`
	Slip         bool        `toml:"slip" json:"slip"`
}

// Training is the training of a network on one task.
type Training struct {
	Schedule
	SeparateRate   float64 `toml:"separate_rate" json:"separate_rate"`
	ResponseWeight float64 `toml:"response_weight" json:"response_weight"`
}

// Optimizer has the settings of training that both phases share.
type Optimizer struct {
	Beta1    float64  `toml:"beta1" json:"beta1"`
	Beta2    float64  `toml:"beta2" json:"beta2"`
	Epsilon  float64  `toml:"epsilon" json:"epsilon"`
	AdamStep AdamStep `toml:"adam_step" json:"adam_step"`
	L2On     L2On     `toml:"l2_on" json:"l2_on"`
	Clip     float64  `toml:"clip" json:"clip"`
}

// DNI is dynamical non-interference, one network trained on all tasks in sequence.
type DNI struct {
	Schedule
	Units       int        `toml:"units" json:"units"`
	Gain        float64    `toml:"gain" json:"gain"`
	ActivityOn  ActivityOn `toml:"activity_on" json:"activity_on"`
	Alpha       float64    `toml:"alpha" json:"alpha"`
	FirstWeight float64    `toml:"first_weight" json:"first_weight"`
	Project     Projected  `toml:"project" json:"project"`
	RuleInputs  bool       `toml:"rule_inputs" json:"rule_inputs"`
	Order       string     `toml:"order" json:"order"`
	Orders      int        `toml:"orders" json:"orders"`
}

// Learnt is a level in per cent. A network has learnt its task if at least so many of its responses
// lie within a tenth of the targets' range.
const Learnt = 90

// Score has the settings that decide when an answer counts as correct.
type Score struct {
	Criterion         Criterion `toml:"criterion" json:"criterion"`
	Tolerance         float64   `toml:"tolerance" json:"tolerance"`
	FixationTolerance float64   `toml:"fixation_tolerance" json:"fixation_tolerance"`
	Window            int       `toml:"window" json:"window"`
	TestTrials        int       `toml:"test_trials" json:"test_trials"`
}

// Arms has settings of single arms.
type Arms struct {
	PCA      PCA  `toml:"pca" json:"pca"`
	LeaveOut bool `toml:"leave_out" json:"leave_out"`
}

// Damage has the settings for damaging trained networks and scoring them again.
type Damage struct {
	Draws       int         `toml:"draws" json:"draws"`
	Trials      int         `toml:"trials" json:"trials"`
	TaskTrials  int         `toml:"task_trials" json:"task_trials"`
	InterModule InterModule `toml:"inter_module" json:"inter_module"`
}

// Table1 has the settings for counting the parameters of Table 1.
type Table1 struct {
	NetworkFactor int `toml:"network_factor" json:"network_factor"`
}

// Run has the settings of the computation itself.
type Run struct {
	Precision Precision `toml:"precision" json:"precision"`
}

// Tasks has the settings of tasks beside the nine of the paper. Its keys are no reading of the paper:
// they are not among [Keys], and empty ones are left out of the printed form, JSON and the hash.
type Tasks struct {
	// Own defines tasks: their task files, one after the other with a line "---" between.
	Own string `toml:"own" json:"own,omitempty"`
	// Corpus has the IDs of the tasks that modules are pre-trained on, separated by commas; empty: the
	// nine.
	Corpus string `toml:"corpus" json:"corpus,omitempty"`

	// Arrays holds the trials of tasks in Own, if they were read. They are data and no settings: Own
	// names them by their SHA-256, and the printed form, JSON and the hash leave them out.
	Arrays *tasks.Shelf `toml:"-" json:"-"`
}

// The words that settings have for values.
type (
	Bias        string // which biases a network has
	Init        string // by what the initial weights are divided
	AdamStep    string // what Adam's bias correction counts
	L2On        string // over which parameters the L2 penalty sums
	Criterion   string // how output and target are compared
	PCA         string // whether inputs and targets have principal components of their own
	ActivityOn  string // which activity the DNI arm penalises
	Projected   string // what DNI projects: gradients, or the updates that Adam makes of them
	InterModule string // which weights an inter-module lesion hits
	Precision   string // the element type of networks and trials
)

// Their values; [Keys] says what each means.
const (
	NoBias              Bias = "none"
	FrozenRecurrentBias Bias = "frozen_recurrent"
	AllBias             Bias = "all"

	SqrtN      Init = "sqrt_n"
	SqrtNPlus1 Init = "sqrt_n_plus_1"

	StepIteration AdamStep = "iteration"
	StepRound     AdamStep = "round"

	L2Weights    L2On = "weights"
	L2Recurrence L2On = "recurrence"

	Absolute Criterion = "absolute"
	Relative Criterion = "relative"
	Choice   Criterion = "choice"

	SeparatePCA PCA = "separate"
	JointPCA    PCA = "joint"

	OnHidden  ActivityOn = "hidden"
	OnInitial ActivityOn = "h0"

	ProjectGradient Projected = "gradient"
	ProjectUpdate   Projected = "update"

	OffDiagonal InterModule = "off_diagonal"
	Everywhere  InterModule = "everywhere"

	F32 Precision = "f32"
	F64 Precision = "f64"
)
