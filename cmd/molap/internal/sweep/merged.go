package sweep

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// shownRows is the most rows of a table that the page and the command show.
const shownRows = 15

// Merged is the outcome of a sweep.
type Merged struct {
	Tables  []*table.Table // the best of the leaderboard, and the arms where there are several, cut to what is shown
	Summary []string
	Absent  []int  // indices without a result
	Page    string // path of the report
}

// Merge writes the outcome of a sweep into a directory, which must exist and be free for it
// ([CheckMerged]): leaderboard and runs as tables, the best settings of each arm as a profile, figures
// and a page with all of it. The outcome depends on the results alone. Merge stops when ctx ends. It
// removes what killed processes have left of indices that are done.
func Merge(ctx context.Context, dir, out string, m *Manifest, by string) (*Merged, error) {
	tidyDir(dir, m)
	s, err := Look(dir, m, nil)
	if err != nil {
		return nil, err
	}
	if s.Count(Done) == 0 {
		return nil, errors.New("no index is done yet")
	}
	board := Leaderboard(m, s.Results, by)
	tables := []*table.Table{BoardTable(m, board, by)}
	if len(m.Arms()) > 1 {
		tables = append(tables, ArmTable(m, s.Results, by))
	}
	best, err := BestProfiles(m, board)
	if err != nil {
		return nil, err
	}
	var files []table.File
	for _, t := range append(tables, RunTable(m, s.Results)) {
		files = append(files, t.Files()...)
	}
	var profiles []string
	for _, arm := range slices.Sorted(maps.Keys(best)) {
		name := "best_" + arm + ".toml"
		profiles = append(profiles, name)
		files = append(files, table.File{Name: name, Data: best[arm].TOML()})
	}
	figures := Figures(m, board, by)
	for _, f := range figures {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		drawings, err := f.Figure.Files()
		if err != nil {
			return nil, err
		}
		for _, d := range drawings {
			files = append(files, table.File{Name: "figures/" + d.Name, Data: d.Data})
		}
	}
	for _, t := range tables {
		if len(t.Rows) > shownRows {
			t.Title += fmt.Sprintf(" (the first %d of %d rows)", shownRows, len(t.Rows))
			t.Rows = t.Rows[:shownRows]
		}
	}
	merged := &Merged{Tables: tables, Summary: Summary(m, board, s, by), Page: filepath.Join(out, pageName),
		Absent: s.List(Missing, Interrupted, Running, Failed, Corrupt)}
	files = append(files, table.File{Name: pageName, Data: pageOf(m, merged, figures, profiles).HTML()})
	err = markMerged(out, m)
	for _, f := range files {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err == nil {
			err = WriteBeneath(out, f.Name, f.Data)
		}
	}
	return merged, err
}

// pageOf returns the report of a sweep.
func pageOf(m *Manifest, merged *Merged, figures []page.Picture, best []string) *page.Report {
	p := &page.Report{
		Title: "MoLaP: a sweep",
		Banner: fmt.Sprintf("%s, %s, from profile %s",
			words.Count(len(m.Points), "point"), words.Count(len(m.Indices), "index"), m.Settings.Label()),
		Findings: merged.Summary,
		Facts:    []page.Setting{{Name: "manifest (SHA-256)", Value: m.Sum}, {Name: "version", Value: m.Version}},
	}
	board := page.Section{ID: "leaderboard", Title: "Leaderboard", Tables: merged.Tables[:1],
		Files: append([]string{"leaderboard.csv", "leaderboard.json", "runs.csv", "runs.json"}, best...)}
	settings := page.Section{ID: "settings", Title: "What the settings do"}
	for _, f := range figures {
		settings.Figures = append(settings.Figures, f)
		settings.Files = append(settings.Files, "figures/"+f.Figure.Name+".svg", "figures/"+f.Figure.Name+".png")
	}
	p.Sections = []page.Section{board}
	if arms := merged.Tables[1:]; len(arms) > 0 {
		p.Sections = append(p.Sections, page.Section{ID: "arms", Title: "Arms", Tables: arms, Files: []string{"arms.csv", "arms.json"}})
	}
	if len(figures) > 0 {
		p.Sections = append(p.Sections, settings)
	}
	return p
}

// BestProfiles returns for each arm the settings of its first point on the board.
func BestProfiles(m *Manifest, board []Standing) (map[string]profile.Settings, error) {
	best := map[string]profile.Settings{}
	for _, s := range board {
		if _, known := best[s.Arm]; known {
			continue
		}
		settings, err := m.apply(m.Points[s.Point])
		if err != nil {
			return nil, fmt.Errorf("point %d of the sweep: %w", s.Point, err)
		}
		settings.Name = fmt.Sprintf("%s, point %d of sweep %.12s: %.1f %% over %d runs of %s", s.Arm, s.Point, m.Sum, s.measure, s.Runs, strings.Join(m.Tasks, ", "))
		best[s.Arm] = settings
	}
	return best, nil
}
