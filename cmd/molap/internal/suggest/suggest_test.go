package suggest

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "bc", 1}, {"abc", "xabc", 1},
		{"kitten", "sitting", 3}, {"ca", "abc", 3}, {"θ", "φ", 1},
	} {
		if got := editDistance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestClosest(t *testing.T) {
	known := []string{"reproduce", "tasks", "train", "info"}
	for _, c := range []struct{ name, want string }{
		{"reprodcue", "reproduce"}, {"task", "tasks"}, {"trian", "train"}, {"inof", "info"},
		{"bench", ""}, {"", ""}, {"reproduce", "reproduce"},
	} {
		if got := Closest(c.name, known); got != c.want {
			t.Errorf("Closest(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOnly(t *testing.T) {
	known := []string{"fig2", "fig3", "table1", "fig2d"}
	for _, c := range []struct{ name, want string }{{"fig9", ""}, {"tabel1", "table1"}, {"fgi2", "fig2"}, {"none", ""}, {"fig", ""}} {
		if got := Only(c.name, known); got != c.want {
			t.Errorf("Only(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}
