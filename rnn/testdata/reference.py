#!/usr/bin/env python3
"""Recompute what the networks of this directory must give, with NumPy alone.

    python3 reference.py            # checks net_*.npz and writes reference_*.npz

For every net_TASK.npz (weights stored input x output, trials X and Y as
steps x trials x channels) it runs the network in float64,

    h[t+1] = tanh(x[t] W_in + h[t] W_rec + b),   y[t] = h[t+1] W_out + b_out,

stores the outputs as reference_TASK.npz, and scores them: per cent of trials
whose mean output over the last 30 steps is within 0.1 of the target's
(acc_absolute), or within 10 % of it, 15 % for fixation (acc_relative).
"""
import glob

import numpy as np

for name in sorted(glob.glob("net_*.npz")):
    f = {**np.load(name), **np.load(name.replace("net_", "found_"))}
    x, y = f["X"].astype(np.float64), f["Y"].astype(np.float64)
    h = np.repeat(f["h0"].reshape(1, -1), x.shape[1], axis=0)
    out = np.empty(y.shape)
    for t in range(len(x)):
        h = np.tanh(x[t] @ f["W_in"] + h @ f["W_rec"] + f["b"])
        out[t] = h @ f["W_out"] + f["b_out"]
    m, w = out[-30:].mean(0), y[-30:].mean(0)
    absolute = 100 * (abs(m - w) <= 0.1).mean(0)
    tol = np.array([0.15] + [0.1] * (y.shape[2] - 1)) * abs(w)
    relative = 100 * ((abs(w) - tol <= m) & (m < abs(w) + tol)).mean(0)
    print(name, "stored outputs differ by", abs(out - f["outputs"]).max(),
          "scores", absolute, f["acc_absolute"], relative, f["acc_relative"])
    assert (absolute == f["acc_absolute"]).all() and (relative == f["acc_relative"]).all()
    np.savez_compressed(name.replace("net_", "reference_"), outputs=out)
