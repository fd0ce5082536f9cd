// Package bench measures training steps: forward, loss, backward and every
// gradient that is trained, by kernel, type, size and batch. A [Case] says what
// runs, a [Meter] measures it beside the FMA peak; molap bench prints that, and
// the benchmarks of this package go into the parts. In peers/ the same step runs
// by other libraries, in turns.
//
//	go test -run '^$' -bench Step -count 6 ./bench | tee bench.txt
//	benchstat -col /kernel bench.txt
package bench
