// Command gen writes the generated files: the machine code and its stubs in asm/ and the constants
// of the scalar definitions in kernels/coef.go.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

func main() {
	flags := flag.NewFlagSet("gen", flag.ExitOnError) // avo claims flag.CommandLine
	root := flags.String("root", "..", "root of the repository")
	_ = flags.Parse(os.Args[1:])
	files, err := Files()
	if err != nil {
		log.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(*root, name), b, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
