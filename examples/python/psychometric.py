"""Draws psychometric curves of files that "molap export" wrote.

    molap export out/nets/reservoir_coherence_seed1.safetensors -out out/drawn.npz -trials 1000
    python3 examples/python/psychometric.py out/curve.png out/drawn.npz

    molap export out/nets/reservoir_arrays_seed1.safetensors -task out/test.npz -trials 1000 -out out/given.npz
    python3 examples/python/psychometric.py out/curve.png out/given.npz=out/test.npz out/drawn.npz

A file of drawn trials tells their coherence, draw_coh. Where trials were given the file with them
has to, behind an equals sign. Prints the curves, and draws them where Matplotlib is installed.
"""

import sys

import numpy as np


def choices(answered, asked):
    """Returns coherence and choice (right or not) of every trial."""
    given, made = np.load(answered), np.load(asked)
    assert np.array_equal(given["X"], made["X"]), f"{answered} and {asked} have different trials"
    response = given["outputs"][-30:, :, given["fixation"] % 2]  # the output that is not fixation
    return made["draw_coh"], response.mean(axis=0) > 0


def logistic(coherence, right):
    """Returns bias and slope of P(right) = 1 / (1 + exp(-(bias + slope · coherence))), by maximum likelihood."""
    design, w = np.stack([np.ones_like(coherence), coherence], axis=1), np.zeros(2)
    for _ in range(20):  # Newton
        p = 1 / (1 + np.exp(-design @ w))
        w += np.linalg.solve((design.T * (p * (1 - p))) @ design, design.T @ (right - p))
    return w


def main(figure, *files):
    curves = []
    for name in files:
        answered, _, asked = name.partition("=")
        coherence, right = choices(answered, asked or answered)
        bias, slope = logistic(coherence, right)
        print(f"{answered}: P(right) = 1/(1 + exp(-({bias:.2f} + {slope:.1f} coherence)))")
        levels = np.unique(coherence)
        shares = np.array([right[coherence == c].mean() for c in levels])
        for c, share in zip(levels, shares):
            print(f"{c:+.3f}  {share:4.2f}  {'#' * round(40 * share)}")
        curves.append((answered, levels, shares, bias, slope))
    try:
        import matplotlib
    except ImportError:
        print(f"without Matplotlib there is no {figure}")
        return
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for answered, levels, shares, bias, slope in curves:
        c = np.linspace(levels[0], levels[-1], 200)
        (line,) = plt.plot(c, 1 / (1 + np.exp(-(bias + slope * c))), label=answered)
        plt.plot(levels, shares, "o", color=line.get_color())
    plt.xlabel("coherence")
    plt.ylabel("choices of the right")
    plt.legend()
    plt.savefig(figure)
    print(f"drawn: {figure}")


if __name__ == "__main__":
    main(*sys.argv[1:])
