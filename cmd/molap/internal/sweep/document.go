package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"molap/cmd/molap/internal/strictjson"
	"molap/cmd/molap/internal/table"
)

// seal returns a document's text with its own SHA-256 as the last field. The
// field must be the last of the type, named sha256 and empty.
func seal(document any) []byte {
	data, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		panic(err) // no type of ours holds what JSON cannot
	}
	body, ok := bytes.CutSuffix(data, []byte(emptySum))
	if !ok {
		panic(fmt.Sprintf("sweep: %T has no empty sha256 at its end", document))
	}
	return append(body, sumEnd(sha256.Sum256(data))...)
}

// emptySum ends a document that is not sealed.
const emptySum = `"sha256": ""` + "\n}"

// sumEnd returns the end of a sealed document: its SHA-256 and "}". It has sumLength bytes.
func sumEnd(sum [sha256.Size]byte) string { return fmt.Sprintf("\"sha256\": \"%x\"\n}\n", sum) }

const sumLength = len(emptySum) + 2*sha256.Size + len("\n")

// unseal reads a document into a pointer: every byte has to be as seal wrote it.
func unseal(data []byte, document any) error {
	if len(data) < sumLength {
		return errors.New("it is cut short")
	}
	body, end := data[:len(data)-sumLength], data[len(data)-sumLength:]
	whole := sha256.New()
	whole.Write(body)
	whole.Write([]byte(emptySum))
	if string(end) != sumEnd([sha256.Size]byte(whole.Sum(nil))) {
		return errors.New("its SHA-256 does not fit")
	}
	return strictjson.Unmarshal(data, document)
}

// Number is a float64 that JSON can hold: one that is not finite becomes null,
// and null NaN.
type Number float64

// MarshalJSON writes the shortest decimal that reads back, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	return json.Marshal(table.Known(float64(n)))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (n *Number) UnmarshalJSON(data []byte) error {
	x := math.NaN() // which null leaves
	err := json.Unmarshal(data, &x)
	*n = Number(x)
	return err
}
