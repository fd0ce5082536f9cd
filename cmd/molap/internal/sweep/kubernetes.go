package sweep

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"molap/cmd/molap/internal/atomicfile"
)

// Kubernetes describes a sweep as an Indexed Job.
type Kubernetes struct {
	Program string // path of molap in the image
	PerTask int    // indices of a pod
	Image   string // that holds the program
	Claim   string // PersistentVolumeClaim of the volume that holds the sweep
	Path    string // of the sweep in that volume
	AtOnce  int    // pods at a time
}

// Tasks returns the number of pods. Each does a shard of the sweep.
func (k Kubernetes) Tasks(m *Manifest) int { return (len(m.Indices) + k.PerTask - 1) / k.PerTask }

//go:embed job.yaml.tmpl
var jobText string

var (
	// YAML takes what stands in quotes for a text, even 1e3, null or yes.
	jobTemplate = template.Must(template.New("job").Funcs(template.FuncMap{"yaml": strconv.Quote}).Parse(jobText))
	imageName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:@-]*$`)
	objectName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	plainPath   = regexp.MustCompile(`^[A-Za-z0-9/._+=,@~-]+$`)
)

// maxObjectName is the longest name of an object, in bytes.
const maxObjectName = 253

// Write writes the Job into kubernetes/job.yaml of the sweep's directory and returns
// the file's path.
func (k Kubernetes) Write(dir string, m *Manifest) (string, error) {
	text, err := k.job(m)
	if err != nil {
		return "", err
	}
	to, err := MakeBeneath(dir, "kubernetes")
	if err != nil {
		return "", err
	}
	path := filepath.Join(to, "job.yaml")
	return path, atomicfile.Write(path, text)
}

func (k Kubernetes) job(m *Manifest) ([]byte, error) {
	if !imageName.MatchString(k.Image) {
		return nil, fmt.Errorf("%q is no name of an image", k.Image)
	}
	if !objectName.MatchString(k.Claim) || len(k.Claim) > maxObjectName {
		return nil, fmt.Errorf("%q is no name of a PersistentVolumeClaim (want a…z, 0…9, - and ., such as sweeps)", k.Claim)
	}
	if !plainPath.MatchString(k.Path) || !filepath.IsLocal(k.Path) {
		return nil, fmt.Errorf("%q is no path below the volume's root, of letters, digits and ._+=,@~-", k.Path)
	}
	var b strings.Builder
	err := jobTemplate.Execute(&b, struct {
		Kubernetes
		Name, Sum string
		Tasks     int
	}{k, "molap-" + m.Sum[:8], m.Sum[:12], k.Tasks(m)})
	return []byte(b.String()), err
}
