// Command release builds the archives of a release: the molap program for every
// platform, with its licences, and SHA256SUMS.
//
//	go run ./cmd/release -out out/release
//
// The same commit and the same version of Go give the same bytes, in whatever
// directory, on whatever machine: nothing of either enters a file. Version and time
// are those of the commit.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// platforms are those of the archives.
var platforms = []string{"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	out := flag.String("out", "out/release", "write the archives into `DIR`, which must not have others")
	only := flag.String("only", "", "build for `PLATFORMS` alone, separated by commas: "+strings.Join(platforms, ", "))
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected %q", flag.Arg(0))
	}
	chosen := platforms
	if *only != "" {
		chosen = strings.Split(*only, ",")
	}
	for _, p := range chosen {
		if !slices.Contains(platforms, p) {
			log.Fatalf("unknown platform %q (have %s)", p, strings.Join(platforms, ", "))
		}
	}
	if err := release(*out, chosen); err != nil {
		log.Fatal(err)
	}
}

// release writes an archive for each platform into dir, and SHA256SUMS.
func release(dir string, platforms []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if have, err := os.ReadDir(dir); err != nil || len(have) > 0 {
		return fmt.Errorf("%s is not empty (%v)", dir, err)
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	var docs []file
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		docs = append(docs, file{name, 0o644, data})
	}
	var sums strings.Builder
	for _, platform := range platforms {
		system, arch, _ := strings.Cut(platform, "/")
		b, err := build(root, system, arch)
		if err != nil {
			return err
		}
		notices, err := licences(root, system, arch)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("molap_%s_%s_%s", b.version, system, arch)
		program, extension, pack := "molap", ".tar.gz", tarball
		if system == "windows" {
			program, extension, pack = "molap.exe", ".zip", zipped
		}
		data, err := pack(name, b.time, append(slices.Clone(docs),
			file{"THIRD_PARTY_LICENSES", 0o644, notices}, file{program, 0o755, b.program}))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+extension), data, 0o644); err != nil {
			return err
		}
		line := fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name+extension)
		fmt.Print(line)
		sums.WriteString(line)
		if b.changed {
			log.Printf("%s: the working tree differs from its commit: not a release", name)
		}
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}
