package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/resultdir"
)

// hostileName is a name that a foreign file may have: it sets a title, clears the screen,
// begins a line of its own, and turns the order of letters.
const hostileName = "x\x1b]0;PWN\x07\u009b2J\u202e\nmolap: all is well\r"

// checkShown checks that a terminal would do nothing but show what was printed.
func checkShown(t *testing.T, what, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); printable.Line(line) != strings.ReplaceAll(line, "\t", `\t`) {
			t.Errorf("%s: printed %q", what, line)
		}
		if strings.HasPrefix(line, "molap: all is well") {
			t.Errorf("%s: a line of somebody else: %q", what, line)
		}
	}
}

// TestForeignText checks that names and texts in files of others are shown and do nothing more, in
// messages and in tables.
func TestForeignText(t *testing.T) {
	t.Parallel()
	network, err := os.ReadFile(foreignNetwork)
	if err != nil {
		t.Fatal(err)
	}
	inManifest := func(change func(m map[string]any)) func(dir string) {
		return func(dir string) {
			editJSON(t, filepath.Join(dir, place.Manifest), func(v any) any {
				change(v.(map[string]any))
				return v
			})
		}
	}
	for name, c := range map[string]struct {
		tamper func(dir string)
		args   []string // DIR is the directory
		shown  string   // escaped, on either output; "": it may be left out
	}{
		"command":       {inManifest(func(m map[string]any) { m["command"] = hostileName; m["seeds"] = []int{2} }), []string{"reproduce", "table1", "-out", "DIR", "-cache", "off"}, ""},
		"version":       {inManifest(func(m map[string]any) { m["machine"].(map[string]any)["version"] = hostileName }), []string{"verify", "DIR", "-sample", "0"}, `x\u001b]0;PWN\u0007`},
		"a file listed": {inManifest(func(m map[string]any) { m["files"].(map[string]any)[hostileName] = "0" }), []string{"verify", "DIR"}, `x\x1b]0;PWN`},
		"a file missing": {inManifest(func(m map[string]any) {
			m["files"].(map[string]any)["results/"+hostileName+".csv"] = strings.Repeat("0", 64)
		}), []string{"verify", "DIR", "-sample", "0"}, `x\x1b]0;PWN`},
		"a file that is there": {func(dir string) { os.WriteFile(filepath.Join(dir, "results", hostileName), nil, 0o666) }, []string{"verify", "DIR", "-sample", "0"}, `x\u001b]0;PWN`},
		"the same, as JSON":    {func(dir string) { os.WriteFile(filepath.Join(dir, "results", hostileName), nil, 0o666) }, []string{"verify", "DIR", "-sample", "0", "-json"}, `x\u001b]0;PWN`},
		"a cell": {func(dir string) {
			rewriteFile(t, dir, "results/fig2_runs.csv", func(s string) string {
				return strings.Replace(s, ",T1,", ",\""+strings.ReplaceAll(hostileName, "\r", "")+"\",", 1)
			})
		}, []string{"verify", "DIR", "-sample", "0"}, `x\u001b]0;PWN`},
		"an arm observed": {func(dir string) {
			rewriteFile(t, dir, "results/records.csv", func(s string) string {
				return strings.Replace(s, ",separate,", ",\""+strings.ReplaceAll(hostileName, "\r", "")+"\",", 1)
			})
			sumsRight(t, dir)
		}, []string{"report", "DIR"}, `x\x1b]0;PWN`},
		"a setting observed": {func(dir string) {
			rewriteFile(t, dir, "results/records.csv", func(s string) string {
				return strings.Replace(s, "score,,", "score,\"x\x1b]0;PWN=1\",", 1)
			})
			sumsRight(t, dir)
		}, []string{"report", "DIR"}, `x\x1b]0;PWN`},
		"a network": {func(dir string) { os.WriteFile(filepath.Join(dir, hostileName+".npz"), network, 0o666) }, []string{"eval", "DIR/" + hostileName + ".npz"}, `x\u001b]0;PWN`},
		"a task": {func(dir string) {
			os.WriteFile(filepath.Join(dir, "t.toml"), []byte("name = \""+strings.Split(hostileName, "\n")[0]+"\""), 0o666)
		}, []string{"tasks", "DIR/t.toml"}, ""},
	} {
		dir := copySmallRun(t)
		c.tamper(dir)
		args := slices.Clone(c.args)
		for i := range args {
			args[i] = strings.Replace(args[i], "DIR", dir, 1)
		}
		_, stdout, stderr := run(args...)
		checkShown(t, name, stdout)
		checkShown(t, name, stderr)
		if !strings.Contains(stdout+stderr, c.shown) || stdout+stderr == "" {
			t.Errorf("%s: %q and %q lack %q", name, stdout, stderr, c.shown)
		}
	}
	dir := planTiny(t)
	editJSON(t, filepath.Join(dir, place.Manifest), func(v any) any {
		text, _ := json.Marshal(v)
		quoted, _ := json.Marshal(hostileName)
		var again any
		json.Unmarshal(bytes.ReplaceAll(text, []byte(`"molap"`), quoted), &again)
		return again
	})
	for _, verb := range []string{"status", "run", "merge"} {
		_, stdout, stderr := run("sweep", verb, dir)
		checkShown(t, "an arm in sweep "+verb, stdout+stderr)
		if stdout+stderr == "" {
			t.Errorf("sweep %s says nothing of an arm that is none", verb)
		}
	}
}

