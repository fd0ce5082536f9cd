package obs

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"molap/cmd/molap/internal/jsonvalue"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
)

// Read returns a notebook with the observations of files; read returns a file by its name. It is an
// error if the files do not fit together.
func Read(s profile.Settings, seeds []uint64, read func(name string) ([]byte, error)) (*Notebook, error) {
	r := &reader{n: &Notebook{Settings: s, Seeds: seeds}, runs: map[string]*lab.Run{}, damaged: map[string]*lab.Perturbed{}}
	for _, f := range []struct {
		name string
		take func([]byte) error
	}{{recordsFile, r.records}, {lossesFile, r.losses}, {drawsFile, r.draws}, {arraysFile, r.arrays}} {
		data, err := read(f.name)
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(f.name, ".gz") {
			data, err = Expand(data)
		}
		if err == nil {
			err = f.take(data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return r.n, r.whole()
}

// mostExpanded is the most bytes that a compressed file may become.
const mostExpanded = 1 << 30

// Expand returns the content of a file in the format of gzip, within bounds.
func Expand(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(io.LimitReader(z, mostExpanded+1))
	if err == nil && len(all) > mostExpanded {
		err = fmt.Errorf("more than %d bytes when expanded", mostExpanded)
	}
	return all, err
}

// reader puts observations together from the rows of several files.
type reader struct {
	n       *Notebook
	runs    map[string]*lab.Run
	damaged map[string]*lab.Perturbed
}

func (r *reader) records(data []byte) error {
	return eachRow(data, func(c *cells) error {
		k := c.key()
		if err := cmp.Or(c.err, r.n.check(k)); err != nil {
			return err
		}
		id := k.id()
		switch {
		case k.Kind == Score && r.runs[id] == nil:
			run := &lab.Run{Arm: k.Arm, Task: k.Task, Seed: k.Seed, Output: c.floats("output"), Fixation: c.fixation(),
				Overall: c.float("overall"), Decision: c.float("decision"), DecisionRaw: c.float("decision_raw"), DecisionUnit: c.float("decision_unit"),
				Blind: c.null("blind"), Constant: c.null("constant"), Trained: c.int("trained"), Parameters: c.int("parameters"), Diverged: c.of["diverged"],
				Learning: lab.Learning{Iterations: c.int("iterations"), Escape: c.int("escape"), FinalLoss: c.float("final_loss"), BlindLoss: c.float("blind_loss")}}
			r.runs[id] = run
			r.n.scores.put(k, func() lab.Run { return *run })
		case k.Kind == Damage && c.float("level") == 0 && r.damaged[id] == nil:
			p := &lab.Perturbed{Intact: lab.Scores{Fixation: c.fixation()}, Blind: c.null("blind"), Constant: c.null("constant")}
			r.damaged[id] = p
			r.n.damages.put(k, func() lab.Perturbed { return *p })
		case k.Kind == Damage && r.damaged[id] != nil:
			p := r.damaged[id]
			if at := len(p.Hit); at == len(k.Damage.Levels()) || c.float("level") != k.Damage.Levels()[at] {
				return fmt.Errorf("level %s of %s is not in its turn (want %v)", c.of["level"], k, k.Damage.Levels())
			}
			p.Hit, p.Damaged = append(p.Hit, c.int("hit")), append(p.Damaged, nil)
		default:
			return fmt.Errorf("%s is there twice or does not begin at level 0", k)
		}
		return nil
	})
}

func (r *reader) losses(data []byte) error {
	return eachRow(data, func(c *cells) error {
		k := c.key()
		run := r.runs[k.id()]
		if run == nil {
			return fmt.Errorf("%s is not in %s", k, recordsFile)
		}
		run.Losses = append(run.Losses, c.float("loss"))
		return nil
	})
}

func (r *reader) draws(data []byte) error {
	return eachRow(data, func(c *cells) error {
		k := c.key()
		p := r.damaged[k.id()]
		if p == nil {
			return fmt.Errorf("%s is not in %s", k, recordsFile)
		}
		s := lab.Scores{Output: c.floats("output"), DecisionUnit: c.float("decision_unit"), Error: c.floats("error"), Fixation: p.Intact.Fixation}
		if err := s.Check(); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		if level := c.float("level"); level > 0 {
			at := slices.Index(k.Damage.Levels(), level)
			if at < 0 || at >= len(p.Damaged) {
				return fmt.Errorf("level %g of %s is not in %s", level, k, recordsFile)
			}
			p.Damaged[at] = append(p.Damaged[at], s)
			return nil
		}
		p.Intact = s
		return nil
	})
}

func (r *reader) arrays(data []byte) error {
	var all []struct{ Key, Value json.RawMessage }
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	for _, a := range all {
		var k Key
		err := jsonvalue.Read(reflect.ValueOf(&k).Elem(), a.Key, jsonvalue.FieldName)
		if err == nil {
			err = r.n.check(k)
		}
		if err == nil {
			switch k.Kind {
			case Variates:
				err = readValue(&r.n.variates, k, a.Value)
			case CloseUp:
				err = readValue(&r.n.looks, k, a.Value)
			case Examples:
				err = readValue(&r.n.examples, k, a.Value)
			case Untrained, Trained:
				err = readValue(&r.n.motions, k, a.Value)
			default:
				err = fmt.Errorf("%.40q is no kind of observation", k.Kind)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return nil
}

func readValue[V any](s *shelf[V], k Key, data json.RawMessage) error {
	var v V
	err := jsonvalue.Read(reflect.ValueOf(&v).Elem(), data, jsonvalue.FieldName)
	s.put(k, func() V { return v })
	return err
}

// whole returns an error if a damaged network lacks levels or draws, or a training its losses.
func (r *reader) whole() error {
	for _, k := range r.n.damages.keys {
		p := r.damaged[k.id()]
		if len(p.Damaged) != len(k.Damage.Levels()) || p.Intact.Output == nil {
			return fmt.Errorf("%s: %s lacks levels", recordsFile, k)
		}
		for i, draws := range p.Damaged {
			if len(draws) != r.n.Settings.Damage.Draws {
				return fmt.Errorf("%s: %s has %d draws at level %g, want %d", drawsFile, k, len(draws), k.Damage.Levels()[i], r.n.Settings.Damage.Draws)
			}
			for _, s := range draws {
				if len(s.Output) != len(p.Intact.Output) {
					return fmt.Errorf("%s: %s has %d outputs at level %g, %d at level 0", drawsFile, k, len(s.Output), k.Damage.Levels()[i], len(p.Intact.Output))
				}
			}
		}
	}
	for _, k := range r.n.scores.keys {
		run := r.runs[k.id()]
		if want := (run.Iterations + lab.LossStep - 1) / lab.LossStep; len(run.Losses) != want {
			return fmt.Errorf("%s: %s has %d losses, want %d", lossesFile, k, len(run.Losses), want)
		}
	}
	return nil
}
