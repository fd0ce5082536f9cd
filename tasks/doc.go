// Package tasks draws trials: the nine tasks of the paper (§3.2, A.1) as tables of
// periods and channels, batches of them, and the corpus of all tasks side by side.
//
// A trial has 110 steps of 10 ms: a lead of 10 where everything is 0, then 25 of
// fixation, 50 of stimulus and delay, 25 of response. The fixation input is 1 until the
// response, and its target is the same without noise. All other targets are 0 until the
// response. θ₁ and θ₂ are angles drawn for each trial.
//
//	                     inputs beside fixation              target in the response
//	T1  delay_pro        cos θ₁, sin θ₁, stimulus to end     cos θ₁, sin θ₁
//	T2  delay_anti       the same                            cos(θ₁+180°), sin(θ₁+180°)
//	T3  mem_pro          cos θ₁, sin θ₁ during the stimulus  cos θ₁, sin θ₁
//	T4  mem_anti         the same                            cos(θ₁+180°), sin(θ₁+180°)
//	T5  mem_dm1          a pulse of cos θ₁, one of cos θ₂    the larger
//	T6  mem_dm2          a pulse of sin θ₁, one of sin θ₂    the larger
//	T7  context_mem_dm1  both pairs, on two channels         the larger of the first
//	T8  context_mem_dm2  both                                the larger of the second
//	T9  multi_mem        both                                max(cos θ₁+sin θ₁, cos θ₂+sin θ₂)
//
// A pulse lasts 10 steps. Options settle what the text leaves open or its authors' program does
// otherwise: Paper and Authors are the two published readings.
//
// A Task is data, and tasks of your own are such tables too. Its draws are numbers drawn for each
// trial, or noise drawn at each step. Its periods last a fixed time, or a time drawn for each
// trial, evenly or by an exponential that is cut off, or they take the rest. A channel shows values
// during periods. The channels of a family show the same functions of their number. A Value is an
// expression over the draws: arithmetic, powers, max, min, sign, abs and where, cos, sin and exp,
// and ramp and pulses, which move from step to step. Validate refuses a task if one of its trials
// could divide by 0 or be infinite. Task files contain these expressions as text (docs/tasks.md).
//
// Random numbers are named, not taken from a sequence. A trial's value of draw k is a function of
// the stream given to Draw, the task's name, k and the trial, and for noise also of the step;
// likewise the length of period k. To reorder channels changes none of them; to reorder draws or
// periods does.
//
// A batch holds inputs X, steps × trials × In, and targets Y, steps × trials × Out, float32 or
// float64. It is a pure function of the tasks' names and tables, the options and a random stream,
// to the last bit on every machine. In raw units and without resampling, trial j does not depend on
// the number of trials, and a task's channels do not depend on the other tasks of a corpus.
// DrawProjected draws a function of a corpus's channels, such as a canonical variate, without the
// corpus.
package tasks
