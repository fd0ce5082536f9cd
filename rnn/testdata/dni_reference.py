#!/usr/bin/env python3
"""Compute dynamical non-interference with NumPy alone, for the Go test beside it.

    python3 dni_reference.py        # writes dni_reference.npz

Two tasks in sequence: a network A0, h0_0 on inputs x0, then A1, h0_1 on x1
(steps x trials x inputs). A = [[W_rec W_in b], [W_out 0 b_out]] acts on columns
[h; x; 1]. For z = [h[t]; x[t]; 1], all steps and trials,

    C(z) = sum z z' / (n-1),  C(Wz) = W C(z) W',  C(y) = sum y y' / (n-1)

are stored as z_K, wz_K, y_K after K tasks: after the second, the first task counts
twice (as in the authors' code) and the second once. P(C) = (C/alpha + I)^-1 by
eigenvalues alpha/(alpha+lambda), as in Duncker's code, checked against the inverse.
full_K and nobias_K are a random change g of A (of W_rec, W_in, W_out without
biases) after projection:

    upper rows P(Wz) g P(z),  lower rows P(y) g P([h; 1]),

states and P restricted to the columns that are trained.
"""
import numpy as np

units, inputs, outputs, steps, trials, alpha = 13, 3, 2, 9, 7, 1e-3
rng = np.random.default_rng(7)
f = {"alpha": np.array([alpha])}


def network():
    w = rng.normal(size=(units, units)) * 1.2 / np.sqrt(units)
    w_in = rng.normal(size=(units, inputs)) / np.sqrt(inputs)
    b = rng.normal(size=(units, 1)) * 0.1
    w_out = rng.normal(size=(outputs, units)) / np.sqrt(outputs)
    b_out = rng.normal(size=(outputs, 1)) * 0.1
    return np.block([[w, w_in, b], [w_out, np.zeros((outputs, inputs)), b_out]])


def moments(a, h0, x):
    zs, ys = [], []
    h = np.tile(h0, (trials, 1))
    for t in range(steps):
        z = np.hstack([h, x[t], np.ones((trials, 1))])
        h = np.tanh(z @ a[:units].T)
        zs.append(z)
        ys.append(np.hstack([h, np.zeros((trials, inputs)), np.ones((trials, 1))]) @ a[units:].T)
    zs, ys = np.vstack(zs), np.vstack(ys)
    n = len(zs)
    cz = zs.T @ zs / (n - 1)
    return cz, a[:units] @ cz @ a[:units].T, ys.T @ ys / (n - 1)


def projector(c):
    values, vectors = np.linalg.eigh(c)
    p = vectors @ np.diag(alpha / (alpha + values)) @ vectors.T
    assert np.allclose(p, np.linalg.inv(c / alpha + np.eye(len(c))), rtol=0, atol=1e-9)
    return p


g = rng.normal(size=(units + outputs, units + inputs + 1))
g[units:, units:-1] = 0
f["g"] = g
sums, total = None, 0
for k, weight in enumerate([2, 1]):
    a, h0 = network(), rng.normal(size=units)
    x = rng.normal(size=(steps, trials, inputs)) * 0.5
    if k == 0:
        x[:, :, 2] = 0  # an input that the task does not have
    f[f"A{k}"], f[f"h0_{k}"], f[f"x{k}"] = a, h0, x
    new = moments(a, h0, x)
    sums = [weight * c for c in new] if sums is None else [s + weight * c for s, c in zip(sums, new)]
    total += weight
    cz, cw, cy = (s / total for s in sums)
    f[f"z_{k+1}"], f[f"wz_{k+1}"], f[f"y_{k+1}"] = cz, cw, cy
    for name, bias in ("full", 1), ("nobias", 0):
        upper = np.arange(units + inputs + bias)
        lower = np.append(np.arange(units), units + inputs)[: units + bias]
        p = np.zeros_like(g)
        p[:units, upper] = projector(cw) @ g[:units][:, upper] @ projector(cz[np.ix_(upper, upper)])
        p[units:, lower] = projector(cy) @ g[units:][:, lower] @ projector(cz[np.ix_(lower, lower)])
        f[f"{name}_{k+1}"] = p

np.savez_compressed("dni_reference.npz", **f)
