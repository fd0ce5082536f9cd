package main

import (
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/machine"
)

// machineMemory is the memory that jobs may take. Tests have a smaller machine.
var machineMemory = machine.Memory

// enough returns a usage error if something takes more bytes of memory than there are.
func enough(what string, m jobs.Memory, have float64) error {
	if have > 0 && m.Bytes > have {
		return cli.Usagef("%w", &jobs.MemoryError{Label: what, Memory: m, AtOnce: 1, Need: m.Bytes, Have: have})
	}
	return nil
}
