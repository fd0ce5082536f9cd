package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// result is what a run of a program left.
type result struct {
	code           int
	stdout, stderr string
}

// toy is a program of two commands: draw, which has flags of every kind and
// prints what it got, and fail, whose end its tests choose.
func toy(fail Run) *Program {
	if fail == nil {
		fail = func(context.Context, *Env, []string) error { return nil }
	}
	return &Program{
		Name:    "toy",
		Version: "v1",
		Doc:     "toy draws things. It is a small program, and its text goes on for long enough to need more than a single line of help.\n\n  kept   as it is",
		Commands: []Command{{
			Name: "draw", Group: "Drawing", Summary: "draw things", Args: "[NAME…]",
			Doc:      "Draws the named things.",
			Examples: []Example{{"toy draw circle -n 3", "Three circles."}},
			Setup: func(flags *flag.FlagSet) Run {
				c := Common{Out: "results"}
				c.Register(flags, "profile", "set", "quick", "precision", "kernel", "workers", "seed", "seeds", "out", "json", "cpuprofile")
				n := 1
				IntVar(flags, &n, "n", 1, 9, "draw `n` of each")
				colour := "red"
				ChoiceVar(flags, &colour, "colour", []string{"red", "green"}, "colour `C`")
				return func(ctx context.Context, env *Env, args []string) error {
					s, err := c.Settings()
					if err != nil {
						return err
					}
					for _, a := range args {
						if a == "nothing" {
							return Usagef("cannot draw %q (have circle, square)", a)
						}
					}
					fmt.Fprintf(env.Stdout, "%q n=%d colour=%s %s units=%d rate=%v precision=%s kernel=%v seed=%d seeds=%d out=%s json=%v\n",
						args, n, colour, s.Name, s.Network.Units, s.Training.Rate, s.Run.Precision, c.Kernel, c.Seed, c.Seeds, c.Out, c.JSON)
					return nil
				}
			},
		}, {
			Name: "fail", Group: "Other", Summary: "fail in a chosen way",
			Setup: func(flags *flag.FlagSet) Run {
				var c Common
				c.Register(flags, "out", "cpuprofile")
				return fail
			},
		}},
		Topics:   []Topic{SettingsTopic()},
		Examples: []Example{{"toy draw circle", "One circle."}},
	}
}

// run runs a program with arguments.
func run(p *Program, args ...string) result {
	var stdout, stderr bytes.Buffer
	code := p.Main(Env{Args: args, Stdout: &stdout, Stderr: &stderr})
	return result{code, stdout.String(), stderr.String()}
}

