"""Processor time, on a machine that may be busy with something else."""

from collections.abc import Callable
from time import process_time

TRIES = 4


def seconds(function: Callable, limit: float) -> float:
    """Return how long ``function`` takes: the first try within ``limit``, or else the best one."""
    best = float("inf")
    for _try in range(TRIES):
        started = process_time()
        function()
        best = min(best, process_time() - started)
        if best < limit or best > 10 * limit:
            break
    return best
