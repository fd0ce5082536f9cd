package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/kernels"
)

// Common holds the flags that commands share. A command registers those it takes; the value of a field
// before that is the flag's default.
type Common struct {
	Profile   string          // -profile: a shipped profile or a file
	Set       []string        // -set, repeated: key=value
	Quick     bool            // -quick
	Precision string          // -precision: "f32", "f64" or "", the profile's
	Kernel    kernels.Variant // -kernel
	Workers   int             // -workers
	Seed      uint64          // -seed: the first seed
	Seeds     int             // -seeds: how many, counting up from Seed
	Out       string          // -out: the output directory; see Env.MakeDir
	JSON      bool            // -json

	// CheckpointEvery is -checkpoint-every; 0 if it is off.
	CheckpointEvery time.Duration
}

// commonNames are the flags of Common in the order of help.
var commonNames = []string{
	"profile", "set", "quick", "precision", "seed", "seeds", "out", "json", "kernel", "workers",
	"checkpoint-every", "cpuprofile",
}

// Register registers the named flags: "profile", "set", …
func (c *Common) Register(flags *flag.FlagSet, names ...string) {
	for _, name := range names {
		c.register(flags, name)
	}
}

func (c *Common) register(flags *flag.FlagSet, name string) {
	switch name {
	case "profile":
		flags.StringVar(&c.Profile, name, cmp.Or(c.Profile, "paper"), "settings: `P` is "+strings.Join(profile.Names(), ", ")+" or a file NAME.toml")
	case "set":
		flags.Var(Texts(&c.Set), name, "change one setting, `key=value`; may be repeated (see molap help settings)")
	case "quick":
		flags.BoolVar(&c.Quick, name, false, "a small version for a look: smaller batches, fewer iterations and trials")
	case "precision":
		ChoiceVar(flags, &c.Precision, name, []string{"f32", "f64"}, "element type `T`, f32 or f64, instead of the profile's")
	case "seed":
		flags.Var(&checkedValue{text: strconv.FormatUint(c.Seed, 10), set: func(text string) error {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return fmt.Errorf("allowed: 0 to %d", uint64(math.MaxUint64))
			}
			c.Seed = n
			return nil
		}}, name, "first seed `n` of the random numbers")
	case "seeds":
		c.Seeds = max(c.Seeds, 1)
		IntVar(flags, &c.Seeds, name, 1, 30, "run `n` seeds, 1 to 30, counting up from -seed")
	case "out":
		flags.StringVar(&c.Out, name, c.Out, "write results into `DIR`, made if missing")
	case "json":
		flags.BoolVar(&c.JSON, name, false, "print machine-readable JSON")
	case "kernel":
		have := seq.Map(kernels.Variants(), kernels.Variant.String)
		c.Kernel = kernels.Best()
		flags.Var(&checkedValue{text: "auto", choices: append([]string{"auto"}, have...), set: func(text string) error {
			v, err := kernels.Lookup(text)
			if err != nil {
				return err
			}
			c.Kernel = v
			return nil
		}}, name, "kernel variant `K`: auto, "+strings.Join(have, ", ")+" here; no result depends on it")
	case "workers":
		c.Workers = cmp.Or(c.Workers, runtime.GOMAXPROCS(0))
		IntVar(flags, &c.Workers, name, 1, 1024, "use `n` CPUs at once; no result depends on it")
	case "checkpoint-every":
		c.CheckpointEvery = 30 * time.Second
		flags.Var(&checkedValue{text: c.CheckpointEvery.String(), set: c.setCheckpointEvery}, name,
			"keep the state of running jobs in the cache every `T`, 10ms to 24h; off: only at signals")
	case "cpuprofile":
		flags.String(name, "", "write a CPU profile to `FILE`, for go tool pprof") // Program writes it
	default:
		panic(fmt.Sprintf("cli: no common flag %q (have %s)", name, strings.Join(commonNames, ", ")))
	}
}

