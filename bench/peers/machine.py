"""What the comparison ran on."""

import datetime
import platform
import subprocess
from pathlib import Path


def cpuinfo():
    """Returns the fields of the first processor in /proc/cpuinfo."""
    first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    return {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in first.splitlines())}


def instruction_sets():
    """Returns which of avx2 and avx512 this CPU runs, by the same rule as package kernels."""
    if platform.machine() != "x86_64":
        return []
    flags = set(cpuinfo().get("flags", "").split())
    have = []
    if {"avx2", "fma"} <= flags:
        have.append("avx2")
        if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags:
            have.append("avx512")
    return have


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]
    except (OSError, IndexError):
        return "unknown"


def describe():
    """Returns pairs of a property and its value."""
    cpu = cpuinfo()
    system = "unknown"
    release = Path("/etc/os-release")
    if release.exists():
        fields = dict(line.split("=", 1) for line in release.read_text().splitlines() if "=" in line)
        system = fields.get("PRETTY_NAME", system).strip('"')
    return [
        ("CPU", f"{cpu.get('model name')}, family {cpu.get('cpu family')}, model {cpu.get('model')}, "
                f"stepping {cpu.get('stepping')}, {cpu.get('cache size')} last-level cache"),
        ("Date", datetime.date.today().isoformat()),
        ("System", f"{system}, Linux {platform.release()}"),
        ("Compilers", f"{first_line('go', 'version').removeprefix('go version ')}; {first_line('g++', '--version')}"),
    ]
