"""The tables of the comparison, in Markdown and CSV."""

import csv
from statistics import median, quantiles
from typing import NamedTuple

OURS, PEAK = "MoLaP", "FMA peak"
ISA = {"avx2": "AVX2", "avx512": "AVX-512"}


class Row(NamedTuple):
    """A program on a problem: seconds[r] is what one step took in round r."""
    dtype: str
    n: int
    batch: int
    isa: str
    name: str
    version: str
    flops: float
    loss_difference: float  # relative, from MoLaP's in double precision; None for the peak
    gradient_difference: float
    seconds: list

    def same_problem(self, other):
        return (self.dtype, self.n, self.batch, self.isa) == (other.dtype, other.n, other.batch, other.isa)

    def times(self, rows, name):
        """Returns the median over rounds of this program's time by that of another
        on the same problem and instruction set; None if that did not run."""
        for r in rows:
            if r.name == name and self.same_problem(r):
                return median(a / b for a, b in zip(self.seconds, r.seconds))
        return None

    def of_peak(self, rows):
        """Returns the share of the FMA peak in per cent, or None."""
        ratio = self.times(rows, PEAK)
        return ratio and 100 / ratio

    def quartiles(self):
        if len(self.seconds) < 2:
            return self.seconds * 3
        return quantiles(self.seconds, n=4, method="inclusive")


def digits(x, count=3):
    """Formats a positive number with count significant digits, never in powers of ten."""
    if x is None:
        return "–"
    whole = len(str(int(x))) if x >= 1 else 0
    places = max(0, count - whole)
    if 0 < x < 1:
        while x < 10.0 ** -(places - count + 1):
            places += 1
    return f"{x:.{places}f}"


def grid(header, lines):
    """Lays out a Markdown table; all columns but the first are numbers."""
    rows = [header, *lines]
    widths = [max(len(r[i]) for r in rows) for i in range(len(header))]
    text = ["| " + " | ".join([r[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(r[1:], widths[1:]))]) + " |" for r in rows]
    text.insert(1, "|" + "|".join(["-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:])]) + "|")
    return "\n".join(text) + "\n"


def one_size(rows, dtype, n, batch):
    """Returns the full tables of one problem, one for each instruction set."""
    text = []
    for isa in ISA:
        here = sorted((r for r in rows if (r.dtype, r.n, r.batch, r.isa) == (dtype, n, batch, isa)),
                      key=lambda r: median(r.seconds))
        if not here:
            continue
        lines = []
        for r in here:
            low, middle, high = (1e3 * q for q in r.quartiles())
            lines.append([r.name, digits(middle), f"{digits(low)}–{digits(high)}", digits(r.flops / middle / 1e6),
                          digits(r.of_peak(rows), 2), digits(r.times(rows, OURS))])
        text.append(f"\n### {dtype}, N = {n}, B = {batch}, {ISA[isa]}\n\n" + grid(
            ["Program", "ms per step", "quartiles", "GFLOP/s", "% of peak", "time ÷ MoLaP's"], lines))
    return "".join(text)


def sweep(rows, dtype, isa):
    """Returns one line for each size: ms per step, in brackets the time by MoLaP's."""
    here = [r for r in rows if r.dtype == dtype and r.isa == isa]
    names = list(dict.fromkeys(r.name for r in here if r.name not in (OURS, PEAK)))
    lines = []
    for n, batch in dict.fromkeys((r.n, r.batch) for r in here):
        at = {r.name: r for r in here if (r.n, r.batch) == (n, batch)}
        if OURS not in at:
            continue
        ratios = {name: at[name].times(rows, OURS) for name in names if name in at}
        lines.append([f"N = {n}, B = {batch}", digits(1e3 * median(at[OURS].seconds)), digits(at[OURS].of_peak(rows), 2),
                      digits(min(ratios.values(), default=None)),
                      *(f"{digits(1e3 * median(at[name].seconds))} ({digits(ratios[name])})" if name in at else "–"
                        for name in names)])
    return f"\n### {dtype}, {ISA[isa]}, all sizes\n\n" + grid(
        ["Size", OURS, "% of peak", "best peer ÷ MoLaP", *names], lines)


def markdown(rows, missing, machine, command, steps, rounds):
    """Returns the whole report."""
    sizes = list(dict.fromkeys((r.n, r.batch) for r in rows))
    dtypes = list(dict.fromkeys(r.dtype for r in rows))
    versions = sorted({r.version for r in rows})
    text = ["# One training step: MoLaP and its peers\n\n"]
    text += [f"- {what}: {value}\n" for what, value in machine]
    text += [
        f"- Programs: {'; '.join(versions)}\n",
        f"- Command: `{command.strip()}`\n",
        f"\nForward, loss and backward to every gradient of a tanh RNN with input and readout, T = {steps},\n"
        f"one core, process CPU time, medians of {rounds} rounds in which all programs take turns. GFLOP/s\n"
        "count 3·2·N²·B·T; the FMA peak is the time of these operations alone. Ratios and per cent of peak\n"
        "are medians of the ratios within a round; above 1, MoLaP is faster.\n",
    ]
    for dtype in dtypes:
        text.append(one_size(rows, dtype, *sizes[0]))
        if len(sizes) > 1:
            text += [sweep(rows, dtype, isa) for isa in ISA if any(r.isa == isa for r in rows)]
    differences = {d: max((r.gradient_difference for r in rows if r.dtype == d and r.name != PEAK), default=0) for d in dtypes}
    text.append("\nAll in the tables agree on loss and gradient: the largest relative difference of a block of the\n"
                "gradient from MoLaP's in double precision is " + ", ".join(f"{v:.1e} ({d})" for d, v in differences.items()) + ".\n")
    if missing:
        text.append("\nLeft out:\n\n")
        text += [f"- {name} ({ISA.get(isa, isa)}): {why}\n" for (isa, name), why in missing.items()]
    return "".join(text)


def write_csv(path, rows):
    """Writes one line for each program and problem."""
    with open(path, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["type", "n", "batch", "isa", "program", "version", "rounds", "ms_median", "ms_q25", "ms_q75", "ms_min",
                    "gflops", "percent_of_peak", "time_by_molap", "loss_difference", "gradient_difference"])
        for r in rows:
            low, middle, high = (1e3 * q for q in r.quartiles())
            rest = [r.flops / middle / 1e6, r.of_peak(rows), r.times(rows, OURS), r.loss_difference, r.gradient_difference]
            w.writerow([r.dtype, r.n, r.batch, r.isa, r.name, r.version, len(r.seconds), f"{middle:.5g}", f"{low:.5g}",
                        f"{high:.5g}", f"{1e3 * min(r.seconds):.5g}", *("" if v is None else f"{v:.4g}" for v in rest)])
