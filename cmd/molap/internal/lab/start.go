package lab

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
	"molap/rnn"
)

// Start is a network that training goes on from, instead of a drawn network with pre-trained modules. A
// [Cell] names it by its sum.
type Start struct {
	File *rnn.File
	Text string // the text about this start in the files of networks trained from it
	Sum  string // SHA-256 of the network, the same in any file
}

// NewStart returns the network of a file as a start, in the given precision.
func NewStart(f *rnn.File, precision profile.Precision) (*Start, error) {
	n := NetFile{Network: f}
	n.Settings.Run.Precision = precision
	q, err := n.Subject()
	if err != nil {
		return nil, err
	}
	data, err := q.EncodeSafetensors(rnn.Info{})
	return &Start{File: f, Sum: fmt.Sprintf("%x", sha256.Sum256(data))}, err
}

// startOf returns a copy, to be trained, of the network that a cell starts from.
func startOf[T kernels.Float](l *Lab, s profile.Settings, c Cell) (*rnn.Network[T], error) {
	if l.Start == nil || l.Start.Sum != c.From {
		panic(fmt.Sprintf("lab: no network of SHA-256 %s to start from", c.From))
	}
	net, err := rnn.Load[T](l.Start.File)
	if err == nil {
		net.Modules = s.Network.Modules
	}
	return net, err
}

// StartSettings returns settings with the size, modules and leak of a start's network. If its file does
// not tell the number of modules and an arm has modules, the settings keep theirs. It is an error if
// the start cannot be trained on the tasks, named by ID, with the masks of the arms.
func StartSettings(s profile.Settings, f *rnn.File, ids []string, arms []Arm) (profile.Settings, error) {
	units, modules := f.Shape.Units, f.Modules
	if slices.Contains(arms, DNI) {
		return s, fmt.Errorf("arm %s learns all tasks in sequence from its own start (want %s, %s, %s or %s)", DNI, Separate, MoLaP, MoLaPPCA, Reservoir)
	}
	if i := slices.IndexFunc(arms, Arm.Pretrained); modules == 1 && i >= 0 {
		if modules = s.Network.Modules; modules == 1 || units%modules != 0 {
			return s, fmt.Errorf("arm %s has modules of equal size, and this network of %d units does not tell any (-set network.modules=n)", arms[i], units)
		}
	}
	s.Network.Units, s.Network.Modules, s.Network.Leak = units, modules, f.Leak
	if f.Leak == 1 {
		s.Network.Leak = 0 // see profile.Network.Alpha
	}
	s.Tasks.Corpus = ""
	for _, id := range ids {
		t := taskset.ByID(s, id)
		if len(t.Inputs) != f.Shape.In || len(t.Targets) != f.Shape.Out {
			return s, fmt.Errorf("it has %s and %s, %s has %d and %d", words.Count(f.Shape.In, "input"), words.Count(f.Shape.Out, "output"), id, len(t.Inputs), len(t.Targets))
		}
	}
	return s, s.Validate()
}

// shortSum returns the beginning of a sum, enough to tell networks apart.
func shortSum(sum string) string { return sum[:min(8, len(sum))] }

// FileName returns the name of the file of a cell's network.
func (c Cell) FileName() string {
	parts := []string{string(c.Arm), c.Task, fmt.Sprintf("seed%d", c.Seed)}
	if c.From != "" {
		parts = append(parts, "from", shortSum(c.From))
	}
	return strings.Join(parts, "_") + ".safetensors"
}
