package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A report as a file is one JSON object with all that the page shows but its
// drawings: of those it has names and captions.
type reportFile struct {
	Title     string        `json:"title"`
	Subtitle  string        `json:"subtitle"`
	Claims    []claimFile   `json:"claims"`
	ClaimNote string        `json:"claim_note"`
	Findings  []string      `json:"findings"`
	Summary   []string      `json:"summary"`
	Sections  []sectionFile `json:"sections"`
	Facts     []settingFile `json:"facts"`
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
}

type sectionFile struct {
	ID         string        `json:"id"`
	Title      string        `json:"title"`
	Paragraphs []string      `json:"paragraphs"`
	Figures    []figureFile  `json:"figures"`
	Tables     []tableFile   `json:"tables"`
	Files      []string      `json:"files"`
	Command    string        `json:"command"`
	Settings   []settingFile `json:"settings"`
}

type figureFile struct {
	Name    string `json:"name"`
	Caption string `json:"caption"`
}

type settingFile struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type tableFile struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Columns []columnFile `json:"columns"`
	Rows    [][]cellFile `json:"rows"`
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

type floatFile struct {
	Float string `json:"float"`
}

func (c cellFile) MarshalJSON() ([]byte, error) {
	switch v := c.value.(type) {
	case nil, string, bool, int, int64, uint64:
		return json.Marshal(v)
	case float64:
		return json.Marshal(floatFile{shortest(v, 64)})
	case float32:
		return json.Marshal(floatFile{shortest(float64(v), 64)})
	}
	return nil, fmt.Errorf("a cell cannot hold a %T", c.value)
}

func (c *cellFile) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '{':
		var f floatFile
		if err := strict(data, &f); err != nil {
			return err
		}
		v, err := parseFloat(f.Float)
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
	f := reportFile{Title: r.Title, Subtitle: r.Subtitle, ClaimNote: r.ClaimNote, Findings: r.Findings, Summary: r.Summary, Facts: settingFiles(r.Facts)}
	for _, c := range r.Claims {
		f.Claims = append(f.Claims, claimFile{c.Words, c.Where, c.Section, c.Profile, c.Measure, number(c.Value), number(c.Lo), number(c.Hi), c.Unit, c.Seeds, c.Note, c.Verdict.String()})
	}
	for _, s := range r.Sections {
		sf := sectionFile{ID: s.ID, Title: s.Title, Paragraphs: s.Paragraphs, Files: s.Files, Command: s.Command, Settings: settingFiles(s.Settings)}
		for _, p := range s.Figures {
			sf.Figures = append(sf.Figures, figureFile{p.Name, p.Caption})
		}
		for _, t := range s.Tables {
			sf.Tables = append(sf.Tables, fileOf(t))
		}
		f.Sections = append(f.Sections, sf)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		panic(fmt.Sprintf("report: page %s: %v", r.Title, err)) // by a cell of a wrong type
	}
	return b.Bytes()
}

func settingFiles(settings []Setting) (files []settingFile) {
	for _, s := range settings {
		files = append(files, settingFile(s))
	}
	return files
}

func fileOf(t *Table) tableFile {
	f := tableFile{Name: t.Name, Title: t.Title}
	for _, c := range t.Columns {
		f.Columns = append(f.Columns, columnFile(c))
	}
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
	for _, c := range f.Claims {
		verdict, err := parseVerdict(c.Verdict)
		if err != nil {
			return nil, fmt.Errorf("report: claim %q: %w", c.Words, err)
		}
		r.Claims = append(r.Claims, Claim{c.Words, c.Where, c.Section, c.Profile, c.Measure, float64(c.Value), float64(c.Lo), float64(c.Hi), c.Unit, c.Seeds, c.Note, verdict})
	}
	for _, sf := range f.Sections {
		s := Section{ID: sf.ID, Title: sf.Title, Paragraphs: sf.Paragraphs, Files: sf.Files, Command: sf.Command, Settings: settingsOf(sf.Settings)}
		for _, p := range sf.Figures {
			s.Figures = append(s.Figures, Picture{Name: p.Name, Caption: p.Caption})
		}
		for _, t := range sf.Tables {
			s.Tables = append(s.Tables, t.table())
		}
		r.Sections = append(r.Sections, s)
	}
	if err := r.mistake(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return r, nil
}

func settingsOf(files []settingFile) (settings []Setting) {
	for _, s := range files {
		settings = append(settings, Setting(s))
	}
	return settings
}

func (f tableFile) table() *Table {
	t := &Table{Name: f.Name, Title: f.Title}
	for _, c := range f.Columns {
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
