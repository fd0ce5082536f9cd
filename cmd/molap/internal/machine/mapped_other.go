//go:build !linux

package machine

// Mapped returns the bytes of address space that this process has mapped, and those of
// them that are data.
func Mapped() (all, data float64) { return mappedByGo(), mappedByGo() }
