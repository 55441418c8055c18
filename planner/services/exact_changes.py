"""Changes of what has no noise: accuracy on the same data, a file's size, the words of a verdict.

The same model and data give the same answer, so one run of history is enough and one run confirms. Only
whether a candidate is faster rests on times: that word must have changed in consecutive runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.vocabulary import Gate, Speed, Trend

_GATES = {Gate.ACCEPTED: 0, Gate.UNPROVEN: 1, Gate.REJECTED: 2}
_SPEEDS = {Speed.FASTER: 0, Speed.EQUIVALENT: 1, Speed.SLOWER: 2}
_BROKEN = 3
_WORST_FIRST = (Trend.REGRESSED, Trend.SUSPECTED, Trend.IMPROVED, Trend.STEADY, Trend.NOT_ENOUGH_HISTORY)
_RANK_STEP = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactChange:
    """What became of an exact figure.

    `before` and `since` are places in the series: the last run of the level that it is worse or better than,
    and the first run after it; `None` where nothing changed.
    """

    trend: Trend
    history: int
    before: int | None = None
    since: int | None = None


def exact_change(values: Sequence[float], *, tolerance: float, reference: int | None = None) -> ExactChange:
    """The last value against the earlier ones: worse than the nearest that was better is regressed.

    So what fell and came back halfway is still regressed.

    Args:
        values: oldest first, higher is worse, at least one.
        tolerance: the difference that matters.
        reference: how many values are the history where that is named: then the last of these decides.
    """
    history = len(values) - 1 if reference is None else reference
    if history < 1:
        return ExactChange(trend=Trend.NOT_ENOUGH_HISTORY, history=history)
    improved = None
    for place in range(history - 1, -1 if reference is None else history - 2, -1):
        change = values[-1] - values[place]
        if change > tolerance:
            return ExactChange(trend=Trend.REGRESSED, history=history, before=place, since=place + 1)
        if change < -tolerance and improved is None:
            improved = ExactChange(trend=Trend.IMPROVED, history=history, before=place, since=place + 1)
    return improved or ExactChange(trend=Trend.STEADY, history=history)


def verdict_change(words: Sequence[tuple[Speed, Gate]], *, confirm: int, reference: int | None = None) -> ExactChange:
    """The last verdict against the earlier ones: the worse of what became of its gate and of its speed.

    A speed that is inconclusive, or a gate that was not measured, is no change: it says nothing.

    Args:
        words: oldest first, at least one.
        confirm: the consecutive runs in which a speed must have changed.
        reference: how many verdicts are the history where that is named.
    """
    history = len(words) - 1 if reference is None else reference
    gate = _ranked([_GATES.get(gate) for _, gate in words], reference=reference)
    speed = _ranked([_rank(speed) for speed, _ in words], reference=reference)
    if speed is not None and speed.since is not None and _rank(words[-1][0]) != _BROKEN:
        known = [place for place in range(speed.since, len(words)) if _rank(words[place][0]) is not None]
        if len(known) < confirm:
            is_worse = speed.trend is Trend.REGRESSED
            speed = (
                ExactChange(trend=Trend.SUSPECTED, history=history, before=speed.before, since=speed.since)
                if is_worse
                else ExactChange(trend=Trend.STEADY, history=history)
            )
    if history < 1:
        return ExactChange(trend=Trend.NOT_ENOUGH_HISTORY, history=history)
    found = [one for one in (gate, speed) if one is not None]
    return min(
        found, key=lambda one: _WORST_FIRST.index(one.trend), default=ExactChange(trend=Trend.STEADY, history=history)
    )


def _rank(speed: Speed) -> int | None:
    return None if speed is Speed.INCONCLUSIVE else _SPEEDS.get(speed, _BROKEN)


def _ranked(ranks: Sequence[int | None], *, reference: int | None) -> ExactChange | None:
    """The change of the ranks that are known, at their places among all; `None` where the last one is not."""
    known = [(place, rank) for place, rank in enumerate(ranks) if rank is not None]
    if ranks[-1] is None:
        return None
    within = None if reference is None else sum(place < reference for place, _ in known)
    found = exact_change([float(rank) for _, rank in known], tolerance=_RANK_STEP, reference=within)
    places = [place for place, _ in known]
    if found.before is None or found.since is None:
        return found
    return ExactChange(trend=found.trend, history=found.history, before=places[found.before], since=places[found.since])
