"""CPU time of processes, and the rows of the table."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

Watched = dict[str, float]
Watch = Callable[[], Watched]

_TICKS = os.sysconf("SC_CLK_TCK")


def watch_of(groups: Mapping[str, int | None]) -> Watch:
    """Return a function that tells the CPU seconds used so far by each named process with its children, and by us."""

    def watch() -> Watched:
        table = _processes()
        used = {name: _used(table, pid) for name, pid in groups.items() if pid is not None}
        return used | {"client": time.process_time()}

    return watch


def busy_cores(seconds: float = 2.0) -> float:
    """Return how many cores are in use, by whomever, during some seconds."""
    before = _busy_seconds()
    time.sleep(seconds)
    return (_busy_seconds() - before) / seconds


def _busy_seconds() -> float:
    """Return the CPU seconds of user, nice, system, irq and softirq since the machine started."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return sum(int(fields[at]) for at in (0, 1, 2, 5, 6)) / _TICKS


def quantile_ms(times: list[float], share: float) -> float:
    """Return a quantile in milliseconds."""
    return float(np.quantile(times, share)) * 1000 if times else float("nan")


def _processes() -> dict[int, tuple[int, float]]:
    """Return parent and CPU seconds of every process; those of children that ended are with their parent."""
    table = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        table[int(stat.parent.name)] = (int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / _TICKS)
    return table


def _used(table: Mapping[int, tuple[int, float]], root: int) -> float:
    """Return the CPU seconds of a process and all that descend from it."""
    total = 0.0
    for pid in table:
        ancestor = pid
        while ancestor in table and ancestor != root:
            ancestor = table[ancestor][0]
        if ancestor == root:
            total += table[pid][1]
    return total
