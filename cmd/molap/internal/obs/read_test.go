package obs

import (
	"fmt"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
)

// TestReadDraws reads the draws of a damaged network back. Files that somebody has changed so that an
// output is missing or none is a decision are an error, not a panic where they are used.
func TestReadDraws(t *testing.T) {
	s, err := profile.Load("paper")
	if err != nil {
		t.Fatal(err)
	}
	s.Damage.Draws = 2
	n := &Notebook{Settings: s, Seeds: []uint64{1}}
	k := Key{Kind: Damage, Damage: lab.WeightNoise, Trials: 500, Cell: lab.Cell{Arm: lab.MoLaP, Task: "T1", Seed: 1}}
	score := lab.Scores{Output: []float64{100, 50.25, 50}, Error: []float64{0, 0.5, 1}, Fixation: 1}
	p := lab.Perturbed{Intact: score}
	for range k.Damage.Levels() {
		p.Hit, p.Damaged = append(p.Hit, 1), append(p.Damaged, []lab.Scores{score, score})
	}
	n.put(k, func() any { return p })
	n.put(Key{Kind: Score, Cell: k.Cell}, func() any {
		return lab.Run{Arm: k.Arm, Task: k.Task, Seed: k.Seed, Output: []float64{100, 62.5, 50}, Fixation: 1, Overall: 70.75, Blind: lab.Null{Overall: 12.5},
			Parameters: 333, Trained: 222, Learning: lab.Learning{Iterations: 7, Escape: 5, FinalLoss: 0.125, BlindLoss: 0.375, Losses: []float64{0.875}}}
	})
	files, err := n.Files()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range files {
		data := f.Data
		if f.Name != recordsFile {
			if data, err = Expand(data); err != nil {
				t.Fatal(err)
			}
		}
		texts[f.Name] = string(data)
	}
	whole := gzipped([]byte(texts[drawsFile]))
	if _, err := Expand(whole[:len(whole)/2]); err == nil || err.Error() != "the file is cut short" {
		t.Errorf("half of a file: %v", err)
	}
	one := ",0.005,2,100,50.25,50,0,0,0.5,1\n"
	for _, c := range []struct{ file, old, new, want string }{
		{drawsFile, one, one, "<nil>"},
		{drawsFile, one, ",0.005,2,,,,0,,,\n", "0 scores and 0 errors of outputs"},
		{drawsFile, one, ",0.005,2,100,50.25,50,0,0,,\n", "3 scores and 1 errors of outputs"},
		{drawsFile, one, ",0.005,2,100,,,0,0,,\n", "fixation is 1, want 0: the only output is a decision"},
		{drawsFile, one, ",0.005,2,100,50.25,,0,0,0.5,\n", "2 outputs at level 0.005, 3 at level 0"},
		{drawsFile, ",0,1,100,50.25,50,0,0,0.5,1\n", ",0,1,,,,0,,,\n", "0 scores and 0 errors of outputs"},
		{recordsFile, ",true,100,50.25,", ",7,100,50.25,", "fixation is 7, want an output, 1 to 3, or 0 for none"},
		{recordsFile, ",true,100,50.25,", ",false,100,50.25,", "<nil>"},
		{recordsFile, ",62.5,", ",-5,", `output_2 is "-5", want per cent of trials, 0 to 100`},
		{recordsFile, ",70.75,", ",101,", `overall is "101", want per cent of trials, 0 to 100`},
		{recordsFile, ",12.5,", ",NaN,", `blind is "NaN", want per cent of trials, 0 to 100`},
		{recordsFile, ",7,5,0.125,", ",7,-7,0.125,", `escape is "-7", want -1 to 7`},
		{recordsFile, ",7,5,0.125,", ",7,8,0.125,", `escape is "8", want -1 to 7`},
		{recordsFile, ",7,5,0.125,", ",7,-1,0.125,", "<nil>"},
		{recordsFile, ",7,5,0.125,", ",-7,5,0.125,", `iterations is "-7", want 0 or more`},
		{recordsFile, ",7,5,0.125,", ",9223372036854775807,5,0.125,", "has 1 losses, want 922337203685477581"},
		{recordsFile, ",7,5,0.125,", ",7,5,-1,", `final_loss is "-1", want a mean squared error, 0 or more`},
		{recordsFile, ",7,5,0.125,", ",7,5,NaN,", "<nil>"},
		{recordsFile, ",0.375,", ",-Inf,", `blind_loss is "-Inf", want a mean squared error, 0 or more`},
		{recordsFile, ",222,333,", ",334,333,", `trained is "334", want 0 to 333`},
		{recordsFile, ",222,333,", ",222,-1,", `parameters is "-1", want 0 or more`},
		{recordsFile, ",0,0,0,true,", ",0,0,1,true,", `draws is "1", want 0`},
		{recordsFile, ",0,0,1,true,", ",0,0,0,true,", `draws is "0", want 1`},
		{recordsFile, ",0.005,1,2,", ",0.005,1,1000000000,", `draws is "1000000000", want 2`},
		{recordsFile, ",0.005,1,2,", ",0.005,-1,2,", `hit is "-1", want 0 or more`},
		{lossesFile, ",0.875\n", ",-0.875\n", `loss is "-0.875", want a mean squared error, 0 or more`},
		{drawsFile, one, ",0.005,2,100,50.25,50,0,0,-0.5,1\n", `error_2 is "-0.5", want a mean squared error, 0 or more`},
		{drawsFile, one, ",-1,2,100,50.25,50,0,0,0.5,1\n", "level -1 of damage"},
		{drawsFile, one, ",0.005,2,100,+Inf,50,0,0,0.5,1\n", `output_2 is "+Inf", want per cent of trials, 0 to 100`},
		{drawsFile, one, ",0.005,2,100,50.25,50,100.5,0,0.5,1\n", `decision_unit is "100.5", want per cent of trials, 0 to 100`},
	} {
		_, err := Read(s, n.Seeds, func(name string) ([]byte, error) {
			text := texts[name]
			if name == c.file {
				text = strings.ReplaceAll(text, c.old, c.new)
			}
			if name == recordsFile {
				return []byte(text), nil
			}
			return gzipped([]byte(text)), nil
		})
		if !strings.Contains(texts[c.file], c.old) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%q for %q: %v, want %q", c.new, c.old, err, c.want)
		}
	}
}
