package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
	"molap/rnn"
)

func exportCommand() cli.Command {
	return cli.Command{
		Name: "export", Also: []string{"convert", "save"}, Group: "Networks", Args: "FILE", Summary: "write a network as npz or safetensors",
		Doc: `Writes a network for other programs, as npz or safetensors. An npz file, for NumPy, has W_rec (N×N), W_in (N×inputs), b, h0, W_out (outputs×N) and b_out as in Eq. 1, the number of modules, the leak if units have one, and the trials X and Y (steps×trials×channels) if there are any. A safetensors file has the network alone, with task, arm, seed and settings as metadata. The numbers are those of the file, to the last bit, unless -precision converts them.

A file that exists already is not replaced.

Trials in the file are written too; -trials draws others instead, the first of the task's test trials. -task FILE (npz) takes the trials of that file, those held out if the network was trained on them; with -trials, the first of these. Beside X and Y stand the outputs of the network (steps×trials×outputs) and, with -states, its hidden states (steps×trials×units). Drawn trials also have what was drawn for them: draw_NAME, by trial, for each draw of the task, such as draw_coh, and start_NAME, the first step of each period. docs/python.md makes a psychometric curve of them. Task, seed and settings are those of the file, if it has them; -task, -seed, -profile and -set replace them.`,
		Examples: []cli.Example{
			{Line: "molap export out/nets/molap_T9_seed1.safetensors -out t9.npz -trials 200", Doc: "a network with trials, for NumPy"},
			{Line: "molap export mine.npz -out mine.safetensors -task T7 -profile extended", Doc: "a network trained elsewhere, as one of ours"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			var q intake.Flags
			q.Register(flags, "profile", "set", "precision")
			q.Common.Kernel = kernels.Best()
			var out string
			var x lab.Export
			flags.StringVar(&out, "out", "", "write `FILE`, .npz or .safetensors; its directory is made if missing, as -out of other commands is")
			cli.IntVar(flags, &x.Draw, "trials", 0, 1_000_000, "add `n` trials of the task, with what was drawn for them and what the network answers")
			flags.BoolVar(&x.States, "states", false, "add the hidden states of all trials")
			return func(ctx context.Context, env *cli.Env, args []string) error {
				return export(ctx, env, q, args[0], out, x)
			}
		},
	}
}

// toldBytes is the memory of an export that takes long enough for a user to be told of it.
const toldBytes = 500e6

// heldOut returns the number of trials that were held out when a network was trained on trials of a file
// which is at hand; 0 for others.
func heldOut(n lab.NetFile) int {
	if n.Cell.Task == "" {
		return 0
	}
	if a := taskset.ByID(n.Settings, n.Cell.Task).Arrays; a != nil && a.Test != nil {
		return a.TestTrials
	}
	return 0
}

func export(ctx context.Context, env *cli.Env, q intake.Flags, path, out string, x lab.Export) error {
	format := filepath.Ext(out)
	switch {
	case out == "":
		return cli.Usagef("no -out FILE named, .npz or .safetensors")
	case format != ".npz" && format != ".safetensors":
		return cli.Usagef("-out %s ends in %q, want .npz or .safetensors", out, format)
	case x.Draw > 0 && format == ".safetensors":
		return cli.Usagef("-trials %d: a safetensors file holds a network alone (want -out NAME.npz)", x.Draw)
	case x.States && format == ".safetensors":
		return cli.Usagef("-states: a safetensors file holds a network alone (want -out NAME.npz)")
	}
	n, err := q.Open(env, path, x.Draw > 0)
	if err != nil {
		return err
	}
	f := n.Network
	n.Settings.Run.Precision = profile.Precision(cmp.Or(q.Common.Precision, f.Type))
	asked, held := x.Draw, heldOut(n)
	switch {
	case n.Trials != nil && n.Trials != f: // those of the file that -task names
	case x.Draw > 0 && n.Cell.Task == "":
		return cli.Usagef("-trials %d: %s names no task (%s)", x.Draw, path, intake.TaskHint)
	case x.Draw > 0:
		n.Trials = nil
	case held > 0:
		x.Draw = held
	case f.HasTrials():
		n.Trials = f // even if -task names another task
		if err := q.Fixate(&n); err != nil {
			return err
		}
	case x.States && n.Cell.Task == "":
		return cli.Usagef("-states: %s has no trials to run the network on (%s)", path, intake.TaskHint)
	case x.States:
		return cli.Usagef("-states: %s has no trials to run the network on (set -trials N)", path)
	}
	if n.Trials != nil {
		_, held, _, _ = n.Trials.TrialsShape()
	}
	if held > 0 && held < asked {
		fmt.Fprintf(env.Stderr, "-trials %d: there are %d, which are all written\n", asked, held)
	}
	if x.Draw > 0 || n.Trials != nil && format == ".npz" {
		need := n.ExportMemory(x)
		if err := need.Fits(path, machine.Memory()); err != nil {
			return cli.Usagef("%w", err)
		}
		if need.Bytes > toldBytes {
			fmt.Fprintf(env.Stderr, "running the network on %s …\n", need.By)
		}
	}
	subject, err := n.Subject()
	if err != nil {
		return cli.Usagef("%s: %w", path, err)
	}
	var data []byte
	if format == ".npz" {
		data, err = subject.EncodeNPZ(x)
	} else {
		info := rnn.Info{Task: n.Cell.Task, Arm: f.Arm, Seed: n.Cell.Seed, Settings: f.Settings, From: f.From, Diverged: f.Diverged}
		if q.ChangeSettings() {
			info.Settings = string(n.Settings.TOML())
		}
		data, err = subject.EncodeSafetensors(info)
	}
	if err != nil {
		return cli.Usagef("%s: %w", path, err)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := place.Replaceable(out, data, nil); err != nil {
		return err
	}
	_, missing := os.Stat(filepath.Dir(out))
	if err := place.Make(env, "-out", filepath.Dir(out)); err != nil {
		return err
	}
	if errors.Is(missing, fs.ErrNotExist) { // for one who mistyped it
		fmt.Fprintf(env.Stderr, "made the directory %s\n", printable.Line(filepath.Dir(out)))
	}
	// Remove what killed writers left, unless another process works there.
	if lock, err := dirlock.Exclusive(filepath.Dir(out)); err == nil {
		defer lock.Remove()
		if err := atomicfile.RemoveStale(filepath.Dir(out)); err != nil {
			return err
		}
	}
	if err := atomicfile.Write(out, data); err != nil {
		return err
	}
	if n.Trials != nil && format == ".safetensors" {
		fmt.Fprintf(env.Stderr, "the trials X, Y of %s are left out: a safetensors file holds a network alone\n", printable.Line(path))
	}
	leak := ""
	if f.Leak != 1 {
		leak = fmt.Sprintf(", leak %v", f.Leak)
	}
	fmt.Fprintf(env.Stdout, "%s: %s in %s%s, %s, %s, %s, %d bytes\n",
		printable.Line(out), words.Count(f.Shape.Units, "unit"), words.Count(f.Modules, "module"), leak, words.Count(f.Shape.In, "input"),
		words.Count(f.Shape.Out, "output"), n.Settings.Run.Precision, len(data))
	return nil
}
