"""Reads exports of a network with NumPy and writes them again.

    python3 roundtrip.py NET.npz NET.safetensors BACK.npz

NET.npz is written, compressed, as BACK.npz. The safetensors file of the same network is
read by the format's description; its numbers have to be those of NET.npz, bit by bit.
(rnn/testdata/files/reference.rs has the reference implementation read such files.)
"""

import json
import struct
import sys

import numpy as np

npz, safetensors, back = sys.argv[1:]


def by_description(path):
    data = open(path, "rb").read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__")
    types = {"F32": "<f4", "F64": "<f8"}
    return {
        name: np.frombuffer(data[8 + size :][slice(*t["data_offsets"])], types[t["dtype"]]).reshape(t["shape"])
        for name, t in header.items()
    }


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


with np.load(npz, allow_pickle=False) as f:
    arrays = {name: f[name] for name in f.files}
beside = {name for name in arrays if name == "outputs" or name.startswith(("draw_", "start_"))}
assert set(arrays) - beside == {"W_rec", "W_in", "b", "h0", "W_out", "b_out", "modules", "X", "Y", "fixation", "dt"}, sorted(arrays)
assert "outputs" in beside and "start_response" in beside, sorted(beside)
assert arrays["fixation"] == 1 and arrays["dt"] == 10

tensors = by_description(safetensors)
assert set(tensors) == {"W_rec", "W_in", "b", "h0", "W_out", "b_out"}, sorted(tensors)
for key, value in tensors.items():
    assert same(value, arrays[key]), key

np.savez_compressed(back, **arrays)
print("NumPy", np.__version__)
