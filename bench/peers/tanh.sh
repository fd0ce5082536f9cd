#!/bin/sh
# tanh alone, SLEEF's and ours in one run, three times over: nanoseconds per element.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go test -c -o "$dir/ours" ./bench
g++ -O3 -mavx2 -mfma bench/peers/native/tanh.cc -o "$dir/avx2" -lsleef
g++ -O3 -mavx512f bench/peers/native/tanh.cc -o "$dir/avx512" -lsleef
for round in 1 2 3; do
	"$dir/avx2"
	! grep -q avx512f /proc/cpuinfo || "$dir/avx512"
	"$dir/ours" -test.run - -test.cpu 1 -test.bench Tanh -test.benchtime 0.1s |
		sed -n 's/.*kernel=\(.*\)\/type=\(f[0-9]*\).* \([0-9.]*\) ns\/element.*/\1 \2 \3/p' |
		while read -r isa type ns; do printf '%-24s %.3f ns/element\n' "MoLaP $isa $type" "$ns"; done
done
