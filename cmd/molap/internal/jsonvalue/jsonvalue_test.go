package jsonvalue

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"molap/cmd/molap/internal/states"
)

func plainText(t *testing.T, v any, name func(reflect.StructField) string) []byte {
	t.Helper()
	data, err := json.Marshal(Plain(reflect.ValueOf(v), name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSnakeCase checks that keys for scripts are named as columns of tables are.
func TestSnakeCase(t *testing.T) {
	type Inner struct{ FinalLoss float64 }
	v := struct {
		Inner
		DecisionUnit float64
		PID, N       int
		SHA256       string
		Tagged       *int `json:"ms_rounds"`
		hidden       int
		All          map[string]any
	}{Inner{math.NaN()}, 2, 3, 4, "x", nil, 5, map[string]any{"Key": []int(nil)}}
	const want = `{"all":{"Key":[]},"decision_unit":2,"final_loss":"NaN","ms_rounds":null,"n":4,"pid":3,"sha256":"x"}`
	if have := string(plainText(t, v, SnakeCase)); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

// TestRead checks that observations are the same bytes whether their values come from a job or
// from the cache, which keeps no empty slices, and that what is written is read back.
func TestRead(t *testing.T) {
	made := states.Motion{Held: []states.Held{{Name: "none", Points: []states.Rest{}}, {Points: []states.Rest{{Scores: []float64{0.1, math.Inf(1)}, Eigenvalues: []complex128{1 - 2i}}}}}}
	var cache bytes.Buffer
	var kept states.Motion
	if err := gob.NewEncoder(&cache).Encode(made); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&cache).Decode(&kept); err != nil {
		t.Fatal(err)
	}
	have, again := plainText(t, made, FieldName), plainText(t, kept, FieldName)
	if !bytes.Equal(have, again) {
		t.Errorf("from the job\n%s\nfrom the cache\n%s", have, again)
	}
	var read states.Motion
	if err := Read(reflect.ValueOf(&read).Elem(), json.RawMessage(have), FieldName); err != nil || !reflect.DeepEqual(read, kept) {
		t.Errorf("written %+v, read %+v, %v", kept, read, err)
	}
}
