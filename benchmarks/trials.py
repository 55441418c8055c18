"""Cuts a recording of blocks into trials of other tools' rules: blocks that took turns, or one side after the other.

Pure. Trials never share a block. Ours are cut by `harness.statistics.trials`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.rules import Values

Series = NDArray[np.float64]


def interleaved(
    first: Series, second: Series, *, blocks: int, differs: Callable[[Values, Values], bool]
) -> tuple[int, int]:
    """How often a rule finds a difference between blocks that took turns, and of how many trials."""
    starts = range(0, min(first.size, second.size) - blocks + 1, blocks)
    hits = [differs(first[at : at + blocks].tolist(), second[at : at + blocks].tolist()) for at in starts]
    return sum(hits), len(hits)


def sequential(
    first: Series, second: Series, *, blocks: int, differs: Callable[[Values, Values], bool]
) -> tuple[int, int]:
    """The same of blocks of the first side, and then as many of the second: as one runs A, then B."""
    starts = range(0, min(first.size, second.size) - 2 * blocks + 1, 2 * blocks)
    hits = [differs(first[at : at + blocks].tolist(), second[at + blocks : at + 2 * blocks].tolist()) for at in starts]
    return sum(hits), len(hits)
