//go:build !unix

package jobs

// gone cannot tell: leases of what was killed end with their time.
func gone(int) bool { return false }
