// Package bench measures training steps (forward, loss, backward and every gradient that is
// trained) by kernel, type, size and batch. A [Case] says what runs, and a [Meter] measures it
// beside the FMA peak; molap bench prints the result. The benchmarks of this package measure
// it in more detail. In peers/ other libraries run the same step, in turns with this one.
//
//	go test -run '^$' -bench Step -count 6 ./bench | tee bench.txt
//	benchstat -col /kernel bench.txt
package bench
