#!/usr/bin/env python3
"""One training step by MoLaP and by its peers, in turns on one core; see README.md.

    bench/peers/run.py [--sweep] [--size N,B]... [--f64] [--rounds N] [--python PY]... [--out DIR] [--quick]
"""

import argparse
import array
import math
import os
import random
import shlex
import struct
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

sys.dont_write_bytecode = True  # no __pycache__ in the source tree

import machine
import table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STEPS, IN, OUT = 110, 3, 3
TOLERANCE = {"f32": 1e-4, "f64": 1e-10}  # relative, of the loss and of each block's gradient

# glibc would map and return the large arrays of a step every time, which costs
# those who allocate them page faults in every step.
COMMON = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "GOMAXPROCS": "1",
    "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "8000000000", "MALLOC_TOP_PAD_": "268435456",
    "PYTHONDONTWRITEBYTECODE": "1",
}
# Every library is told which instructions to use: OpenBLAS takes CPUs newer than
# itself for SSE machines, and AVX2 has to be compared with AVX2.
ENV = {
    "avx2": {"OPENBLAS_CORETYPE": "Haswell", "DNNL_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2",
             "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX2"},
    "avx512": {"OPENBLAS_CORETYPE": "SkylakeX", "ATEN_CPU_CAPABILITY": "avx512",
               "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX512"},
}
CXX_FLAGS = {
    "avx2": "-mavx2 -mfma".split(),
    "avx512": "-mavx2 -mfma -mavx512f -mavx512dq -mavx512bw -mavx512vl".split(),
}
NATIVE = {  # program → name in the tables, libraries
    "peak": (table.PEAK, []),
    "eigen": ("Eigen", []),
    "openblas": ("OpenBLAS + SLEEF", ["-lopenblas", "-lsleef"]),
    "onednn": ("oneDNN vanilla_rnn", ["-ldnnl"]),
}
TORCH = {"rnn": "nn.RNN", "unrolled": "unrolled", "backward": "backward by hand"}


class Peer(NamedTuple):
    isa: str
    name: str
    argv: list  # followed by the problem, the type and the method
    method: list
    types: tuple = ("f32", "f64")
    largest: int = 10**9  # number of units that it is measured with


class PeerError(Exception):
    """A peer that does not run."""


class WrongAnswer(PeerError):
    """A peer that runs and computes something else."""


