#!/usr/bin/env bash
# A network that PyTorch trains on arrays, continued by MoLaP on the same arrays, damaged,
# analysed, and taken back to NumPy and PyTorch, which answer the same. Stops with an error
# where a step fails. PYTHON names another interpreter.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/examples/python
python=${PYTHON:-python3}
export PYTHONDONTWRITEBYTECODE=1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$python" -c 'import numpy' 2>/dev/null || { echo "$python has no NumPy: nothing to do" >&2; exit 3; }
"$python" -c 'import torch' 2>/dev/null || { echo "$python has no PyTorch: nothing to do" >&2; exit 3; }
go build -o "$dir/" ./cmd/molap
cd "$dir"

echo "== trained by PyTorch on arrays"
"$python" "$here/coherence.py" arrays.npz 2000 1
"$python" "$here/coherence.py" test.npz 1000 3
"$python" "$here/train_torch.py" arrays.npz torch.npz 0.2 200
choice=(-set score.criterion=choice)
./molap eval torch.npz -trials test.npz "${choice[@]}"
./molap eval torch.npz -trials test.npz "${choice[@]}" -json >before.json

echo "== continued by MoLaP"
./molap train -from torch.npz -arm separate -task arrays.npz -test test.npz "${choice[@]}" -set training.levels=1 -set training.level_iterations=600 -set training.batch=100 -cache off -save nets
net=$(ls nets/*.safetensors)
./molap eval "$net" -trials test.npz -json >after.json

echo "== damaged, and analysed"
./molap perturb "$net" -trials test.npz -damage global,silenced -levels 5,20 -draws 5
./molap dynamics "$net" -trials test.npz

echo "== taken back"
./molap export "$net" -task test.npz -trials 400 -states -out back.npz
"$python" "$here/compare.py" back.npz
"$python" - <<'PY'
import json
before, after = (json.load(open(name))[0] for name in ("before.json", "after.json"))
assert after["loss"] < before["loss"], (before["loss"], after["loss"])
assert min(before["output"][1], after["output"][1]) > 70, (before["output"], after["output"])
print(f"continued, damaged and taken back: loss {before['loss']:.3f} after PyTorch, {after['loss']:.3f} after MoLaP")
PY
