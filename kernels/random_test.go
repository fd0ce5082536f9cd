package kernels

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"
)

// TestThreefry holds the generator to the known answers published with Random123.
func TestThreefry(t *testing.T) {
	for _, c := range []struct{ k0, k1, x0, x1, y0, y1 uint32 }{
		{0, 0, 0, 0, 0x6b200159, 0x99ba4efe},
		{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7},
		{0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0},
	} {
		if y0, y1 := threefry(c.k0, c.k1, c.x0, c.x1); y0 != c.y0 || y1 != c.y1 {
			t.Errorf("threefry(%x %x, %x %x) = %x %x, want %x %x", c.k0, c.k1, c.x0, c.x1, y0, y1, c.y0, c.y1)
		}
	}
}

func TestStreams(t *testing.T) {
	// Neighbours in every direction are different streams.
	seen := map[[2]uint32]bool{}
	for seed := range uint64(20) {
		s := NewStream(seed)
		for id := range uint64(20) {
			for _, c := range []Stream{s.Child(id), s.Child(id << 32), s.Child(1).Child(id + 1000)} {
				a, b := c.Block(0)
				if id > 0 && seen[[2]uint32{a, b}] {
					t.Fatalf("seed %d, child %d repeats another stream", seed, id)
				}
				seen[[2]uint32{a, b}] = true
			}
		}
	}
	s := NewStream(1)
	a, b := s.Block(3)
	if c := s.Child(3); c == (Stream{a, b}) {
		t.Error("child 3 is block 3")
	}
}

func TestUniform(t *testing.T) {
	const n = 1 << 15
	s := NewStream(3)
	sum, squares, bins := 0.0, 0.0, make([]int, 10)
	for i := range uint64(n) {
		u := s.Uniform(i)
		if u < 0 || u >= 1 {
			t.Fatalf("uniform %v", u)
		}
		sum += u
		squares += (u - 0.5) * (u - 0.5)
		k := s.Intn(i, len(bins))
		bins[k]++
		if k != int(u*10) { // both take the top bits
			t.Fatalf("Intn %d beside uniform %v", k, u)
		}
	}
	if mean := sum / n; math.Abs(mean-0.5) > 4*math.Sqrt(1.0/12/n) {
		t.Errorf("mean %v", mean)
	}
	if v := squares / n; math.Abs(v-1.0/12) > 0.001 {
		t.Errorf("variance %v", v)
	}
	for k, c := range bins {
		if math.Abs(float64(c)-n/10) > 4*math.Sqrt(n*0.09) {
			t.Errorf("%d of %d are %d", c, n, k)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Intn(0, 0) does not panic")
		}
	}()
	s.Intn(0, 0)
}

// TestNormalAccuracy compares every deviate with the formula in float64.
func TestNormalAccuracy(t *testing.T) {
	n := uint64(200000)
	if testing.Short() {
		n = 10000
	}
	s := NewStream(4)
	worst := 0.0
	for i := range n {
		a, b := s.Block(i)
		switch i { // the corners of the square
		case 0:
			a, b = 0, 0
		case 1:
			a, b = math.MaxUint32, math.MaxUint32
		case 2:
			a, b = 0, 1<<29
		}
		cosine, sine := normalAt(a, b)
		r := math.Sqrt(-2 * math.Log(float64(a>>8+1)*(1.0/(1<<24))))
		turns := (float64(b>>30) + float64(int32(b<<2)>>8)*(1.0/(1<<24))) / 4
		sin, cos := math.Sincos(2 * math.Pi * turns)
		scale := max(r, 1e-3) * 0x1p-24
		worst = max(worst, math.Abs(float64(cosine)-r*cos)/scale, math.Abs(float64(sine)-r*sin)/scale)
	}
	t.Logf("worst error %.2f·2⁻²⁴ of the radius", worst)
	if worst > normalWorst {
		t.Errorf("worst error %.2f·2⁻²⁴ of the radius, at most %v stated", worst, normalWorst)
	}
}

func TestNormalDistribution(t *testing.T) {
	n := 1 << 18
	if testing.Short() {
		n = 1 << 14
	}
	z := make([]float32, n)
	Best().Normal(z, NewStream(5), 0)
	var moments [5]float64
	lag := 0.0
	for i, x := range z {
		p := 1.0
		for k := range moments {
			moments[k] += p / float64(n)
			p *= float64(x)
		}
		lag += float64(x) * float64(z[(i+16)%n]) / float64(n) // cosine beside sine
	}
	for k, want := range []float64{1, 0, 1, 0, 3} {
		// The variance of the k-th power of a normal deviate: 1, 2, 15, 96.
		spread := math.Sqrt([]float64{1e-20, 1, 2, 15, 96}[k] / float64(n))
		if math.Abs(moments[k]-want) > 4*spread {
			t.Errorf("moment %d is %v, want %v ± %v", k, moments[k], want, 4*spread)
		}
	}
	if math.Abs(lag) > 4/math.Sqrt(float64(n)) {
		t.Errorf("the deviates of a pair correlate: %v", lag)
	}
	slices.Sort(z)
	distance := 0.0
	for i, x := range z {
		cdf := 0.5 * math.Erfc(-float64(x)/math.Sqrt2)
		distance = max(distance, math.Abs(cdf-(float64(i)+0.5)/float64(n)))
	}
	if bound := 1.63 / math.Sqrt(float64(n)); distance > bound { // 1% of Kolmogorov's law
		t.Errorf("distance %v from the normal distribution, want at most %v", distance, bound)
	}
}

// TestGoldenStreams: the same numbers on every machine, in this version and the next.
func TestGoldenStreams(t *testing.T) {
	h := sha256.New()
	s := NewStream(42).Child(7)
	for i := range uint64(1000) {
		_ = binary.Write(h, binary.LittleEndian, s.Uniform(i))
		_ = binary.Write(h, binary.LittleEndian, int64(s.Intn(i, 12345)))
		sin, cos := SincosTurns(s.Uniform(i))
		_ = binary.Write(h, binary.LittleEndian, [2]float64{sin, cos})
	}
	checkGolden(t, "streams", h.Sum(nil), "61a4664f25348409d58968218241e8c7")

	for _, v := range Variants() {
		z := make([]float32, 20000)
		v.Normal(z, s, 3)
		h := sha256.New()
		_ = binary.Write(h, binary.LittleEndian, z)
		checkGolden(t, v.String()+" normal deviates", h.Sum(nil), "5e0365012955a9af13595db74e77eaa4")
	}
}

func checkGolden(t *testing.T, what string, sum []byte, want string) {
	t.Helper()
	if got := hex.EncodeToString(sum[:16]); got != want {
		t.Errorf("digest of %s is %s, want %s", what, got, want)
	}
}
