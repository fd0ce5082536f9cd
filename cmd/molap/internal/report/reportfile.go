package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// A report as a file is one JSON object with all that the page shows but its
// drawings: of those it has names, captions and notes.
type reportFile struct {
	Title     string            `json:"title"`
	Subtitle  string            `json:"subtitle"`
	Claims    list[claimFile]   `json:"claims"`
	ClaimNote string            `json:"claim_note"`
	Findings  []string          `json:"findings"`
	Summary   []string          `json:"summary"`
	Sections  list[sectionFile] `json:"sections"`
	Facts     list[settingFile] `json:"facts"`
}

// list is a JSON array of objects. It grows by pointers, not by objects, so that a
// file of many empty ones takes a few times its length and not some hundred times.
type list[T any] []*T

// all yields the objects; null is an empty one.
func (l list[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, p := range l {
			if p == nil {
				p = new(T)
			}
			if !yield(*p) {
				return
			}
		}
	}
}

// listOf makes objects of values.
func listOf[T, V any](values []V, object func(V) T) (l list[T]) {
	for _, v := range values {
		o := object(v)
		l = append(l, &o)
	}
	return l
}

type claimFile struct {
	Words   string `json:"words"`
	Where   string `json:"where"`
	Section string `json:"section"`
	Profile string `json:"profile"`
	Measure string `json:"measure"`
	Value   number `json:"value"`
	Lo      number `json:"lo"`
	Hi      number `json:"hi"`
	Unit    string `json:"unit"`
	Seeds   int    `json:"seeds"`
	Note    string `json:"note"`
	Verdict string `json:"verdict"`
	Alone   string `json:"alone"`
}

type sectionFile struct {
	ID         string            `json:"id"`
	Title      string            `json:"title"`
	Paragraphs []string          `json:"paragraphs"`
	Figures    list[figureFile]  `json:"figures"`
	Tables     list[tableFile]   `json:"tables"`
	Files      []string          `json:"files"`
	Command    string            `json:"command"`
	Settings   list[settingFile] `json:"settings"`
}

type figureFile struct {
	Name    string          `json:"name"`
	Caption string          `json:"caption"`
	Notes   json.RawMessage `json:"notes,omitempty"`
}

type settingFile struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type tableFile struct {
	Name    string           `json:"name"`
	Title   string           `json:"title"`
	Columns list[columnFile] `json:"columns"`
	Rows    [][]cellFile     `json:"rows"`
}

type columnFile struct {
	Name        string `json:"name"`
	Unit        string `json:"unit"`
	Description string `json:"description"`
}

// number is a float of any kind: what JSON has no number for is a string.
type number float64

func (v number) MarshalJSON() ([]byte, error) {
	text := shortest(float64(v), 64)
	if !finite(float64(v)) {
		text = quote(text)
	}
	return []byte(text), nil
}

func (v *number) UnmarshalJSON(data []byte) error {
	x, err := parseFloat(strings.Trim(string(data), `"`))
	*v = number(x)
	return err
}

// parseFloat reads what shortest wrote.
func parseFloat(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || shortest(x, 64) != text {
		return 0, fmt.Errorf("%.40q is no number as a report has it", text)
	}
	return x, nil
}

// cellFile is a cell that keeps its type: a float is {"float": "0.5"}, a whole number,
// a string, true or null is itself.
type cellFile struct{ value any }

func (c cellFile) MarshalJSON() ([]byte, error) {
	switch v := c.value.(type) {
	case nil, string, bool, int, int64, uint64:
		return json.Marshal(v)
	case float64:
		return []byte(`{"float":"` + shortest(v, 64) + `"}`), nil
	case float32:
		return []byte(`{"float":"` + shortest(float64(v), 64) + `"}`), nil
	}
	return nil, fmt.Errorf("a cell cannot hold a %T", c.value)
}

func (c *cellFile) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '{':
		key, text, _ := bytes.Cut(data[1:len(data)-1], []byte(":"))
		if string(bytes.TrimSpace(key)) != `"float"` {
			return fmt.Errorf("%.40q is not a cell", data)
		}
		text, opened := bytes.CutPrefix(bytes.TrimSpace(text), []byte(`"`))
		text, closed := bytes.CutSuffix(text, []byte(`"`))
		if !opened || !closed {
			return fmt.Errorf("%.40q is not a cell", data)
		}
		v, err := parseFloat(string(text))
		c.value = v
		return err
	case '"', 't', 'f', 'n':
		return json.Unmarshal(data, &c.value)
	}
	if v, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		c.value = v
		return nil
	}
	v, err := strconv.ParseUint(string(data), 10, 64)
	if err != nil {
		return fmt.Errorf("%.40q is not a cell", data)
	}
	c.value = v
	return nil
}

