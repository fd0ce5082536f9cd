package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowedImports lists what each package may import beside the standard library:
// packages of ours without "molap/", modules of others by path. Tests may import
// more. The way of the data is the way of the imports: no arrow goes back up.
var allowedImports = map[string][]string{
	"asm":      {},
	"kernels":  {"asm", "github.com/klauspost/cpuid/v2"},
	"autodiff": {"kernels"},
	"tasks":    {"kernels"},
	"cca":      {"kernels/linear"},
	"rnn":      {"kernels", "kernels/linear", "autodiff"},
	"dynamics": {"kernels", "kernels/linear", "autodiff"},

	"kernels/linear": {},

	"examples/arrays":   {"kernels", "autodiff", "rnn", "tasks"},
	"examples/outputs":  {"kernels", "autodiff", "rnn"},
	"examples/ownmask":  {"kernels", "autodiff", "rnn", "tasks"},
	"examples/python":   {},
	"examples/owntask":  {"kernels", "autodiff", "rnn", "tasks"},
	"bench/peers/steps": {"kernels", "autodiff", "gonum.org/v1/gonum/blas", "golang.org/x/sys/unix"},

	"cmd/release": {},
	"cmd/rename":  {},

	"cmd/molap/internal/profile":     {"tasks", "cmd/molap/internal/regularfile", "cmd/molap/internal/suggest", "cmd/molap/internal/tomlfile", "github.com/pelletier/go-toml/v2", "github.com/pelletier/go-toml/v2/unstable", "cmd/molap/internal/seq"},
	"cmd/molap/internal/cli":         {"kernels", "cmd/molap/internal/atomicfile", "cmd/molap/internal/jsonvalue", "cmd/molap/internal/printable", "cmd/molap/internal/profile", "cmd/molap/internal/regularfile", "cmd/molap/internal/suggest", "golang.org/x/sys/unix", "golang.org/x/term", "cmd/molap/internal/words", "cmd/molap/internal/seq"},
	"cmd/molap/internal/suggest":     {},
	"cmd/molap/internal/machine":     {"kernels", "github.com/klauspost/cpuid/v2", "golang.org/x/sys/unix", "cmd/molap/internal/seq"},
	"cmd/molap/internal/taskfile":    {"tasks", "cmd/molap/internal/regularfile", "cmd/molap/internal/suggest", "cmd/molap/internal/tomlfile", "github.com/pelletier/go-toml/v2", "github.com/pelletier/go-toml/v2/unstable", "cmd/molap/internal/seq"},
	"cmd/molap/internal/table":       {"cmd/molap/internal/atomicfile", "cmd/molap/internal/printable", "cmd/molap/internal/strictjson", "cmd/molap/internal/words", "cmd/molap/internal/seq"},
	"cmd/molap/internal/figure":      {"cmd/molap/internal/seq", "cmd/molap/internal/table", "cmd/molap/internal/words", "golang.org/x/image", "gonum.org/v1/plot"},
	"cmd/molap/internal/page":        {"cmd/molap/internal/figure", "cmd/molap/internal/judge", "cmd/molap/internal/table"},
	"cmd/molap/internal/tomlfile":    {"cmd/molap/internal/suggest", "github.com/pelletier/go-toml/v2"},
	"cmd/molap/internal/progress":    {"cmd/molap/internal/printable", "golang.org/x/term"},
	"cmd/molap/internal/atomicfile":  {},
	"cmd/molap/internal/labtest":     {"cmd/molap/internal/jobs", "cmd/molap/internal/profile"},
	"cmd/molap/internal/memtest":     {},
	"cmd/molap/internal/panictest":   {},
	"cmd/molap/internal/printable":   {},
	"cmd/molap/internal/regularfile": {},
	"cmd/molap/internal/dirlock":     {"github.com/gofrs/flock"},
	"cmd/molap/internal/watch":       {"rnn"},
	"cmd/molap/internal/live":        {"cmd/molap/internal/watch"},
	"cmd/molap/internal/webtest":     {},
	"cmd/molap/internal/jobs":        {"cmd/molap/internal/atomicfile", "cmd/molap/internal/dirlock", "cmd/molap/internal/regularfile", "cmd/molap/internal/watch"},
	"cmd/molap/internal/sweep":       {"kernels", "tasks", "cmd/molap/internal/jobs", "cmd/molap/internal/lab", "cmd/molap/internal/taskset", "cmd/molap/internal/obs", "cmd/molap/internal/seq", "cmd/molap/internal/strictjson", "cmd/molap/internal/atomicfile", "cmd/molap/internal/dirlock", "cmd/molap/internal/figure", "cmd/molap/internal/page", "cmd/molap/internal/profile", "cmd/molap/internal/regularfile", "cmd/molap/internal/slurm", "cmd/molap/internal/suggest", "cmd/molap/internal/stats", "cmd/molap/internal/table", "cmd/molap/internal/taskfile", "cmd/molap/internal/tomlfile", "github.com/pelletier/go-toml/v2", "cmd/molap/internal/words", "cmd/molap/internal/progress"},
	"cmd/molap/internal/stats":       {"gonum.org/v1/gonum"},
	"cmd/molap/internal/place":       {"cmd/molap/internal/atomicfile", "cmd/molap/internal/cli", "cmd/molap/internal/dirlock", "cmd/molap/internal/regularfile", "cmd/molap/internal/table"},
	"cmd/molap/internal/resultdir":   {"kernels", "cmd/molap/internal/atomicfile", "cmd/molap/internal/claims", "cmd/molap/internal/cli", "cmd/molap/internal/dirlock", "cmd/molap/internal/jobs", "cmd/molap/internal/lab", "cmd/molap/internal/machine", "cmd/molap/internal/obs", "cmd/molap/internal/page", "cmd/molap/internal/paper", "cmd/molap/internal/place", "cmd/molap/internal/printable", "cmd/molap/internal/profile", "cmd/molap/internal/progress", "cmd/molap/internal/regularfile", "cmd/molap/internal/strictjson", "cmd/molap/internal/table", "cmd/molap/internal/words", "cmd/molap/internal/seq"},
	"cmd/molap/internal/seq":         {},
	"cmd/molap/internal/words":       {"cmd/molap/internal/seq"},
	"cmd/molap/internal/jsonvalue":   {},
	"cmd/molap/internal/strictjson":  {},
	"cmd/molap/internal/slurm":       {"cmd/molap/internal/atomicfile", "cmd/molap/internal/cli", "cmd/molap/internal/place", "cmd/molap/internal/regularfile"},
	"cmd/molap/internal/intake":      {"rnn", "tasks", "cmd/molap/internal/atomicfile", "cmd/molap/internal/cli", "cmd/molap/internal/lab", "cmd/molap/internal/taskset", "cmd/molap/internal/machine", "cmd/molap/internal/place", "cmd/molap/internal/printable", "cmd/molap/internal/profile", "cmd/molap/internal/regularfile", "cmd/molap/internal/taskfile", "cmd/molap/internal/taskview", "cmd/molap/internal/words", "cmd/molap/internal/seq"},
	"cmd/molap/internal/stepbench":   {"bench", "kernels", "cmd/molap/internal/cli", "cmd/molap/internal/jobs", "cmd/molap/internal/machine", "cmd/molap/internal/progress", "cmd/molap/internal/seq", "cmd/molap/internal/words"},
	"cmd/molap/internal/taskview":    {"kernels", "tasks", "cmd/molap/internal/figure", "cmd/molap/internal/table", "cmd/molap/internal/words", "cmd/molap/internal/seq"},
	"cmd/molap/internal/judge":       {"cmd/molap/internal/seq", "cmd/molap/internal/stats"},
	"cmd/molap/internal/obs":         {"cmd/molap/internal/taskview", "cmd/molap/internal/jsonvalue", "tasks", "cmd/molap/internal/figure", "cmd/molap/internal/jobs", "cmd/molap/internal/lab", "cmd/molap/internal/taskset", "cmd/molap/internal/profile", "cmd/molap/internal/seq", "cmd/molap/internal/states", "cmd/molap/internal/stats", "cmd/molap/internal/table", "cmd/molap/internal/words"},
	"cmd/molap/internal/lab":         {"kernels", "autodiff", "tasks", "cca", "rnn", "dynamics", "cmd/molap/internal/jobs", "cmd/molap/internal/profile", "cmd/molap/internal/seq", "cmd/molap/internal/states", "cmd/molap/internal/taskset", "cmd/molap/internal/watch", "cmd/molap/internal/words"},
	"cmd/molap/internal/taskset":     {"kernels", "autodiff", "rnn", "tasks", "cmd/molap/internal/profile", "cmd/molap/internal/seq", "cmd/molap/internal/taskfile"},
	"cmd/molap/internal/states":      {"kernels", "autodiff", "tasks", "rnn", "dynamics", "cmd/molap/internal/jobs", "cmd/molap/internal/seq"},
	"cmd/molap/internal/claims":      {"cmd/molap/internal/judge", "cmd/molap/internal/lab", "cmd/molap/internal/obs", "cmd/molap/internal/page", "cmd/molap/internal/seq", "cmd/molap/internal/stats", "cmd/molap/internal/table", "cmd/molap/internal/words"},
	"cmd/molap/internal/motion":      {"kernels", "tasks", "rnn", "dynamics", "cmd/molap/internal/figure", "cmd/molap/internal/lab", "cmd/molap/internal/obs", "cmd/molap/internal/seq", "cmd/molap/internal/states", "cmd/molap/internal/table", "cmd/molap/internal/words"},
	"cmd/molap/internal/paper":       {"cmd/molap/internal/claims", "kernels", "autodiff", "tasks", "rnn", "cmd/molap/internal/motion", "cmd/molap/internal/jobs", "cmd/molap/internal/judge", "cmd/molap/internal/lab", "cmd/molap/internal/taskset", "cmd/molap/internal/obs", "cmd/molap/internal/profile", "cmd/molap/internal/figure", "cmd/molap/internal/page", "cmd/molap/internal/table", "cmd/molap/internal/seq", "cmd/molap/internal/stats", "cmd/molap/internal/words"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "molap/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec, seen := json.NewDecoder(strings.NewReader(string(out))), map[string]bool{}; dec.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "molap/")
		seen[name] = true
		may, known := allowedImports[name]
		if name == "cmd/molap" || name == "bench" {
			continue
		}
		if !known {
			t.Errorf("package %s has no entry in the table of allowed imports", name)
		}
		for _, imp := range p.Imports {
			imp = strings.TrimPrefix(imp, "molap/")
			ours := strings.HasPrefix(imp, "cmd/") || allowedImports[imp] != nil
			if !ours && !strings.Contains(strings.Split(imp, "/")[0], ".") {
				continue // standard library
			}
			if !slices.ContainsFunc(may, func(a string) bool {
				return imp == a || !ours && strings.HasPrefix(imp, a+"/")
			}) {
				t.Errorf("%s imports %s", name, imp)
			}
		}
	}
}
