package bench

import (
	"testing"
	"time"
)

// BenchmarkPeak compares a step with two FMA peaks: that of a core which has done
// nothing else for ten milliseconds, and that right after a step. An instruction
// set may run at a lower clock the more power the work draws, and a loop without
// memory draws little. %alone and %beside are what the step attains of either.
func BenchmarkPeak(b *testing.B) {
	for _, v := range native() {
		for _, typ := range []string{"f32", "f64"} {
			c := Case{v, typ, 100, 200, "all", 1}
			b.Run(c.String(), func(b *testing.B) {
				m := NewMeter(c)
				m.run()
				var alone, beside, step []float64
				for b.Loop() {
					for begin := time.Now(); time.Since(begin) < 10*time.Millisecond; {
						m.limit()
					}
					alone = append(alone, m.limit())
					m.run()
					start := time.Now()
					m.run()
					step = append(step, time.Since(start).Seconds())
					beside = append(beside, m.limit())
				}
				limit, near, took := Median(alone), Median(beside), Median(step)
				b.ReportMetric(c.FLOPs()/limit*1e-9, "GFLOP/s-alone")
				b.ReportMetric(c.FLOPs()/near*1e-9, "GFLOP/s-beside")
				b.ReportMetric(100*limit/took, "%alone")
				b.ReportMetric(100*near/took, "%beside")
				b.ReportMetric(0, "ns/op") // peaks included, which says nothing
			})
		}
	}
}
