#!/usr/bin/env python3
"""Make bptt_small.npz again with PyTorch's autograd in float64.

    python3 bptt_small.py           # Debian: apt-get install python3-torch

Inputs, targets and parameters are read from bptt_small.npz; outputs, hidden
states, five losses and the gradient of every parameter are computed anew,
compared with what the file holds, and written to bptt_small.npz.
Weights are stored input x output (row vectors, h W).
"""
import numpy as np
import torch

old = dict(np.load("bptt_small.npz"))
names = ["h0", "W_in", "W_rec", "b", "W_out", "b_out"]
x, y = (torch.tensor(old[k]) for k in ("inputs", "targets"))
p = {k: torch.tensor(old[k], requires_grad=True) for k in names}


def run():
    h = p["h0"].expand(x.shape[1], -1)
    hidden, outputs = [], []
    for x_t in x.unbind(0):
        h = torch.tanh(x_t @ p["W_in"] + h @ p["W_rec"] + p["b"])
        hidden.append(h)
        outputs.append(h @ p["W_out"] + p["b_out"])
    return torch.stack(hidden), torch.stack(outputs)


def loss(kind, l2, areg):
    hidden, outputs = run()
    value = ((outputs - y) ** 2).mean()
    squares = lambda *k: sum((p[i] ** 2).sum() for i in k)
    if kind.startswith("code"):
        value = value + l2 * squares("W_in", "W_rec", "b") + areg * squares("h0")
    elif kind.startswith("text"):
        value = value + l2 * squares("W_in", "W_rec", "W_out") + areg * (hidden**2).mean()
    return value


new = dict(old)
for kind in ("mse", "code", "text", "codebig", "textbig"):
    value = loss(kind, float(old["l2_" + kind]), float(old["areg_" + kind]))
    grads = torch.autograd.grad(value, list(p.values()), allow_unused=True)
    new["loss_" + kind] = value.detach().numpy()
    for k, g in zip(names, grads):
        new[f"grad_{kind}_{k}"] = g.numpy()
hidden, outputs = run()
new["outputs"] = outputs.detach().numpy()
for k in new:
    if old[k].dtype.kind == "f":
        a, b = new[k], old[k]
        if k == "hidden":
            b = b[-len(hidden):]
            a = hidden.detach().numpy()
        assert np.allclose(a.reshape(-1), b.reshape(-1), rtol=1e-12, atol=1e-14), k
print("all", len(new), "arrays agree")
np.savez("bptt_small.npz", **new)
