"""What the Python peers share: the problem and the conversation with run.py."""

import sys
import time

import numpy as np

BLOCKS = ("Wrec", "Win", "b", "Wout", "bout", "h0")


def read_problem(path, dtype):
    """Returns a dict of the blocks (weights by rows) and x, y (steps × trials × channels)."""
    with open(path, "rb") as f:
        N, B, T, n_in, n_out = np.fromfile(f, "<i4", 5)
        shapes = dict(Wrec=(N, N), Win=(N, n_in), b=(N,), Wout=(n_out, N), bout=(n_out,), h0=(N,),
                      x=(T, B, n_in), y=(T, B, n_out))
        return {name: np.fromfile(f, "<f8", int(np.prod(s))).reshape(s).astype(dtype) for name, s in shapes.items()}


def serve(version, step):
    """Answers the requests on stdin. step() returns the loss and the gradients
    in the order of BLOCKS, as arrays of its framework, all work done."""
    print("ready", version, flush=True)
    for line in sys.stdin:
        request, arg = line.split(maxsplit=1)
        arg = arg.rstrip("\n")
        if request == "time":
            n = int(arg)
            step()  # fills the caches after the others' turns
            start = time.process_time()
            for _ in range(n):
                step()
            print((time.process_time() - start) / n, flush=True)
        elif request == "check":
            loss, grads = step()
            with open(arg, "wb") as f:
                for v in (loss, *grads):
                    np.asarray(v, dtype="<f8").tofile(f)
            print("done", flush=True)
        else:
            sys.exit(f"unknown request {request!r} (have time, check)")
