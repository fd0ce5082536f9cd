package motion

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
	"molap/dynamics"
	"molap/rnn"
)

// Tables returns all numbers of a network: what describes it as a whole, then its points.
func Tables(m states.Motion) []*table.Table {
	return []*table.Table{summaryTable(m), pointTable(m), eigenvalueTable(m), courseTable(m), pathTable(m), inputTable(m), coordinateTable(m)}
}

// summaryTable returns a table with a row for every number that describes the network as a whole.
func summaryTable(m states.Motion) *table.Table {
	t := &table.Table{Name: "dynamics", Title: "Dynamics", Columns: []table.Column{
		{Name: "quantity", Description: "what is measured"},
		{Name: "value", Digits: true, Description: "how much"},
		{Name: "unit", Description: "of the value"},
		{Name: "about", Description: "what it means"},
	}}
	t.Add("radius", spectralRadius(m), "", "largest |λ| of W_rec")
	t.Add("exponent", table.Known(seq.Mean(m.Exponents)), "1/step", "largest Lyapunov exponent, stimulus to end, mean of trials")
	if len(m.Exponents) > 1 {
		t.Add("exponent_sd", table.Known(seq.SD(m.Exponents)), "1/step", "its standard deviation over trials")
	}
	t.Add("gradient", table.Known(gradientRate(m)), "1/step", "growth of the gradient back from the response to the stimulus")
	t.Add("readable", table.Known(finalReading(m)), "", "R² of a linear readout of the last states, new trials")
	t.Add("dimensions", m.Ratio, "", fmt.Sprintf("participation ratio of %s", words.Count(m.Units, "unit")))
	for k, r := range m.ModuleRatio {
		t.Add(fmt.Sprintf("dimensions_m%d", k+1), r, "", fmt.Sprintf("of the %s of module %d", words.Count(m.Units/m.Modules, "unit"), k+1))
	}
	for k, v := range m.Shares[:min(states.PlottedScores, len(m.Shares))] {
		t.Add(fmt.Sprintf("pc%d", k+1), 100*v, "%", "of the variance lies along this principal component")
	}
	for _, h := range m.Held {
		t.Add("held "+h.Name, table.Known(h.Exponent), "1/step", fmt.Sprintf("exponent when this input stays; %s found", words.Count(h.Found, "point")))
	}
	t.Add("steps", m.Steps, "", "of a trial")
	t.Add("trials", len(m.Exponents), "", "whose states are looked at")
	return t
}

// heldPoint is a point under a held input, with one of the eigenvalues there. place counts inputs from
// 0, number counts points from 1.
type heldPoint struct {
	input         string
	place, number int
	states.Rest
	l complex128
}

// heldPoints returns all points, each with its largest eigenvalue.
func heldPoints(m states.Motion) (all []heldPoint) {
	for k, h := range m.Held {
		for i, r := range h.Points {
			all = append(all, heldPoint{h.Name, k, i + 1, r, r.Eigenvalues[0]})
		}
	}
	return all
}

// nameColumns name a point.
var nameColumns = []obs.Col[heldPoint]{
	{Name: "input", Doc: "that is held: that of a period, or as it was asked for", Of: func(r heldPoint) any { return r.input }},
	{Name: "point", Doc: "number of the point, fixed ones first", Of: func(r heldPoint) any { return r.number }},
}

// pointColumns describe a point.
var pointColumns = []obs.Col[states.Rest]{
	{Name: "kind", Doc: "attractor, saddle or repeller if fixed; slow otherwise", Of: func(p states.Rest) any { return pointKind(p) }},
	{Name: "speed", Digits: true, Unit: "1/step", Doc: "movement of a unit in a step, root mean square", Of: func(p states.Rest) any { return p.Speed }},
	{Name: "unstable", Doc: "eigenvalues outside the unit circle", Of: func(p states.Rest) any { return countUnstable(p) }},
	{Name: "modulus", Digits: true, Doc: "of the largest eigenvalue", Of: func(p states.Rest) any { return dynamics.Modulus(p.Eigenvalues[0]) }},
	{Name: "time_constant", Digits: true, Unit: "steps", Doc: "in which a disturbance along it changes e times", Of: func(p states.Rest) any { return table.Known(dynamics.TimeConstant(p.Eigenvalues[0])) }},
}

// complexColumns have the parts of the eigenvalue.
var complexColumns = []obs.Col[heldPoint]{
	{Name: "re", Digits: true, Doc: "real part of the eigenvalue", Of: func(r heldPoint) any { return real(r.l) }},
	{Name: "im", Digits: true, Doc: "its imaginary part", Of: func(r heldPoint) any { return imag(r.l) }},
}

// pointTable returns a table with a row for every fixed and slow point.
func pointTable(m states.Motion) *table.Table {
	c := obs.Lift(pointColumns, func(r heldPoint) *states.Rest { return &r.Rest })
	return obs.Table("dynamics_points", "Fixed and slow points", heldPoints(m), nameColumns[0], nameColumns[1], c[0], c[1],
		obs.Col[heldPoint]{Name: "starts", Doc: "states from which the search ended here", Of: func(r heldPoint) any { return r.Starts }},
		obs.Col[heldPoint]{Name: "distance", Digits: true, Doc: "to the nearest of those states, root mean square over units", Of: func(r heldPoint) any { return r.Distance }},
		c[2], c[3], complexColumns[0], complexColumns[1], c[4])
}

