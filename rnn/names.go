package rnn

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// nameAlias is a name that a program gives an array of a network.
type nameAlias struct {
	name    string // all of a name, or its end after a dot or a slash
	array   string // our name
	foreign bool   // of another program, whose units may be of another kind
	columns bool   // states are columns, as in Eq. 1, whatever the shapes
	part    string // of a sum: two arrays that are different parts are added up
}

// nameAliases lists the names. A name stands before shorter names that it may end in.
var nameAliases = []nameAlias{
	{name: "W_rec", array: "W_rec"},
	{name: "W_in", array: "W_in"},
	{name: "W_out", array: "W_out"},
	{name: "b_out", array: "b_out"},
	{name: "b", array: "b"},
	{name: "h0", array: "h0"},

	// PsychRNN, RNN.save; W_rec, W_in, W_out and b_out are called as here.
	{name: "b_rec", array: "b", foreign: true},
	{name: "init_state", array: "h0", foreign: true},

	// PyTorch: state dicts of nn.RNN, nn.RNNCell and nn.Linear.
	{name: "weight_ih_l0", array: "W_in", foreign: true, columns: true},
	{name: "weight_hh_l0", array: "W_rec", foreign: true, columns: true},
	{name: "bias_ih_l0", array: "b", foreign: true, part: "input"},
	{name: "bias_hh_l0", array: "b", foreign: true, part: "recurrent"},
	{name: "weight_ih", array: "W_in", foreign: true, columns: true},
	{name: "weight_hh", array: "W_rec", foreign: true, columns: true},
	{name: "bias_ih", array: "b", foreign: true, part: "input"},
	{name: "bias_hh", array: "b", foreign: true, part: "recurrent"},
	{name: "weight", array: "W_out", foreign: true, columns: true},
	{name: "bias", array: "b_out", foreign: true},
}

// expectedNames says which names are understood.
const expectedNames = "want W_rec W_in W_out and, where there are any, b h0 b_out, or the names of PyTorch's nn.RNN with nn.Linear (weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 weight bias) or of PsychRNN (b_rec init_state); trials are X Y"

// endsIn reports whether a name is end, or ends in it after a dot or a slash.
func endsIn(name, end string) bool {
	return name == end || strings.HasSuffix(name, "."+end) || strings.HasSuffix(name, "/"+end)
}

// aliasOf returns the alias of a name, if it has one.
func aliasOf(name string) (nameAlias, bool) {
	i := slices.IndexFunc(nameAliases, func(a nameAlias) bool { return endsIn(name, a.name) })
	if i < 0 {
		return nameAlias{}, false
	}
	return nameAliases[i], true
}

var (
	// What optimizers of TensorFlow keep beside the variables.
	optimizerName = regexp.MustCompile(`/(Adam|Adam_1|Adagrad|Momentum|RMSProp|RMSProp_1)$|(^|/)beta[12]_power$`)
	// Parameters of PyTorch's recurrent networks, of any layer and direction.
	otherRNN = regexp.MustCompile(`(^|[./])(weight|bias)_(ih|hh|hr)(_l(\d+)(_reverse)?)?$`)
)

// UnknownArraysError says that a file has arrays that are not understood. The user may leave them
// out by Reading.Ignore.
type UnknownArraysError struct {
	Names []string
	list  string
}

func (e *UnknownArraysError) Error() string {
	verb := "is"
	if len(e.Names) > 1 {
		verb = "are"
	}
	return fmt.Sprintf("%s %s not understood: the file has %s; %s", quotedNames(e.Names), verb, e.list, expectedNames)
}

// SeveralArraysError says that several arrays of a file have names that mean the same array of a network.
// The user may give them other names or leave some out by Reading.Ignore.
type SeveralArraysError struct {
	Names []string
	Array string
	list  string
}

func (e *SeveralArraysError) Error() string {
	all := "all"
	if len(e.Names) == 2 {
		all = "both"
	}
	return fmt.Sprintf("%s are %s read as %s, want one array: the file has %s", quotedNames(e.Names), all, e.Array, e.list)
}

