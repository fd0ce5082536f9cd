"""Makes trials of a two-alternative choice as arrays: the task of examples/tasks/coherence.toml.

    python3 examples/python/coherence.py out/coherence.npz            # 2000 trials, seed 1
    python3 examples/python/coherence.py out/test.npz 1000 3
    molap train -task out/coherence.npz -test out/test.npz -arm reservoir -save out/nets

Two noisy inputs, as strong as the coherence says; after they end, the sign of the second output says
which was the stronger.
"""

import sys

import numpy as np

STEPS, LEAD, RESPONSE = 110, 10, 30  # of 10 ms
COHERENCE = (0.064, 0.128, 0.256, 0.512)


def main(path, trials=2000, seed=1):
    rng = np.random.default_rng(int(seed))
    n = int(trials)
    coherence = rng.choice([sign * c for c in COHERENCE for sign in (-1, 1)], n)
    duration = np.minimum(10 + rng.exponential(15, n).astype(int), 50)

    begin = STEPS - RESPONSE - duration  # of the stimulus, by trial
    step = np.arange(STEPS)[:, None]
    stimulus = (step >= begin) & (step < STEPS - RESPONSE)  # steps × trials
    response = np.broadcast_to(step >= STEPS - RESPONSE, (STEPS, n))
    fixation = (step >= LEAD) & ~response

    evidence = stimulus * (coherence + rng.standard_normal((STEPS, n)))
    X = np.stack([fixation, 0.5 * (stimulus - evidence), 0.5 * (stimulus + evidence)], axis=-1)
    Y = np.stack([fixation, response * np.sign(coherence)], axis=-1)
    mask = np.stack([np.broadcast_to(step >= LEAD, response.shape), response], axis=-1)
    np.savez(
        path,
        X=X.astype(np.float32),  # steps × trials × inputs
        Y=Y.astype(np.float32),  # steps × trials × outputs
        mask=mask.astype(np.float32),  # steps × trials × outputs: the choice counts in the response
        fixation=1,  # the first output is fixation
        dt=10,  # milliseconds of a step
        draw_coh=coherence,  # not for training: to draw the curve by
    )
    print(f"{path}: {n} trials of {STEPS} steps, coherence {', '.join(f'±{c:g}' for c in COHERENCE)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
