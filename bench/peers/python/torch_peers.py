"""PyTorch, three ways: torch_peers.py PROBLEM f32|f64 rnn|unrolled|backward

rnn       torch.nn.RNN, as most would write it
unrolled  one addmm and one tanh a step, gradients by autograd
backward  the same with the backward pass written by hand and every product into
          memory allocated once: torch as a front end of its BLAS
"""

import sys

import torch
from torch.nn.functional import linear

from peer import BLOCKS, read_problem, serve


def rnn(p):
    T, B, n_in = p["x"].shape
    n_out, N = p["Wout"].shape
    net = torch.nn.RNN(n_in, N, nonlinearity="tanh").to(p["x"].dtype)
    readout = torch.nn.Linear(N, n_out).to(p["x"].dtype)
    h0 = p["h0"].clone().requires_grad_()
    with torch.no_grad():
        net.weight_hh_l0.copy_(p["Wrec"])
        net.weight_ih_l0.copy_(p["Win"])
        net.bias_ih_l0.copy_(p["b"])
        net.bias_hh_l0.zero_()  # nn.RNN has a second bias
        readout.weight.copy_(p["Wout"])
        readout.bias.copy_(p["bout"])
    parameters = [net.weight_hh_l0, net.weight_ih_l0, net.bias_ih_l0, readout.weight, readout.bias, h0]

    def step():
        net.zero_grad(set_to_none=True)
        readout.zero_grad(set_to_none=True)
        h0.grad = None
        h, _ = net(p["x"], h0.expand(1, B, N).contiguous())
        loss = torch.mean((readout(h) - p["y"]) ** 2)
        loss.backward()
        return loss.detach(), [w.grad for w in parameters]

    return step


def unrolled(p):
    T, B, _ = p["x"].shape
    parameters = [p[name].clone().requires_grad_() for name in BLOCKS]
    Wrec, Win, b, Wout, bout, h0 = parameters

    def step():
        for w in parameters:
            w.grad = None
        # Indexing inputs[t] instead of unbinding slows the backward pass several times.
        inputs = torch.unbind(linear(p["x"], Win, b), 0)
        h = h0.expand(B, -1)
        hs = []
        for t in range(T):
            h = torch.tanh(torch.addmm(inputs[t], h, Wrec.t()))
            hs.append(h)
        loss = torch.mean((linear(torch.stack(hs), Wout, bout) - p["y"]) ** 2)
        loss.backward()
        return loss.detach(), [w.grad for w in parameters]

    return step


@torch.no_grad()
def backward(p):
    Wrec, Win, b, Wout, bout, h0 = (p[name] for name in BLOCKS)
    x, y = p["x"], p["y"]
    T, B, n_in = x.shape
    n_out, N = Wout.shape
    new = lambda *shape: torch.empty(shape, dtype=x.dtype)
    inputs, h, d, e = new(T * B, N), new(T + 1, B, N), new(T, B, N), new(T * B, n_out)
    x, y = x.reshape(T * B, n_in), y.reshape(T * B, n_out)
    hs, ds, ins = torch.unbind(h, 0), torch.unbind(d, 0), torch.unbind(inputs.view(T, B, N), 0)
    h_flat, d_flat = h.view((T + 1) * B, N), d.view(T * B, N)
    grads = [torch.empty_like(p[name]) for name in BLOCKS]
    dWrec, dWin, db, dWout, dbout, dh0 = grads

    @torch.no_grad()
    def step():
        h[0] = h0
        torch.addmm(b, x, Win.t(), out=inputs)
        for t in range(T):
            torch.addmm(ins[t], hs[t], Wrec.t(), out=hs[t + 1])
            hs[t + 1].tanh_()
        torch.addmm(bout, h_flat[B:], Wout.t(), out=e)
        e.sub_(y)
        loss = torch.dot(e.view(-1), e.view(-1)) / e.numel()
        e.mul_(2 / e.numel())

        torch.mm(e, Wout, out=d_flat)  # ds[t] is for h[t+1]
        for t in range(T - 1, -1, -1):
            if t < T - 1:
                ds[t].addmm_(ds[t + 1], Wrec)
            torch.ops.aten.tanh_backward.grad_input(ds[t], hs[t + 1], grad_input=ds[t])
        torch.mm(d_flat.t(), h_flat[:-B], out=dWrec)
        torch.mm(d_flat.t(), x, out=dWin)
        torch.sum(d_flat, 0, out=db)
        torch.mm(e.t(), h_flat[B:], out=dWout)
        torch.sum(e, 0, out=dbout)
        torch.mv(Wrec.t(), ds[0].sum(0), out=dh0)
        return loss, grads

    return step


if __name__ == "__main__":
    path, dtype, method = sys.argv[1:]
    torch.set_num_threads(1)
    problem = read_problem(path, {"f32": "f4", "f64": "f8"}[dtype])
    make = {"rnn": rnn, "unrolled": unrolled, "backward": backward}[method]
    serve(f"PyTorch {torch.__version__}", make({name: torch.from_numpy(v) for name, v in problem.items()}))
