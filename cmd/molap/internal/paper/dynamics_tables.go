package paper

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/dynamics"
)

// MotionResult is what the analysis of one network has to show; the network is named by
// what it is.
func MotionResult(name string, m lab.Motion) Result {
	return Result{
		Name: "dynamics", Title: "Dynamics of " + name, UsesSettings: true,
		Headline: headline(m), Findings: findings(m),
		Tables:   []*table.Table{summary(m), points(m), eigenvalues(m), course(m), paths(m)},
		Figures:  []*figure.Figure{motionFigure(m, name)},
		Captions: []string{motionCaption},
	}
}

// gain returns how much of the gradient at the first step of the response arrives at
// the onset of the stimulus.
func gain(m lab.Motion) float64 { return m.Gradient[m.Onset] / m.Gradient[m.Response] }

// gradientRate returns the mean logarithm by which the gradient grows in a step back from
// the response to the onset of the stimulus.
func gradientRate(m lab.Motion) float64 {
	return dynamics.Ln(gain(m)) / float64(max(1, m.Response-m.Onset))
}

// radius returns the largest modulus of eigenvalues.
func radius(l []complex128) float64 { return dynamics.Modulus(l[0]) }

// last returns the reading at the end of the trial.
func last(m lab.Motion) float64 { return m.Readable[len(m.Readable)-1].R2 }

// unstable returns how many eigenvalues lie outside the unit circle.
func unstable(r lab.Rest) (n int) {
	for _, l := range r.Eigenvalues {
		if dynamics.Modulus(l) > 1 {
			n++
		}
	}
	return n
}

// kind names a point.
func pointKind(r lab.Rest) string {
	switch n := unstable(r); {
	case !r.Fixed:
		return "slow"
	case n == 0:
		return "attractor"
	case n == len(r.Eigenvalues):
		return "repeller"
	}
	return "saddle"
}

// finite returns v, or nil, a missing value, if it is not finite.
func finite(v float64) any {
	if !table.Finite(v) {
		return nil
	}
	return v
}

func headline(m lab.Motion) string {
	return fmt.Sprintf("Small differences between states of a trial change by a factor e^(%+.3f) a step; the states fill %.1f dimensions; %.0f %% of what is asked for can be read from them in the end.",
		seq.Mean(m.Exponents), m.Ratio, 100*last(m))
}

func findings(m lab.Motion) (out []string) {
	for i, h := range m.Held {
		if i == shownInputs {
			out = append(out, fmt.Sprintf("%d more inputs are in the tables.", len(m.Held)-i))
			break
		}
		text := fmt.Sprintf("Input of %s, held: %d of %d states lead to %s; the exponent in the long run is %+.3f a step, %s.",
			h.Name, h.Ended, h.Starts, obs.Count(h.Found, "fixed or slow point"), h.Exponent, sense(h.Exponent))
		if len(h.Points) > 0 {
			r := h.Points[0]
			l := r.Eigenvalues[0]
			text += fmt.Sprintf(" The first is %s %s: speed %.1e, |λ₁| = %.3f (%.0f steps), %d of %d directions unstable.",
				article(pointKind(r)), pointKind(r), r.Speed, dynamics.Modulus(l), dynamics.TimeConstant(l), unstable(r), len(r.Eigenvalues))
		}
		out = append(out, text)
	}
	return append(out, fmt.Sprintf("Of the gradient at the response, %.2g is left at the onset of the stimulus, %d steps before.", gain(m), m.Response-m.Onset))
}

func article(kind string) string {
	if kind == "attractor" {
		return "an"
	}
	return "a"
}

// sense says what an exponent in the long run means.
func sense(exponent float64) string {
	switch {
	case exponent < -0.01:
		return "states come to rest"
	case exponent > 0.01:
		return "chaos"
	}
	return "a cycle, a line of fixed points or the edge of chaos"
}

