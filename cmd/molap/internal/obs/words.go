package obs

import (
	"fmt"
	"strings"
)

// Count returns a number of things in words: "1 seed", "3 seeds".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Signed returns a difference in words: "+3.0", "−9.7".
func Signed(x float64) string { return strings.Replace(fmt.Sprintf("%+.1f", x), "-", "−", 1) }
