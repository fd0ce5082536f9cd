"""Writes reference.json: dynamics of small tanh networks by NumPy's linear algebra."""
import json
import numpy as np

rng = np.random.default_rng(7)


def mean_field(gain):
    """Largest Lyapunov exponent of h' = tanh(Jh), J ~ N(0, g²/N), N → ∞ (Molgedey, Schuchhardt and Schuster 1992)."""
    x, w = np.polynomial.hermite_e.hermegauss(200)
    w = w / w.sum()
    variance = 1.0
    for _ in range(10000):
        variance = gain**2 * np.sum(w * np.tanh(np.sqrt(variance) * x) ** 2)
    slope = 1 - np.tanh(np.sqrt(variance) * x) ** 2
    return 0.5 * np.log(gain**2 * np.sum(w * slope**2))


def driven(units, inputs, steps, gain, drive, k):
    """Exponents along a driven trajectory by numpy.linalg.qr, and gradient norms by the product of Jacobians."""
    W = gain * rng.normal(size=(units, units)) / np.sqrt(units)
    W_in, b = drive * rng.normal(size=(units, inputs)), 0.1 * rng.normal(size=units)
    W_out, h0 = rng.normal(size=(2, units)), rng.normal(size=units)
    x = rng.normal(size=(steps, inputs))
    h, states, jacobians = h0, [], []
    for t in range(steps):
        h = np.tanh(W @ h + W_in @ x[t] + b)
        states.append(h)
        jacobians.append((1 - h**2)[:, None] * W)
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
    return dict(W=W, W_in=W_in, b=b, W_out=W_out, h0=h0, x=x, last=states[-1], exponents=sums / steps, e=e, norms=norms[::-1])


def rounded(v):
    return {k: np.asarray(a).tolist() for k, a in v.items()}


A = rng.normal(size=(12, 12))
eigenvalues = np.linalg.eigvals(A)
out = dict(
    mean_field={str(g): mean_field(g) for g in (1.5, 2.0, 3.0)},
    contracting=rounded(driven(12, 2, 120, 1.2, 0.3, 3)),
    expanding=rounded(driven(12, 2, 25, 4.0, 0.1, 3)),
    matrix=A.tolist(),
    eigenvalues=sorted(([l.real, l.imag] for l in eigenvalues), key=lambda l: (-round(np.hypot(*l), 9), -l[1])),
)
with open("reference.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
