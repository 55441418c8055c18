"""Raw latencies of a run as distributions: bounded in what is read and in what is kept of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.analysis import blocks_of, evidence_of
from harness.statistics.quantiles import samples_floor
from harness.vocabulary import LatencyQuantile, LoadPoint, Measurement
from planner.reports.chart_model import Bin
from planner.store.repository import Store

MOST_BYTES = 2**20
"""Of stored rounds: some 300,000 calls, of which a histogram looks the same as of all."""
_BINS = 32
_NS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Calls of some arms under a load, in nanoseconds.

    Attributes:
        by_arm: One array an arm.
        rounds: That were read.
        of: Rounds that there are.
    """

    by_arm: dict[str, NDArray[np.float64]]
    rounds: int
    of: int


def is_identified(one: LatencyQuantile) -> bool:
    """Whether there are enough calls to speak of the quantile at all."""
    return one.samples >= samples_floor(one.p, one.confidence)


def why_without_bounds(measurements: Sequence[Measurement], *, shown: Sequence[float] = ()) -> str | None:
    """What bounds take, where quantiles of enough calls have none, or one of fewer blocks, as runs once gave.

    Args:
        measurements: Under one load.
        shown: Of these quantiles alone; of all where none is named.

    Returns:
        `None` where all have theirs.
    """
    concerned = [
        (one.blocks, quantile, floor)
        for one in measurements
        for quantile in one.quantiles
        if is_identified(quantile) and (not shown or quantile.p in shown)
        for floor in (samples_floor(quantile.p, quantile.confidence),)
        if quantile.upper_s is None or one.blocks < floor
    ]
    if not concerned:
        return None
    needed = ", ".join(
        f"p{100 * p:g} {floor:,}" for p, floor in sorted({(one.p, floor) for _, one, floor in concerned})
    )
    blocks = sorted({blocks for blocks, _, _ in concerned})
    had = " to ".join(f"{one:,}" for one in dict.fromkeys((blocks[0], blocks[-1])))
    is_early = any(one.upper_s is not None for _, one, _ in concerned)
    early = "; those of fewer are of an older rule, and may be too low" if is_early else ""
    return f"bounds take independent calls of as many blocks, here {had}: {needed}{early}"


def samples_of(store: Store, run_id: str, load: LoadPoint, *, arms: Iterable[str]) -> Samples:
    """The calls that the figures rest on, or an even part of them where there are very many.

    Raises:
        StoreError: if a round is damaged.
    """
    read = store.some_rounds(run_id, load, most_bytes=MOST_BYTES)
    evidence = evidence_of(read.rounds, load)
    blocks = {arm: blocks_of(evidence, arm) for arm in arms}
    found = {arm: np.concatenate(parts) for arm, parts in blocks.items() if parts}
    return Samples(by_arm={arm: one for arm, one in found.items() if one.size}, rounds=len(read.rounds), of=read.of)


def bins_of(nanoseconds: NDArray[np.float64], *, unit_s: float, most_s: float) -> tuple[Bin, ...]:
    """A histogram of equal bins up to a time; shares are of all calls, slower ones included.

    Args:
        nanoseconds: Of the calls.
        unit_s: The unit of the edges.
        most_s: Where the last bin ends.
    """
    low, high = float(nanoseconds.min()) / _NS, min(most_s, float(nanoseconds.max()) / _NS)
    if high <= low:  # every call took the same, as a script's do
        low, high = 0.995 * low, 1.005 * low + 1e-9
    counts, edges = np.histogram(nanoseconds / _NS, bins=_BINS, range=(low, high))
    shares = counts / nanoseconds.size
    return tuple(
        Bin(low=float(edges[place]) / unit_s, high=float(edges[place + 1]) / unit_s, share=float(shares[place]))
        for place in range(_BINS)
    )


def share_above(nanoseconds: NDArray[np.float64], most_s: float) -> float:
    """The share of calls that took longer."""
    return float(np.count_nonzero(nanoseconds > most_s * _NS)) / nanoseconds.size
