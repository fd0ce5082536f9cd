"""JAX: lax.scan, differentiated and compiled: jax_peers.py PROBLEM f32|f64"""

import sys

import jax
import jax.numpy as jnp

from peer import BLOCKS, read_problem, serve


def scan(p):
    x, y = p["x"], p["y"]

    def loss(parameters):
        Wrec, Win, b, Wout, bout, h0 = parameters
        inputs = x @ Win.T + b

        def advance(h, u):
            h = jnp.tanh(h @ Wrec.T + u)
            return h, h

        _, h = jax.lax.scan(advance, jnp.broadcast_to(h0, (x.shape[1], h0.size)), inputs)
        return jnp.mean((h @ Wout.T + bout - y) ** 2)

    gradient = jax.jit(jax.value_and_grad(loss))
    parameters = [p[name] for name in BLOCKS]
    return lambda: jax.block_until_ready(gradient(parameters))


if __name__ == "__main__":
    path, dtype = sys.argv[1:]
    jax.config.update("jax_enable_x64", dtype == "f64")
    problem = read_problem(path, {"f32": "f4", "f64": "f8"}[dtype])
    serve(f"JAX {jax.__version__}", scan({name: jnp.asarray(v) for name, v in problem.items()}))
