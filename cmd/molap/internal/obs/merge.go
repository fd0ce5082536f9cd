package obs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Merge returns the observations of notebooks that differ in seeds alone.
func Merge(books ...*Notebook) (*Notebook, error) {
	if len(books) == 0 {
		return nil, errors.New("no observations")
	}
	all := &Notebook{Settings: books[0].Settings}
	for _, n := range books {
		if n.Settings.Hash() != all.Settings.Hash() {
			return nil, errors.New("the settings differ")
		}
		for _, seed := range n.Seeds {
			if slices.Contains(all.Seeds, seed) {
				return nil, fmt.Errorf("seed %d is there twice", seed)
			}
			all.Seeds = append(all.Seeds, seed)
		}
	}
	slices.Sort(all.Seeds)
	books = slices.Clone(books)
	slices.SortStableFunc(books, func(a, b *Notebook) int { return cmp.Compare(slices.Min(a.Seeds), slices.Min(b.Seeds)) })
	for _, n := range books {
		all.Add(n)
	}
	return all, nil
}
