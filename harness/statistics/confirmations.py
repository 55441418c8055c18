"""Confirmed changes: steps that are more than noise, larger than what matters, and there in each of the last runs.

A step is looked for within the last level, and between each earlier level and the last: what improved
and is still worse than it once was has not recovered.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.history import Finding, History, Indices, in_a_row
from harness.statistics.joint_steps import Row, StepTest, joint_step_tests
from harness.statistics.steps import LEAST_HISTORY, level_starts, shift_between
from harness.vocabulary.words import Trend

_ALIKE = 0.5
"""Of the larger one: two runs that lie as far off as this show the same change, not one of them and some noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairing:
    """A stretch of a history that is searched for a step, and where one may lie in it.

    `since` is where the new level begins if that is known beforehand.
    """

    place: int
    indices: Indices
    earliest: int
    latest: int
    since: int | None


def confirmed_changes(histories: Sequence[History], *, confirm: int, alpha: float) -> tuple[Finding | None, ...]:
    """Each history's confirmed change, regressed or improved; `None` where it has none.

    Series of the same runs are one family of `joint_steps`. Families are tested apart, and by Bonferroni
    together: where all series have the same runs, as usual, there is one.

    Args:
        histories: one a figure.
        confirm: the last runs in each of which the change must be there.
        alpha: the chance that any history is called regressed where nothing changed; and so for improved.
    """
    families: dict[tuple[tuple[int, ...], int, int], list[_Pairing]] = {}
    for place, history in enumerate(histories):
        for pairing in _pairings(place, history, confirm=confirm):
            runs = tuple(history.runs[index] for index in pairing.indices)
            families.setdefault((runs, pairing.earliest, pairing.latest), []).append(pairing)
    found: list[list[tuple[_Pairing, Finding]]] = [[] for _ in histories]
    for pairings in families.values():
        for pairing, test in zip(pairings, _tested(histories, pairings), strict=True):
            history = histories[pairing.place]
            changes = _changes(history, pairing, test, confirm=confirm, allowed=alpha / len(families))
            found[pairing.place].extend((pairing, change) for change in changes)
    return tuple(_nearest(changes) for changes in found)


def _tested(histories: Sequence[History], pairings: Sequence[_Pairing]) -> tuple[StepTest, ...]:
    rows = [Row(values=histories[one.place].values[one.indices], floor=histories[one.place].floor) for one in pairings]
    return joint_step_tests(rows, earliest=pairings[0].earliest, latest=pairings[0].latest)


def _nearest(changes: list[tuple[_Pairing, Finding]]) -> Finding | None:
    """The change from the nearest level, but worse than any earlier level is worse."""
    ordered = [finding for _, finding in sorted(changes, key=lambda one: -int(one[0].indices[0]))]
    worse = [finding for finding in ordered if finding.trend is Trend.REGRESSED]
    return next(iter(worse or ordered), None)


def level_before_reference(history: History) -> Indices:
    """The level that held when the history ended."""
    before = history.values[: history.earlier]
    return np.arange(level_starts(before, floor=history.floor)[-1], before.size)


def _pairings(place: int, history: History, *, confirm: int) -> Iterator[_Pairing]:
    if history.reference is not None:
        yield from _around_reference(place, history, confirm=confirm)
        return
    starts = (*level_starts(history.values, floor=history.floor), history.values.size)
    *earlier, last = (np.arange(start, end) for start, end in itertools.pairwise(starts))
    stretches: list[tuple[Indices, int | None]] = [(last, None)]
    for level, follows in zip(earlier, starts[1:], strict=False):
        is_next = follows == last[0]
        stretches.append((np.concatenate((level, last)), None if is_next else follows))
    for indices, since in stretches:
        if indices.size >= LEAST_HISTORY + confirm:
            latest = indices.size - confirm
            yield _Pairing(place=place, indices=indices, earliest=LEAST_HISTORY, latest=latest, since=since)


def _around_reference(place: int, history: History, *, confirm: int) -> Iterator[_Pairing]:
    """Before and after the named run: the place of the step is given."""
    before = level_before_reference(history)
    after = np.arange(history.earlier, history.values.size)
    if before.size >= LEAST_HISTORY and after.size >= confirm:
        indices, at = np.concatenate((before, after)), before.size
        yield _Pairing(place=place, indices=indices, earliest=at, latest=at, since=int(after[0]))


def _changes(history: History, pairing: _Pairing, test: StepTest, *, confirm: int, allowed: float) -> Iterator[Finding]:
    """The steps that are more than noise, as far as they are confirmed changes."""
    sides = ((test.up_p, test.up_at, Trend.REGRESSED), (test.down_p, test.down_at, Trend.IMPROVED))
    for p, at, trend in sides:
        if p > allowed:
            continue
        sign = 1.0 if trend is Trend.REGRESSED else -1.0
        before, after = history.values[pairing.indices[:at]], history.values[pairing.indices[at:]]
        shift = shift_between(before, after, floor=history.floor)
        above = sign * (after - shift.before)
        row = in_a_row(above, max(history.tolerance, _ALIKE * float(above[-confirm:].max())))
        if sign * shift.point > history.tolerance and row >= confirm:
            since = int(pairing.indices[at]) if pairing.since is None else pairing.since
            yield Finding(trend=trend, history=history.earlier, shift=shift, since=since, p=p, in_a_row=row)
