package lab

import (
	"context"
	"fmt"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/rnn"
)

// Networks trains networks, or finds them in the cache, and returns each as a
// safetensors file.
func (l typed[T]) Networks(ctx context.Context, progress jobs.Progress, cells []Cell) ([][]byte, error) {
	var needs []jobs.Node
	var nets []func() *rnn.Network[T]
	for _, c := range cells {
		need, net := networkOf[T](l.Lab, c)
		needs, nets = append(needs, need), append(nets, net)
	}
	if err := l.Pool.Run(ctx, progress, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		return nil, err
	}
	var files [][]byte
	for i, c := range cells {
		info := rnn.Info{Task: c.Task, Arm: string(c.Arm), Seed: c.Seed, Settings: string(l.SettingsOf(c).TOML())}
		if c.From != "" {
			info.From = l.Start.Text
		}
		data, err := rnn.EncodeSafetensors(nets[i](), info)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		files = append(files, data)
	}
	return files, nil
}

// SettingsOf returns the settings that the file of a cell's network has: of tasks of the
// user's own those that it needs.
func (l *Lab) SettingsOf(c Cell) profile.Settings {
	s := l.Settings
	s.Tasks = neededBy(s, c)
	return s
}
