package obs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Merge returns the observations of one notebook or more, with the same settings. Where several have the same
// observation, they must agree.
func Merge(books ...*Notebook) (*Notebook, error) {
	all := &Notebook{Settings: books[0].Settings}
	for _, n := range books {
		if n.Settings.Hash() != all.Settings.Hash() {
			return nil, errors.New("the settings differ")
		}
		all.Seeds = append(all.Seeds, n.Seeds...)
	}
	slices.Sort(all.Seeds)
	all.Seeds = slices.Compact(all.Seeds)
	books = slices.Clone(books)
	slices.SortStableFunc(books, func(a, b *Notebook) int { return cmp.Compare(slices.Min(a.Seeds), slices.Min(b.Seeds)) })
	for _, n := range books {
		if err := all.agrees(n); err != nil {
			return nil, err
		}
		all.Add(n)
	}
	return all, nil
}

// agrees returns an error if two notebooks have one observation with different values.
func (n *Notebook) agrees(o *Notebook) error {
	for _, k := range o.keys {
		have, ok := n.have[k.id()]
		if !ok {
			continue
		}
		one, err := valueJSON(have())
		other, otherErr := valueJSON(o.have[k.id()]())
		if err := errors.Join(err, otherErr); err != nil {
			return err
		}
		if !bytes.Equal(one, other) {
			return fmt.Errorf("they differ in the %s", k)
		}
	}
	return nil
}

// valueJSON returns a value as files have it.
func valueJSON(v any) ([]byte, error) {
	return json.Marshal(plainValue(v))
}

// Complete returns the notebook with only those seeds that have all observations that plan asks for,
// and the keys that the other seeds lack. A notebook whose observations a lab makes lacks none.
func (n *Notebook) Complete(plan func(*Notebook)) (some *Notebook, lacking []Key) {
	if n.lab != nil {
		return n, nil
	}
	one := *n
	for len(one.Seeds) > 0 { // a plan may need a first seed
		one.missing = nil
		plan(&one)
		if len(one.missing) == 0 {
			break
		}
		lacking = append(lacking, one.missing...)
		before := len(one.Seeds)
		one.Seeds = slices.DeleteFunc(slices.Clone(one.Seeds), func(seed uint64) bool {
			return slices.ContainsFunc(one.missing, func(k Key) bool { return k.Seed == seed })
		})
		if len(one.Seeds) == before {
			panic(fmt.Sprintf("obs: the %s is asked for by no seed of %v", one.missing[0], one.Seeds))
		}
	}
	return &one, lacking
}
