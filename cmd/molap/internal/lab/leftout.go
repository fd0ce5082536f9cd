package lab

import (
	"molap/tasks"
)

// LeftOut returns the IDs of n tasks from the i-th on: the last is followed by the
// first (caption of Fig. 5).
func LeftOut(ts []tasks.Task, i, n int) (ids []string) {
	for k := range n {
		ids = append(ids, ts[(i+k)%len(ts)].ID)
	}
	return ids
}
