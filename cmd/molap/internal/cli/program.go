package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/seq"
)

// Env is the environment that a program reads and writes. What a command writes to Stdout and Stderr
// goes through package printable, which escapes what would steer a terminal.
type Env struct {
	Args   []string  // without the program's name
	Stdout io.Writer // what was asked for
	Stderr io.Writer // progress and errors

	// Notify has signals that ask to stop, or to keep a checkpoint, sent to c until
	// stop is called.
	Notify func(c chan<- os.Signal) (stop func())
	// Exit ends the process at once.
	Exit func(code int)

	checked *checkedWriter // below Stdout
	keep    chan struct{}  // a signal asks for a checkpoint
	*endWork
}

// System returns the environment of this process.
func System() Env {
	return Env{
		Args:   os.Args[1:],
		Stdout: openStream(os.Stdout),
		Stderr: openStream(os.Stderr),
		Notify: notify,
		Exit:   os.Exit,
	}
}

// Program is a table of commands.
type Program struct {
	Name     string // "molap"
	Version  string // printed by -version
	Doc      string // what the program is: paragraphs, see Command.Doc
	Commands []Command
	Topics   []Topic
	Examples []Example
	Kinds    []Kind // of names that may be given in place of commands and arguments
	// Offers has completions beside those that the flags tell themselves: under "-task" those of a
	// flag, under "tasks" those of a command's arguments.
	Offers map[string]Offer
	// Writable returns a usage error if no file of a flag may lie in a directory; nil: files may lie
	// anywhere.
	Writable func(flag, dir string) error
}

// Command is one command of a program.
type Command struct {
	Name     string
	Also     []string // what people call it elsewhere
	Group    string   // its heading in the overview; commands of a group stand together
	Summary  string   // one line, lower case, no full stop
	Args     string   // its arguments beside flags, such as "[NAME…]"; "" for none
	Doc      string   // paragraphs between blank lines, wrapped; indented ones stay as they are
	Examples []Example
	// Setup registers the command's flags and returns the function that runs it. It is also called for
	// help alone. A command with verbs has no Setup.
	Setup func(flags *flag.FlagSet) Run
	Verbs []Command // what the first argument may be: each with flags of its own
}

// Run runs a command. Flags are parsed; args are the other arguments. It stops soon after ctx is
// cancelled. Then it returns context.Cause(ctx), or an error that wraps the cause and says how to go
// on. It checks what it was given before it writes anything: see Usagef and Env.MakeDir. A command that
// keeps the state of its work (see Env.OnCheckpoint) is waited for; another is abandoned if it has not
// stopped after a moment.
type Run func(ctx context.Context, env *Env, args []string) error

// Topic is help on something that is no command.
type Topic struct {
	Name    string
	Summary string
	Text    func() string // printed as it is
}

// Example is a command line and what it does.
type Example struct{ Line, Doc string }

// ErrInterrupted is the cause of a context that a signal cancelled.
var ErrInterrupted = errors.New("interrupted")

// Exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
	exitUnread      = 141 // as of a program that SIGPIPE ends: the reader of standard output has gone
)

// usageError marks an error as a mistake of the command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// Usagef returns an error about the command line or a setting, which exits with
// 2. It should name the thing, the value found and those allowed.
func Usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// partFailures holds errors about some of the things that a command was given. Each error gets a line.
type partFailures struct {
	errs []error
	some bool // the command did its work with the others
}

func (f partFailures) Error() string { return errors.Join(f.errs...).Error() }

// usage reports whether nothing was done for mistakes of the command line alone.
func (f partFailures) usage() bool {
	return !f.some && !slices.ContainsFunc(f.errs, func(err error) bool { return !errors.As(err, new(usageError)) })
}

// Failures returns one error with a line for each of errs, or nil if there are none. Each of errs is
// about one of the things that the command was given, all in number; equal errors get one line.
func Failures(errs []error, all int) error {
	some := len(errs) < all
	said := map[string]bool{}
	errs = slices.DeleteFunc(errs, func(err error) bool { // what is wrong with a flag is wrong with all
		again := said[err.Error()]
		said[err.Error()] = true
		return again
	})
	switch {
	case len(errs) == 0:
		return nil
	case len(errs) == 1 && !some:
		return errs[0]
	}
	return partFailures{errs, some}
}

// Main runs the command that the arguments name and returns the exit code.
func (p *Program) Main(env Env) int {
	env.endWork = &endWork{}
	err := p.dispatch(&env)
	var usage usageError
	code := exitFailed
	lines := []error{err}
	several, ok := err.(partFailures)
	switch {
	case err == nil:
		return 0
	case env.checked.unread() && errors.Is(err, syscall.EPIPE):
		env.removeMade()
		return exitUnread
	case ok:
		lines = several.errs
		if several.usage() {
			code = exitUsage
		}
	case errors.Is(err, ErrInterrupted): // also while input was read
		code = exitInterrupted
	case errors.As(err, &usage):
		code = exitUsage
	}
	env.removeMade()
	for _, line := range lines {
		message := strings.NewReplacer("\r", "", "\n", "; ").Replace(strings.TrimSpace(line.Error()))
		fmt.Fprintf(env.Stderr, "%s: %s\n", p.Name, message)
	}
	return code
}