class Process:
    """A running peer: it answers one line to each request."""

    def __init__(self, peer, problem, dtype, log):
        self.peer, self.log = peer, log
        with open(log, "w") as stderr:
            self.child = subprocess.Popen(
                [*peer.argv, str(problem), dtype, *peer.method], env={**os.environ, **COMMON, **ENV[peer.isa]},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True)
        self.version = self.read().removeprefix("ready ")

    def ask(self, request, argument):
        try:
            self.child.stdin.write(f"{request} {argument}\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # read tells why
        return self.read()

    def read(self):
        line = self.child.stdout.readline()
        if not line:
            said = Path(self.log).read_text().strip().splitlines()
            raise PeerError(said[-1] if said else f"ended with status {self.child.wait()}")
        return line.rstrip("\n")

    def close(self):
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass
        self.child.wait()
        self.child.stdout.close()


def build(directory, isas):
    """Builds all programs. Returns the peers and, of those that cannot be built, why."""
    peers, missing = [], {}
    steps = directory / "steps"
    subprocess.run(["go", "build", "-o", steps.resolve(), "./bench/peers/steps"], cwd=ROOT, check=True)
    for isa in isas:
        peers.append(Peer(isa, table.OURS, [steps], [isa]))
        for program, (name, libraries) in NATIVE.items():
            binary = directory / f"{program}-{isa}"
            command = ["g++", "-std=gnu++17", "-O3", "-DNDEBUG", *CXX_FLAGS[isa],
                       f"bench/peers/native/{program}.cc", "-o", binary.resolve(), *libraries]
            try:
                r = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            except FileNotFoundError:
                sys.exit("run.py: g++ is missing; run bench/peers/install.sh")
            if r.returncode:
                errors = [line for line in r.stderr.splitlines() if "error" in line or "cannot find" in line]
                missing[isa, name] = (errors or r.stderr.splitlines() or ["g++ did not compile it"])[0]
                continue
            peers.append(Peer(isa, name, [binary], [], ("f32",) if program == "onednn" else ("f32", "f64")))
    # gonum has one build, with SSE2; it stands beside the lesser of ours.
    peers.append(Peer(isas[0], "gonum", [steps], ["gonum"], largest=500))
    return peers, missing


def python_peers(interpreters, isas):
    """Returns the peers that the interpreters have, and which have none."""
    peers, missing = [], {}
    for python in interpreters:
        for module, script in ("torch", "torch_peers.py"), ("jax", "jax_peers.py"):
            try:
                r = subprocess.run([python, "-c", f"import numpy, {module}; print({module}.__version__)"],
                                   capture_output=True, text=True)
            except OSError as e:
                sys.exit(f"run.py: --python: {e}")
            if r.returncode:
                missing["any", f"{module} ({python})"] = (r.stderr.strip().splitlines() or ["does not run"])[-1]
                continue
            argv = [python, HERE / "python" / script]
            version = r.stdout.strip().split("+")[0]
            for isa in isas:
                if module == "torch":
                    peers += [Peer(isa, f"PyTorch {version} {name}", argv, [m]) for m, name in TORCH.items()]
                else:
                    peers.append(Peer(isa, f"JAX {version} lax.scan", argv, []))
    return peers, missing


def write_problem(path, n, batch, steps):
    """Writes a network and a batch, the same for the same sizes; steps/problem.go has the format."""
    rng = random.Random(f"{n} {batch} {steps}")
    with open(path, "wb") as f:
        f.write(struct.pack("<5i", n, batch, steps, IN, OUT))
        for count, scale in ((n * n, 1 / math.sqrt(n)), (n * IN, 0.3), (n, 0.1), (OUT * n, 1 / math.sqrt(n)), (OUT, 0.1),
                             (n, 0.5), (steps * batch * IN, 1), (steps * batch * OUT, 1)):
            array.array("d", (rng.gauss(0, scale) for _ in range(count))).tofile(f)


def gradient(process, path, n):
    """Returns the loss and the blocks of the gradient that a peer computes."""
    path.unlink(missing_ok=True)
    process.ask("check", path)
    v = array.array("d", path.read_bytes())
    lengths = (n * n, n * IN, n, OUT * n, OUT, n)
    if len(v) != 1 + sum(lengths):
        raise PeerError(f"gradient has {len(v) - 1} entries, {sum(lengths)} needed")
    blocks, at = [], 1
    for length in lengths:
        blocks.append(v[at:at + length])
        at += length
    return v[0], blocks


def difference(have, want):
    """Returns the largest relative difference of the loss and of the blocks; NaN counts as infinite."""
    def of_norm(a, b):
        d = math.dist(a, b) / (math.hypot(*b) or 1)
        return d if d == d else math.inf
    return of_norm([have[0]], [want[0]]), max(map(of_norm, have[1], want[1]))


def measure(peers, dtype, n, batch, steps, rounds, block, work):
    """Returns a table.Row for each peer that runs, and of the others the PeerError."""
    problem, answer = work / "problem.bin", work / "gradient.bin"
    write_problem(problem, n, batch, steps)
    running, rows, out = [], [], {}
    try:
        law = next(p for p in reversed(peers) if p.name == table.OURS)
        reference = Process(law, problem, "f64", work / "reference.log")
        want = gradient(reference, answer, n)
        reference.close()
        for i, peer in enumerate(p for p in peers if dtype in p.types):
            if n > peer.largest:
                print(f"{dtype} N={n} B={batch} {peer.isa} {peer.name}: left out, it would take minutes a step")
                continue
            try:
                process = Process(peer, problem, dtype, work / f"{i}.log")
                running.append(process)
                loss = grad = None
                if peer.name != table.PEAK:
                    loss, grad = difference(gradient(process, answer, n), want)
                    print(f"{dtype} N={n} B={batch} {peer.isa} {peer.name}: loss differs by {loss:.1e}, gradient by {grad:.1e}")
                    if max(loss, grad) > TOLERANCE[dtype]:
                        raise WrongAnswer(f"wrong answer: loss differs by {loss:.1e}, gradient by {grad:.1e}, allowed {TOLERANCE[dtype]:.0e}")
                once = float(process.ask("time", 1))
                rows.append((process, max(1, math.ceil(block / once)), table.Row(
                    dtype, n, batch, peer.isa, peer.name, process.version, 6 * n * n * batch * steps, loss, grad, [])))
            except PeerError as e:
                out[peer.isa, peer.name] = e
        for r in range(rounds):
            if r == 0 or sys.stderr.isatty():
                print(f"\r{dtype} N={n} B={batch}: round {r + 1} of {rounds} ", end="", file=sys.stderr, flush=True)
            at = r % len(rows)  # each round starts with another peer
            for process, count, row in rows[at:] + rows[:at]:
                try:
                    row.seconds.append(float(process.ask("time", count)))
                except PeerError as e:
                    raise PeerError(f"{row.name} ({row.isa}), round {r + 1}: {e}") from None
        print(file=sys.stderr)
    finally:
        for process in running:
            process.close()
    return [row for _, _, row in rows], out


def size(text):
    """Returns the numbers of N,B, both at least 1."""
    try:
        n, b = map(int, text.split(","))
    except ValueError:
        n = b = 0
    if n < 1 or b < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: N,B needed, both at least 1, such as 1000,20")
    return n, b


def main():
    parser = argparse.ArgumentParser(description="One training step by MoLaP and its peers, in turns on one core.")
    parser.add_argument("--sweep", action="store_true", help="also N=20, 50, 200, 300 (B=200), B=1, 8, 20, 400 (N=100) "
                        "and N=500, 1000, 2000 (B=20, 200)")
    parser.add_argument("--size", action="append", type=size, metavar="N,B",
                        help="units and trials to measure in place of 100,200; may be repeated")
    parser.add_argument("--f64", action="store_true", help="double precision too")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of all programs; the tables show medians (15)")
    parser.add_argument("--python", action="append", metavar="PY",
                        help="interpreter that has torch or jax; may be repeated (/usr/bin/python3)")
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)), help="core to run on (the last)")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "peers", help="directory of the results (out/peers)")
    parser.add_argument("--quick", action="store_true", help="a tiny problem, two rounds: does everything work?")
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # who reads along in a pipe sees each line as it comes
    if args.rounds < 1:
        parser.error(f"--rounds is {args.rounds}, at least 1")
    isas = machine.instruction_sets()
    if not isas:
        sys.exit("run.py: the comparison needs an x86-64 CPU with AVX2 and FMA")

    sizes, steps, rounds, block = args.size or [(100, 200)], STEPS, args.rounds, 0.05
    if args.quick:
        if args.size:
            parser.error("--quick has sizes of its own: give it or --size")
        sizes, steps, rounds, block = [(21, 5)], 12, 2, 0.0005
    if args.sweep:
        sizes += [(10, 5), (21, 3)] if args.quick else [
            (20, 200), (50, 200), (200, 200), (300, 200), (100, 1), (100, 8), (100, 20), (100, 400),
            *((n, b) for n in (500, 1000, 2000) for b in (20, 200))]
    sizes = list(dict.fromkeys(sizes))

    work = args.out / "build"
    work.mkdir(parents=True, exist_ok=True)
    print("building", file=sys.stderr)
    peers, missing = build(work, isas)
    more, without = python_peers(args.python or ["/usr/bin/python3"], isas)
    missing |= without
    os.sched_setaffinity(0, {args.cpu})  # the peers inherit it

    rows, wrong = [], False
    for dtype in ("f32", "f64") if args.f64 else ("f32",):
        for n, batch in sizes:
            done, out = measure(peers + more, dtype, n, batch, steps, rounds, block, work)
            rows += done
            missing |= {key: f"{dtype} N={n} B={batch}: {why}" for key, why in out.items()}
            wrong = wrong or any(key[1] == table.OURS or isinstance(why, WrongAnswer) for key, why in out.items())
            print(table.one_size(rows, dtype, n, batch), flush=True)
    command = "bench/peers/run.py " + shlex.join(sys.argv[1:])
    (args.out / "peers.md").write_text(table.markdown(rows, missing, machine.describe(), command, steps, rounds))
    table.write_csv(args.out / "peers.csv", rows)
    for (isa, name), why in missing.items():
        print(f"left out: {name} ({isa}): {why}", file=sys.stderr)
    print(f"wrote {args.out}/peers.md and peers.csv", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (PeerError, subprocess.CalledProcessError) as e:
        sys.exit(f"run.py: {e}")
