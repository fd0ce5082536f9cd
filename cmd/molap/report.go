package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/report"
)

func reportCommand() cli.Command {
	return cli.Command{
		Name: "report", Group: "The paper", Args: "DIR", Summary: "make the report of a result directory again",
		Doc: `Makes report.html of a directory that "molap reproduce" wrote again, from its files alone: report.json, which has all words and numbers of the page, and the drawings in figures. The same version of the program makes the same page, to the byte; another one shows the same results its own way.`,
		Examples: []cli.Example{
			{Line: "molap report out/fig2", Doc: "a page that was lost, or the look of a newer version"},
		},
		Setup: func(*flag.FlagSet) cli.Run {
			return func(ctx context.Context, env *cli.Env, args []string) error {
				if len(args) != 1 {
					return cli.Usagef("want one DIR, got %d", len(args))
				}
				return rebuild(ctx, env, args[0])
			}
		},
	}
}

// rebuild writes the page of a directory again, and its digest into the manifest.
func rebuild(ctx context.Context, env *cli.Env, dir string) error {
	m, err := readManifest(dir)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	lock, err := lockDir(env, dir, dir)
	if err != nil {
		return err
	}
	env.AtEnd(lock.Remove)
	if !m.Complete {
		return fmt.Errorf("%s: the run is not complete: it has no report yet", dir)
	}
	page, err := buildPage(dir)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if old, err := sumResult(dir, pageName); err == nil && old != m.Files[pageName] {
		fmt.Fprintf(env.Stderr, "%s in %s was not what the manifest says, and is written anew\n", pageName, dir)
	}
	if err := writeResult(dir, pageName, page); err != nil {
		return err
	}
	if sum := sumOf(page); m.Files[pageName] != sum {
		m.Files[pageName] = sum
		if err := m.write(dir); err != nil {
			return err
		}
	}
	fmt.Fprintf(env.Stdout, "report: %s\n", printable.Line(filepath.Join(dir, pageName)))
	return nil
}

// drawingsMost is the most bytes that are read of all drawings of a page together.
const drawingsMost = 64 << 20

// buildPage returns the page of a result directory, made of report.json and figures.
func buildPage(dir string) ([]byte, error) {
	data, err := readResult(dir, reportName, reportMost)
	if err != nil {
		return nil, err
	}
	r, err := report.ParseReport(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", filepath.Join(dir, reportName), strings.TrimPrefix(err.Error(), "report: "))
	}
	left, seen := int64(drawingsMost), map[string]bool{}
	for _, s := range r.Sections {
		for i := range s.Figures {
			p := &s.Figures[i]
			name := figuresDir + "/" + p.Name + ".svg"
			if !resultPath(name) || seen[name] {
				return nil, fmt.Errorf("%s: figure %.60q is not the name of a file, or is shown twice", filepath.Join(dir, reportName), p.Name)
			}
			if p.SVG, err = readResult(dir, name, left); err != nil {
				return nil, err
			}
			left, seen[name] = left-int64(len(p.SVG)), true
		}
	}
	page, err := r.HTML()
	if err != nil {
		return nil, fmt.Errorf("%s: %s", dir, strings.TrimPrefix(err.Error(), "report: "))
	}
	return page, nil
}
