#!/usr/bin/env python3
"""Make the reference files; the data of cca_small.npz are read from it.

    pip install numpy==1.24.2 scikit-learn==1.2.1
    python3 make.py
"""
import warnings

import numpy as np
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA


def standardise(a):
    scale = a.std(axis=0, ddof=1)
    scale[scale == 0] = 1
    return (a - a.mean(axis=0)) / scale


def orthonormal(a):
    """Orthonormal basis of the columns, by the SVD."""
    u, s, _ = np.linalg.svd(a, full_matrices=False)
    return u[:, s > 1e-10 * s[0]]


def exact_correlations(X, Y):
    qx, qy = orthonormal(standardise(X)), orthonormal(standardise(Y))
    return np.linalg.svd(qx.T @ qy, compute_uv=False)


def fit(X, Y, r, **kw):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tol=0 never "converges"
        return CCA(n_components=r, scale=True, **kw).fit(X, Y)


def fields(c, X, Y):
    xs, ys = c.transform(X, Y)
    return dict(
        x_weights=c.x_weights_, y_weights=c.y_weights_,
        x_rotations=c.x_rotations_, y_rotations=c.y_rotations_,
        x_scores=xs, y_scores=ys,
        score_corr=np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(xs.T, ys.T)]))


def small():
    """scikit-learn's iteration at tol=1e-12 and as it comes (default_*)."""
    old = np.load("cca_small.npz")
    X, Y = old["X"], old["Y"]
    c = fit(X, Y, 3, tol=1e-12, max_iter=100000)
    d = fields(fit(X, Y, 3), X, Y)
    del d["y_rotations"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        coef = c.coef_
    np.savez("cca_small.npz", X=X, Y=Y, **fields(c, X, Y),
             **{"default_" + k: v for k, v in d.items()},
             exact_canonical_correlations=exact_correlations(X, Y),
             coef=coef, r2_score=c.score(X, Y), readme=old["readme"])


def exact(name, X, Y):
    """The iteration run to its end, for 1, 2 and 3 components; and PCA."""
    fits = [fit(X, Y, r, tol=0, max_iter=3000) for r in (1, 2, 3)]
    p = PCA().fit(standardise(X))
    np.savez(name, X=X, Y=Y, **fields(fits[-1], X, Y),
             exact_canonical_correlations=exact_correlations(X, Y),
             r2_score=np.array([c.score(X, Y) for c in fits]),
             pca_components=p.components_, pca_ratio=p.explained_variance_ratio_)


def deficient():
    """Data with repeated, mirrored and constant columns."""
    rng = np.random.default_rng(1)
    n = 300
    X, Y = np.empty((n, 8)), np.empty((n, 7))
    z = rng.standard_normal((n, 4))
    X[:, :5] = rng.standard_normal((n, 5))
    X[:, :4] += z * [2.0, 1.5, 1.0, 0.5]
    X[:, 5], X[:, 6], X[:, 7] = X[:, 0], 3.0, 5 - 2 * X[:, 1]
    Y[:, :4] = z + 0.8 * rng.standard_normal((n, 4))
    Y[:, 2] *= 40
    Y[:, 4], Y[:, 5], Y[:, 6] = Y[:, 0], 1 - Y[:, 0], 0.25
    return X, Y


small()
data = np.load("cca_small.npz")
exact("cca_small_exact.npz", data["X"], data["Y"])
exact("cca_deficient_exact.npz", *deficient())
