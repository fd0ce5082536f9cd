#!/bin/sh
# keep.sh DIR TO: keeps of a result directory what "molap report" needs, compressed. The command in
# the manifest loses the paths of the machine that ran it.
set -eu
from=$1 to=$2
mkdir -p "$to/results"
sed '/^  "command": /{s| -cache [^ "]*||;s|-out [^ "]*|-out out|}' "$from/manifest.json" >"$to/manifest.json"
for name in draws.csv.gz losses.csv.gz arrays.json.gz; do
	cp "$from/results/$name" "$to/results/"
done
gzip -9nc "$from/results/records.csv" >"$to/results/records.csv.gz"
