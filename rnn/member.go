package rnn

import "fmt"

// fileMember is an array as a file has it, under the file's own name.
type fileMember struct {
	name string
	npyHeader
	bytes func() ([]byte, error) // its numbers
	bad   error                  // why it cannot be read
}

// unpacked returns the member with its numbers.
func (m fileMember) unpacked() (npzArray, error) {
	if m.bad != nil {
		return npzArray{}, fmt.Errorf("%s is %w", nameText(m.name), m.bad)
	}
	data, err := m.bytes()
	if err != nil {
		return npzArray{}, fmt.Errorf("%s: %w", nameText(m.name), err)
	}
	return npzArray{m.npyHeader, data}, nil
}

// floats returns the numbers of a member, float32 or float64. All are finite.
func (m fileMember) floats() (fileArray, error) { return m.read(npzArray.floats) }

// numbers returns the numbers of a member, of any type. All are finite, except in targets, which a
// mask may leave out.
func (m fileMember) numbers() (fileArray, error) { return m.read(npzArray.numbers) }

func (m fileMember) read(as func(npzArray) (fileArray, error)) (fileArray, error) {
	e, err := m.unpacked()
	if err != nil {
		return fileArray{}, err
	}
	a, err := as(e)
	if err != nil {
		return fileArray{}, fmt.Errorf("%s is %w", nameText(m.name), err)
	}
	if m.name == "Y" {
		return a, nil
	}
	return a, a.checkFinite(nameText(m.name))
}

// whole returns the value of a member that is a single whole number.
func (m fileMember) whole() (int, error) {
	e, err := m.unpacked()
	if err != nil {
		return 0, err
	}
	n, err := e.whole()
	if err != nil {
		return 0, fmt.Errorf("%s is %w", nameText(m.name), err)
	}
	return n, nil
}

// text describes a member in lists.
func (m fileMember) text() string {
	if m.bad != nil {
		return nameText(m.name) + " (unreadable)"
	}
	text := nameText(m.name)
	_, err := numberTypeOf(m.descr)
	if err == nil || len(m.shape) > 0 {
		text += " " + shapeText(m.shape)
	}
	if err != nil {
		text += " of type " + quoted(m.descr)
	}
	return text
}
