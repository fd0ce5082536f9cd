package words

import "testing"

func TestWords(t *testing.T) {
	for have, want := range map[string]string{
		Count(1, "seed"): "1 seed", Count(0, "seed"): "0 seeds", Count(3, "index"): "3 indices", Count(1, "index"): "1 index",
		Signed(-9.71): "−9.7", Signed(3): "+3.0",
		List(nil): "", List([]string{"T1"}): "T1", List([]string{"T1", "T2"}): "T1 and T2", List([]string{"T1", "T2", "T3"}): "T1, T2 and T3",
	} {
		if have != want {
			t.Errorf("%q, want %q", have, want)
		}
	}
}
