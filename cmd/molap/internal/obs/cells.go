package obs

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/lab"
)

// cells is a row of a CSV file, by column name. It keeps the first error.
type cells struct {
	line int
	of   map[string]string
	err  error
}

// eachRow calls take for every row of a CSV file.
func eachRow(data []byte, take func(*cells) error) error {
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
		c := &cells{line: line, of: make(map[string]string, len(head))}
		for j, name := range head {
			c.of[name] = row[j]
		}
		if err := cmp.Or(take(c), c.err); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (c *cells) fail(name string, err error) {
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("%s is %.40q: no number", name, c.of[name])
	}
}

func (c *cells) float(name string) float64 {
	x, err := strconv.ParseFloat(c.of[name], 64)
	c.fail(name, err)
	return x
}

func (c *cells) int(name string) int {
	x, err := strconv.Atoi(c.of[name])
	c.fail(name, err)
	return x
}

// fixation returns the output that is fixation, from 1; 0 for none.
func (c *cells) fixation() int {
	switch c.of["fixation"] {
	case "true":
		return 1
	case "false":
		return 0
	}
	return c.int("fixation")
}

// floats returns name_1, name_2 … as far as the row has them.
func (c *cells) floats(name string) (x []float64) {
	for o := 1; ; o++ {
		column := fmt.Sprintf("%s_%d", name, o)
		if c.of[column] == "" {
			return x
		}
		x = append(x, c.float(column))
	}
}

func (c *cells) key() Key {
	seed, err := strconv.ParseUint(c.of["seed"], 10, 64)
	c.fail("seed", err)
	k := Key{Kind: Kind(c.of["observed"]), Settings: c.of["settings"], Damage: lab.Damage(c.of["damage"]), Trials: c.int("trials"),
		Cell: lab.Cell{Arm: lab.Arm(c.of["arm"]), Task: c.of["task"], Seed: seed, After: c.int("after")}}
	if out := c.of["left_out"]; out != "" {
		k.LeftOut = strings.Split(out, "+")
	}
	return k
}

func (c *cells) null(name string) lab.Null {
	return lab.Null{Overall: c.float(name), Decision: c.float(name + "_decision"), DecisionUnit: c.float(name + "_decision_unit")}
}
