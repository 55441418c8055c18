"""Whether bounds of quantiles hold: windows of a recorded trace, each against all the rest of it.

A window takes every k-th block, so that it is spread over the whole trace as the blocks of a run
are spread over its time. No two windows share a block. Each holds the blocks that a bound needs, whatever
comes of it: in a window of fewer every bound would be refused, and nothing be seen of those given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from harness.statistics.quantiles import quantile_estimate, samples_floor
from harness.statistics.series import Series

_FLOORS_A_WINDOW = 2
"""A window holds so many times the fewest samples that a bound needs: correlation may double them."""
_LEAST_WINDOWS = 2
_MOST_WINDOWS = 400
"""Of each trace: more would tell the coverage no better than the two processes differ, and take long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCoverage:
    """Of so many windows, in how many the upper bound was identified, and held.

    `inflation` is the median of the bound over the quantile of the rest; `None` where no bound was identified.
    """

    windows: int
    identified: int
    held: int
    inflation: float | None


def bound_coverage(traces: Sequence[Sequence[Series]], p: float, *, confidence: float = 0.99) -> BoundCoverage:
    """Count how often the upper bound of quantile p holds.

    Args:
        traces: one a process, each the blocks of it in time order; windows never mix them.
        p: the quantile as a share.
        confidence: one-sided, of the bound.

    Raises:
        MeasurementError: if p or the confidence is out of range.
    """
    outcomes = [one for trace in traces for one in _windows(trace, p, confidence)]
    bounded = [(bound, truth) for bound, truth in outcomes if bound is not None]
    return BoundCoverage(
        windows=len(outcomes),
        identified=len(bounded),
        held=sum(bound >= truth for bound, truth in bounded),
        inflation=median(bound / truth for bound, truth in bounded) if bounded else None,
    )


def _windows(blocks: Sequence[Series], p: float, confidence: float) -> Iterator[tuple[float | None, float]]:
    """The bound of each window, with the quantile of the rest."""
    samples = sum(block.size for block in blocks)
    wanted = _FLOORS_A_WINDOW * samples_floor(p, confidence)
    count = min(_MOST_WINDOWS, samples // wanted, len(blocks) // samples_floor(p, confidence))
    if count < _LEAST_WINDOWS:
        return
    owner = np.concatenate([np.full(block.size, place % count) for place, block in enumerate(blocks)])
    trace = np.concatenate(blocks)
    for window in range(count):
        sizes = [block.size for block in blocks[window::count]]
        estimate = quantile_estimate(trace[owner == window], p, confidence=confidence, block_sizes=sizes)
        yield estimate.upper, float(np.quantile(trace[owner != window], p))
