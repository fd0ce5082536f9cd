// Package strictjson decodes JSON and neither drops nor guesses anything.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Unmarshal decodes one JSON value that fills the data and has no fields unknown to v.
func Unmarshal(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	switch err := d.Decode(v); err {
	case nil:
	case io.EOF:
		return errors.New("no JSON value in it")
	case io.ErrUnexpectedEOF:
		return errors.New("the JSON value is cut short")
	default:
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the JSON value, at byte %d", d.InputOffset())
	}
	return nil
}