// take fills f with the arrays of a file of any program. An array whose meaning is unknown is an
// error, since it may be a part of the network. In a file without a network it only leads to a
// notice.
func (f *File) take(members []fileMember, r Reading) error {
	f.members = members
	found := map[string][]fileMember{}
	var unknown []string
	var ignored ignoredNames
	var drawn, answers []fileMember
	var beside []fileMember // masks and the like: factors of the weights
	foreign, columns := false, false
	var renamed []string
	for _, m := range members {
		a, known := aliasOf(m.name)
		switch {
		case slices.Contains(r.Ignore, m.name):
			ignored.add(m.name, "as asked")
		case slices.Contains(trialNames, m.name):
			found[m.name] = []fileMember{m}
		case m.tellsTrials():
			drawn = append(drawn, m)
		case m.name == Outputs || m.name == States:
			answers = append(answers, m)
		case r.Trials && (known || m.name == npzModules || m.name == npzLeak || optimizerName.MatchString(m.name) || besideWeights(m.name)):
			// Part of a network, and only trials are wanted.
		case m.name == npzModules:
			var err error
			if f.Modules, err = m.whole(); err != nil {
				return err
			}
		case m.name == npzLeak:
			e, err := m.unpacked()
			if err == nil {
				f.Leak, err = e.number()
			}
			if err != nil {
				return fmt.Errorf("%s is %w", npzLeak, err)
			}
		case optimizerName.MatchString(m.name):
			ignored.add(m.name, "of an optimizer")
		case besideWeights(m.name):
			beside = append(beside, m)
		case known:
			found[a.array] = append(found[a.array], m)
			foreign, columns = foreign || a.foreign, columns || a.columns
			if m.name != a.array {
				renamed = append(renamed, nameText(m.name)+" as "+a.array)
			}
		default:
			unknown = append(unknown, m.name)
		}
	}
	if err := otherKind(members, r); err != nil {
		return err
	}
	network := slices.ContainsFunc(networkNames, func(name string) bool { return found[name] != nil })
	trials := found["X"] != nil || found["Y"] != nil
	switch {
	case r.Trials && !trials:
		return nil
	case !network && !trials && len(members) == 0:
		return fmt.Errorf("no array in the file; %s", expectedNames)
	case !network && !trials:
		return fmt.Errorf("no array of a network or of trials: the file has %s; %s", f.list(), expectedNames)
	case network && len(unknown) > 0:
		return &UnknownArraysError{unknown, f.list()}
	}
	for _, name := range unknown {
		if i := slices.IndexFunc(trialNames, func(known string) bool { return strings.EqualFold(known, name) }); i >= 0 && found[trialNames[i]] == nil {
			return fmt.Errorf("array %s differs from %s in case alone: rename it", nameText(name), trialNames[i])
		}
		ignored.add(name, "not understood")
	}
	for _, name := range slices.Concat(networkNames, []string{"X", "Y"}) {
		if of := found[name]; of != nil {
			a, err := f.readArray(name, of)
			if err != nil {
				return err
			}
			f.arrays[name] = a
		}
	}
	trial := map[string]npzArray{}
	for _, name := range trialNames {
		if of := found[name]; of != nil && f.arrays[name].data == nil {
			var err error
			if trial[name], err = of[0].unpacked(); err != nil {
				return err
			}
		}
	}
	if err := f.readTrials(trial); err != nil {
		return err
	}
	for _, m := range drawn {
		why, err := f.readDrawn(m)
		if err != nil {
			return err
		}
		if why != "" {
			ignored.add(m.name, why)
		}
	}
	for _, m := range answers { // computed again, so no notice says that they are left out
		if steps, trials, _, _ := f.TrialsShape(); len(m.shape) != 3 || m.shape[0] != steps || m.shape[1] != trials {
			ignored.add(m.name, "not of the trials X")
		}
	}
	if network {
		if len(renamed) > 0 {
			f.note("read %s", strings.Join(renamed, ", "))
		}
		if err := f.orient(r.Orientation, columns); err != nil {
			return err
		}
		if err := f.setNetwork(); err != nil {
			return err
		}
		for _, m := range beside {
			why, err := f.harmless(m)
			if err != nil {
				return err
			}
			ignored.add(m.name, why)
		}
		if foreign {
			f.note("units are taken for tanh with leak %v, which weights do not tell", f.Leak)
		}
	}
	for _, r := range ignored {
		f.note("ignored, %s: %s", r.why, strings.Join(r.names, ", "))
	}
	return nil
}

