"""Writes leak.json: dynamics of leaky units by NumPy's linear algebra."""
import json
import numpy as np

rng = np.random.default_rng(11)


def driven(alpha, units, inputs, steps, gain, drive, k):
    """Exponents along a driven trajectory by numpy.linalg.qr, and gradient norms by the product of Jacobians."""
    W = gain * rng.normal(size=(units, units)) / np.sqrt(units)
    W_in, b = drive * rng.normal(size=(units, inputs)), 0.1 * rng.normal(size=units)
    W_out, h0 = rng.normal(size=(2, units)), rng.normal(size=units)
    x = rng.normal(size=(steps, inputs))
    h, states, jacobians = h0, [], []
    for t in range(steps):
        a = np.tanh(W @ h + W_in @ x[t] + b)
        h = (1 - alpha) * h + alpha * a
        states.append(h)
        jacobians.append((1 - alpha) * np.eye(units) + alpha * (1 - a**2)[:, None] * W)
    q, sums = np.eye(units)[:, :k], np.zeros(k)
    for j in jacobians:
        q, r = np.linalg.qr(j @ q)
        sums += np.log(np.abs(np.diag(r)))
    # The gradient of c·y[last], carried back to each state.
    e = rng.normal(size=2)
    g, norms = W_out.T @ e, []
    for t in reversed(range(steps)):
        norms.append(np.linalg.norm(g))
        g = jacobians[t].T @ g
    v = dict(leak=alpha, W=W, W_in=W_in, b=b, W_out=W_out, h0=h0, x=x, last=states[-1], exponents=sums / steps, e=e, norms=norms[::-1])
    return {k: np.asarray(a).tolist() for k, a in v.items()}


with open("leak.json", "w") as f:
    json.dump([driven(0.2, 12, 2, 120, 1.2, 0.3, 3), driven(0.7, 12, 2, 30, 4.0, 0.1, 3)], f)
    f.write("\n")
