package cli

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"molap/cmd/molap/internal/profile"
)

func TestHelp(t *testing.T) {
	for _, c := range []struct {
		args  string
		parts []string
	}{
		{"help", []string{"toy draws things.", "\n  kept   as it is\n", "Usage: toy COMMAND", "\nDrawing\n  draw ", "draw things", "\nOther\n", "settings", "-version", "Examples\n  toy draw circle\n      One circle.\n"}},
		{"help draw", []string{
			"toy draw: draw things\n\nUsage: toy draw [flags] [NAME…]\n\nDraws the named things.\n",
			"\nFlags\n  -colour C   colour C (default red)\n  -n n        draw n of each (default 1)\n",
			"\nCommon flags\n  -profile P ", "-kernel K", "auto, ", "(default results)",
			"Examples\n  toy draw circle -n 3\n      Three circles.\n",
		}},
		{"help fail", []string{"Usage: toy fail [flags]\n"}},
		{"help settings", []string{"trials.anti   (name: opposite, same)", "paper opposite, authors same, extended opposite"}},
	} {
		r := run(toy(nil), strings.Fields(c.args)...)
		if r.code != 0 || r.stderr != "" {
			t.Errorf("%s: exit code %d, %q", c.args, r.code, r.stderr)
		}
		for _, p := range c.parts {
			if !strings.Contains(r.stdout, p) {
				t.Errorf("%s does not say %q:\n%s", c.args, p, r.stdout)
			}
		}
		for _, line := range strings.Split(r.stdout, "\n") {
			if len([]rune(line)) > helpWidth || line != strings.TrimRight(line, " ") {
				t.Errorf("%s: line of %d columns, or with spaces at its end: %q", c.args, len([]rune(line)), line)
			}
		}
	}
	// Help is help, however it is asked for.
	for _, same := range [][]string{
		{"help", "-h", "--help", "-help", "help help"},
		{"help draw", "draw -h", "draw --help", "draw circle -n 3 -help", "-h draw"},
	} {
		want := run(toy(nil), strings.Fields(same[0])...)
		for _, args := range same[1:] {
			if got := run(toy(nil), strings.Fields(args)...); got != want {
				t.Errorf("%s differs from %s: %+v", args, same[0], got)
			}
		}
	}
}

// Every key is in the help on settings, with its documentation.
func TestSettingsTopic(t *testing.T) {
	text := SettingsTopic().Text()
	for _, k := range profile.Keys() {
		if !strings.Contains(text, "\n  "+k.Name+"   (") || !strings.Contains(text, k.Doc) || !strings.Contains(text, k.Readings) {
			t.Errorf("help on settings lacks %s", k.Name)
		}
	}
}

func TestVersion(t *testing.T) {
	if r := run(toy(nil), "-version"); r.code != 0 || !strings.HasPrefix(r.stdout, "toy v1 go1.") {
		t.Errorf("%+v", r)
	}
}

// Every common flag registers alone, under its own name, and is documented.
func TestCommonFlags(t *testing.T) {
	for _, name := range commonNames {
		flags := flag.NewFlagSet("x", flag.ContinueOnError)
		var c Common
		c.Register(flags, name)
		if f := flags.Lookup(name); f == nil || f.Usage == "" {
			t.Errorf("-%s is not registered or not documented", name)
		}
	}
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, `no common flag "speed"`) {
			t.Errorf("panic %q", text)
		}
	}()
	new(Common).Register(flag.NewFlagSet("x", flag.ContinueOnError), "speed")
}