// summary has a row for every number that describes the network as a whole.
func summary(m lab.Motion) *table.Table {
	t := &table.Table{Name: "dynamics", Title: "Dynamics", Columns: []table.Column{
		{Name: "quantity", Description: "what is measured"},
		{Name: "value", Description: "how much"},
		{Name: "unit", Description: "of the value"},
		{Name: "about", Description: "what it means"},
	}}
	t.Add("radius", radius(m.Recurrent), "", "largest |λ| of W_rec")
	t.Add("exponent", finite(seq.Mean(m.Exponents)), "1/step", "largest Lyapunov exponent, stimulus to end, mean of trials")
	if len(m.Exponents) > 1 {
		t.Add("exponent_sd", finite(figure.SD(m.Exponents)), "1/step", "its standard deviation over trials")
	}
	t.Add("gradient", finite(gradientRate(m)), "1/step", "growth of the gradient back from the response to the stimulus")
	t.Add("readable", finite(last(m)), "", "R² of a linear readout of the last states, new trials")
	t.Add("dimensions", m.Ratio, "", fmt.Sprintf("participation ratio of %d units", m.Units))
	for k, r := range m.ModuleRatio {
		t.Add(fmt.Sprintf("dimensions_m%d", k+1), r, "", fmt.Sprintf("of the %d units of module %d", m.Units/m.Modules, k+1))
	}
	for k, v := range m.Shares[:min(lab.PlottedScores, len(m.Shares))] {
		t.Add(fmt.Sprintf("pc%d", k+1), 100*v, "%", "of the variance lies along this principal component")
	}
	for _, h := range m.Held {
		t.Add("held "+h.Name, finite(h.Exponent), "1/step", fmt.Sprintf("exponent when this input stays; %d point(s) found", h.Found))
	}
	t.Add("steps", m.Steps, "", "of a trial")
	t.Add("trials", len(m.Exponents), "", "whose states are looked at")
	return t
}

// points has a row for every fixed and slow point.
func points(m lab.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_points", Title: "Fixed and slow points", Columns: []table.Column{
		{Name: "input", Description: "period whose input is held"},
		{Name: "point", Description: "number of the point, fixed ones first"},
		{Name: "kind", Description: "attractor, saddle or repeller if fixed; slow otherwise"},
		{Name: "speed", Unit: "1/step", Description: "movement of a unit in a step, root mean square"},
		{Name: "starts", Description: "states from which the search ended here"},
		{Name: "distance", Description: "to the nearest of those states, root mean square over units"},
		{Name: "unstable", Description: "eigenvalues outside the unit circle"},
		{Name: "modulus", Description: "of the largest eigenvalue"},
		{Name: "re", Description: "its real part"},
		{Name: "im", Description: "its imaginary part"},
		{Name: "time_constant", Unit: "steps", Description: "in which a disturbance along it changes e times"},
	}}
	for _, h := range m.Held {
		for i, r := range h.Points {
			l := r.Eigenvalues[0]
			t.Add(h.Name, i+1, pointKind(r), r.Speed, r.Starts, r.Distance, unstable(r), dynamics.Modulus(l), real(l), imag(l), finite(dynamics.TimeConstant(l)))
		}
	}
	return t
}

// eigenvalues has those of W_rec and of the derivative at every point.
func eigenvalues(m lab.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_eigenvalues", Title: "Eigenvalues", Columns: []table.Column{
		{Name: "of", Description: "W_rec, or the derivative of the step under the input of a period"},
		{Name: "point", Description: "number of the point; empty for W_rec"},
		{Name: "re", Description: "real part"},
		{Name: "im", Description: "imaginary part"},
		{Name: "modulus", Description: "largest first"},
	}}
	for _, l := range m.Recurrent {
		t.Add("W_rec", nil, real(l), imag(l), dynamics.Modulus(l))
	}
	for _, h := range m.Held {
		for i, r := range h.Points {
			for _, l := range r.Eigenvalues {
				t.Add(h.Name, i+1, real(l), imag(l), dynamics.Modulus(l))
			}
		}
	}
	return t
}

// course has what changes over the trial.
func course(m lab.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_course", Title: "Over the trial", Columns: []table.Column{
		{Name: "step", Description: "of the trial, from 0"},
		{Name: "gradient", Description: "norm of the gradient of the response's errors by the states after the step, over that at the first step of the response"},
		{Name: "readable", Description: "R² of a linear readout of the states after the step, new trials; every few steps"},
	}}
	k := 0
	for step, g := range m.Gradient {
		var r any
		if k < len(m.Readable) && m.Readable[k].Step == step {
			r = m.Readable[k].R2
			k++
		}
		t.Add(step, finite(g/m.Gradient[m.Response]), r)
	}
	return t
}

// paths has the mean principal scores of groups of trials.
func paths(m lab.Motion) *table.Table {
	t := &table.Table{Name: "dynamics_paths", Title: "Mean paths of trials by what they ask for", Columns: []table.Column{
		{Name: "from", Description: "smallest target of the group"},
		{Name: "to", Description: "largest"},
		{Name: "step", Description: "of the trial, from 0"},
		{Name: "pc1", Description: "score along the first principal component of the states from the onset of the stimulus on"},
		{Name: "pc2", Description: "along the second"},
		{Name: "pc3", Description: "along the third"},
	}}
	for _, g := range m.Groups {
		for step, z := range g.Path {
			t.Add(g.From, g.To, step, z[0], z[1], z[2])
		}
	}
	return t
}