// wantLine fails the test unless a run ended with that code and one line on
// standard error alone, with these parts.
func wantLine(t *testing.T, r result, code int, parts ...string) {
	t.Helper()
	if r.code != code || r.stdout != "" {
		t.Errorf("exit code %d, want %d; standard output %q", r.code, code, r.stdout)
	}
	if !strings.HasPrefix(r.stderr, "toy: ") || strings.Count(r.stderr, "\n") != 1 || !strings.HasSuffix(r.stderr, "\n") {
		t.Errorf("standard error is not one line: %q", r.stderr)
	}
	for _, p := range parts {
		if !strings.Contains(r.stderr, p) {
			t.Errorf("error %q does not say %q", r.stderr, p)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args  string
		parts []string
	}{
		{"", []string{"no command given (toy help"}},
		{"drwa", []string{`unknown command "drwa"`, "did you mean draw?"}},
		{"paint", []string{`unknown command "paint"`, "toy help lists them"}},
		{"-quick draw", []string{"flag -quick before the command"}},
		{"help drwa", []string{`no help on "drwa"`, "did you mean draw?"}},
		{"help draw fail", []string{"one command"}},
		{"-version now", []string{"takes no arguments", `"now"`}},
		{"fail circle", []string{"fail takes no arguments", `"circle"`}},
		{"draw -quik", []string{"draw: unknown flag -quik", "did you mean -quick?"}},
		{"draw circle --sedes 3", []string{"unknown flag -sedes", "did you mean -seeds?"}},
		{"draw -zzz", []string{"unknown flag -zzz", "toy help draw lists them"}},
		{"draw ---n", []string{"bad flag syntax: ---n"}},
		{"draw -n", []string{"flag needs an argument: -n"}},
		{"draw -n 3 -n 3", []string{"draw: flag -n is given twice, as 3 and as 3"}},
		{"draw -n 3 circle --n=4", []string{"draw: flag -n is given twice, as 3 and as 4"}},
		{"draw -quick -quick", []string{"draw: flag -quick is given twice"}},
		{"draw -out a -out b", []string{"-out is given twice, as a and as b"}},
		{"draw -n=", []string{`""`, "-n", "1 to 9"}},
		{"draw -n x", []string{`invalid value "x" for flag -n: allowed: 1 to 9`}},
		{"draw -n 10", []string{`"10"`, "-n", "1 to 9"}},
		{"draw -colour blue", []string{`invalid value "blue" for flag -colour: allowed: red, green`}},
		{"draw -quick=maybe", []string{`"maybe" for flag -quick`, "allowed: true, false"}},
		{"draw -precision f16", []string{`"f16"`, "-precision", "f32, f64"}},
		{"draw -kernel sse", []string{`"sse"`, "-kernel", "auto", "generic"}},
		{"draw -workers 0", []string{`"0"`, "-workers", "1 to 1024"}},
		{"draw -workers -3", []string{`"-3"`, "-workers", "1 to 1024"}},
		{"draw -seed -1", []string{`"-1"`, "-seed", "0 to 18446744073709551615"}},
		{"draw -seeds 31", []string{`"31"`, "-seeds", "1 to 30"}},
		{"draw -profile papre", []string{"-profile", `"papre"`, "did you mean paper?"}},
		{"draw -profile none.toml", []string{"-profile", "none.toml"}},
		{"draw -profile .", []string{"-profile", `"."`}},
		{"draw -set training.rat=1", []string{"-set", `"training.rat"`, "training.rate"}},
		{"draw -set training.rate", []string{"-set", "key=value"}},
		{"draw -set training.rate=-1", []string{"-set", `training.rate is "-1"`, "> 0 and ≤ 10"}},
		{"draw -set network.modules=3", []string{"network.units is 100", "network.modules, which is 3"}},
		{"draw -precision f64 -set run.precision=f32", []string{"-precision f64 contradicts -set run.precision=f32"}},
		{"draw nothing -cpuprofile prof", []string{`cannot draw "nothing" (have circle, square)`}},
		{"draw -out= -n 3", []string{`-out is ""`, "-out DIR", "made if missing"}},
		{"draw -cpuprofile .", []string{"-cpuprofile . is a directory"}},
		{"draw -cpuprofile none/prof", []string{"-cpuprofile none/prof"}},
	} {
		wantLine(t, run(toy(nil), strings.Fields(c.args)...), 2, c.parts...)
	}
	left, err := os.ReadDir(".")
	if err != nil || len(left) > 0 {
		t.Errorf("usage errors left %v behind (%v)", left, err)
	}
}

func TestFlagsAnywhere(t *testing.T) {
	const defaults = `n=1 colour=red paper units=100 rate=0.01 precision=f32 kernel=%s seed=0 seeds=1 out=results json=false`
	for _, c := range []struct{ args, want string }{
		{"draw -n 3 circle", `["circle"] n=3 `},
		{"draw circle -n 3 square -json", `["circle" "square"] n=3 `},
		{"draw circle -json square --n=3", ` json=true`},
		{"draw -- -n 3", `["-n" "3"] n=1 `},
		{"draw a -- -n", `["a" "-n"] n=1 `},
		{"draw - -n 2", `["-"] n=2 `},
		{"draw -out D", ` out=D `},
		{"draw -kernel generic", ` kernel=generic `},
		{"draw -seed 18446744073709551615 -seeds 30", ` seed=18446744073709551615 seeds=30 `},
		{"draw -profile extended -quick -set training.rate=3e-2 -set network.units=60", ` extended units=60 rate=0.03 `},
		{"draw -set network.modules=3 -set network.units=99", ` units=99 `},
		{"draw -precision f64", ` precision=f64 `},
		{"draw -set run.precision=f64", ` precision=f64 `},
		{"draw -precision f64 -set run.precision=f64", ` precision=f64 `},
	} {
		r := run(toy(nil), strings.Fields(c.args)...)
		if r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, c.want) {
			t.Errorf("%s: exit code %d, %q, %q; want %q", c.args, r.code, r.stdout, r.stderr, c.want)
		}
	}
	kernel := fmt.Sprint(bestKernel())
	if r := run(toy(nil), "draw"); r.stdout != "[] "+fmt.Sprintf(defaults, kernel)+"\n" {
		t.Errorf("defaults are %q", r.stdout)
	}
}

