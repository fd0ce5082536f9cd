#!/usr/bin/env python3
"""Files of networks by NumPy, and what Python reads in ours.

    python3 make.py

Writes numpy_*.npz and python_*.safetensors for the tests of Decode, and seen.npz and
seen.json, which hold what is in the files that this package wrote (network_*, state_*).
It needs NumPy; safetensors are read and written here by
https://huggingface.co/docs/safetensors, "Format".

Networks have 4 units in 2 modules, 3 inputs and 2 outputs. Number k, by rows, of
array a of W_rec W_in b h0 W_out b_out X Y is ((37 k + 11 a) mod 101 - 50)/64, in
double precision 2^-30 k more, so that every number is exact.
"""
import hashlib
import json
import zipfile

import numpy as np

UNITS, IN, OUT, STEPS, TRIALS = 4, 3, 2, 5, 3
SHAPES = {"W_rec": (UNITS, UNITS), "W_in": (UNITS, IN), "b": (UNITS,), "h0": (UNITS,),
          "W_out": (OUT, UNITS), "b_out": (OUT,), "X": (STEPS, TRIALS, IN), "Y": (STEPS, TRIALS, OUT)}
NETWORK = ["W_rec", "W_in", "b", "h0", "W_out", "b_out"]


def number(name, dtype):
    shape = SHAPES[name]
    k = np.arange(int(np.prod(shape)))
    v = ((37 * k + 11 * list(SHAPES).index(name)) % 101 - 50) / 64
    if np.dtype(dtype).itemsize == 8:
        v = v + k * 2.0**-30
    return v.reshape(shape).astype(dtype)


def network(dtype, **changes):
    return {**{name: number(name, dtype) for name in NETWORK}, **changes}


def trials(dtype):
    return {"X": number("X", dtype), "Y": number("Y", dtype)}


def numpy_files():
    f4, f8 = network("<f4"), network("<f8")
    np.savez("numpy_f4.npz", **f4, modules=2)
    np.savez("numpy_f8.npz", **f8, modules=np.int32(2), **trials("<f8"))
    np.savez("numpy_fortran.npz", **{k: np.asfortranarray(v) for k, v in {**f8, **trials("<f8")}.items()})
    np.savez_compressed("numpy_compressed.npz", **f8, **trials("<f4"), scale=np.arange(3), readme="not ours")
    # States as rows, h W_rec + x W_in: every matrix transposed, vectors as rows or columns.
    rows = {k: v.T for k, v in f8.items()}
    rows.update(h0=rows["h0"].reshape(1, -1), b=rows["b"].reshape(-1, 1))
    np.savez("numpy_rows.npz", **rows)
    np.savez("numpy_rows_copied.npz", **{k: np.ascontiguousarray(v) for k, v in rows.items()})
    np.savez("numpy_no_bias.npz", **{k: v for k, v in f4.items() if k not in ("b", "b_out")})
    np.savez("numpy_trials.npz", **trials("<f4"))
    with zipfile.ZipFile("numpy_versions.npz", "w") as z:  # of the array format
        for i, (name, v) in enumerate(f4.items()):
            with z.open(zipfile.ZipInfo(name + ".npy"), "w") as f:
                np.lib.format.write_array(f, v, version=(1 + i % 3, 0))
    np.savez("numpy_big_endian.npz", **network("<f4", W_rec=number("W_rec", ">f4")))
    np.savez("numpy_half.npz", **network("<f4", W_in=number("W_in", "<f2")))
    np.savez("numpy_integer.npz", **network("<f4", b=np.zeros(UNITS, "<i8")))
    # Files that have to be refused.
    np.savez("refused_pickle.npz", **network("<f4", h0=np.array([None] * UNITS, object)))
    np.savez("refused_record.npz", **network("<f4", h0=np.zeros(UNITS, [("h", "<f4")])))
    np.savez("refused_shape.npz", **network("<f4", W_out=np.zeros((OUT, UNITS + 1), "<f4")))


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def write_safetensors(path, metadata, tensors):
    """The metadata's "sha256" is that of the file with 64 zeros in its place."""
    header, at = {"__metadata__": metadata}, 0
    for name, v in tensors.items():
        header[name] = {"dtype": "F%d" % (8 * v.dtype.itemsize), "shape": v.shape, "data_offsets": [at, at + v.nbytes]}
        at += v.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).replace("\\n", "\\u000a").encode()
    text += b" " * (-len(text) % 8)
    data = len(text).to_bytes(8, "little") + text + b"".join(v.tobytes() for v in tensors.values())
    assert data.count(b"0" * 64) == 1
    with open(path, "wb") as f:
        f.write(data.replace(b"0" * 64, digest(data).encode()))


def python_files():
    for bits in 32, 64:
        settings = "# every setting\nunits = 4\nname = \"größer\\\\\"\n"
        write_safetensors("python_f%d.safetensors" % bits, {
            "format": "molap network", "version": "1", "sha256": "0" * 64, "modules": "2",
            "task": "T7", "arm": "molap-pca", "seed": "18446744073709551615",
            "settings": settings, "settings_sha256": digest(settings.encode()),
        }, network("<f%d" % (bits // 8)))


def read_safetensors(path):
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size].decode())
    metadata, numbers, end, tensors = header.pop("__metadata__"), data[8 + size:], 0, {}
    for name, t in header.items():
        first, last = t["data_offsets"]
        assert first == end
        tensors[name], end = np.frombuffer(numbers[first:last], "<f%d" % (int(t["dtype"][1:]) // 8)).reshape(t["shape"]), last
    assert end == len(numbers) and size % 8 == 0
    assert metadata["sha256"] == digest(data.replace(metadata["sha256"].encode(), b"0" * 64))
    assert metadata["settings_sha256"] == digest(metadata["settings"].encode())
    return metadata, tensors


def read_ours():
    seen, metadata = {}, {}
    for name in "network_f32", "network_f64", "state_f32", "state_f64":
        metadata[name], tensors = read_safetensors(name + ".safetensors")
        seen.update({name + "." + k: v for k, v in tensors.items()})
    for name in "network_f32", "network_f64":
        with np.load(name + ".npz") as f:
            seen.update({name + ".npz." + k: f[k] for k in f})
        dtype = "<f%d" % (int(name[-2:]) // 8)
        for k, v in {**network(dtype), **trials(dtype)}.items():
            for key in (name + ".npz." + k, name + "." + k):
                assert key.endswith((".X", ".Y")) and key not in seen or (seen[key] == v).all() and seen[key].dtype == v.dtype, key
    np.savez("seen.npz", **seen)
    with open("seen.json", "w") as f:
        json.dump(metadata, f, indent=1, ensure_ascii=False)
        f.write("\n")


numpy_files()
python_files()
read_ours()
