#!/bin/sh
# keep.sh DIR TO: keeps of a result directory what "molap report" needs, compressed.
set -eu
from=$1 to=$2
mkdir -p "$to/results"
cp "$from/manifest.json" "$to/"
for name in draws.csv.gz losses.csv.gz arrays.json.gz; do
	cp "$from/results/$name" "$to/results/"
done
gzip -9nc "$from/results/records.csv" >"$to/results/records.csv.gz"
