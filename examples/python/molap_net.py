"""Networks of MoLaP in NumPy and PyTorch.

    h[t+1] = (1 - leak) h[t] + leak tanh(W_rec h[t] + W_in x[t] + b)
    y[t] = W_out h[t+1] + b_out

Files are npz ("molap export NET -out net.npz -trials 20") or the safetensors that
"molap train -save" writes. Their arrays: W_rec N×N, W_in N×inputs, b N, h0 N,
W_out outputs×N, b_out outputs, and leak, a number that is 1 if missing; and of trials
X steps×trials×inputs and Y steps×trials×outputs.
"""

import json
import struct

import numpy as np

WEIGHTS = ("W_rec", "W_in", "b", "h0", "W_out", "b_out")


def load(path):
    """Returns the arrays of an npz or safetensors file by name."""
    if str(path).endswith(".safetensors"):
        arrays, metadata = load_safetensors(path)
        return arrays | {"leak": np.float64(metadata["leak"])} if "leak" in metadata else arrays
    with np.load(path, allow_pickle=False) as f:
        return {name: f[name] for name in f.files}


def load_safetensors(path):
    """Returns arrays and metadata (task, arm, seed, leak, settings as TOML, …) of a file.

    The library does the same, safetensors.numpy.load_file; the format is so simple
    that it can be done without: the length of a header as a little-endian uint64, the
    header in JSON, the numbers.
    """
    with open(path, "rb") as f:
        data = f.read()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    types = {"F32": "<f4", "F64": "<f8"}
    arrays = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        numbers = np.frombuffer(data[8 + size + begin : 8 + size + end], types[t["dtype"]])
        arrays[name] = numbers.reshape(t["shape"]).copy()
    return arrays, metadata


def run_numpy(net, x, dtype=np.float32):
    """Runs a network on inputs x (steps × trials × inputs) in a precision.

    Returns outputs (steps × trials × outputs) and states h[1:] (steps × trials × N).
    """
    w_rec, w_in, b, h0, w_out, b_out = (net[name].astype(dtype) for name in WEIGHTS)
    leak = np.float64(net.get("leak", 1))
    keep, leak = (1 - leak).astype(dtype), leak.astype(dtype)
    x = x.astype(dtype)
    h = np.broadcast_to(h0, (x.shape[1], len(h0)))  # all trials share h[0]
    states = np.empty((*x.shape[:2], len(h0)), dtype)
    for t in range(len(x)):
        h = keep * h + leak * np.tanh(h @ w_rec.T + x[t] @ w_in.T + b)
        states[t] = h
    return states @ w_out.T + b_out, states


def torch_rnn(inputs, units, leak=1.0):
    """Returns an nn.RNN, or one whose units leak, which nn.RNN has not."""
    import torch

    class LeakyRNN(torch.nn.RNN):
        def forward(self, x, h):
            h, states = h[0], []
            drive = x @ self.weight_ih_l0.T + (self.bias_ih_l0 + self.bias_hh_l0)
            for d in drive:
                h = (1 - self.leak) * h + self.leak * torch.tanh(d + h @ self.weight_hh_l0.T)
                states.append(h)
            return torch.stack(states), h[None]

    rnn = (torch.nn.RNN if leak == 1 else LeakyRNN)(inputs, units, nonlinearity="tanh")
    rnn.leak = float(leak)
    return rnn


def to_torch(net, dtype=None):
    """Returns a network as torch modules (of torch_rnn, nn.Linear) and its h0.

    outputs = readout(rnn(x, h0.expand(1, trials, -1).contiguous())[0])
    """
    import torch

    w = {name: torch.from_numpy(net[name]).to(dtype or torch.float32) for name in WEIGHTS}
    n, inputs = w["W_in"].shape
    rnn = torch_rnn(inputs, n, net.get("leak", 1)).to(w["W_rec"].dtype)
    readout = torch.nn.Linear(n, len(w["b_out"])).to(w["W_rec"].dtype)
    with torch.no_grad():
        rnn.weight_hh_l0.copy_(w["W_rec"])
        rnn.weight_ih_l0.copy_(w["W_in"])
        rnn.bias_hh_l0.copy_(w["b"])
        rnn.bias_ih_l0.zero_()  # nn.RNN has two biases, the network one
        readout.weight.copy_(w["W_out"])
        readout.bias.copy_(w["b_out"])
    return rnn, readout, w["h0"]


def from_torch(rnn, readout, h0, modules=1):
    """Is the reverse of to_torch: a dict for np.savez, which molap reads."""

    def array(t):
        return t.detach().cpu().numpy()

    return {
        "W_rec": array(rnn.weight_hh_l0),
        "W_in": array(rnn.weight_ih_l0),
        "b": array(rnn.bias_hh_l0 + rnn.bias_ih_l0),
        "h0": array(h0),
        "W_out": array(readout.weight),
        "b_out": array(readout.bias),
        "modules": np.int64(modules),
        "leak": np.float64(rnn.leak),
    }


def score(y, target, tolerance=0.1, window=30):
    """Returns the per cent of correct trials by output, as molap scores raw units.

    A trial is correct if the mean of the output over the last steps lies within the
    tolerance of the mean of its target (A.3 of the paper).
    """
    error = y[-window:].mean(axis=0, dtype=np.float64) - target[-window:].mean(axis=0, dtype=np.float64)
    return 100 * (np.abs(error) <= tolerance).mean(axis=0)
