// Package bench holds the benchmarks of the whole: training steps by kernel, type,
// size and batch, and in peers/ the same step by other libraries in one run.
//
//	go test -run '^$' -bench Step -count 6 ./bench | tee bench.txt
//	benchstat -col /kernel bench.txt
package bench
