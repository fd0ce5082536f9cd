package seq

import (
	"math"
	"testing"
)

func TestSD(t *testing.T) {
	if sd := SD([]float64{1, 2, 3, 6}); sd != math.Sqrt(14.0/3) {
		t.Errorf("deviation %v, want %v", sd, math.Sqrt(14.0/3))
	}
}
