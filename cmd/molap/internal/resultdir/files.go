package resultdir

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/regularfile"
)

// Page is the name of the page in a result directory.
const Page = "report.html"

// The directories of a result directory.
const (
	resultsDir = "results"
	figuresDir = "figures"
)

// The most bytes that are read of a table and of any file.
const (
	tableMost = 64 << 20
	fileMost  = 1 << 30
)

// writeFile writes a file of a result directory.
func writeFile(dir, name string, data []byte) error {
	err := regularfile.Within(dir, func(root *os.Root) error { return atomicfile.WriteIn(root, name, data) })
	return atomicfile.Gone(dir, err)
}

// fileSum returns the SHA-256 of a file of a result directory.
func fileSum(dir, name string) (string, error) {
	h := sha256.New()
	err := regularfile.Within(dir, func(root *os.Root) error {
		f, err := regularfile.OpenIn(root, name, fileMost)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(h, io.LimitReader(f, fileMost))
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// sumOf returns the SHA-256 of the content of a file.
func sumOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