// dispatch finds and runs the command, or prints help.
func (p *Program) dispatch(env *Env) error {
	if len(env.Args) == 0 {
		return Usagef("no command given (%s help lists the commands)", p.Name)
	}
	stdout, stderr := &checkedWriter{w: env.Stdout}, &checkedWriter{w: env.Stderr}
	shown, told := printable.NewWriter(stdout), printable.NewWriter(stderr)
	env.Stdout, env.Stderr, env.checked = shown, told, stdout
	for name, w := range map[string]*checkedWriter{"output": stdout, "error": stderr} {
		if w.w == (closedStream{}) { // nobody would get the results
			return fmt.Errorf("standard %s is closed (>/dev/null drops what comes)", name)
		}
	}
	name, args := env.Args[0], env.Args[1:]
	var err error
	switch name {
	case "help", "-h", "-help", "--help":
		err = p.help(env.Stdout, args)
	case "__complete": // which help does not list; see Completion
		p.complete(env.Stdout, args)
	case "-version", "--version", "version":
		if len(args) > 0 {
			return Usagef("%s takes no arguments, got %q", name, args[0])
		}
		fmt.Fprintf(env.Stdout, "%s %s %s %s/%s\n", p.Name, p.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	default:
		err = p.command(env)
	}
	shown.Flush()
	told.Flush()
	if err == nil {
		err = stdout.failure("output")
	}
	if err == nil {
		err = stderr.failure("error")
	}
	return err
}

// command parses the flags of a command and runs it.
func (p *Program) command(env *Env) error {
	c, args, ok := p.find(env.Args)
	switch name := env.Args[0]; {
	case !ok && strings.HasPrefix(name, "-"):
		return Usagef("flag %s before the command (want %s COMMAND [flags]; %s help lists the commands)", name, p.Name, p.Name)
	case !ok:
		return Usagef("unknown command %q (%s)", name, p.instead(name, p.commandNames()))
	case c.Verbs != nil && len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]):
		return p.help(env.Stdout, []string{c.Name})
	case c.Verbs != nil:
		return p.noVerb(c, args)
	}
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	run := c.Setup(flags)
	rest, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(env.Stdout, p.commandHelp(c))
		return err
	}
	if err != nil {
		return Usagef("%s: %s", c.Name, p.flagMessage(flags, err))
	}
	if err := emptyFlag(flags); err != nil {
		return err
	}
	cleanPaths(flags)
	if err := p.checkArgs(c, flags, rest); err != nil {
		return err
	}
	finish, err := p.startCPUProfile(flags)
	if err != nil {
		return err
	}
	err = p.interruptible(env, run, rest)
	if errors.As(err, new(usageError)) {
		finish(false) // nothing ran that is worth a profile
		return err
	}
	if more := finish(true); more != nil {
		return errors.Join(err, more)
	}
	return err
}

// all returns the commands and, after each that has them, its verbs: "sweep", "sweep plan".
func (p *Program) all() (all []Command) {
	for _, c := range p.Commands {
		all = append(all, c)
		for _, v := range c.Verbs {
			v.Name = c.Name + " " + v.Name
			all = append(all, v)
		}
	}
	return all
}

// find returns the command that words begin with, or its verb if they go on with one, and
// the words after it.
func (p *Program) find(words []string) (c Command, rest []string, ok bool) {
	for _, one := range p.all() {
		if name := strings.Fields(one.Name); len(words) >= len(name) && slices.Equal(words[:len(name)], name) {
			c, rest, ok = one, words[len(name):], true
		}
	}
	return c, rest, ok
}

// noVerb returns a usage error about the words after a command that has verbs.
func (p *Program) noVerb(c Command, words []string) error {
	verbs := strings.Join(namesOf(c.Verbs), ", ")
	if len(words) == 0 {
		return Usagef("%s does one of %s (%s help %s)", c.Name, verbs, p.Name, c.Name)
	}
	return Usagef("%s does no %q (have %s)", c.Name, words[0], verbs)
}

func namesOf(cs []Command) []string { return seq.Map(cs, func(c Command) string { return c.Name }) }

// commandNames returns the names of the commands and help.
func (p *Program) commandNames() []string { return append([]string{"help"}, namesOf(p.Commands)...) }

// helpNames returns the names of what there is help on: commands and topics.
func (p *Program) helpNames() []string {
	return append(namesOf(p.Commands), seq.Map(p.Topics, func(t Topic) string { return t.Name })...)
}
