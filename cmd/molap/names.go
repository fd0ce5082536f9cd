package main

import (
	"fmt"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/suggest"
	"molap/tasks"
)

// The names that the program knows.

func armNames() []string { return seq.Texts(lab.Arms) }

func damageNames() []string { return seq.Texts(lab.Damages) }

func experimentNames() []string {
	return seq.Map(paper.Experiments(), func(e paper.Experiment) string { return e.Name })
}

func taskNames() (names []string) {
	for _, t := range tasks.All(tasks.Paper) {
		names = append(names, t.ID, t.Name)
	}
	return names
}

// nameKinds explains each of the names and its use.
func nameKinds() []cli.Kind {
	return []cli.Kind{
		{What: "an experiment", Names: experimentNames(), Use: "molap reproduce NAME"},
		{What: "a task", Names: taskNames(), Flag: "-task NAME", Use: "molap tasks NAME shows it, molap train -arm molap -task NAME trains a network on it"},
		{What: "an arm", Names: armNames(), Flag: "-arm NAME", Use: "molap train -arm NAME -task T7"},
		{What: "a kind of damage", Names: damageNames(), Flag: "-damage NAME", Use: "molap perturb FILE -damage NAME"},
		{What: "a profile", Names: profile.Names(), Flag: "-profile NAME", Use: "molap reproduce fig2 -profile NAME"},
		{What: "a setting", Names: seq.Map(profile.Keys(), func(k profile.Key) string { return k.Name }), Flag: "-set NAME=VALUE", Use: "-set NAME=VALUE; molap help settings"},
		{What: "a verb of sweep", Names: seq.Map(sweepVerbs(), func(v cli.Command) string { return v.Name }), Use: "molap sweep NAME"},
	}
}

// notA returns an error about a name that is not a name of the wanted kind. If the name is of another
// kind, or nearly one of the known names, the error says so; otherwise it is err.
func notA(wanted, name string, known []string, err error) error {
	if means := program().Means(name, nil); means != "" {
		return fmt.Errorf("unknown %s %q (%s)", wanted, name, means)
	}
	if near := suggest.Only(name, known); near != "" && len(name) > 3 { // all short names are near
		return fmt.Errorf("unknown %s %q (did you mean %s?)", wanted, name, near)
	}
	return err
}
