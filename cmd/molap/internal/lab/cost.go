package lab

import "molap/cmd/molap/internal/profile"

// StepCost returns the work of a share of one iteration, in the units of progress: N²·trials in
// millions. Steps do not count, since all trials have the same number of them.
func StepCost(units, trials int, share float64) float64 {
	n := float64(units)
	return n * n * float64(trials) * share * 1e-6
}

// Shares of the work of a whole training step: of a step without the gradient of W_rec, and of the
// forward pass alone.
const (
	TaskShare    = 0.75
	ForwardShare = 0.33
)

func iterations(p profile.Schedule) float64 { return float64(p.LevelIterations * p.Levels) }

// pretrainingCost returns the work of training all modules.
func pretrainingCost(s profile.Settings) float64 {
	p := s.Pretraining
	return StepCost(s.Network.Units, p.Batch, 1) * float64(s.Network.Modules) * iterations(p.Schedule)
}

// taskStep returns the work of an iteration of training an arm's network on a task.
func taskStep(s profile.Settings, arm Arm) float64 {
	share := TaskShare
	if arm == Separate {
		share = 1
	}
	return StepCost(s.Network.Units, s.Training.Batch, share)
}

// sequenceCost returns the work of learning tasks in sequence.
func sequenceCost(s profile.Settings) float64 {
	return StepCost(s.DNI.Units, s.DNI.Batch, 1) * float64(len(s.DNI.Order)) * iterations(s.DNI.Schedule)
}

// testCost returns the work of a test of an arm's network.
func testCost(s profile.Settings, arm Arm) float64 {
	return StepCost(arm.Units(s), s.Score.TestTrials, ForwardShare)
}

// Cost returns the work of training and testing an arm's networks on that many tasks.
func Cost(s profile.Settings, arm Arm, tasks int) float64 {
	cost := float64(tasks) * testCost(s, arm)
	if arm.sequential() {
		return cost + sequenceCost(s) // one sequence learns all nine tasks
	}
	if arm.Pretrained() {
		cost += pretrainingCost(s)
	}
	return cost + float64(tasks)*taskStep(s, arm)*iterations(s.Training.Schedule)
}