func (c *Common) setCheckpointEvery(text string) error {
	d, err := time.ParseDuration(text)
	off := text == "off" || err == nil && d == 0
	if !off && (err != nil || d < 10*time.Millisecond || d > 24*time.Hour) {
		return errors.New("allowed: 10ms to 24h, such as 30s or 5m, or off")
	}
	c.CheckpointEvery = d // 0 if it is no duration
	return nil
}

// Settings returns the settings that the flags ask for: the profile, changed as in
// [Common.Change]. Its errors are usage errors.
func (c *Common) Settings() (profile.Settings, error) {
	s, err := profile.Load(c.Profile)
	if err != nil {
		return s, Usagef("-profile: %w", err)
	}
	return c.Change(s)
}

// Change returns settings as the flags change them: shrunk by -quick, changed by
// -precision and by each -set in turn. A key that is set to two values is an error: one of them would be
// dropped without a word. Its errors are usage errors.
func (c *Common) Change(s profile.Settings) (profile.Settings, error) {
	if c.Quick {
		s = s.Quick()
	}
	given := map[string]string{} // the first value of each key, as written
	for _, assignment := range c.Set {
		before := s
		if err := s.Set(assignment); err != nil {
			return s, Usagef("-set: %w", err)
		}
		key, value, _ := strings.Cut(assignment, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if first, twice := given[key]; twice && s.Get(key) != before.Get(key) {
			return s, Usagef("-set: %s is given twice, as %s and as %s", key, first, value)
		} else if !twice {
			given[key] = value
		}
		if key == "run.precision" && c.Precision != "" && value != c.Precision {
			return s, Usagef("-precision %s contradicts -set %s", c.Precision, assignment)
		}
	}
	if c.Precision != "" {
		s.Run.Precision = profile.Precision(c.Precision)
	}
	if err := s.Validate(); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// Asked returns the flags that results depend on, seeds aside, as arguments of a command: they ask for
// the same settings again.
func (c *Common) Asked() []string {
	args := []string{"-profile", c.Profile}
	if c.Quick {
		args = append(args, "-quick")
	}
	for _, assignment := range c.Set {
		args = append(args, "-set", assignment)
	}
	if c.Precision != "" {
		args = append(args, "-precision", c.Precision)
	}
	return args
}

// SettingsTopic returns the help on settings: every key, with its value in each shipped profile.
func SettingsTopic() Topic {
	return Topic{Name: "settings", Summary: "profiles and every key that -set and profile files take", Text: settingsText}
}

func settingsText() string {
	var b strings.Builder
	b.WriteString("A profile is a complete set of settings. These come with the program:\n\n")
	var shipped []profile.Settings
	for _, p := range profile.List() {
		s, err := profile.Load(p.Name)
		if err != nil {
			panic(err) // the shipped profiles are valid
		}
		shipped = append(shipped, s)
		fmt.Fprintf(&b, "  %-10s %s\n", p.Name, p.Doc)
	}
	b.WriteString(`
One key is changed by -set key=value. A profile of your own is a TOML file, used as -profile
mine.toml, that names the one it starts from and what it changes:

  base = "paper"

  [training]
  rate = 3e-2

Keys, with their value in each shipped profile. Sections and tables (A.2, Table 2) are the paper's;
"Authors" is the program its authors released.
`)
	group := ""
	for _, k := range profile.Keys() {
		if g, _, _ := strings.Cut(k.Name, "."); g != group {
			group = g
			fmt.Fprintf(&b, "\n%s\n", g)
		}
		values := seq.Map(shipped, func(s profile.Settings) string { return strings.Trim(s.Get(k.Name), `"`) })
		if len(slices.Compact(slices.Clone(values))) == 1 {
			values = []string{"all " + values[0]}
		} else {
			for i, s := range shipped {
				values[i] = s.Name + " " + values[i]
			}
		}
		fmt.Fprintf(&b, "  %s   (%s: %s)\n", k.Name, k.Type(), k.Allowed())
		fmt.Fprintf(&b, "      %s\n      %s\n      %s\n", k.Doc, k.Readings, strings.Join(values, ", "))
	}
	return b.String()
}
