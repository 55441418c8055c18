"""Figures as people read them on a terminal: those of `planner.services.quantities`, and bars drawn in characters."""

from collections.abc import Sequence

from planner.services.quantities import (
    ABSENT,
    byte_count,
    byte_rate,
    decibel,
    duration,
    operation_rate,
    operations,
    points,
    rate,
    ratio,
    share,
    size,
)

__all__ = [
    "ABSENT",
    "bar",
    "byte_count",
    "byte_rate",
    "decibel",
    "duration",
    "operation_rate",
    "operations",
    "points",
    "rate",
    "ratio",
    "share",
    "size",
    "sparkline",
]
_SPARKS = "▁▂▃▄▅▆▇█"


def bar(value: float, *, of: float, width: int) -> str:
    """A bar in eighths of a character, `width` characters for `of`."""
    eighths = round(8 * width * max(0.0, min(1.0, value / of))) if of > 0 else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def sparkline(values: Sequence[float], *, least_range: float) -> str:
    """A block for each value, from low to high; values that lie within less than `least_range` stay near the middle."""
    if not values:
        return ABSENT
    middle = (max(values) + min(values)) / 2.0
    reach = max(max(values) - min(values), least_range)
    if reach <= 0.0:
        return _SPARKS[len(_SPARKS) // 2] * len(values)
    places = ((value - middle) / reach + 0.5 for value in values)
    return "".join(_SPARKS[min(len(_SPARKS) - 1, int(place * len(_SPARKS)))] for place in places)
