"""From looks at a card to what it did over a stretch, and which blocks it was throttled in. Pure."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.vocabulary import THROTTLING, ClockLimit, GpuReading, GpuState, ProcessMemory

_NEAREST_S = 0.5
"""A look farther from a block than this says nothing of it: clocks and temperatures move in tenths of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a block ran, by the clock of the watch."""

    arm: str
    began_s: float
    ended_s: float

    def distance_s(self, moment_s: float) -> float:
        """How far a moment lies from the block; 0 within it."""
        return max(self.began_s - moment_s, moment_s - self.ended_s, 0.0)


def looks_at(states: Sequence[GpuState], span: Span) -> tuple[GpuState, ...]:
    """The looks within a block, else the nearest one, else none."""
    within = tuple(state for state in states if not span.distance_s(state.at_s))
    if within:
        return within
    near = min(states, key=lambda state: span.distance_s(state.at_s), default=None)
    return (near,) if near is not None and span.distance_s(near.at_s) <= _NEAREST_S else ()


def limits_beside(states: Sequence[GpuState], span: Span) -> frozenset[ClockLimit]:
    """What held the clocks down beside a block: what looks saw, and what was counted between two of them.

    A counter that grew between two looks, a tenth of a second apart, says not when: every block there is tagged.
    """
    seen = looks_at([one for one in states if one.limits is not None], span)
    counted = [one for one in states if one.held_s is not None]
    return frozenset(limit for look in seen for limit in look.limits or ()).union(
        *(
            (limit for limit, _ in held_between(before, after))
            for before, after in pairwise(counted)
            if before.at_s < span.ended_s and after.at_s > span.began_s
        )
    )


def held_between(before: GpuState, after: GpuState) -> tuple[tuple[ClockLimit, float], ...]:
    """Seconds that the driver's counters grew by from one look to a later one; those that stood still are left out."""
    earlier = dict(before.held_s or ())
    grown = ((limit, seconds - earlier[limit]) for limit, seconds in after.held_s or () if limit in earlier)
    return tuple((limit, seconds) for limit, seconds in grown if seconds > 0.0)


def held_over(states: Sequence[GpuState]) -> tuple[tuple[ClockLimit, float], ...]:
    """The same from the first to the last look of a stretch."""
    counted = [one for one in states if one.held_s is not None]
    return held_between(counted[0], counted[-1]) if counted else ()


def reading_of(
    states: Sequence[GpuState],
    *,
    gpu: str,
    uuid: str,
    wall_s: float,
    energy_j: float | None,
    spans: Sequence[Span | None] = (),
) -> GpuReading:
    """What the card did over the stretch.

    Args:
        states: the looks of the stretch, in time order.
        gpu: the card as the plan names it.
        uuid: the card.
        wall_s: length of the stretch.
        energy_j: joules of the stretch, where a counter says so.
        spans: the blocks of the stretch by their place; None where a block ran on another device.
    """
    clocks = [one.sm_clock_hz for one in states if one.sm_clock_hz is not None]
    heat = [one.temperature_c for one in states if one.temperature_c is not None]
    return GpuReading(
        gpu=gpu,
        uuid=uuid,
        wall_s=wall_s,
        samples=len(states),
        energy_j=energy_j,
        power_w=_mean(one.power_w for one in states),
        sm_clock_hz=statistics.median(clocks) if clocks else None,
        least_sm_clock_hz=min(clocks, default=None),
        memory_clock_hz=_mean(one.memory_clock_hz for one in states),
        first_temperature_c=heat[0] if heat else None,
        last_temperature_c=heat[-1] if heat else None,
        most_temperature_c=max(heat, default=None),
        utilisation=_mean(one.utilisation for one in states),
        peak_bytes=max((one.used_bytes for one in states if one.used_bytes is not None), default=None),
        limits=_shares(states),
        process_peaks=process_peaks(states),
        throttled_turns=_turns(spans, states, THROTTLING),
        capped_turns=_turns(spans, states, frozenset({ClockLimit.POWER_CAP})),
        missing=tuple(dict(pair for one in states for pair in one.missing).items()),
        held_s=held_over(states),
    )


def process_peaks(states: Iterable[GpuState]) -> tuple[ProcessMemory, ...]:
    """The highest memory of every process that a look saw."""
    peaks: dict[int, int | None] = {}
    for process in (process for one in states for process in one.processes or ()):
        before = peaks.get(process.pid)
        peaks[process.pid] = max((size for size in (before, process.used_bytes) if size is not None), default=None)
    return tuple(ProcessMemory(pid=pid, used_bytes=peak) for pid, peak in sorted(peaks.items()))


def _turns(spans: Sequence[Span | None], states: Sequence[GpuState], limits: frozenset[ClockLimit]) -> tuple[int, ...]:
    return tuple(
        place
        for place, span in enumerate(spans)
        if span is not None and not limits.isdisjoint(limits_beside(states, span))
    )


def _shares(states: Sequence[GpuState]) -> tuple[tuple[ClockLimit, float], ...]:
    """Each reason with the share of looks that saw it, in the order of the list."""
    told = [one.limits for one in states if one.limits is not None]
    counts = [(limit, sum(limit in limits for limits in told)) for limit in ClockLimit]
    return tuple((limit, count / len(told)) for limit, count in counts if count)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