// editJSON rewrites a JSON file.
func editJSON(t *testing.T, path string, edit func(v any) any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if data, err = json.Marshal(edit(v)); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// FuzzResultDir changes a node of one of the JSON files of a result directory, or a place
// in a table or in the observations, makes all sums right again, and has the directory verified
// and its results made again: nothing panics or takes long, what is said fits a line, and nothing
// but results, figures, page and manifest changes anywhere.
func FuzzResultDir(f *testing.F) {
	texts := []string{"", "../../../../escaped", "fig2", "<script>", hostileName, "-1", "1e308", "18446744073709551615", "9007199254740993", "NaN", ",", "\"", "[", "\x00", "<g>"}
	for file := range uint8(8) {
		for how := range uint8(9) {
			f.Add(file, 7*uint16(how)+3*uint16(file), how, texts[(int(file)+int(how))%len(texts)])
		}
	}
	f.Fuzz(func(t *testing.T, file uint8, at uint16, how uint8, text string) {
		t.Parallel()
		dir := copySmallRun(t)
		outer := filepath.Dir(dir)
		names := []string{"results/records.csv", place.Manifest, "results/fig2.json", "results/fig2_runs.json", "results/fig2_runs.csv", "results/table1.csv", "results/draws.csv.gz", "results/arrays.json.gz"}
		name := names[int(file)%len(names)]
		if filepath.Ext(name) == ".json" && how%9 < 8 {
			editJSON(t, filepath.Join(dir, name), func(v any) any {
				left := int(at)
				return mutateJSON(v, &left, how, text)
			})
		} else {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			i := int(at) * 17 % (len(data) + 1)
			data = slices.Concat(data[:i], []byte(text), data[min(len(data), i+int(how)):])
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		sumsRight(t, dir)
		before := dirSnapshot(t, outer)
		began := time.Now()
		commands := [][]string{{"verify", dir, "-sample", "0"}, {"report", dir}, {"verify", dir, "-sample", "0", "-json"}}
		if strings.HasPrefix(name, "results/") { // with the settings as they were, to compute takes a moment
			commands = append(commands, []string{"verify", dir, "-sample", "1"})
		}
		for _, args := range commands {
			code, stdout, stderr := run(args...)
			if code < 0 || code > 2 || strings.Count(stderr, "\n") > 2 || code != 0 && stderr == "" {
				t.Errorf("%q: exit code %d, %q", args, code, stderr)
			}
			checkShown(t, args[0], stdout)
			checkShown(t, args[0], stderr)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it takes %v", took)
		}
		after := dirSnapshot(t, outer)
		for _, path := range slices.Sorted(maps.Keys(after)) {
			inside, _ := filepath.Rel(dir, path)
			ours := inside == place.Manifest || inside == resultdir.Page || strings.HasPrefix(inside, "results"+"/") || strings.HasPrefix(inside, "figures"+"/")
			if before[path] != after[path] && !ours {
				t.Errorf("%s was changed or made", path)
			}
		}
		if len(after) < len(before) {
			t.Errorf("%d files are left of %d", len(after), len(before))
		}
	})
}

// mutateJSON changes the node that is left nodes away, depth first with keys in their order.
func mutateJSON(v any, left *int, how uint8, text string) any {
	if *left--; *left < 0 {
		var number any = text
		if text != "" && strings.Trim(text, "0123456789") == "" && text[0] != '0' || text == "-1" || text == "1e308" {
			number = json.Number(text)
		}
		switch how % 8 {
		case 0:
			return text
		case 1:
			return nil
		case 2:
			return number
		case 3:
			return []any{v, v, v}
		case 4:
			return map[string]any{text: v}
		case 5:
			return []any{}
		case 6:
			for range 200 {
				v = []any{v}
			}
			return v
		}
		if list, ok := v.([]any); ok {
			return slices.Concat(list, list)
		}
		return map[string]any{}
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			if v[i] = mutateJSON(v[i], left, how, text); *left < 0 {
				*left = 1 << 30
				return v
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if v[key] = mutateJSON(v[key], left, how, text); *left < 0 {
				*left = 1 << 30
				return v
			}
		}
	}
	return v
}

// sumsRight puts the SHA-256 of the settings and of every file that is listed and there
// into the manifest, as far as that can be read.
func sumsRight(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, place.Manifest)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m resultdir.Manifest
	if json.Unmarshal(data, &m) == nil {
		var all map[string]any
		if json.Unmarshal(data, &all) != nil {
			return
		}
		all["settings_sha256"] = m.Settings.Hash()
		for name := range m.Files {
			if sum, err := sumResult(dir, name); err == nil {
				m.Files[name] = sum
			}
		}
		all["files"] = m.Files
		if data, err = json.Marshal(all); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
