package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
	"molap/rnn"
)

// badInput lists mistakes by command: a command line, split at spaces, where ”
// is an empty argument, and what its message has to name: the thing, the value
// found and those allowed. Files are those of badFiles; out is a directory that
// must not come into being.
var badInput = []struct {
	line string
	want []string
}{
	{"", []string{"no command", "molap help"}},
	{"reproduc", []string{`"reproduc"`, "did you mean reproduce?"}},
	{"-seed 1 info", []string{"-seed", "COMMAND"}},
	{"-version now", []string{"-version", `"now"`}},
	{"help fig2", []string{`"fig2"`, "fig2 is an experiment: molap reproduce fig2"}},
	{"help T7", []string{"T7 is a task: molap tasks T7", "-task T7"}},
	{"help network.units", []string{"network.units is a setting: -set network.units=VALUE", "molap help settings"}},
	{"fig2", []string{"unknown command", "molap reproduce fig2"}},
	{"t7 -quick", []string{"unknown command", "T7 is a task"}},
	{"molap", []string{"molap is an arm: molap train -arm molap -task T7"}},
	{"extended", []string{"extended is a profile", "-profile extended"}},
	{"plan table2", []string{"molap sweep plan"}},
	{"evaluate net.npz", []string{"did you mean eval?"}},
	{"run fig2", []string{"did you mean reproduce?"}},
	{"damage net.npz", []string{"did you mean perturb?"}},
	{"version now", []string{"version", `"now"`}},
	{"help tasks info", []string{"one", `"tasks"`}},

	{"info now", []string{`"now"`, "no arguments"}},
	{"info -json=perhaps", []string{"-json", `"perhaps"`, "true, false"}},
	{"info -out out", []string{"-out", "molap help info"}},
	{"info -arm molap", []string{"unknown flag -arm", "one of train", "molap help info"}},

	{"tasks T1 -set tasks.own=x", []string{"tasks.own, task 1:1:1: "}},
	{"tasks T10", []string{`"T10"`, "T1 delay_pro", "T9 multi_mem"}},
	{"tasks ''", []string{`""`, "T1 delay_pro"}},
	{"tasks -out out", []string{"-out out", "no task"}},
	{"tasks T1 -trials 9 -out out", []string{"-trials", `"9"`, "1 to 8"}},
	{"tasks T1 -seed 1.5 -out out", []string{"-seed", `"1.5"`, "0 to 18446744073709551615"}},
	{"tasks T1 -out file", []string{"file", "is a file"}},
	{"tasks T1 -out file/below", []string{"file", "output directory"}},
	{"tasks -set trials.anti=samme", []string{"trials.anti", `"samme"`, "opposite, same"}},

	{"bench now", []string{`"now"`}},
	{"bench -n 0", []string{"-n", `"0"`, "1 to 2000"}},
	{"bench -n 100,100", []string{"-n", "100", "twice"}},
	{"bench -batch 10001", []string{"-batch", `"10001"`, "1 to 10000"}},
	{"bench -kernel sse9", []string{"-kernel", `"sse9"`, "generic"}},
	{"bench -precision f16", []string{"-precision", `"f16"`, "f32, f64, both"}},
	{"bench -time 2h", []string{"-time", `"2h"`, "1ms to 1h"}},
	{"bench -rounds 0", []string{"-rounds", `"0"`, "1 to 1000"}},
	{"bench -trained nothing", []string{"-trained", `"nothing"`, "all, module, task"}},
	{"bench -trained module -n 1", []string{"-trained", "-n 1"}},
	{"bench -json -benchfmt", []string{"-json", "-benchfmt"}},

	{"reproduce fgi2 -out out", []string{`"fgi2"`, "did you mean fig2?"}},
	{"tasks mem_por", []string{`"mem_por"`, "did you mean mem_pro?"}},
	{"train -arm mollap", []string{`"mollap"`, "did you mean molap?"}},
	{"train -arm molap -task mem_por", []string{`"mem_por"`, "did you mean mem_pro?"}},
	{"reproduce T7 -out out", []string{`"T7"`, "T7 is a task", "molap train -arm molap -task T7"}},
	{"reproduce fig2 molap -out out", []string{`"molap"`, "molap is an arm"}},
	{"reproduce extended -out out", []string{"extended is a profile", "-profile extended"}},
	{"reproduce fig2 -task T7 -out out", []string{"unknown flag -task", "one of train, eval, perturb, dynamics, export"}},
	{"reproduce fig2 -save out", []string{"unknown flag -save", "did you mean -out?"}},
	{"reproduce -out out -set seed=3", []string{`"seed"`, "the flag -seed"}},
	{"reproduce -out out -set lr=0.1", []string{`"lr"`, "did you mean training.rate?"}},
	{"reproduce fig9 -out out", []string{`"fig9"`, "table1", "fig2"}},
	{"reproduce fig2 fig2 -out out", []string{`"fig2"`, "twice"}},
	{"reproduce -frobnicate -out out", []string{"-frobnicate", "molap help reproduce"}},
	{"reproduce -sed 3 -out out", []string{"-sed", "did you mean -seed?"}},
	{"reproduce -out", []string{"-out", "argument"}},
	{"reproduce -out ''", []string{"-out DIR"}},
	{"reproduce -out file", []string{"file", "is a file"}},
	{"reproduce -out file/below", []string{"file", "output directory"}},
	{"reproduce -out full/held", []string{"full/held", "none of this program"}},
	{"reproduce -out full/odd", []string{"full/odd"}},
	{"reproduce -out out -cache file/below", []string{"-cache", "file"}},
	{"reproduce -out out -cache file", []string{"-cache file is a file, want a directory"}},
	{"cache -cache file", []string{"-cache file is a file, want a directory"}},
	{"cache -clean -cache file", []string{"-cache file is a file, want a directory"}},
	{"dynamics net.npz -starts file", []string{"-starts file", "an empty file"}},
	{"eval net.npz -trials file", []string{"file", "an empty file"}},
	{"reproduce -out out -cache ''", []string{"-cache", "off"}},
	{"reproduce -out out -cpuprofile .", []string{"-cpuprofile .", "directory"}},
	{"reproduce -out out -cpuprofile none/x", []string{"-cpuprofile none/x", "no such file"}},
	{"reproduce -out out -kernel sse9", []string{"-kernel", `"sse9"`, "generic"}},
	{"reproduce -out out -seed -1", []string{"-seed", `"-1"`, "0 to 18446744073709551615"}},
	{"reproduce -out out -seed 18446744073709551616", []string{"-seed", "0 to 18446744073709551615"}},
	{"reproduce -out out -seed 18446744073709551615 -seeds 2", []string{"-seed 18446744073709551615", "-seeds 2"}},
	{"reproduce -out out -seeds x", []string{"-seeds", `"x"`, "1 to 30"}},
	{"reproduce -out out -seeds 31", []string{"-seeds", `"31"`, "1 to 30"}},
	{"reproduce -out out -workers 0", []string{"-workers", `"0"`, "1 to 1024"}},
	{"reproduce -out out -quick=2", []string{"-quick", `"2"`, "true, false"}},
	{"reproduce -out out -precision f16", []string{"-precision", `"f16"`, "f32, f64"}},
	{"reproduce -out out -precision f32 -set run.precision=f64", []string{"-precision f32", "run.precision=f64"}},
	{"reproduce -out out -profile papre", []string{`"papre"`, "did you mean paper?"}},
	{"reproduce -out out -profile none.toml", []string{"none.toml", "no such file"}},
	{"reproduce -out out -profile full/", []string{"full/", "directory"}},
	{"reproduce -out out -profile key.toml", []string{"key.toml:3:1", `"training.rte"`, "did you mean training.rate?"}},
	{"reproduce -out out -profile value.toml", []string{"value.toml:3:8", `"fast"`, "number > 0 and ≤ 10"}},
	{"reproduce -out out -profile nan.toml", []string{"nan.toml:3:1", "trials.noise is NaN", "≥ 0 and ≤ 10"}},
	{"reproduce -out out -profile broken.toml", []string{"broken.toml:2:7"}},
	{"reproduce -out out -profile part.toml", []string{"part.toml", "lacks network.modules", `base = "paper"`}},
	{"reproduce -out out -profile net.toml", []string{"net.toml:1:"}},
	{"reproduce -out out -set training.rate", []string{`"training.rate"`, "key=value"}},
	{"reproduce -out out -set training.rat=1", []string{`"training.rat"`, "did you mean training.rate?"}},
	{"reproduce -out out -set training.rate=-1", []string{"training.rate", `"-1"`, "> 0 and ≤ 10"}},
	{"reproduce -out out -set training.rate=NaN", []string{"training.rate", `"NaN"`, "> 0 and ≤ 10"}},
	{"reproduce -out out -set trials.noise=nan", []string{"trials.noise", `"nan"`, "≥ 0 and ≤ 10"}},
	{"reproduce -out out -set network.leak=0", []string{"network.leak", `"0"`, "> 0 and ≤ 1"}},
	{"reproduce -out out -set network.leak=1.5", []string{"network.leak", `"1.5"`, "> 0 and ≤ 1"}},
	{"reproduce -out out -set network.unit_noise=inf", []string{"network.unit_noise", `"inf"`, "≥ 0 and ≤ 10"}},
	{"reproduce -out out -set network.units=0", []string{"network.units", `"0"`, "2 to 10000"}},
	{"reproduce -out out -set network.units=99999999999999999999", []string{"network.units", "2 to 10000"}},
	{"reproduce -out out -set network.units=101", []string{"network.units is 101", "multiple of network.modules, which is 2"}},
	{"reproduce -out out -set network.modules=3", []string{"network.units is 100", "multiple of network.modules, which is 3"}},
	{"reproduce -out out -set network.modules=10", []string{"network.modules", "10", "8"}},
	{"reproduce -out out -set training.batch=0", []string{"training.batch", `"0"`, "1 to 100000"}},
	{"reproduce -out out -set training.level_iterations=1e3", []string{"training.level_iterations", `"1e3"`, "integer"}},
	{"reproduce -out out -set damage.draws=0", []string{"damage.draws", `"0"`, "1 to 1000"}},
	{"reproduce -out out -set score.window=101", []string{"score.window", `"101"`, "1 to 100"}},
	{"reproduce -out out -set dni.order=112345678", []string{"dni.order", `"112345678"`, "1 to 9", "each once"}},

	{"train", []string{"no -arm named", "separate", "reservoir", "molap train -arm molap -task T7"}},
	{"train T7", []string{`"T7"`, "T7 is a task: -task T7"}},
	{"train molap", []string{"molap is an arm: -arm molap"}},
	{"train -arm T7", []string{"-arm", `"T7"`, "T7 is a task"}},
	{"train -arm molap -task reservoir", []string{"-task", "reservoir is an arm"}},
	{"train -arm molap -out out", []string{"unknown flag -out", "did you mean -save?"}},
	{"train -arm molap -o out", []string{"unknown flag -o", "did you mean -save?"}},
	{"train -arm molap -epochs 5", []string{"unknown flag -epochs", "a setting", "training.level_iterations"}},
	{"train -arm molap -units 5", []string{"unknown flag -units", "-set KEY=VALUE: network.units or dni.units"}},
	{"train -task T7 -levels 5", []string{"unknown flag -levels", "training.levels"}},
	{"train -arm molap -arm reservoir", []string{"flag -arm is given twice, as molap and as reservoir (want -arm molap,reservoir)"}},
	{"train -arm molap -task T1 -task T2", []string{"-task is given twice, as T1 and as T2 (want -task T1,T2)"}},
	{"perturb net.npz -damage global -damage noise", []string{"-damage is given twice", "-damage global,noise"}},
	{"eval net.npz -trials trials.npz -trials net.npz", []string{"-trials is given twice, as trials.npz and as net.npz"}},
	{"train -arm molap,dnn", []string{"-arm", `"dnn"`, "dni"}},
	{"train -arm molap -set training.rate=1e-2 -set training.batch=5 -set training.rate=0.02", []string{"-set: training.rate is given twice, as 1e-2 and as 0.02"}},
	{"reproduce fig2 -out out -set run.precision=f32 -set=run.precision=f64", []string{"-set: run.precision is given twice, as f32 and as f64"}},
	{"eval net.npz -task T7 -set score.test_trials=5 -set score.test_trials=6", []string{"-set: score.test_trials is given twice, as 5 and as 6"}},
	{"tasks T1 -out out -set trials.anti=same -set trials.anti=opposite", []string{"-set: trials.anti is given twice, as same and as opposite"}},
	{"train -arm molap,dni,molap", []string{"-arm", "molap twice"}},
	{"train -arm molap -task T1,delay_pro", []string{"-task", "task T1 is named twice"}},
	{"train -arm molap -task T0", []string{"-task", `"T0"`, "T9"}},
	{"train -arm molap -task ''", []string{"-task", `""`, "T7"}},
	{"train -arm molap -task T1,", []string{"-task", `""`, "T1 delay_pro"}},
	{"train -arm molap T1", []string{`"T1"`, "no arguments"}},
	{"train -arm molap -save ''", []string{`-save is ""`, "-save DIR"}},
	{"train -arm molap -cache= -save out", []string{`-cache is ""`, "-cache DIR", "off"}},
	{"train -arm molap -save file", []string{"file", "is a file"}},
	{"train -arm molap -save file/below", []string{"file", "output directory"}},
	{"train -arm molap -seeds 0", []string{"-seeds", `"0"`, "1 to 30"}},
	{"train -arm molap -set network.modules=3", []string{"network.units is 200", "network.modules, which is 3"}},

	{"train -arm molap -task none.toml", []string{"-task", "none.toml", "no such file"}},
	{"train -arm molap -task full/", []string{"-task", "full/", "directory"}},
	{"train -arm molap -task key.toml", []string{"-task", "key.toml:1:1", `unknown key "base" in the file`}},
	{"train -arm molap -task own.toml,wrong.toml", []string{"-task", "wrong.toml:2:7"}},
	{"train -arm molap -task own.toml,own.toml", []string{"-task", "compare is named twice"}},
	{"train -arm molap -task own.toml,twin.toml", []string{"twin.toml", "compare", "one name or id", "rename"}},
	{"train -arm molap -task shadow.toml", []string{"shadow.toml", "T3 (mem_pro)", "nine", "rename it"}},
	{"train -arm molap -task compare", []string{"-task", `"compare"`, "T9 multi_mem"}},
	{"train -arm molap -task own.toml,T10", []string{"-task", `"T10"`, "compare"}},
	{"train -arm molap -task flash.toml", []string{"flash", "20 steps", "score.window, 30"}},
	{"train -arm molap,dni -task own.toml", []string{"compare", "arm dni", "nine"}},
	{"train -arm molap -task wide.toml", []string{"wide.toml", "32.8 kB"}},
	{"train -arm molap -task broad1.toml,broad2.toml,broad3.toml", []string{"broad3", "32768 bytes"}},
	{"train -arm molap -corpus T1,flash.toml", []string{"110 steps", "flash of 20"}},
	{"train -arm molap -corpus T1,T1", []string{"-corpus", "T1 is named twice"}},
	{"train -arm molap -corpus none.toml", []string{"-corpus", "none.toml", "no such file"}},
	{"train -arm molap -corpus T1,all", []string{"-corpus", `"all"`}},
	{"train -arm molap -corpus shadow.toml", []string{"-corpus", "T3", "rename it"}},
	{"train -arm molap -corpus T1,T5 -set network.modules=5", []string{"network.modules is 5", "at most 4", "rank"}},
	{"train -arm reservoir,separate -corpus T1", []string{"-corpus T1", "-arm reservoir,separate", "molap-pca"}},
	{"train -arm molap -set tasks.own=T1", []string{"tasks.own, task 1:1:"}},
	{"train -arm molap -set tasks.corpus=T0", []string{"tasks.corpus", `"T0"`}},
	{"reproduce -out out -set tasks.corpus=T1", []string{`tasks.corpus is "T1"`, "molap train"}},
	{"eval net.npz -task T7 -set network.units=8", []string{"-set network.units=8", "no effect on a trained network"}},
	{"perturb net.npz -task T7 -set score.test_trials=5 -set damage.draws=3", []string{"-set damage.draws=3", "no effect on a trained network"}},
	{"eval net.npz -task none.toml", []string{"-task", "none.toml", "no such file"}},
	{"eval net.npz -task shadow.toml", []string{"-task", "T3", "rename it"}},
	{"dynamics net.npz -task wrong.toml", []string{"-task", "wrong.toml:2:7"}},

	{"perturb", []string{"FILE"}},
	{"perturb net.npz net.npz", []string{"one FILE", "2"}},
	{"perturb none", []string{"none", "no such file"}},
	{"perturb full", []string{"full", "directory", "no network"}},
	{"eval full", []string{"full", "directory", "no network"}},
	{"dynamics .", []string{".", "directory", "name its files, such as cut.safetensors"}},
	{"export net.npz -o x.npz", []string{"unknown flag -o", "did you mean -out?"}},
	{"perturb file", []string{"file", "safetensors", "npz"}},
	{"perturb net.npz -damage m3", []string{"-damage", `"m3"`, "m1", "silenced"}},
	{"perturb net.npz -damage global,noise,global", []string{"-damage global,noise,global names global twice"}},
	{"perturb net.npz -damage m2", []string{"-damage m2", "modules", "1"}},
	{"perturb net.npz -levels 5,101", []string{"-levels", `"101"`, "0 to 100"}},
	{"perturb net.npz -levels -1", []string{"-levels", `"-1"`, "0 to 100"}},
	{"perturb net.npz -levels NaN", []string{"-levels", `"NaN"`, "0 to 100"}},
	{"perturb net.npz -levels 5,,6", []string{"-levels", `""`, "0 to 100"}},
	{"perturb net.npz -task T10", []string{"-task", `"T10"`, "T9 multi_mem"}},
	{"perturb net.npz -seed -1", []string{"-seed", `"-1"`}},
	{"perturb net.npz -levels ''", []string{`-levels is ""`, "LEVELS"}},
	{"perturb net.npz -trials ''", []string{`-trials is ""`, "-trials FILE"}},
	{"perturb net.npz -draws 0", []string{"-draws", `"0"`, "1 to 1000"}},
	{"perturb no_task.npz", []string{"no_task.npz", "-task"}},
	{"perturb no_task.npz -task T1", []string{"no_task.npz", "3 inputs and 2 outputs", "T1 has 3 and 3"}},
	{"eval no_task.npz -task T1", []string{"no_task.npz", "3 inputs and 2 outputs", "T1 has 3 and 3"}},
	{"dynamics no_task.npz -task T1", []string{"no_task.npz", "3 inputs and 2 outputs", "T1 has 3 and 3"}},
	{"export no_task.npz -task T1 -trials 2 -out x.npz", []string{"no_task.npz", "3 inputs and 2 outputs", "T1 has 3 and 3"}},
	{"perturb refused_shape.npz", []string{"refused_shape.npz", "W_in is 4×3", "N = 4"}},
	{"perturb layers.npz -task T7", []string{"layers.npz", "are all read as W_out", "save each under the name of what it is", "-ignore NAME"}},
	{"perturb refused_pickle.npz", []string{"refused_pickle.npz", "h0", `"|O"`, "float32"}},
	{"perturb cut.npz", []string{"cut.npz", "not a whole npz"}},
	{"perturb cut.safetensors", []string{"cut.safetensors", "cut short"}},
	{"perturb flipped.safetensors", []string{"flipped.safetensors", "damaged", "SHA-256"}},
	{"perturb newer.safetensors", []string{"newer.safetensors", `version "2"`, `reads version "1"`}},

	{"eval", []string{"FILE"}},
	{"eval none", []string{"none", "no such file"}},
	{"eval net.npz -trials file", []string{"file", "safetensors", "npz"}},
	{"eval net.npz -trials ''", []string{`-trials is ""`, "-trials FILE"}},
	{"eval net.npz -seed ''", []string{`-seed is ""`, "-seed n"}},
	{"eval net.npz -cpuprofile ''", []string{`-cpuprofile is ""`, "-cpuprofile FILE"}},
	{"eval net.npz -profile ''", []string{`-profile is ""`, "paper"}},
	{"eval net.npz ''", []string{`""`, "FILE"}},
	{"eval no_task.npz -trials net.npz", []string{"-trials net.npz", "3 inputs and 3 outputs", "no_task.npz", "3 inputs and 2 outputs"}},
	{"perturb no_task.npz -trials net.npz", []string{"-trials net.npz", "3 inputs and 3 outputs", "no_task.npz", "3 inputs and 2 outputs"}},
	{"eval no_task.npz -trials trials.npz", []string{"-trials trials.npz", "5 steps", "score.window", "30", "(-set score.window=5)"}},
	{"eval net.npz -trials no_task.npz", []string{"-trials no_task.npz", "no trials X", "and Y (steps × trials × outputs)"}},
	{"eval net.npz -task T1 -trials trials.npz", []string{"-task T1", "-trials trials.npz"}},
	{"eval trials.npz", []string{"trials.npz: no network in the file", "want W_rec W_in W_out"}},
	{"eval flipped.safetensors", []string{"flipped.safetensors", "damaged", "SHA-256"}},
	{"eval net.npz -profile papre", []string{`"papre"`, "did you mean paper?"}},

	{"export", []string{"FILE"}},
	{"export net.npz", []string{"-out FILE", ".npz", ".safetensors"}},
	{"export net.npz -out x.txt", []string{"-out x.txt", `".txt"`, ".npz or .safetensors"}},
	{"export net.npz -out x.safetensors -trials 5", []string{"-trials 5", "safetensors", ".npz"}},
	{"export net.npz -out x.npz -trials 1e3", []string{"-trials", `"1e3"`, "0 to 1000000"}},
	{"export no_task.npz -out x.npz -trials 5", []string{"no_task.npz", "-task"}},
	{"export net.npz -out file/x.npz", []string{"file"}},
	{"export cut.npz -out x.npz", []string{"cut.npz", "not a whole npz"}},

	{"report", []string{"DIR"}},
	{"report none", []string{"none", "manifest.json"}},
	{"report file", []string{"file", "not a directory"}},
	{"report full/odd", []string{"full/odd/manifest.json", "the JSON value is cut short"}},
	{"report full/held -out full/../full/held", []string{"-out full/held", "a directory that is read"}},
	{"verify", []string{"DIR"}},
	{"verify ''", []string{`""`, "DIR"}},
	{"verify full", []string{"full", "no result directory", "manifest.json"}},
	{"verify full/odd", []string{"full/odd/manifest.json"}},
	{"verify full/held -sample 1001", []string{"-sample", `"1001"`, "0 to 1000"}},
	{"verify full/held -all -sample 3", []string{"-all", "-sample"}},

	{"sweep", []string{"plan, run, status, merge"}},
	{"sweep fly file", []string{`"fly"`, "plan, run, status, merge"}},
	{"sweep plan none.toml -out out", []string{"none.toml", "no such file"}},
	{"sweep plan key.toml -out out", []string{"key.toml"}},
	{"sweep plan key.toml -out ''", []string{`-out is ""`, "-out DIR"}},
	{"sweep run none -index ''", []string{`-index is ""`, "-index LIST"}},
	{"sweep run ''", []string{`""`, "DIR"}},
	{"sweep run none", []string{"none", "no sweep"}},
	{"sweep status full/odd", []string{"full/odd"}},

	{"dynamics", []string{"FILE"}},
	{"dynamics file", []string{"file", "safetensors", "npz"}},
	{"dynamics net.npz -slow nan", []string{"-slow"}},
}

