package sweep

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var updateGolden = flag.Bool("update", false, "write testdata anew")

// TestKubernetesJob holds the Job against a file, which the module in k8stest decodes
// strictly into the types of k8s.io/api.
func TestKubernetesJob(t *testing.T) {
	m := planText(t, smallFile)
	m.Sum = "0123456789abcdef" // the file is not to change with the settings of profiles
	k := Kubernetes{Program: "molap", PerTask: 5, Image: "registry.example.org/lab/molap:1.0", Claim: "sweeps", Path: "2026/table2", AtOnce: 4}
	text, err := k.job(m)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "job.yaml")
	if *updateGolden {
		if err := os.WriteFile(golden, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != string(text) {
		t.Errorf("%v; go test -update writes %s anew, which is now\n%s", err, golden, text)
	}
	for _, bad := range []func(*Kubernetes){
		func(k *Kubernetes) { k.Image = "" },
		func(k *Kubernetes) { k.Image = "a b" },
		func(k *Kubernetes) { k.Claim = "Über" },
		func(k *Kubernetes) { k.Claim = "" },
		func(k *Kubernetes) { k.Path = "/abs" },
		func(k *Kubernetes) { k.Path = "../other" },
		func(k *Kubernetes) { k.Path = "a\nb" },
	} {
		c := k
		bad(&c)
		if text, err := c.job(m); err == nil {
			t.Errorf("a Job is written for %+v:\n%s", c, text)
		}
	}
}
