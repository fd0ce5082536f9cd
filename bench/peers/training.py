#!/usr/bin/env python3
"""A whole training by `molap train` and by PyTorch as one would write it, in turns; see README.md.

    bench/peers/training.py [--iterations N] [--units N] [--batch B] [--rounds N] [--python PY] [--compile]

Task T7 (docs/tasks.md), fresh batches, the mean squared error with the response counted five times,
Adam, gradients clipped to a norm of 0.1; a reservoir (W_rec stays) and a separate network (all is
trained), on one core and on two. PyTorch runs in this file, in a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.dont_write_bytecode = True  # no __pycache__ in the source tree

import machine
import table

ROOT = Path(__file__).resolve().parent.parent.parent
RATE = {"reservoir": 5e-3, "separate": 1e-4}  # of profile extended
GAIN, INPUT_GAIN, NOISE, RESPONSE, CLIP = 1.5, 0.3, 0.002, 5, 0.1
LAST = 20  # iterations that the final loss is the mean of, as molap has it


def pytorch(args):
    """Trains one network with PyTorch; prints seconds and the final loss as JSON."""
    import numpy as np
    import torch

    torch.set_num_threads(args.cores)
    rng = np.random.default_rng(args.seed)
    torch.manual_seed(args.seed)

    def trials(batch):
        """Draws T7: the larger of cos θ1 and cos θ2 is to be remembered and answered."""
        cos1, sin1, cos2, sin2 = (f(theta) for theta in rng.uniform(0, np.pi, (2, batch)) for f in (np.cos, np.sin))
        x, y = np.zeros((110, batch, 3), np.float32), np.zeros((110, batch, 2), np.float32)
        x[10:85, :, 0] = y[10:85, :, 0] = 1
        x[35:45, :, 1], x[35:45, :, 2] = cos1, sin1
        x[55:65, :, 1], x[55:65, :, 2] = cos2, sin2
        y[85:, :, 1] = np.maximum(cos1, cos2)
        x += NOISE * rng.standard_normal(x.shape, np.float32)
        return torch.from_numpy(x), torch.from_numpy(y)

    class Network(torch.nn.Module):
        def __init__(self, n):
            super().__init__()
            self.rnn = torch.nn.RNN(3, n, nonlinearity="tanh", bias=False)
            self.readout = torch.nn.Linear(n, 2, bias=False)
            with torch.no_grad():
                self.rnn.weight_hh_l0.normal_(0, GAIN / (n + 1) ** 0.5)
                self.rnn.weight_ih_l0.normal_(0, INPUT_GAIN / 3 ** 0.5)
                self.readout.weight.normal_(0, 1 / (n + 1) ** 0.5)

        def forward(self, x):
            h, _ = self.rnn(x)
            return self.readout(h)

    weights = torch.ones(110, 1, 1)
    weights[85:] = RESPONSE

    net = Network(args.units)
    net.rnn.weight_hh_l0.requires_grad_(args.arm == "separate")
    trained = [p for p in net.parameters() if p.requires_grad]
    run = torch.compile(net) if args.compile else net
    adam = torch.optim.Adam(trained, lr=RATE[args.arm])
    losses = []
    start = time.perf_counter()
    for _ in range(args.iterations):
        x, y = trials(args.batch)
        adam.zero_grad()
        squares = (run(x) - y) ** 2
        torch.mean(weights * squares).backward()
        torch.nn.utils.clip_grad_norm_(trained, CLIP)
        adam.step()
        losses.append(squares.detach().mean())
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "loss": float(sum(losses[-LAST:]) / LAST), "version": "PyTorch " + torch.__version__}))


def molap(args, arm, cores, seed):
    """Trains one network with molap; returns seconds of the whole command and the final loss."""
    settings = {
        "network.units": args.units, "training.batch": args.batch, "training.levels": 1,
        "training.level_iterations": args.iterations, "training.l2": 0, "training.activity": 0, "score.test_trials": 200}
    command = [args.molap, "train", "-arm", arm, "-task", "T7", "-seed", str(seed), "-cache", "off", "-json", "-workers", str(cores)]
    for key, value in settings.items():
        command += ["-set", f"{key}={value}"]
    start = time.perf_counter()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    seconds = time.perf_counter() - start
    row = json.loads(out)[0]
    return {"seconds": seconds, "loss": row["final_loss"], "version": "MoLaP"}


def torch_process(args, python, compiled, arm, cores, seed):
    """Trains one network with PyTorch in a process of its own; returns seconds of the loop and the final loss."""
    command = [python, __file__, "--pytorch", "--arm", arm, "--cores", cores, "--seed", seed, "--units", args.units,
               "--batch", args.batch, "--iterations", args.iterations] + ["--compile"] * compiled
    env = {**os.environ, **{f"{library}_NUM_THREADS": str(cores) for library in ("OMP", "OPENBLAS", "MKL")}}
    out = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True, env=env).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser(description="A whole training by molap train and by PyTorch, in turns.")
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--iterations", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5, help="of all programs, each with a seed of its own; the table shows medians (5)")
    parser.add_argument("--cpus", type=int, choices=(1, 2), help="on one core or on two alone (both, one after the other)")
    parser.add_argument("--python", action="append", metavar="PY", help="interpreter that has torch; may be repeated (/usr/bin/python3)")
    parser.add_argument("--compile", action="store_true", help="torch.compile as well")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "peers", help="directory of the results (out/peers)")
    parser.add_argument("--pytorch", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--arm", choices=RATE, help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.pytorch:
        return pytorch(args)
    if min(args.units, args.batch, args.rounds) < 1 or args.iterations < LAST:
        parser.error(f"units, batch and rounds are at least 1, iterations {LAST}")

    available = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, available)
    args.out.mkdir(parents=True, exist_ok=True)
    args.molap = args.out / "molap"
    subprocess.run(["go", "build", "-o", args.molap.resolve(), "./cmd/molap"], cwd=ROOT, check=True)
    args.molap = str(args.molap.resolve())
    programs = {"molap train": molap}
    for python in args.python or ["/usr/bin/python3"]:
        for compiled in (False, True)[:1 + args.compile]:
            name = ("torch.compile" if compiled else "PyTorch nn.RNN") + ("" if len(args.python or [0]) == 1 else f" ({python})")
            programs[name] = lambda a, arm, cores, seed, python=python, compiled=compiled: torch_process(a, python, compiled, arm, cores, seed)

    done = {}
    for seed in range(1, args.rounds + 1):
        for arm in RATE:
            for cores in [args.cpus] if args.cpus else (1, 2)[:len(available)]:
                os.sched_setaffinity(0, available[-cores:])  # whoever is started inherits it
                for name, run in programs.items():
                    result = run(args, arm, cores, seed)
                    done.setdefault((arm, cores, name), []).append(result)
                    print(f"seed {seed}, {arm}, {cores} of {len(available)} cores, {name}: {result['seconds']:.1f} s, "
                          f"final loss {result['loss']:.4f}", file=sys.stderr, flush=True)

    lines = []
    for (arm, cores, name), results in done.items():
        ours = done[arm, cores, "molap train"]
        seconds = [r["seconds"] for r in results]
        lines.append([f"{arm}, {cores} core{'s'[:cores > 1]}: {name}", table.digits(median(seconds)),
                      f"{table.digits(min(seconds))}–{table.digits(max(seconds))}", table.digits(1e3 * median(seconds) / args.iterations),
                      table.digits(median(r["seconds"] / o["seconds"] for r, o in zip(results, ours))),
                      f"{median(r['loss'] for r in results):.4f}"])
    text = "# A whole training: molap train and PyTorch\n\n" + "".join(f"- {what}: {value}\n" for what, value in machine.describe())
    text += f"- Programs: {'; '.join(sorted({r['version'] for rs in done.values() for r in rs}))}\n"
    text += f"- Command: `bench/peers/training.py {' '.join(sys.argv[1:])}`\n\n"
    text += (f"T7, {args.units} units, batch {args.batch}, {args.iterations} iterations; seconds are those of the whole command molap train,\n"
             "and of the loop of training in PyTorch. The final loss is the mean squared error over the last "
             f"{LAST} iterations.\nMedians over rounds, each with a seed of its own, {args.rounds} in all; above 1, MoLaP is faster.\n\n")
    text += table.grid(["Training", "s", "range", "ms per iteration", "time ÷ MoLaP's", "final loss"], lines)
    (args.out / "training.md").write_text(text)
    print(text)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as e:
        sys.exit(f"training.py: {e}")