// badFiles makes the files of badInput in a directory.
func badFiles(t *testing.T, dir string) {
	t.Helper()
	own, err := os.ReadFile("../../examples/tasks/compare.toml")
	if err != nil {
		t.Fatal(err)
	}
	changed := func(pairs ...string) []byte { return []byte(strings.NewReplacer(pairs...).Replace(string(own))) }
	one := `{ value = "first", during = "pulse 1" },`
	many := `{ value = "first` + strings.Repeat("+ first", 100) + `", during = "pulse 1" },`
	network, npz := readFile(t, "network_f32.safetensors"), readFile(t, "../net_delay_pro.npz")
	flipped := slices.Clone(network)
	flipped[len(flipped)-1] ^= 1
	files := map[string][]byte{
		"file":                nil,
		"net.npz":             npz,
		"no_task.npz":         readFile(t, "numpy_f4.npz"),
		"trials.npz":          readFile(t, "numpy_trials.npz"),
		"cut.npz":             npz[:len(npz)/2],
		"cut.safetensors":     network[:len(network)-1],
		"flipped.safetensors": flipped,
		"newer.safetensors":   bytes.Replace(network, []byte(`"version":"1"`), []byte(`"version":"2"`), 1),
		"net.toml":            network,
		"key.toml":            []byte("base = \"paper\"\n[training]\nrte = 1\n"),
		"value.toml":          []byte("base = \"paper\"\n[training]\nrate = \"fast\"\n"),
		"nan.toml":            []byte("base = \"paper\"\n[trials]\nnoise = nan\n"),
		"broken.toml":         []byte("base = \"paper\"\n[train\n"),
		"own.toml":            own,
		"twin.toml":           changed("uniform = [0.2, 1]", "uniform = [0.1, 1]"),
		"shadow.toml":         changed(`"compare"`, "\"T3\""),
		"flash.toml":          changed(`"compare"`, "\"flash\"", "steps = 110", "steps = 20", "[10, 40]", "0", "15", "0", "steps = 20 }", "steps = \"rest\" }", `steps = "rest"`, "steps = 0", "lead  = 10", "lead  = 0", "steps = 10", "steps = 5"),
		"wide.toml":           bytes.Repeat([]byte("# wide\n"), 5000),
		"broad1.toml":         changed(`"compare"`, "\"broad1\"", one, strings.Repeat(many, 15)),
		"broad2.toml":         changed(`"compare"`, "\"broad2\"", one, strings.Repeat(many, 15)),
		"broad3.toml":         changed(`"compare"`, "\"broad3\"", one, strings.Repeat(many, 15)),
		"wrong.toml":          []byte("name = \"a\"\nsteps 5\n"),
		"part.toml":           []byte("[network]\nunits = 100\n"),
	}
	for _, name := range []string{"refused_shape.npz", "refused_pickle.npz"} {
		files[name] = readFile(t, name)
	}
	layers, err := rnn.EncodeArrays(rnn.Array{Name: "i2h.weight", Shape: []int{2, 1}, Values: make([]float64, 2)},
		rnn.Array{Name: "h2h.weight", Shape: []int{2, 2}, Values: make([]float64, 4)}, rnn.Array{Name: "fc.weight", Shape: []int{1, 2}, Values: make([]float64, 2)})
	if err != nil {
		t.Fatal(err)
	}
	files["layers.npz"] = layers
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, manifest := range map[string]string{"held": `{"seeds":[7]}`, "odd": `{"seeds":`} {
		sub := filepath.Join(dir, "full", name)
		if err := os.MkdirAll(sub, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sub, place.Manifest), []byte(manifest), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// readFile reads a file that package rnn keeps for its tests.
func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../rnn/testdata/files", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// dirSnapshot lists the files below a directory with what is in them.
func dirSnapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			files[path] = "directory"
			return nil
		}
		if d.Type()&fs.ModeSymlink != 0 {
			files[path], err = os.Readlink(path)
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestBadInput checks that a mistake gives one line that names it and what is
// allowed, exit code 2, nothing on standard output, and leaves every file as it was.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	badFiles(t, dir)
	t.Chdir(dir)
	before := dirSnapshot(t, dir)
	for _, c := range badInput {
		args := strings.Fields(c.line)
		for i := range args {
			if args[i] == "''" {
				args[i] = ""
			}
		}
		code, stdout, stderr := run(args...)
		if code != 2 || stdout != "" {
			t.Errorf("molap %s: exit code %d, output %.80q, want 2 and none", c.line, code, stdout)
		}
		checkLine(t, "molap "+c.line, stderr, c.want)
		after := dirSnapshot(t, dir)
		for path, data := range after {
			if old, was := before[path]; !was || old != data {
				t.Errorf("molap %s: changed or left behind %s", c.line, path)
			}
		}
		if len(after) < len(before) {
			t.Errorf("molap %s: removed a file", c.line)
		}
		before = after
	}
}

// checkLine checks that a message is one line of the program and names all of want.
func checkLine(t *testing.T, what, stderr string, want []string) {
	t.Helper()
	if strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n") || !strings.HasPrefix(stderr, "molap: ") {
		t.Errorf("%s: %q is not one line", what, stderr)
	}
	for _, w := range want {
		if !strings.Contains(stderr, w) {
			t.Errorf("%s: %q lacks %q", what, stderr, w)
		}
	}
}

// brokenPipe is a standard output that takes nothing.
type brokenPipe struct{}

var errBroken = errors.New("write /dev/stdout: no space left on device")

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

// TestOutputRefused checks that a command whose output goes nowhere does not end
// as if it had been read: exit code 1 and one line.
func TestOutputRefused(t *testing.T) {
	for _, line := range []string{"help", "help settings", "tasks -help", "-version", "info", "info -json", "tasks", "tasks T7"} {
		var stderr bytes.Buffer
		if code := program().Main(cli.Env{Args: strings.Fields(line), Stdout: brokenPipe{}, Stderr: &stderr}); code != 1 {
			t.Errorf("molap %s: exit code %d, want 1", line, code)
		}
		checkLine(t, "molap "+line, stderr.String(), []string{errBroken.Error()})
	}
}
