package rnn

import "testing"

// TestMemberText describes arrays in lists: what has no numbers is said to be of its type.
func TestMemberText(t *testing.T) {
	for want, h := range map[string]npyHeader{
		"a a single number": {descr: "<f4"}, "a 2×3": {descr: ">i8", shape: []int{2, 3}},
		`a of type "<U5"`: {descr: "<U5"}, `a 2 of type "|O"`: {descr: "|O", shape: []int{2}},
	} {
		if got := (fileMember{name: "a", npyHeader: h}).text(); got != want {
			t.Errorf("%v: %s, want %s", h, got, want)
		}
	}
}
