package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/profile"
)

// foreignSweep is a sweep's directory that somebody else made, or changed.
type foreignSweep struct {
	dir     string
	outside map[string]string // what is around it
	good    fs.FS
}

// sealDocument returns a document's text with the SHA-256 that is right for it.
func sealDocument(t testing.TB, document map[string]any) []byte {
	t.Helper()
	document["sha256"] = ""
	data, err := json.MarshalIndent(orderSum(document), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return append(bytes.TrimSuffix(data, []byte("\"\"\n}")), fmt.Sprintf("%q\n}\n", hex.EncodeToString(sum[:]))...)
}

// orderSum puts the field sha256 last, as a sealed document has it: keys are written in
// their order, and no other is behind this one.
func orderSum(document map[string]any) map[string]any {
	with := map[string]any{}
	for k, v := range document {
		if k > "sha256" { // JSON takes field names in any case
			k = strings.ToUpper(k[:1]) + k[1:]
		}
		with[k] = v
	}
	return with
}

// read returns a JSON document of the good sweep.
func (f *foreignSweep) read(t testing.TB, name string) map[string]any {
	t.Helper()
	data, err := fs.ReadFile(f.good, name)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var document map[string]any
	if err := d.Decode(&document); err != nil {
		t.Fatal(err)
	}
	return document
}

// reset makes the sweep good again.
func (f *foreignSweep) reset(t testing.TB) {
	t.Helper()
	if err := os.RemoveAll(f.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(f.dir, f.good); err != nil {
		t.Fatal(err)
	}
}

// foreignFiles are the files that a sweep's directory is read from.
var foreignFiles = []string{"manifest.json", "results/000001.json", "estimate.json", "merged/merged.json"}

// foreignTexts are those that are no JSON.
var foreignTexts = []string{"slurm/flags.txt", "slurm/submitted.txt", "state/000002.lease", "state/000003/failed.txt"}

// newForeign returns a sweep with some of everything, in a directory of its own.
func newForeign(t testing.TB) *foreignSweep {
	t.Helper()
	top := t.TempDir()
	spec, good := filepath.Join(top, "s.toml"), filepath.Join(top, "good")
	text := strings.Replace(strings.Replace(tinySweep, `["molap"]`, `["reservoir"]`, 1), `"mem_dm1"`, `"T7"`, 1)
	if err := os.WriteFile(spec, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"plan", spec, "-out", good}, {"run", good, "-index", "0-1"}, {"slurm", good, "-per-task", "1", "-minutes", "5"}, {"merge", good}} {
		if code, _, stderr := run(append([]string{"sweep"}, args...)...); code != 0 {
			t.Fatal(stderr)
		}
	}
	abs := filepath.Join(top, "around", "sweep")
	for name, text := range map[string]string{
		"slurm/submitted.txt":     fmt.Sprintf("work 7\nrender 8\nof %s/slurm\n", abs),
		"state/000002.lease":      "host-elsewhere 5 X\n3 0.500\n",
		"state/000003/failed.txt": "no more of this\n",
	} {
		path := filepath.Join(good, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f := &foreignSweep{dir: abs, good: os.DirFS(good)}
	if err := os.MkdirAll(filepath.Join(top, "around", "victim"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(top, "around", "victim", "mine"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	best := "profile = \"extended\"\narms = [\"reservoir\"]\ntasks = [\"T1\"]\nseeds = 1\ndesign = \"best\"\nof = \"sweep\"\npoints = 1\n"
	if err := os.WriteFile(filepath.Join(top, "around", "best.toml"), []byte(best), 0o666); err != nil {
		t.Fatal(err)
	}
	f.reset(t)
	f.outside = f.around(t)
	return f
}

// around returns what lies around the sweep.
func (f *foreignSweep) around(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	top := filepath.Dir(f.dir)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == f.dir {
			return cmpErr(err, fs.SkipDir)
		}
		text := ""
		if d.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(data)
		}
		files[path] = text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// cmpErr returns the first error that is one.
func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// put writes a changed document, with the sums that go with it.
func (f *foreignSweep) put(t testing.TB, name string, document map[string]any) {
	t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	switch {
	case name == "manifest.json":
		hashPoints(document)
		text := sealDocument(t, document)
		f.write(t, path, text)
		var m struct{ Sha256 string }
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		for _, result := range []string{"results/000000.json", "results/000001.json"} {
			r := f.read(t, result)
			r["sweep"] = m.Sha256
			f.write(t, filepath.Join(f.dir, filepath.FromSlash(result)), sealDocument(t, r))
		}
	case strings.HasPrefix(name, "results/"):
		f.write(t, path, sealDocument(t, document))
	default:
		data, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		f.write(t, path, data)
	}
}

func (f *foreignSweep) write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// hashPoints makes the hashes of a manifest's points right, as far as it can be read.
func hashPoints(document map[string]any) {
	text, err := json.Marshal(document)
	if err != nil {
		return
	}
	var m struct {
		Settings profile.Settings
		Axes     []struct{ Keys []string }
		Points   []struct{ Values []string }
	}
	points, ok := document["points"].([]any)
	if json.Unmarshal(text, &m) != nil || !ok {
		return
	}
	for i, p := range m.Points {
		s := m.Settings
		for k, a := range m.Axes {
			for _, key := range a.Keys {
				if k < len(p.Values) {
					s.Set(key + "=" + p.Values[k])
				}
			}
		}
		if point, ok := points[i].(map[string]any); ok {
			point["hash"] = s.Hash()
		}
	}
}

// lines are the command lines that are tried on the sweep in a directory.
func (f *foreignSweep) lines() [][]string {
	return [][]string{
		{"status", f.dir}, {"status", f.dir, "-json"}, {"status", f.dir, "-array"}, {"status", f.dir, "-follow"}, {"merge", f.dir},
		{"slurm", f.dir}, {"kubernetes", f.dir, "-image", "molap", "-claim", "sweeps"}, {"run", f.dir, "-workers", "1"},
		{"plan", filepath.Join(filepath.Dir(f.dir), "best.toml"), "-out", filepath.Join(f.dir, "planned")},
	}
}

// verbs tries all verbs on the sweep.
func (f *foreignSweep) verbs(t *testing.T) {
	t.Helper()
	for _, args := range f.lines() {
		f.verb(t, args)
	}
}

// verb tries one: it does not panic, goes not on for ever, says in one line what is wrong,
// and writes nothing around the directory.
func (f *foreignSweep) verb(t *testing.T, args []string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := cli.Env{Args: append([]string{"sweep"}, args...), Stdout: &out, Stderr: &errs, Exit: func(int) {}}
	if args[0] == "run" || args[len(args)-1] == "-follow" { // what is right may take long
		env.Notify = func(c chan<- os.Signal) func() {
			stop := time.AfterFunc(50*time.Millisecond, func() { c <- os.Interrupt })
			return func() { stop.Stop() }
		}
	}
	code := make(chan int, 1)
	go func() { code <- program().Main(env) }()
	select {
	case c := <-code:
		if complaints := strings.Count(errs.String(), "molap: "); c != 0 && complaints != 1 || c < 0 || c > 130 {
			t.Errorf("sweep %q: exit code %d, %q", args, c, &errs)
		}
	case <-time.After(hangLimit):
		t.Fatalf("sweep %q goes on after %v", args, hangLimit)
	}
	if after := f.around(t); !maps.Equal(after, f.outside) {
		t.Fatalf("sweep %q wrote outside of the sweep: %q, was %q", args, after, f.outside)
	}
}

// oddValues has values that a document of a sweep does not expect somewhere.
var oddValues = []any{nil, true, json.Number("-1"), json.Number("0"), json.Number("9007199254740993"), json.Number("1e308"), json.Number("0.5"), "",
	"../../victim/x", "x/../../../victim/mine", "a\nb\x1b[2J", "NaN", strings.Repeat("long", 300), []any{}, map[string]any{}}

// eachPlace calls use for every place in a document, with a way to change what is there.
func eachPlace(value any, set func(any), use func(was any, set func(any))) {
	use(value, set)
	switch v := value.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if k != "sha256" {
				eachPlace(v[k], func(x any) { v[k] = x }, use)
			}
		}
	case []any:
		for i := range v {
			if i < 2 || i == len(v)-1 { // the others are like these
				eachPlace(v[i], func(x any) { v[i] = x }, use)
			}
		}
	}
}

func sortedKeys(m map[string]any) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// mutateSweep changes a document in the place-th of its places, modulo their number, to
// something else: an odd value, twice what is there, or less of it.
func mutateSweep(document map[string]any, place, how int) (places int) {
	var all []func()
	eachPlace(document, func(any) {}, func(was any, set func(any)) {
		all = append(all, func() {
			list, isList := was.([]any)
			switch n := how % (len(oddValues) + 3); {
			case n < len(oddValues):
				set(oddValues[n])
			case !isList || len(list) == 0:
				set([]any{was, was})
			case n == len(oddValues):
				set(append(slices.Clone(list), list...))
			case n == len(oddValues)+1:
				set(list[1:])
			default:
				set(append([]any{list[len(list)-1]}, list[1:]...))
			}
		})
	})
	all[place%len(all)]()
	return len(all)
}

// TestForeignSweep changes the documents of a sweep, here and there, and tries all verbs.
func TestForeignSweep(t *testing.T) {
	t.Parallel()
	f := newForeign(t)
	for _, name := range foreignFiles { // written again, with nothing changed
		if name != "results/000001.json" { // which the manifest's are written with
			f.put(t, name, f.read(t, name))
		}
	}
	if code, stdout, stderr := run("sweep", "status", f.dir); code != 0 || !strings.Contains(stdout, "done      2\n") || !strings.Contains(stdout, "running      1") ||
		!strings.Contains(stdout, "no more of this") {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	f.verbs(t)
	step, tries := 1, 6
	if testing.Short() {
		tries = 3
	}
	for _, name := range foreignFiles {
		for i := range tries {
			f.reset(t)
			document := f.read(t, name)
			mutateSweep(document, 7*step, 5*i+step)
			step++
			f.put(t, name, document)
			if f.verbs(t); t.Failed() {
				text, _ := json.Marshal(document)
				t.Fatalf("%s of %.3000s", name, text)
			}
		}
	}
	for _, name := range foreignTexts {
		for i, x := range oddValues {
			if testing.Short() && i%3 > 0 {
				continue
			}
			f.reset(t)
			path := filepath.Join(f.dir, filepath.FromSlash(name))
			good, err := fs.ReadFile(f.good, name)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.SplitAfter(string(good), "\n")
			lines[i%(len(lines)-1)] = fmt.Sprintf("%v\n", x)
			if i%2 == 0 { // the end of a line alone
				lines = strings.SplitAfter(string(good), "\n")
				at := i / 2 % (len(lines) - 1)
				lines[at] = lines[at][:strings.LastIndexAny(lines[at], " =")+1] + fmt.Sprintf("%v\n", x)
			}
			f.write(t, path, []byte(strings.Join(lines, "")))
			if f.verbs(t); t.Failed() {
				t.Fatalf("%s of %q", name, lines)
			}
		}
	}
}

// FuzzSweepDir changes a document of a sweep in two places, makes its sums right again and
// tries a verb.
func FuzzSweepDir(f *testing.F) {
	for i := range foreignFiles {
		f.Add(uint8(i), uint8(i), uint16(3*i), uint8(i), uint16(5*i+1), uint8(2*i))
	}
	sweep := newForeign(f)
	f.Fuzz(func(t *testing.T, verb, file uint8, place uint16, how uint8, second uint16, then uint8) {
		sweep.reset(t)
		name := foreignFiles[int(file)%len(foreignFiles)]
		document := sweep.read(t, name)
		mutateSweep(document, int(place), int(how))
		mutateSweep(document, int(second), int(then))
		sweep.put(t, name, document)
		lines := sweep.lines()
		sweep.verb(t, lines[int(verb)%len(lines)])
	})
}

// TestForeignLinks has links, pipes and directories where a sweep has files, and links where
// it has directories.
func TestForeignLinks(t *testing.T) {
	t.Parallel()
	f := newForeign(t)
	victim := filepath.Join(filepath.Dir(f.dir), "victim")
	for _, name := range []string{"results", "state", "state/000002", "state/000003", "slurm", "slurm/log", "kubernetes", "merged", "merged/figures",
		"manifest.json", "estimate.json", "slurm/flags.txt", "slurm/submitted.txt", "state/000002.lease", "state/000003/failed.txt", "results/000002.json",
		"merged/report.html", "merged/merged.json", "slurm/work.sbatch", "points.csv"} {
		for _, to := range []string{victim, filepath.Join(victim, "mine"), "", "/dev/zero"} { // "": a directory
			f.reset(t)
			path := filepath.Join(f.dir, filepath.FromSlash(name))
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			os.MkdirAll(filepath.Dir(path), 0o777)
			if to == "" {
				if err := os.Mkdir(path, 0o777); err != nil {
					t.Fatal(err)
				}
			} else if err := os.Symlink(to, path); err != nil {
				t.Skip(err)
			}
			if f.verbs(t); t.Failed() {
				t.Fatalf("%s is a link to %q", name, to)
			}
		}
	}
}
