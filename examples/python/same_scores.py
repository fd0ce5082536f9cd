"""Compares what train_torch.py printed with what "molap eval -json" prints.

    molap eval mine.npz -json >eval.json
    molap eval mine.npz -json -set score.tolerance=0.02 -set score.fixation_tolerance=0.02 >strict.json
    python3 examples/python/same_scores.py torch.json eval.json strict.json

The loss agrees to a millionth; a score may differ by one trial, whose mean output lies
within a rounding of the tolerance. Exits with 1 otherwise.
"""

import json
import sys

torch = json.load(open(sys.argv[1]))
for name, path in zip(("score", "strict"), sys.argv[2:], strict=True):
    (molap,) = json.load(open(path))
    assert abs(molap["loss"] / torch["loss"] - 1) < 1e-6, f"loss {molap['loss']}, PyTorch {torch['loss']}"
    one = 100 / molap["trials"] * 1.001
    for ours, theirs in zip(molap["output"], torch[name], strict=True):
        assert abs(ours - theirs) <= one, f"{name} {molap['output']}, PyTorch {torch[name]}"
    print(f"loss and {name} are those of PyTorch: {molap['loss']:.6g}, {molap['output']}")
