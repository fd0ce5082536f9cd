package obs

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"reflect"

	"molap/cmd/molap/internal/jsonvalue"
	"molap/cmd/molap/internal/table"
)

// The files of observations.
const (
	recordsFile = "records.csv"
	drawsFile   = "draws.csv.gz"
	lossesFile  = "losses.csv.gz"
	arraysFile  = "arrays.json.gz"
)

// Files returns the observations as files, which [Read] reads back: records.csv with a row for each
// network and test, files with every draw of damage and every loss, and JSON for arrays (trials,
// states, weights, eigenvalues).
func (n *Notebook) Files() ([]table.File, error) {
	records, draws, losses := n.Tables()
	arrays, err := n.arrays()
	if err != nil {
		return nil, err
	}
	return []table.File{{Name: recordsFile, Data: records.CSV()}, {Name: drawsFile, Data: gzipped(draws.CSV())},
		{Name: lossesFile, Data: gzipped(losses.CSV())}, {Name: arraysFile, Data: gzipped(arrays)}}, nil
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data) // bytes.Buffer returns no error
	z.Close()
	return b.Bytes()
}

// arrayRecord is an observation as arrays.json.gz has it.
type arrayRecord struct {
	Key   any
	Value any
}

func (n *Notebook) arrays() ([]byte, error) {
	var all []arrayRecord
	for _, kind := range []Kind{Variates, CloseUp, Examples, Trained, Untrained} {
		for _, k := range n.sorted(kind) {
			all = append(all, arrayRecord{plainValue(k), plainValue(n.have[k.id()]())})
		}
	}
	return json.Marshal(all)
}

// plainValue returns a value as JSON has it in files.
func plainValue(v any) any { return jsonvalue.Plain(reflect.ValueOf(v), jsonvalue.FieldName) }

// Add takes over the observations of another notebook.
func (n *Notebook) Add(o *Notebook) {
	for _, k := range o.keys {
		n.put(k, o.have[k.id()])
	}
}
