#!/usr/bin/env bash
# A network from MoLaP to NumPy and PyTorch, and one from PyTorch to MoLaP: the
# commands of docs/python.md in a row. Stops with an error where outputs or scores
# disagree. PYTHON names another interpreter, DIR a directory to keep the files in.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=examples/python
python=${PYTHON:-python3}
export PYTHONDONTWRITEBYTECODE=1
if [ -z "${DIR:-}" ]; then
  DIR=$(mktemp -d)
  trap 'rm -rf "$DIR"' EXIT
fi
"$python" -c 'import numpy' 2>/dev/null || { echo "$python has no NumPy: nothing to do" >&2; exit 3; }
go build -o "$DIR/" ./cmd/molap ./examples/outputs

for leak in 1 0.3; do
  echo "== a network of MoLaP, leak $leak"
  # By the text's rate it has learnt to the end of a short training, and left its chaos.
  "$DIR/molap" train -arm separate -task T1 -quick -profile extended -set training.separate_rate=3e-3 -set network.leak=$leak -cache off -save "$DIR/$leak" 2>/dev/null | tail -n 1
  net=$DIR/$leak/separate_T1_seed1.safetensors
  for precision in f32 f64; do
    echo "== its outputs in NumPy and PyTorch, $precision"
    "$DIR/molap" export "$net" -out "$DIR/$leak/$precision.npz" -trials 20 -precision "$precision"
    "$DIR/outputs" "$DIR/$leak/$precision.npz" "$DIR/$leak/outputs_$precision.npz"
    "$python" "$here/compare.py" "$DIR/$leak/$precision.npz" "$DIR/$leak/outputs_$precision.npz"
  done
  "$python" - "$net" "$DIR/$leak/f32.npz" "$here" <<'PY'
import sys
sys.path.insert(0, sys.argv[3])
from molap_net import WEIGHTS, load
a, b = load(sys.argv[1]), load(sys.argv[2])
assert all(a[n].tobytes() == b[n].tobytes() for n in WEIGHTS), "safetensors and npz differ"
assert a.get("leak", 1) == b.get("leak", 1), "safetensors and npz differ in their leak"
print("safetensors, read by hand, and npz have the same weights to the bit")
PY
done

echo "== a psychometric curve, by the lines of the page"
mkdir -p "$DIR/out"
"$DIR/molap" train -arm reservoir -task examples/tasks/coherence.toml -set score.criterion=choice -set network.units=64 -set training.levels=1 -set training.level_iterations=1500 -cache off -save "$DIR/nets" 2>/dev/null | tail -n 1
"$DIR/molap" export "$DIR/nets/reservoir_coherence_seed1.safetensors" -out "$DIR/out/coherence.npz" -trials 2000 -states
snippet=$(sed -n '/^### A psychometric/,/^### The same/{/^```python/,/^```$/{/^```/!p}}' docs/python.md)
(cd "$DIR" && "$python" - <<<"$snippet") | tee "$DIR/curve"
"$python" - "$DIR/curve" <<'PY'
import sys
curve = [float(line.split()[1]) for line in open(sys.argv[1]) if "to the right" in line]
assert len(curve) == 8 and curve[0] < 0.2 and curve[-1] > 0.8 and all(a < b + 0.05 for a, b in zip(curve, curve[1:])), curve
PY

"$python" -c 'import torch' 2>/dev/null || { echo "$python has no PyTorch: the way back is left out" >&2; exit 0; }
"$DIR/molap" export "$net" -out "$DIR/trials.npz" -trials 400 >/dev/null
for leak in 1 0.3; do
  echo "== a network of PyTorch, leak $leak"
  "$python" "$here/train_torch.py" "$DIR/trials.npz" "$DIR/mine.npz" $leak | tee "$DIR/torch.json"
  echo "== scored and damaged by MoLaP"
  "$DIR/molap" eval "$DIR/mine.npz"
  "$DIR/molap" eval "$DIR/mine.npz" -json >"$DIR/eval.json"
  "$DIR/molap" eval "$DIR/mine.npz" -json -set score.tolerance=0.02 -set score.fixation_tolerance=0.02 >"$DIR/strict.json"
  "$python" "$here/same_scores.py" "$DIR/torch.json" "$DIR/eval.json" "$DIR/strict.json"
done
"$DIR/molap" perturb "$DIR/mine.npz" -damage global,silenced -levels 2,5 -draws 10 2>/dev/null
