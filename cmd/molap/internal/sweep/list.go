package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FormatList writes numbers as Slurm's --array takes them, in increasing order:
// "0-3,7,9-12".
func FormatList(numbers []int) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(numbers)))
	var b strings.Builder
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[j-1]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(sorted[i]))
		if j-i > 1 {
			fmt.Fprintf(&b, "-%d", sorted[j-1])
		}
		i = j
	}
	return b.String()
}

// ParseList reads what FormatList writes; each number is below n.
func ParseList(text string, n int) ([]int, error) {
	var numbers []int
	for _, part := range strings.Split(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		a, errA := strconv.Atoi(low)
		b, errB := strconv.Atoi(high)
		if errA != nil || errB != nil || a < 0 || b < a || b >= n {
			return nil, fmt.Errorf("%.100q is no list of numbers from 0 to %d (want such as 7 or 0-3,7)", text, n-1)
		}
		if len(numbers)+b-a >= 10*n {
			return nil, fmt.Errorf("%.40q… lists numbers again and again", text)
		}
		for i := a; i <= b; i++ {
			numbers = append(numbers, i)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

// Shard is part K of N of a sweep: the indices i with i mod N = K. Points that
// cost alike lie side by side in a grid, so taking every N-th keeps shards alike.
type Shard struct{ K, N int }

// ParseShard reads "k/n", k from 0 to n−1.
func ParseShard(text string) (Shard, error) {
	k, n, _ := strings.Cut(text, "/")
	a, errA := strconv.Atoi(k)
	b, errB := strconv.Atoi(n)
	if errA != nil || errB != nil || a < 0 || b <= a {
		return Shard{}, fmt.Errorf("%q is no shard (want k/n with k from 0 to n-1, such as 0/4)", text)
	}
	return Shard{a, b}, nil
}

// Indices returns the shard's part of n indices.
func (s Shard) Indices(n int) []int {
	var all []int
	for i := s.K; i < n; i += s.N {
		all = append(all, i)
	}
	return all
}
