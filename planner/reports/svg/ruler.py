"""From values to pixels, along one axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.reports.chart_model import Axis, Scale
from planner.reports.figures import Number
from planner.reports.svg.numbers import drawable
from planner.reports.svg.text import SMALL, width_of
from planner.reports.svg.ticks import FIRST_DAY, LAST_DAY, Tick, nice_step, ticks_of

_PAD = 0.05  # about a value that stands alone
_ALONE_DAYS = 15.0
_GAP = 10.0
_MOST_PADDING = 0.75  # of the plot, on both sides together
_ROUNDS = 8
_MOST_DECADES = 300.0  # on either side of 1: beyond, a double is nothing or infinite


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """A scale from the value `low` at pixel `start` to `high` at `end`."""

    scale: Scale
    low: float
    high: float
    start: float
    end: float

    def holds(self, value: Number | None) -> float | None:
        """The value as a float where it can be drawn on this scale, else None."""
        return _fit_for(self.scale, value)

    def at(self, value: float) -> float:
        """The pixel of a value that the scale can draw."""
        low, high, here = (_even(self.scale, one) for one in (self.low, self.high, value))
        return self.start + (here - low) / (high - low) * (self.end - self.start)

    def moved(self, start: float, end: float) -> "Ruler":
        """The same values over other pixels."""
        return replace(self, start=start, end=end)

    def ticks(self, most: int) -> tuple[Tick, ...]:
        """About `most` at most."""
        return ticks_of(self.scale, self.low, self.high, most=most)

    def ticks_with_room(self, last: float) -> tuple[Tick, ...]:
        """As many as stand side by side without touching, where labels end before the pixel `last`."""
        for most in (8, 7, 6, 5, 4, 3, 2):
            ticks = self.ticks(most)
            wide = [width_of(one.label, size=SMALL) for one in ticks]
            starts = [min(self.at(one.at) - w / 2, last - w) for one, w in zip(ticks, wide, strict=True)]
            if all(b - a - w >= _GAP for (a, w), (b, _) in pairwise(zip(starts, wide, strict=True))):
                return ticks
        return self.ticks(1)[:1]

    def widened(self, left: float, right: float) -> "Ruler":
        """With so many pixels free beyond both ends, by a longer axis."""
        low, high = _even(self.scale, self.low), _even(self.scale, self.high)
        per_pixel = (high - low) / max(abs(self.end - self.start) - left - right, 1.0)
        ends = (_uneven(self.scale, low - left * per_pixel), _uneven(self.scale, high + right * per_pixel))
        return replace(self, low=ends[0], high=ends[1])

    def rounded(self, most: int) -> "Ruler":
        """Lengthened to whole ticks; of a linear scale only, as decades are far apart."""
        if self.scale is not Scale.LINEAR:
            return self.widened(8.0, 8.0) if self.scale is Scale.LOG else self
        step = nice_step(self.high - self.low, most)
        return replace(self, low=math.floor(self.low / step) * step, high=math.ceil(self.high / step) * step)


def ruler_of(axis: Axis, values: Sequence[Number | None], *, start: float, end: float) -> Ruler | None:
    """A ruler over the values that can be drawn, with zero where the axis starts there; None where there are none."""
    held = [one for one in (_fit_for(axis.scale, value) for value in values) if one is not None]
    if not held:
        return None
    if axis.starts_at_zero and axis.scale is Scale.LINEAR:
        held.append(0.0)
    low, high = _apart(axis.scale, min(held), max(held))
    return Ruler(scale=axis.scale, low=low, high=high, start=start, end=end)


def padded(ruler: Ruler, left: Sequence[tuple[float, float]], right: Sequence[tuple[float, float]]) -> Ruler:
    """Widened so that texts fit beside values: pairs of a value and the width of the text left or right of it."""
    room = ruler.end - ruler.start
    most, before, after = room * _MOST_PADDING, 0.0, 0.0
    for _ in range(_ROUNDS):
        now = ruler.widened(before, after)
        before += max((width - (now.at(value) - now.start) for value, width in left), default=0.0)
        after += max((width - (now.end - now.at(value)) for value, width in right), default=0.0)
        before, after = max(before, 0.0), max(after, 0.0)
        excess = max((before + after) / most, 1.0)
        before, after = before / excess, after / excess
    return ruler.widened(before, after)


def _fit_for(scale: Scale, value: Number | None) -> float | None:
    found = drawable(value)
    if found is None or (scale is Scale.LOG and found <= 0):
        return None
    return None if scale is Scale.DATE and not FIRST_DAY <= found <= LAST_DAY else found


def _apart(scale: Scale, low: float, high: float) -> tuple[float, float]:
    """Ends that differ by more than floats round."""
    if high - low > max(abs(low), abs(high)) * 1e-12:
        return low, high
    if scale is Scale.LOG:
        return low / 2, high * 2
    if scale is Scale.DATE:
        return max(low - _ALONE_DAYS, FIRST_DAY), min(high + _ALONE_DAYS, LAST_DAY)
    pad = abs(low) * _PAD or 1.0
    return low - pad, high + pad


def _even(scale: Scale, value: float) -> float:
    return math.log10(value) if scale is Scale.LOG else value


def _uneven(scale: Scale, value: float) -> float:
    if scale is Scale.DATE:
        return min(max(value, FIRST_DAY), LAST_DAY)
    return 10.0 ** max(-_MOST_DECADES, min(_MOST_DECADES, value)) if scale is Scale.LOG else value
