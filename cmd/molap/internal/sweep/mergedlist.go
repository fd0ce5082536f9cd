package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/strictjson"
)

// The page of the outcome, and the mark beside it.
const (
	pageName   = "report.html"
	mergedName = "merged.json"
)

// mergedMark names the sweep whose outcome a directory holds. It is written first.
type mergedMark struct {
	Sweep string `json:"sweep"` // SHA-256 of the manifest
}

// mergedFile matches the files that merge writes. It overwrites no others.
var mergedFile = regexp.MustCompile(`^(report\.html|merged\.json|(runs|leaderboard|arms)\.(csv|json)|best_[a-z-]+\.toml|figures/(marginal|pairs)_[a-z_-]+\.(svg|png))$`)

// MergedDir returns the directory that merge writes into unless another is named; it lies in that of
// the sweep.
func MergedDir(dir string) (string, error) { return dirBeneath(dir, "merged", false) }

// CheckMerged returns an error if a directory holds anything that merge did not write for the sweep.
// The directory must exist.
func CheckMerged(out string, m *Manifest) error {
	var mark mergedMark
	data, err := ReadBeneath(out, mergedName)
	if err == nil && data != nil {
		err = strictjson.Unmarshal(data, &mark)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(out, mergedName), err)
	}
	if data != nil && mark.Sweep != m.Sum {
		return fmt.Errorf("%s holds what came of another sweep, %.12s", out, mark.Sweep)
	}
	return filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == out {
			return err
		}
		name, err := filepath.Rel(out, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		ours := data != nil && mergedFile.MatchString(name) || atomicfile.IsTemporary(d.Name())
		if d.IsDir() && name == "figures" || name == dirlock.Name || ours && d.Type().IsRegular() {
			return nil
		}
		return fmt.Errorf("%s holds %s, which merge did not write", out, name)
	})
}

// markMerged marks a directory as that of a sweep's outcome.
func markMerged(out string, m *Manifest) error {
	data, err := json.Marshal(mergedMark{m.Sum})
	return errors.Join(err, atomicfile.Write(filepath.Join(out, mergedName), append(data, '\n')))
}
