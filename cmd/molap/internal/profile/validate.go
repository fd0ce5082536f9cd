package profile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/suggest"
	"molap/cmd/molap/internal/tomlfile"
)

// KeyError is a value that a key does not allow.
type KeyError struct {
	Key   string // "training.rate"
	Value string // as found
	Want  string // what is allowed
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("%s is %s (allowed: %s)", e.Key, e.Value, e.Want)
}

// Validate checks every key against its allowed values and the keys against
// each other. The error is a *[KeyError] about the first that is wrong.
func (s Settings) Validate() error {
	for k := range s.written() {
		if v := s.field(k.Name); !k.domain.contains(v) {
			return &KeyError{k.Name, oneLine(tomlfile.Cut(formatValue(v))), k.domain.want()}
		}
	}
	if n := s.Network; n.Units%n.Modules != 0 {
		return &KeyError{"network.units", strconv.Itoa(n.Units),
			fmt.Sprintf("a multiple of network.modules, which is %d", n.Modules)}
	}
	return nil
}

// Set changes one key: "training.rate=3e-2". An unknown key, a value of the
// wrong type or one out of range is an error and changes nothing. Keys that
// depend on each other are left to Validate, since several may be set in turn.
func (s *Settings) Set(assignment string) error {
	key, text, found := strings.Cut(assignment, "=")
	key, text = strings.TrimSpace(key), strings.TrimSpace(text)
	if !found {
		return fmt.Errorf("%q sets nothing (want key=value, such as training.rate=1e-2)", tomlfile.Cut(assignment))
	}
	k, known := lookupKey(key)
	if !known {
		return errors.New(unknownKey(key))
	}
	next := *s // so that a refused value changes nothing
	v, ok := next.field(key), false
	switch k.domain.kind {
	case "integer":
		n, err := strconv.Atoi(text)
		v.SetInt(int64(n))
		ok = err == nil
	case "number":
		x, err := strconv.ParseFloat(text, 64)
		v.SetFloat(x)
		ok = err == nil
	case "switch":
		v.SetBool(text == "true")
		ok = text == "true" || text == "false"
	default:
		v.SetString(text)
		ok = true
	}
	if !ok || !k.domain.contains(v) {
		return &KeyError{key, strconv.Quote(tomlfile.Cut(text)), k.domain.want()}
	}
	k.settle(v)
	*s = next
	return nil
}

// otherNames are last names of keys elsewhere and what they are called here.
var otherNames = map[string]string{
	"lr": "training.rate", "learning_rate": "training.rate", "epochs": "training.level_iterations", "iterations": "training.level_iterations",
	"batch_size": "training.batch", "weight_decay": "training.l2", "hidden": "network.units", "hidden_size": "network.units", "n": "network.units",
	"tau": timeConstant, "dt": timeConstant, "time_constant": timeConstant, "g": "network.gain", "sigma": "trials.noise", "dtype": "run.precision", "delta": "score.tolerance", "clip_norm": "optimizer.clip",
}

const timeConstant = "network.leak, which is dt/τ, dt being 10 ms"

// notHere tells where to say things that no key of a profile says.
var notHere = map[string]string{
	"seed": "the flag -seed", "seeds": "the flag -seeds", "arm": "the flag -arm", "task": "the flag -task", "kernel": "the flag -kernel", "workers": "the flag -workers",
}

// Meant returns the keys that an unknown key may stand for, by its last name alone; "" if there are
// none.
func Meant(name string) string {
	last := name[strings.LastIndex(name, ".")+1:]
	same := seq.Where(profileKeys, func(k Key) bool { return strings.HasSuffix(k.Name, "."+last) })
	if len(same) == 0 {
		return otherNames[strings.ToLower(last)]
	}
	return strings.Join(seq.Map(same, func(k Key) string { return k.Name }), " or ")
}

// unknownKey says that a key is unknown and which may be meant: keys with the same last name, the
// nearest key, the keys of its group, or else all.
func unknownKey(key string) string {
	key = tomlfile.Cut(key)
	var all, groups []string
	members := map[string][]string{}
	for _, k := range profileKeys {
		group, name, _ := strings.Cut(k.Name, ".")
		all = append(all, k.Name)
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		members[group] = append(members[group], name)
	}
	if meant := Meant(key); meant != "" {
		return fmt.Sprintf("unknown key %q (did you mean %s?)", key, meant)
	}
	if said := notHere[strings.ToLower(key[strings.LastIndex(key, ".")+1:])]; said != "" {
		return fmt.Sprintf("unknown key %q (%s says it)", key, said)
	}
	if near := suggest.Closest(key, all); near != "" {
		return fmt.Sprintf("unknown key %q (did you mean %s?)", key, near)
	}
	group, _, _ := strings.Cut(key, ".")
	if near := suggest.Closest(group, groups); near != "" {
		return fmt.Sprintf("unknown key %q (%s has %s)", key, near, strings.Join(members[near], ", "))
	}
	list := seq.Map(groups, func(g string) string { return g + ".{" + strings.Join(members[g], ",") + "}" })
	return fmt.Sprintf("unknown key %q (known: %s)", key, strings.Join(list, " "))
}
