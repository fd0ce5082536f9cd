#!/usr/bin/env python3
"""Make leak.npz with PyTorch's autograd in float64: leaky units.

    python3 leak.py           # Debian: apt-get install python3-torch

Inputs, targets and parameters are those of bptt_small.npz; the states follow

    h[t+1] = (1-a) h[t] + a tanh(x[t] W_in + h[t] W_rec + b)

for several a. The loss is the mean squared error plus
L2 of W_in, W_rec and W_out plus the mean squared activity. Weights are stored
input x output (row vectors, h W). An array that is there already must agree.
"""
import os

import numpy as np
import torch

old = dict(np.load("bptt_small.npz"))
names = ["h0", "W_in", "W_rec", "b", "W_out", "b_out"]
x, y = (torch.tensor(old[k]) for k in ("inputs", "targets"))
p = {k: torch.tensor(old[k], requires_grad=True) for k in names}
l2, activity = 1e-2, 0.3


def run(a):
    h = p["h0"].expand(x.shape[1], -1)
    hidden, outputs = [], []
    for x_t in x.unbind(0):
        h = (1 - a) * h + a * torch.tanh(x_t @ p["W_in"] + h @ p["W_rec"] + p["b"])
        hidden.append(h)
        outputs.append(h @ p["W_out"] + p["b_out"])
    return torch.stack(hidden), torch.stack(outputs)


new = {"l2": l2, "activity": activity, "alphas": np.array([0.1, 0.5, 0.9])}
for i, a in enumerate(new["alphas"]):
    hidden, outputs = run(float(a))
    value = ((outputs - y) ** 2).mean()
    value = value + l2 * sum((p[k] ** 2).sum() for k in ("W_in", "W_rec", "W_out"))
    value = value + activity * (hidden**2).mean()
    grads = torch.autograd.grad(value, list(p.values()))
    new[f"{i}_loss"] = value.detach().numpy()
    new[f"{i}_hidden"] = hidden.detach().numpy()
    new[f"{i}_outputs"] = outputs.detach().numpy()
    for k, g in zip(names, grads):
        new[f"{i}_grad_{k}"] = g.numpy()
if os.path.exists("leak.npz"):
    for k, v in np.load("leak.npz").items():
        assert np.allclose(new[k], v, rtol=1e-12, atol=1e-14), k
    print("all", len(new), "arrays agree")
np.savez("leak.npz", **new)
