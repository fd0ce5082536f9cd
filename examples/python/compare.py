"""Runs a network of MoLaP in NumPy and PyTorch and compares the outputs with MoLaP's.

    molap export NET.safetensors -out net.npz -trials 20
    go run ./examples/outputs net.npz outputs.npz
    python3 examples/python/compare.py net.npz outputs.npz

Y of outputs.npz are what MoLaP answered; without that file, the outputs that "molap export" wrote
into net.npz. Exits with 1 if outputs are further apart than
stated. Without PyTorch only NumPy is compared.
"""

import sys

import numpy as np

from molap_net import load, run_numpy, to_torch

# Programs add the products of a sum in different orders and have each their own tanh,
# so they differ in the last places. The unit is eps (2⁻²³ in float32, 2⁻⁵² in
# float64) times the largest output, or 1. In the first step only roundings count; over
# a trial the network's dynamics carry them on, and how far is a matter of the network:
# one that is chaotic all trial long would exceed any bound, a trained one does not.
FIRST, WHOLE = 16, 256


def main(net_path, outputs_path=None):
    net = load(net_path)
    answered = load(outputs_path) if outputs_path else {"X": net["X"], "Y": net["outputs"]}
    molap = answered["Y"]
    dtype, wide = net["W_rec"].dtype, np.longdouble if net["W_rec"].dtype == np.float64 else np.float64
    assert molap.dtype == dtype and np.array_equal(answered["X"], net["X"]), "files do not belong together"
    reference, _ = run_numpy(net, net["X"], wide)
    unit = np.finfo(dtype).eps * max(1, float(np.abs(reference).max()))

    outputs = {"MoLaP": molap, "NumPy": run_numpy(net, net["X"], dtype)[0]}
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: it is left out")
    else:
        with torch.no_grad():
            rnn, readout, h0 = to_torch(net, torch.from_numpy(net["W_rec"]).dtype)
            x = torch.from_numpy(net["X"])
            outputs["PyTorch"] = readout(rnn(x, h0.expand(1, x.shape[1], -1).contiguous())[0]).numpy()

    steps, trials, channels = molap.shape
    print(f"{len(net['h0'])} units, {trials} trials of {steps} steps, {channels} outputs, {dtype}")
    print(f"largest difference of an output, in units of {unit:.2g} ({wide.__name__} is the reference):")
    print(f"{'':10}{'first step':>12}{'whole trial':>13}")
    good = True
    names = list(outputs)
    rows = [(f"{name}", y, reference) for name, y in outputs.items()]
    rows += [(f"{name} - MoLaP", outputs[name], molap) for name in names[1:]]
    for name, y, other in rows:
        far = np.abs(y.astype(wide) - other) / unit
        first, whole = float(far[0].max()), float(far.max())
        bad = not (first <= FIRST and whole <= WHOLE)
        good = good and not bad
        print(f"{name:16}{first:10.1f}{whole:13.1f}{'  too far' if bad else ''}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
