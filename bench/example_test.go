package bench_test

import (
	"context"
	"fmt"
	"time"

	"molap/bench"
	"molap/kernels"
)

// A case names itself as the benchmarks do and knows its work.
func ExampleCase() {
	generic, err := kernels.Lookup("generic")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := bench.Case{Kernel: generic, Type: "f32", Units: 100, Trials: 200, Trained: "task", Workers: 1}
	fmt.Println(c)
	fmt.Printf("%.2f GFLOP\n", c.FLOPs()/1e9)
	// Output:
	// kernel=generic/type=f32/n=100/trials=200/trained=task
	// 1.32 GFLOP
}

// Two variants measured in turns, as molap bench does: what one round saw of the
// machine's clock, the other saw too.
func ExampleMeter() {
	var meters []*bench.Meter
	for _, v := range kernels.Variants() {
		meters = append(meters, bench.NewMeter(bench.Case{Kernel: v, Type: "f32", Units: 8, Trials: 2, Trained: "all", Workers: 1}))
	}
	for range 2 {
		for _, m := range meters {
			r := m.Round(context.Background(), time.Millisecond)
			if r.Steps == 0 || r.Step <= 0 {
				fmt.Println(m.Case, "was not measured")
			}
		}
	}
	fmt.Println("two rounds of each")
	// Output: two rounds of each
}
