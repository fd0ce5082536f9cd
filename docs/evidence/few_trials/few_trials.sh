#!/usr/bin/env bash
# Trains modules and reservoirs on few trials of a task, as the table of docs/search.md has it:
# 100 units, settings of extended, N trials of a task and no others, 2000 other trials for the
# score. Needs molap on the PATH and Python 3 with NumPy; writes few.csv into a directory.
set -euo pipefail
dir=$1 python=${PYTHON:-python3}
mkdir -p "$dir" && cd "$dir"
echo task,trials,seed,arm,response,overall,escape >few.csv
for seed in 61 62 63 64 65 66; do
  for task in T3 T5 T7 T9; do
    # Any network with the inputs and outputs of the task serves to write its trials.
    [ -e "any_$task" ] || molap train -arm reservoir -task "$task" -quick -set training.levels=1 -set training.level_iterations=1 -cache cache -save "any_$task" >/dev/null 2>&1
    rm -f "test_$seed.npz" "train_$seed.npz"
    net=any_$task/reservoir_${task}_seed1.safetensors
    molap export "$net" -task "$task" -seed "$seed" -trials 2000 -out "test_$seed.npz" >/dev/null
    molap export "$net" -task "$task" -seed "$((seed + 1000))" -trials 50 -out "train_$seed.npz" >/dev/null
    for n in 5 10 20 50; do
      "$python" - "$n" "$seed" <<'PY'
import sys
import numpy as np
n, seed = int(sys.argv[1]), sys.argv[2]
for name, count in ("train", n), ("test", 2000):
    z = np.load(f"{name}_{seed}.npz")
    np.savez(f"few_{name}.npz", X=z["X"][:, :count], Y=z["Y"][:, :count], fixation=z["fixation"], dt=z["dt"])
PY
      molap train -arm molap,reservoir -task few_train.npz -test few_test.npz -seed "$seed" -profile extended -set network.units=100 \
        -set training.batch="$n" -workers 1 -cache cache -json 2>/dev/null |
        "$python" -c '
import json, sys
for r in json.load(sys.stdin):
    print(*sys.argv[1:4], r["arm"], r["decision_unit"], r["overall"], r["escape"], sep=",")' "$task" "$n" "$seed" >>few.csv
    done
  done
done
