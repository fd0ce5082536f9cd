package paper

// What the paper prints (Márton et al., Table 1 and §4).

// Table 1, by arm.
var (
	publishedSeparate = parameterCounts{9.18e5, 9.18e5, 1.02e5}
	publishedDNI      = parameterCounts{1.02e5, 9.18e5, 1.02e5}
	publishedMoLaP    = parameterCounts{1.2e5, 5.2e3, 2e2}
)

// The network that Table 1 counts: "a corpus of 9 tasks, a network size of 100
// units, one input and one readout unit".
const (
	table1Tasks = 9
	table1Units = 100
)

// publishedCriterion is the level that §4 calls successful learning, per cent.
const publishedCriterion = 70

// publishedVariance is what canonical variates explain by A.2.1, per cent by their number: "≈ 60%" and
// "≈ 70%".
var publishedVariance = map[int]int{2: 60, 3: 70}

// taskPlace returns the place of a task of the paper among the nine.
func taskPlace(id string) int { return int(id[1] - '1') }
