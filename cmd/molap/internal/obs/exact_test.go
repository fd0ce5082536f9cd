package obs

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"molap/cmd/molap/internal/lab"
)

// TestExact checks that observations are the same bytes whether their values come from a job or
// from the cache, which keeps no empty slices, and that what is written is read back.
func TestExact(t *testing.T) {
	motion := lab.Motion{Held: []lab.Held{{Name: "none", Points: []lab.Rest{}}, {Points: []lab.Rest{{Scores: []float64{0.1, math.Inf(1)}, Eigenvalues: []complex128{1 - 2i}}}}}}
	var cache bytes.Buffer
	var kept lab.Motion
	if err := gob.NewEncoder(&cache).Encode(motion); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&cache).Decode(&kept); err != nil {
		t.Fatal(err)
	}
	have, err := JSON(motion)
	if err != nil {
		t.Fatal(err)
	}
	again, err := JSON(kept)
	if err != nil || !bytes.Equal(have, again) {
		t.Errorf("from the job\n%s\nfrom the cache (%v)\n%s", have, err, again)
	}
	var read lab.Motion
	if err := exact(reflect.ValueOf(&read).Elem(), json.RawMessage(have)); err != nil || !reflect.DeepEqual(read, kept) {
		t.Errorf("written %+v, read %+v, %v", kept, read, err)
	}
}
