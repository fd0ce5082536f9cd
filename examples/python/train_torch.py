"""Trains a network in PyTorch on trials drawn by MoLaP and writes it for MoLaP.

    molap export NET.safetensors -out trials.npz -trials 400
    python3 examples/python/train_torch.py trials.npz mine.npz        # or, for leaky units
    python3 examples/python/train_torch.py trials.npz mine.npz 0.3
    python3 examples/python/train_torch.py trials.npz mine.npz 1 500  # more than 200 iterations
    molap eval mine.npz
    molap perturb mine.npz -damage global,silenced

Half of the trials X, Y of the first file train, with its mask if it has one of their shape, the other half go along as test
trials. Prints what the network scores on them, within 0.1 of the targets as in the paper
and within 0.02, as a line of JSON.
"""

import json
import sys

import numpy as np
import torch

from molap_net import from_torch, load, score, torch_rnn

UNITS, BATCH = 50, 50


def main(trials_path, out_path, leak=1.0, iterations=200):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    trials = load(trials_path)
    x, y = (torch.from_numpy(trials[name]).float() for name in ("X", "Y"))
    mask = torch.from_numpy(trials["mask"]).float() if "mask" in trials else torch.ones_like(y)
    half = x.shape[1] // 2
    test_x, test_y = x[:, half:], y[:, half:]

    rnn = torch_rnn(x.shape[2], UNITS, float(leak))
    readout = torch.nn.Linear(UNITS, y.shape[2])
    h0 = torch.nn.Parameter(torch.zeros(UNITS))
    with torch.no_grad():
        rnn.weight_hh_l0.normal_(0, 1.2 / UNITS**0.5)
        readout.weight.normal_(0, 1 / UNITS**0.5)
    parameters = [*rnn.parameters(), *readout.parameters(), h0]
    adam = torch.optim.Adam(parameters, lr=5e-3)

    def run(x):
        return readout(rnn(x, h0.expand(1, x.shape[1], -1).contiguous())[0])

    for i in range(int(iterations)):
        batch = torch.arange(BATCH * i, BATCH * (i + 1)) % half
        loss = (mask[:, batch] * (run(x[:, batch]) - y[:, batch]) ** 2).mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        adam.step()

    with torch.no_grad():
        out = run(test_x)
    np.savez(out_path, **from_torch(rnn, readout, h0), X=test_x.numpy(), Y=test_y.numpy())
    print(json.dumps({
        "loss": float(((out.double() - test_y.double()) ** 2).mean()),
        "score": list(score(out.numpy(), test_y.numpy())),
        "strict": list(score(out.numpy(), test_y.numpy(), tolerance=0.02)),
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
