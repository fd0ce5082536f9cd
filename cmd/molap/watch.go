package main

import (
	"flag"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/live"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/progress"
)

// serveFlag registers -serve; its value is the address of the live page, "" for none.
func serveFlag(flags *flag.FlagSet) *string {
	addr := ""
	flags.Func("serve", "show the run on a page at `ADDR` while it goes on: a loopback address such as 127.0.0.1:8080, port 0 for a free one", func(text string) error {
		addr = text
		return live.Check(text)
	})
	return &addr
}

// startWatching shows the trainings of a pool below the progress, if that is on a
// terminal, and on a page at an address, unless it is empty, until stop is called.
func startWatching(env *cli.Env, pool *jobs.Pool, p *progress.Reporter, s profile.Settings, addr string) (stop func(), err error) {
	if !p.Terminal() && addr == "" {
		return func() {}, nil
	}
	pool.Board = lab.NewBoard(s)
	p.Detail(pool.Board.Running)
	if addr == "" {
		return func() {}, nil
	}
	page, err := live.Serve(addr, live.Source{Title: "molap " + strings.Join(env.Args, " "), Board: pool.Board, Status: p.Status})
	if err != nil {
		return nil, cli.Usagef("-serve %s: %w", addr, err)
	}
	fmt.Fprintf(env.Stderr, "live page: %s\n", page.URL)
	return page.Close, nil
}
