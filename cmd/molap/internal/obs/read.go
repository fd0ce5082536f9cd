package obs

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/jsonvalue"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/states"
)

// Read returns a notebook with the observations of files; read returns a file by its name. It is an
// error if the files do not fit together.
func Read(s profile.Settings, seeds []uint64, read func(name string) ([]byte, error)) (*Notebook, error) {
	r := &recordReader{n: &Notebook{Settings: s, Seeds: seeds}, runs: map[string]*lab.Run{}, damaged: map[string]*lab.Perturbed{}}
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
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the file is cut short")
	case err == nil && len(all) > mostExpanded:
		err = fmt.Errorf("more than %d bytes when expanded", mostExpanded)
	}
	return all, err
}

// recordReader puts observations together from the rows of several files.
type recordReader struct {
	n       *Notebook
	runs    map[string]*lab.Run
	damaged map[string]*lab.Perturbed
}

func (r *recordReader) records(data []byte) error {
	return eachRow(data, func(c *csvRow) error {
		k := c.key()
		if err := cmp.Or(c.err, r.n.check(k)); err != nil {
			return err
		}
		id := k.id()
		switch {
		case k.Kind == Score && r.runs[id] == nil:
			run := &lab.Run{Arm: k.Arm, Task: k.Task, Seed: k.Seed, Output: c.floats("output", c.percent), Fixation: c.fixation(),
				Overall: c.percent("overall"), Decision: c.percent("decision"), DecisionRaw: c.percent("decision_raw"), DecisionUnit: c.percent("decision_unit"),
				Blind: c.null("blind"), Constant: c.null("constant"), Parameters: c.count("parameters", 0, math.MaxInt), Diverged: c.of["diverged"],
				Learning: lab.Learning{Iterations: c.count("iterations", 0, math.MaxInt), FinalLoss: c.squared("final_loss"), BlindLoss: c.squared("blind_loss")}}
			run.Trained, run.Escape = c.count("trained", 0, run.Parameters), c.count("escape", -1, run.Iterations)
			c.count("draws", 0, 0)
			if err := cmp.Or(c.err, lab.CheckFixation(run.Fixation, len(run.Output))); err != nil {
				return err
			}
			r.runs[id] = run
			r.n.put(k, func() any { return *run })
		case k.Kind == Damage && c.float("level") == 0 && r.damaged[id] == nil:
			p := &lab.Perturbed{Intact: lab.Scores{Fixation: c.fixation()}, Blind: c.null("blind"), Constant: c.null("constant")}
			c.count("draws", 1, 1)
			r.damaged[id] = p
			r.n.put(k, func() any { return *p })
		case k.Kind == Damage && r.damaged[id] != nil:
			p := r.damaged[id]
			if at := len(p.Hit); at == len(k.Damage.Levels()) || c.float("level") != k.Damage.Levels()[at] {
				return fmt.Errorf("level %s of %s is not in its turn (want %v)", c.of["level"], k, k.Damage.Levels())
			}
			c.count("draws", r.n.Settings.Damage.Draws, r.n.Settings.Damage.Draws)
			p.Hit, p.Damaged = append(p.Hit, c.count("hit", 0, math.MaxInt)), append(p.Damaged, nil)
		default:
			return fmt.Errorf("%s is there twice or does not begin at level 0", k)
		}
		return nil
	})
}

func (r *recordReader) losses(data []byte) error {
	return eachRow(data, func(c *csvRow) error {
		k := c.key()
		run := r.runs[k.id()]
		if run == nil {
			return fmt.Errorf("%s is not in %s", k, recordsFile)
		}
		run.Losses = append(run.Losses, c.squared("loss"))
		return nil
	})
}

