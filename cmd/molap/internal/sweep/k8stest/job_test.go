// Package k8stest decodes the Kubernetes Job of a sweep strictly into the types of
// k8s.io/api. It is a module of its own, so that neither the program nor its tests
// depend on those.
package k8stest

import (
	"os"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func TestJob(t *testing.T) {
	text, err := os.ReadFile("../testdata/job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var job batch.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil {
		t.Fatal(err)
	}
	s := job.Spec
	if job.Kind != "Job" || job.APIVersion != "batch/v1" || job.Name == "" || len(job.Name) > 63 {
		t.Errorf("it is a %s of %s named %q", job.Kind, job.APIVersion, job.Name)
	}
	if s.CompletionMode == nil || *s.CompletionMode != batch.IndexedCompletion || s.Completions == nil || *s.Completions != 10 || s.Parallelism == nil || *s.Parallelism != 4 {
		t.Errorf("completions: %+v", s)
	}
	// A limit of failures per index needs pods that are never restarted in place, and
	// a limit of failed indices no larger than their number.
	if s.BackoffLimitPerIndex == nil || s.Template.Spec.RestartPolicy != core.RestartPolicyNever || s.MaxFailedIndexes == nil || *s.MaxFailedIndexes > *s.Completions {
		t.Errorf("failures: %+v", s)
	}
	c := s.Template.Spec.Containers
	if len(c) != 1 || c[0].Image == "" || len(c[0].VolumeMounts) != 1 || len(s.Template.Spec.Volumes) != 1 ||
		c[0].VolumeMounts[0].Name != s.Template.Spec.Volumes[0].Name || s.Template.Spec.Volumes[0].PersistentVolumeClaim == nil {
		t.Fatalf("containers: %+v", s.Template.Spec)
	}
	if args := strings.Join(c[0].Args, " "); args != "sweep run /sweeps/2026/table2 -shard $(JOB_COMPLETION_INDEX)/10 -workers 1 -checkpoint-every 5m" {
		t.Errorf("arguments: %q", args)
	}
	if cpu := c[0].Resources.Requests[core.ResourceCPU]; cpu.Value() != 1 {
		t.Errorf("CPUs: %v", cpu)
	}
}

// TestStrict checks that the decoder is as strict as the test above relies on.
func TestStrict(t *testing.T) {
	text, err := os.ReadFile("../testdata/job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "completions:", "completion:", 1)
	if err := yaml.UnmarshalStrict([]byte(wrong), &batch.Job{}); err == nil {
		t.Error("an unknown field is taken")
	}
}