// eigenvalueTable returns a table of the eigenvalues of W_rec and of the derivative at every point.
func eigenvalueTable(m states.Motion) *table.Table {
	rows := seq.Map(m.Recurrent, func(l complex128) heldPoint { return heldPoint{input: "W_rec", l: l} })
	for _, p := range heldPoints(m) {
		for _, l := range p.Eigenvalues {
			p.l = l
			rows = append(rows, p)
		}
	}
	return obs.Table("dynamics_eigenvalues", "Eigenvalues", rows, []obs.Col[heldPoint]{
		{Name: "of", Doc: "W_rec, or the derivative of the step under the input that is held", Of: func(r heldPoint) any { return r.input }},
		{Name: "point", Doc: "number of the point; empty for W_rec", Of: func(r heldPoint) any {
			if r.number == 0 {
				return nil
			}
			return r.number
		}},
		complexColumns[0], complexColumns[1],
		{Name: "modulus", Digits: true, Doc: "largest first", Of: func(r heldPoint) any { return dynamics.Modulus(r.l) }},
	}...)
}

// coordinateTable returns a table of the coordinates of the points.
func coordinateTable(m states.Motion) *table.Table {
	columns := slices.Clone(nameColumns)
	for i := range m.Units {
		columns = append(columns, obs.Col[heldPoint]{Name: fmt.Sprintf("h%d", i+1), Digits: true, Of: func(r heldPoint) any { return r.H[i] }})
	}
	return obs.Table("dynamics_coordinates", "Coordinates of fixed and slow points", heldPoints(m), columns...)
}

// inputTable returns a table of the inputs that are held.
func inputTable(m states.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_inputs", Title: "Inputs that are held", Columns: []table.Column{
		{Name: "input", Description: "its name"},
		{Name: "channel", Description: "of the network's inputs, from 1"},
		{Name: "value", Digits: true},
	}}
	for _, h := range m.Held {
		for i, v := range h.Input {
			t.Add(h.Name, i+1, v)
		}
	}
	return t
}

// courseTable returns a table of what changes over the trial.
func courseTable(m states.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_course", Title: "Over the trial", Columns: []table.Column{
		{Name: "step", Description: "of the trial, from 0"},
		{Name: "gradient", Digits: true, Description: "norm of the gradient of the response's errors by the states after the step, over that at the first step of the response"},
		{Name: "readable", Digits: true, Description: "R² of a linear readout of the states after the step, new trials; every few steps"},
	}}
	k := 0
	for step := range m.Steps {
		var g, r any
		if m.Gradient != nil {
			g = table.Known(m.Gradient[step] / m.Gradient[m.Response])
		}
		if k < len(m.Readable) && m.Readable[k].Step == step {
			r = table.Known(m.Readable[k].R2)
			k++
		}
		t.Add(step, g, r)
	}
	return t
}

// pathTable returns a table of the mean principal scores of groups of trials.
func pathTable(m states.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_paths", Title: "Mean paths of trials by what they ask for", Columns: []table.Column{
		{Name: "from", Digits: true, Description: "smallest target of the group, of the first output whose targets differ between trials"},
		{Name: "to", Digits: true, Description: "largest"},
		{Name: "step", Description: "of the trial, from 0"},
		{Name: "pc1", Digits: true, Description: "score along the first principal component of the states from the onset of the stimulus on"},
		{Name: "pc2", Digits: true, Description: "along the second"},
		{Name: "pc3", Digits: true, Description: "along the third"},
		{Name: "group", Description: "what the trials ask for, of all outputs of the decision where they ask for the same"},
	}}
	for k, name := range groupNames(m) {
		g := m.Groups[k]
		for step, z := range g.Path {
			t.Add(table.Known(g.From), table.Known(g.To), step, z[0], z[1], z[2], name)
		}
	}
	return t
}

// Files returns the files of tables and figure, and the points as a file for NumPy.
func Files(m states.Motion, tables []*table.Table, drawn *figure.Figure) ([]table.File, error) {
	npz, err := pointsNPZ(m)
	if err != nil {
		return nil, err
	}
	files, err := drawn.Files()
	for _, t := range tables {
		files = append(files, t.Files()...)
	}
	return append(files, table.File{Name: "dynamics_points.npz", Data: npz}), err
}

// pointsNPZ returns the points as a file for NumPy: by point its coordinates H, eigenvalues,
// speed, whether it is fixed, how many eigenvalues are unstable, and the row of inputs that
// is held.
func pointsNPZ(m states.Motion) ([]byte, error) {
	points := heldPoints(m)
	array := func(name string, cols int, rows [][]float64) rnn.Array {
		return rnn.Array{Name: name, Shape: []int{len(rows), cols}, Values: slices.Concat(rows...)}
	}
	column := func(name string, of func(heldPoint) float64) rnn.Array {
		return rnn.Array{Name: name, Shape: []int{len(points)}, Values: seq.Map(points, of)}
	}
	l := array("eigenvalues", m.Units, seq.Map(points, func(p heldPoint) (parts []float64) {
		for _, v := range p.Eigenvalues {
			parts = append(parts, real(v), imag(v))
		}
		return parts
	}))
	l.Complex = true
	return rnn.EncodeArrays(array("H", m.Units, seq.Map(points, func(p heldPoint) []float64 { return p.H })), l,
		column("speed", func(p heldPoint) float64 { return p.Speed }),
		column("fixed", func(p heldPoint) float64 {
			if p.Fixed {
				return 1
			}
			return 0
		}),
		column("unstable", func(p heldPoint) float64 { return float64(countUnstable(p.Rest)) }),
		column("input", func(p heldPoint) float64 { return float64(p.place) }),
		array("inputs", len(m.Held[0].Input), seq.Map(m.Held, func(h states.Held) []float64 { return h.Input })))
}