func (r *recordReader) draws(data []byte) error {
	return eachRow(data, func(c *csvRow) error {
		k := c.key()
		p := r.damaged[k.id()]
		if p == nil {
			return fmt.Errorf("%s is not in %s", k, recordsFile)
		}
		s := lab.Scores{Output: c.floats("output", c.percent), DecisionUnit: c.percent("decision_unit"),
			Error: c.floats("error", c.squared), Fixation: p.Intact.Fixation}
		if err := s.Check(); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		if level := c.float("level"); level != 0 {
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

func (r *recordReader) arrays(data []byte) error {
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
		typ, known := arrayTypes[k.Kind]
		if err == nil && !known {
			err = fmt.Errorf("%.40q is no kind of observation", k.Kind)
		}
		if err == nil {
			v := reflect.New(typ).Elem()
			err = jsonvalue.Read(v, a.Value, jsonvalue.FieldName)
			r.n.put(k, v.Interface)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return nil
}

// arrayTypes are the types of the observations in arrays.json.gz.
var arrayTypes = map[Kind]reflect.Type{
	Variates: reflect.TypeFor[lab.Explained](), CloseUp: reflect.TypeFor[lab.Close](), Examples: reflect.TypeFor[lab.Examples](),
	Untrained: reflect.TypeFor[states.Motion](), Trained: reflect.TypeFor[states.Motion](),
}

// whole returns an error if a damaged network lacks levels or draws, or a training its losses.
func (r *recordReader) whole() error {
	for _, k := range r.n.of(Damage) {
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
	for _, k := range r.n.of(Score) {
		run := r.runs[k.id()]
		if want := run.Iterations/lab.LossStep + min(run.Iterations%lab.LossStep, 1); len(run.Losses) != want {
			return fmt.Errorf("%s: %s has %d losses, want %d", lossesFile, k, len(run.Losses), want)
		}
	}
	return nil
}

// csvRow is a row of a CSV file, by column name. It keeps the first error.
type csvRow struct {
	of  map[string]string
	err error
}

// eachRow calls take for every row of a CSV file.
func eachRow(data []byte, take func(*csvRow) error) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("no header: %w", err)
	}
	head = slices.Clone(head)
	for line := 2; ; line++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		c := &csvRow{of: make(map[string]string, len(head))}
		for j, name := range head {
			c.of[name] = row[j]
		}
		if err := cmp.Or(take(c), c.err); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (c *csvRow) fail(name string, err error) {
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("%s is %.40q: no number", name, c.of[name])
	}
}

func (c *csvRow) float(name string) float64 {
	x, err := strconv.ParseFloat(c.of[name], 64)
	c.fail(name, err)
	return x
}

// percent returns a score, which no network has outside of 0 to 100.
func (c *csvRow) percent(name string) float64 {
	x := c.float(name)
	c.want(name, x >= 0 && x <= 100, "per cent of trials, 0 to 100")
	return x
}

// squared returns a mean squared error; it is not a number, or infinite, where training broke off.
func (c *csvRow) squared(name string) float64 {
	x := c.float(name)
	c.want(name, !(x < 0), "a mean squared error, 0 or more")
	return x
}

// count returns a whole number from least to most.
func (c *csvRow) count(name string, least, most int) int {
	n := c.int(name)
	wanted := fmt.Sprintf("%d to %d", least, most)
	switch {
	case least == most:
		wanted = strconv.Itoa(least)
	case most == math.MaxInt:
		wanted = fmt.Sprintf("%d or more", least)
	}
	c.want(name, n >= least && n <= most, wanted)
	return n
}

// want keeps an error if the value of a column is impossible; wanted says what is possible.
func (c *csvRow) want(name string, possible bool, wanted string) {
	if !possible && c.err == nil {
		c.err = fmt.Errorf("%s is %.40q, want %s", name, c.of[name], wanted)
	}
}

func (c *csvRow) int(name string) int {
	x, err := strconv.Atoi(c.of[name])
	c.fail(name, err)
	return x
}

// fixation returns the output that is fixation, from 1; 0 for none.
func (c *csvRow) fixation() int {
	switch c.of["fixation"] {
	case "true":
		return 1
	case "false":
		return 0
	}
	return c.int("fixation")
}

// floats returns name_1, name_2 … as far as the row has them, as read reads them.
func (c *csvRow) floats(name string, read func(string) float64) (x []float64) {
	for o := 1; ; o++ {
		column := fmt.Sprintf("%s_%d", name, o)
		if c.of[column] == "" {
			return x
		}
		x = append(x, read(column))
	}
}

func (c *csvRow) key() Key {
	seed, err := strconv.ParseUint(c.of["seed"], 10, 64)
	c.fail("seed", err)
	k := Key{Kind: Kind(c.of["observed"]), Settings: c.of["settings"], Damage: lab.Damage(c.of["damage"]), Trials: c.int("trials"),
		Cell: lab.Cell{Arm: lab.Arm(c.of["arm"]), Task: c.of["task"], Seed: seed, After: c.int("after")}}
	if out := c.of["left_out"]; out != "" {
		k.LeftOut = strings.Split(out, "+")
	}
	return k
}

func (c *csvRow) null(name string) lab.Null {
	return lab.Null{Overall: c.percent(name), Decision: c.percent(name + "_decision"), DecisionUnit: c.percent(name + "_decision_unit")}
}
