package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/sweep"
	"molap/cmd/molap/internal/words"
)

// followEvery is the time between two looks at a sweep.
const followEvery = 3 * time.Second

func sweepStatus() cli.Command {
	return sweepVerb("status", "what is done, running, failed, missing, corrupt", func(flags *flag.FlagSet) onSweep {
		var c cli.Common
		c.Register(flags, "json")
		follow := flags.Bool("follow", false, "go on until nothing is left to do")
		array := flags.Bool("array", false, "print the indices that nobody has done or works on, as run -index takes them")
		return func(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest) error {
			if *follow && (*array || c.JSON) {
				return cli.Usagef("-follow is for people: it goes with neither -array nor -json")
			}
			s, err := sweep.Look(dir, m, nil)
			if err != nil {
				return err
			}
			switch {
			case *array:
				_, err = fmt.Fprintln(env.Stdout, sweep.FormatList(s.Undone()))
			case c.JSON:
				err = env.PrintJSON(sweepState(m, s))
			case *follow:
				err = sweepFollow(ctx, env, dir, m, s)
			default:
				_, err = fmt.Fprint(env.Stdout, sweepText(m, s))
			}
			return err
		}
	})
}

// sweepState returns a status for a script.
func sweepState(m *sweep.Manifest, s *sweep.Status) map[string]any {
	state := map[string]any{"manifest": m.Sum, "indices": len(m.Indices), "running_by": s.Holders, "notes": s.Notes}
	for t := sweep.Missing; t <= sweep.Done; t++ {
		state[t.String()] = append([]int{}, s.List(t)...)
	}
	return state
}

// sweepText returns a status in lines.
func sweepText(m *sweep.Manifest, s *sweep.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %s, tasks %s\n", words.Count(len(m.Indices), "index"), words.Count(len(m.Points), "point"),
		strings.Join(m.Arms(), ", "), strings.Join(m.Tasks, ", "))
	for t := sweep.Done; t >= sweep.Missing; t-- {
		list := s.List(t)
		if len(list) == 0 && t != sweep.Done {
			continue
		}
		fmt.Fprintf(&b, "%11s %6d", t, len(list))
		if t != sweep.Done && len(list) > 0 {
			fmt.Fprintf(&b, "   %s", cutList(sweep.FormatList(list)))
		}
		b.WriteByte('\n')
		for i, shown := 0, 0; i < len(list) && shown < 5; i++ {
			if h, ok := s.Holders[list[i]]; ok && t == sweep.Running {
				fmt.Fprintf(&b, "%18s   index %d: %2.0f %% on %s\n", "", list[i], 100*h.Part, printable.Line(h.Host))
				shown++
			}
			if note := s.Notes[list[i]]; note != "" {
				fmt.Fprintf(&b, "%18s   index %d: %s\n", "", list[i], printable.Line(note))
				shown++
			}
		}
	}
	if board := sweep.Leaderboard(m, s.Results, sweep.Measures()[0]); len(board) > 0 {
		b.WriteString(sweep.Summary(m, board, s, sweep.Measures()[0])[1] + "\n")
	}
	return b.String()
}

// cutList keeps a list of indices on one line.
func cutList(list string) string {
	const most = 60
	if len(list) <= most {
		return list
	}
	return list[:strings.LastIndexByte(list[:most], ',')+1] + "…"
}

// sweepFollow shows the status again and again until nothing is running or left to do. On a terminal it
// does so in place; elsewhere it prints a line when something has changed.
func sweepFollow(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest, s *sweep.Status) error {
	began, first, last, lines := time.Now(), s.Count(sweep.Done), "", 0
	size := progress.TerminalSize(env.Stdout)
	for {
		done := s.Count(sweep.Done)
		text := sweepText(m, s)
		if took := time.Since(began); done > first {
			left := time.Duration(float64(took) * float64(len(m.Indices)-done) / float64(done-first))
			text += fmt.Sprintf("%.3g indices a minute, about %s left\n", float64(done-first)/took.Minutes(), secondsText(left.Seconds()))
		}
		if size != nil {
			width, height := size()
			if lines > 0 {
				fmt.Fprintf(printable.Raw(env.Stdout), "\x1b[%dA\x1b[J", lines) // up to the first line, and clear
			}
			text, lines = fitTerminal(sweepBar(s)+text, width, height)
			fmt.Fprint(env.Stdout, text)
		} else if line := sweepLine(s); line != last {
			fmt.Fprintln(env.Stdout, line)
			last = line
		}
		if done == len(m.Indices) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(followEvery):
		}
		var err error
		if s, err = sweep.Look(dir, m, s); err != nil {
			return err
		}
	}
}

// fitTerminal cuts the lines of a text, and their number, so that a terminal of that size shows them
// without scrolling.
func fitTerminal(text string, width, height int) (fit string, lines int) {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if lines == height-1 {
			break
		}
		runes := []rune(strings.TrimSuffix(line, "\n"))
		b.WriteString(string(runes[:min(len(runes), width-1)]) + "\n")
		lines++
	}
	return b.String(), lines
}

// sweepLine counts states in one line.
func sweepLine(s *sweep.Status) string {
	var parts []string
	for t := sweep.Done; t >= sweep.Missing; t-- {
		if n := s.Count(t); n > 0 || t == sweep.Done {
			parts = append(parts, fmt.Sprintf("%d %s", n, t))
		}
	}
	return strings.Join(parts, ", ")
}

// sweepBar shows how much is done and running.
func sweepBar(s *sweep.Status) string {
	const width = 60
	n := len(s.States)
	done := s.Count(sweep.Done) * width / n
	running := (s.Count(sweep.Done)+s.Count(sweep.Running))*width/n - done
	return strings.Repeat("█", done) + strings.Repeat("▒", running) + strings.Repeat("░", width-done-running) + "\n"
}
