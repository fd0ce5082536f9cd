package profile

// Quick returns the settings shrunk to what a look needs: at most 100 units, 20 trials a batch, 80
// iterations a level (40 of a module), 200 trials for the corpus and the test, and 3 draws of every
// perturbation. Nothing grows except one rate: that of separate is at least 5e-4, since a lower one
// learns nothing in so few iterations. Shrinking twice changes no more than once.
//
// So shrunk, modules, reservoirs and separate networks of profile extended still learn most tasks of
// seed 1. With fewer units, or fewer iterations of task training, they would not.
func (s Settings) Quick() Settings {
	s.Shrunk = true
	if n := &s.Network; n.Units > 100 {
		n.Units = 100 - 100%n.Modules
	}
	s.DNI.Units = min(s.DNI.Units, 100)
	s.DNI.Orders = min(s.DNI.Orders, 1)
	for _, phase := range []*Schedule{&s.Pretraining.Schedule, &s.Training.Schedule, &s.DNI.Schedule} {
		phase.Batch = min(phase.Batch, 20) // one shard of package autodiff
		phase.LevelIterations = min(phase.LevelIterations, 80)
	}
	s.Pretraining.LevelIterations = min(s.Pretraining.LevelIterations, 40)
	s.Training.SeparateRate = max(s.Training.SeparateRate, 5e-4)
	s.Pretraining.CorpusTrials = min(s.Pretraining.CorpusTrials, 200)
	s.Score.TestTrials = min(s.Score.TestTrials, 200)
	d := &s.Damage
	d.Draws, d.Trials, d.TaskTrials = min(d.Draws, 3), min(d.Trials, 100), min(d.TaskTrials, 100)
	return s
}
