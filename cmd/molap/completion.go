package main

import (
	"context"
	"flag"
	"io"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
)

func completionCommand() cli.Command {
	return cli.Command{
		Name: "completion", Group: "Looking", Args: "SHELL", Summary: "print a script that makes bash, fish or zsh complete command lines",
		Doc: `Prints a script for a shell. With it the shell completes commands, flags and the values of flags: arms, tasks, profiles, kernels, keys of settings, files. The script asks this program, which answers from the table that help prints.`,
		Examples: []cli.Example{
			{Line: "source <(molap completion bash)", Doc: "in ~/.bashrc"},
			{Line: "source <(molap completion zsh)", Doc: "in ~/.zshrc, after compinit"},
			{Line: "molap completion fish > ~/.config/fish/completions/molap.fish", Doc: "once"},
		},
		Setup: func(*flag.FlagSet) cli.Run {
			return func(_ context.Context, env *cli.Env, args []string) error {
				if !slices.Contains(cli.Shells(), args[0]) {
					return cli.Usagef("no completion for %q (have %s)", args[0], strings.Join(cli.Shells(), ", "))
				}
				_, err := io.WriteString(env.Stdout, program().Completion(args[0]))
				return err
			}
		},
	}
}

func manCommand() cli.Command {
	return cli.Command{
		Name: "man", Group: "Looking", Summary: "print the manual page, made of the texts of help",
		Examples: []cli.Example{{Line: "molap man > ~/.local/share/man/man1/molap.1", Doc: "then man molap shows it"}},
		Setup: func(*flag.FlagSet) cli.Run {
			return func(_ context.Context, env *cli.Env, _ []string) error {
				_, err := io.WriteString(env.Stdout, program().Man())
				return err
			}
		},
	}
}

// completionOffers lists completions that the flags alone do not give.
func completionOffers() map[string]cli.Offer {
	tasks := cli.Offer{Values: append([]string{"all"}, taskNames()...), List: true, Files: true}
	return map[string]cli.Offer{
		"-arm":     {Values: armNames(), List: true},
		"-damage":  {Values: append([]string{"all"}, damageNames()...), List: true},
		"-task":    tasks,
		"-corpus":  tasks,
		"-profile": {Values: profile.Names(), Files: true},
		"-set":     {Values: seq.Map(profile.Keys(), func(k profile.Key) string { return k.Name + "=" })},
		"-cache":   {Values: []string{cacheOff}, Dirs: true},
		"-serve":   {Values: []string{"127.0.0.1:0"}},

		"completion": {Values: cli.Shells()},
		"reproduce":  {Values: append([]string{"all"}, experimentNames()...)},
		"tasks":      {Values: taskNames(), Files: true},
	}
}