// strict decodes one JSON value that fills the data and has no unknown fields.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// JSON returns the report, all but its drawings, as a file from which [ParseReport]
// makes it again.
func (r *Report) JSON() []byte {
	f := reportFile{Title: r.Title, Subtitle: r.Subtitle, ClaimNote: r.ClaimNote, Findings: r.Findings, Summary: r.Summary, Facts: listOf(r.Facts, newSettingFile)}
	f.Claims = listOf(r.Claims, func(c Claim) claimFile {
		return claimFile{c.Words, c.Where, c.Section, c.Profile, c.Measure, number(c.Value), number(c.Lo), number(c.Hi), c.Unit, c.Seeds, c.Note, c.Verdict.String(), c.Alone.String()}
	})
	f.Sections = listOf(r.Sections, func(s Section) sectionFile {
		return sectionFile{
			ID: s.ID, Title: s.Title, Paragraphs: s.Paragraphs, Files: s.Files, Command: s.Command, Settings: listOf(s.Settings, newSettingFile),
			Figures: listOf(s.Figures, func(p Picture) figureFile { return figureFile{p.Name, p.Caption, p.Notes} }),
			Tables:  listOf(s.Tables, fileOf),
		}
	})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		panic(fmt.Sprintf("report: page %s: %v", r.Title, err)) // by a cell of a wrong type
	}
	return b.Bytes()
}

func newSettingFile(s Setting) settingFile { return settingFile(s) }

func fileOf(t *Table) tableFile {
	f := tableFile{Name: t.Name, Title: t.Title, Columns: listOf(t.Columns, func(c Column) columnFile { return columnFile(c) })}
	for _, row := range t.Rows {
		cells := make([]cellFile, len(row))
		for j, v := range row {
			cells[j].value = v
		}
		f.Rows = append(f.Rows, cells)
	}
	return f
}

// ParseReport reads a report that [Report.JSON] wrote. Its pictures have no drawings
// yet. What HTML would not take is an error, so is what JSON does not write.
func ParseReport(data []byte) (*Report, error) {
	var f reportFile
	if err := strict(data, &f); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	r := &Report{Title: f.Title, Subtitle: f.Subtitle, ClaimNote: f.ClaimNote, Findings: f.Findings, Summary: f.Summary, Facts: settingsOf(f.Facts)}
	for c := range f.Claims.all() {
		verdict, err := parseVerdict(c.Verdict)
		alone, errAlone := parseVerdict(c.Alone)
		if err = cmp.Or(err, errAlone); err != nil {
			return nil, fmt.Errorf("report: claim %q: %w", c.Words, err)
		}
		r.Claims = append(r.Claims, Claim{c.Words, c.Where, c.Section, c.Profile, c.Measure, float64(c.Value), float64(c.Lo), float64(c.Hi), c.Unit, c.Seeds, c.Note, verdict, alone})
	}
	if i := slices.IndexFunc(f.Sections, func(s *sectionFile) bool { return s == nil || s.ID == "" }); i >= 0 {
		return nil, fmt.Errorf("report: section %d has no anchor", i+1) // before so many empty ones are copied
	}
	r.Sections = slices.Grow(r.Sections, len(f.Sections))
	for sf := range f.Sections.all() {
		s := Section{ID: sf.ID, Title: sf.Title, Paragraphs: sf.Paragraphs, Files: sf.Files, Command: sf.Command, Settings: settingsOf(sf.Settings)}
		s.Figures = slices.Grow(s.Figures, len(sf.Figures))
		for p := range sf.Figures.all() {
			s.Figures = append(s.Figures, Picture{Name: p.Name, Caption: p.Caption, Notes: p.Notes})
		}
		s.Tables = slices.Grow(s.Tables, len(sf.Tables))
		for t := range sf.Tables.all() {
			s.Tables = append(s.Tables, t.table())
		}
		r.Sections = append(r.Sections, s)
	}
	if err := r.mistake(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return r, nil
}

func settingsOf(files list[settingFile]) []Setting {
	settings := make([]Setting, 0, len(files))
	for s := range files.all() {
		settings = append(settings, Setting(s))
	}
	return settings
}

func (f tableFile) table() *Table {
	t := &Table{Name: f.Name, Title: f.Title, Columns: make([]Column, 0, len(f.Columns)), Rows: make([][]any, 0, len(f.Rows))}
	for c := range f.Columns.all() {
		t.Columns = append(t.Columns, Column(c))
	}
	for _, cells := range f.Rows {
		row := make([]any, len(cells))
		for j, c := range cells {
			row[j] = c.value
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func parseVerdict(text string) (Verdict, error) {
	i := slices.IndexFunc(verdicts, func(v Verdict) bool { return v.String() == text })
	if i < 0 {
		return 0, fmt.Errorf("%q is no verdict", text)
	}
	return verdicts[i], nil
}
