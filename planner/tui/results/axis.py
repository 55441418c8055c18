"""A horizontal axis in characters: places on it, histograms over it, intervals along it. Pure."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCKS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8
_TICKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From `low` to `high` over `width` characters."""

    low: float
    high: float
    width: int
    is_log: bool = False

    def at(self, value: float) -> int:
        """The character of a value; values beyond the ends are at the ends."""
        share = self._share(value)
        return max(0, min(self.width - 1, int(share * self.width)))

    def value(self, share: float) -> float:
        """The value at a share of the axis."""
        if self.is_log:
            return self.low * math.exp(share * math.log(self.high / self.low))
        return self.low + (self.high - self.low) * share

    def _share(self, value: float) -> float:
        if self.is_log:
            return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def edges(self) -> NDArray[np.float64]:
        """Of the characters."""
        if self.is_log:
            return np.geomspace(self.low, self.high, self.width + 1)
        return np.linspace(self.low, self.high, self.width + 1)

    def ruler(self, told: Callable[[float], str]) -> Iterator[str]:
        """A line with ticks, and one with what they are."""
        places = [round(step * (self.width - 1) / _TICKS) for step in range(_TICKS + 1)]
        yield "".join("┴" if place in places else "─" for place in range(self.width))
        line = [" "] * self.width
        end = 0
        for step, place in enumerate(places):
            label = told(self.value(step / _TICKS))
            begin = max(0, min(self.width - len(label), place - len(label) // 2))
            if begin >= end:
                line[begin : begin + len(label)] = label
                end = begin + len(label) + 1
        yield "".join(line) + ("  (logarithmic)" if self.is_log else "")


def histogram(values: NDArray[np.float64], scale: Scale, *, height: int) -> Iterator[str]:
    """Lines of blocks from the top; the highest bin fills the height, and one that is not empty shows."""
    counts, _ = np.histogram(values, bins=scale.edges())
    most = int(counts.max(initial=0))
    tops = [0 if not count or not most else max(1, round(height * _EIGHTHS * count / most)) for count in counts]
    for row in reversed(range(height)):
        yield "".join(_BLOCKS[max(0, min(_EIGHTHS, top - row * _EIGHTHS))] for top in tops)


def interval(scale: Scale, *, low: float | None, point: float, high: float | None) -> str:
    """`├─●──┤`; an end that is not known, or lies beyond the axis, is an arrow."""
    line = [" "] * scale.width
    begin = 0 if low is None else scale.at(low)
    end = scale.width - 1 if high is None else scale.at(high)
    middle = scale.at(point)
    line[begin : end + 1] = "─" * (end - begin + 1)
    line[begin] = "◀" if low is None or low < scale.low else "├"
    line[end] = "▶" if high is None or high > scale.high else "┤"
    line[middle] = "●"
    return "".join(line)