// ignoredNames holds names of arrays, grouped by the reason why they are ignored.
type ignoredNames []struct {
	why   string
	names []string
}

func (r *ignoredNames) add(name, why string) {
	for i := range *r {
		if (*r)[i].why == why {
			(*r)[i].names = append((*r)[i].names, nameText(name))
			return
		}
	}
	*r = append(*r, struct {
		why   string
		names []string
	}{why, []string{nameText(name)}})
}

// readArray returns the array that this package calls name: that of one member, or the sum of two.
func (f *File) readArray(name string, of []fileMember) (fileArray, error) {
	if len(of) > 2 || len(of) == 2 && !addUp(of[0], of[1]) {
		several := &SeveralArraysError{Array: name, list: f.list()}
		for _, m := range of {
			several.Names = append(several.Names, m.name)
		}
		return fileArray{}, several
	}
	a, err := of[0].numbers()
	if err != nil || len(of) == 1 {
		return a, err
	}
	b, err := of[1].numbers()
	if err != nil {
		return b, err
	}
	return sumOf(nameText(of[0].name)+" + "+nameText(of[1].name), a.vector(), b.vector())
}

// addUp reports whether two arrays are different parts of one sum.
func addUp(m, n fileMember) bool {
	a, _ := aliasOf(m.name)
	b, _ := aliasOf(n.name)
	return a.part != "" && b.part != "" && a.part != b.part
}

// otherKind returns an error that names the kind of a recurrent network of PyTorch, if this package
// has no such kind.
func otherKind(members []fileMember, r Reading) error {
	for _, m := range members {
		part := otherRNN.FindStringSubmatch(m.name)
		if part == nil || r.Trials || slices.Contains(r.Ignore, m.name) {
			continue
		}
		recurrent := part[2] == "weight" && part[3] == "hh" && len(m.shape) == 2
		layer, reverse := part[5], part[6] != ""
		found := ""
		switch {
		case recurrent && m.shape[0] == 4*m.shape[1]:
			found = "an LSTM, which has four gates"
		case recurrent && m.shape[0] == 3*m.shape[1]:
			found = "a GRU, which has three gates"
		case part[3] == "hr":
			found = "an LSTM with a projection"
		case reverse:
			found = "a network of two directions"
		case layer != "" && layer != "0":
			found = "a network of several layers"
		default:
			continue
		}
		return fmt.Errorf("%s is of %s; want nn.RNN or nn.RNNCell, one layer and one direction", m.text(), found)
	}
	return nil
}

// list names every array of the file with its shape.
func (f *File) list() string {
	var names []string
	for _, m := range f.members {
		names = append(names, m.text())
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// note keeps a notice of what was assumed or ignored in reading the file.
func (f *File) note(format string, args ...any) {
	f.Notices = append(f.Notices, fmt.Sprintf(format, args...))
}

// nameText writes the name of an array. It puts it in quotes if it is long or has other signs than
// letters, digits and _./:-.
func nameText(name string) string {
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("_./:-", c)
	}
	if name == "" || strings.ContainsFunc(name, func(c rune) bool { return !plain(c) }) || len(name) > 80 {
		return quoted(name)
	}
	return name
}

func quotedNames(names []string) string {
	var all []string
	for _, n := range names {
		all = append(all, nameText(n))
	}
	if n := len(all); n > 1 {
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
	return all[0]
}