func TestFailures(t *testing.T) {
	var usage error = Usagef("reading %s: %w", "x", os.ErrNotExist)
	for _, c := range []struct {
		err  error
		code int
		line string
	}{
		{errors.New("disk is full"), 1, "toy: disk is full\n"},
		{errors.Join(errors.New("one"), errors.New("two")), 1, "toy: one; two\n"},
		{context.DeadlineExceeded, 1, "toy: context deadline exceeded\n"},
		{usage, 2, "toy: reading x: file does not exist\n"},
		{fmt.Errorf("more: %w", usage), 2, "toy: more: reading x: file does not exist\n"},
	} {
		r := run(toy(func(context.Context, *Env, []string) error { return c.err }), "fail")
		if r.code != c.code || r.stderr != c.line || r.stdout != "" {
			t.Errorf("%v: %+v, want exit code %d and %q", c.err, r, c.code, c.line)
		}
	}
	if !errors.Is(usage, os.ErrNotExist) {
		t.Error("a usage error hides what it wraps")
	}
}

// fullDisk fails to write.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestStandardOutputErrors(t *testing.T) {
	for _, args := range []string{"draw", "help", "draw -h", "-version"} {
		var stderr bytes.Buffer
		code := toy(nil).Main(Env{Args: strings.Fields(args), Stdout: fullDisk{}, Stderr: &stderr})
		wantLine(t, result{code, "", stderr.String()}, 1, "no space left")
	}
}

func TestMakeDir(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("kept"), 0o666); err != nil {
		t.Fatal(err)
	}
	in := func(path string, after error) result {
		return run(toy(func(ctx context.Context, env *Env, args []string) error {
			if err := env.MakeDir(path); err != nil {
				return err
			}
			return after
		}), "fail")
	}
	wantLine(t, in("", nil), 2, "no output directory", "-out DIR")
	wantLine(t, in(file, nil), 2, file, "is a file")
	wantLine(t, in(filepath.Join(file, "x"), nil), 2, file)
	wantLine(t, in(filepath.Join(dir, "a", "b"), Usagef("wrong")), 2, "wrong")
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("usage errors left %v behind", list)
	}
	if os.Getuid() != 0 {
		locked := filepath.Join(dir, "locked")
		if err := os.Mkdir(locked, 0o555); err != nil {
			t.Fatal(err)
		}
		wantLine(t, in(locked, nil), 2, locked, "permission denied")
		wantLine(t, in(filepath.Join(locked, "x"), nil), 2, locked, "permission denied")
	}
	// A failure keeps the directory, as does one that was there before.
	made := filepath.Join(dir, "c", "d")
	wantLine(t, in(made, errors.New("broken")), 1, "broken")
	wantLine(t, in(made, Usagef("wrong")), 2, "wrong")
	if r := in(made, nil); r.code != 0 {
		t.Errorf("an existing directory is refused: %+v", r)
	}
	if list, err := os.ReadDir(made); err != nil || len(list) > 0 {
		t.Errorf("directory holds %v (%v)", list, err)
	}
	// Where nothing can be written, root or not.
	if _, err := os.Stat("/proc/self"); err == nil {
		wantLine(t, in("/proc/x", nil), 2, "/proc/x")
		wantLine(t, in("/proc", nil), 2, "/proc")
	}
}

func TestCPUProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cpu.prof")
	broken := toy(func(context.Context, *Env, []string) error { return errors.New("broken") })
	for _, c := range []struct {
		p    *Program
		code int
	}{{toy(nil), 0}, {broken, 1}} {
		if r := run(c.p, "fail", "-cpuprofile", path); r.code != c.code {
			t.Errorf("%+v, want exit code %d", r, c.code)
		}
		data, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
			t.Errorf("no gzipped profile was written (%v)", err)
		}
		os.Remove(path)
	}
}
