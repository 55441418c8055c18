"""Numbers on an axis: which can be drawn, and how tick labels shorten them."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from planner.reports.figures import Number

_LARGEST, _SMALLEST = 1e100, 1e-100  # beyond, differences between floats overflow or vanish; no quantity is there
_SUFFIXES = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1e3, " k"))
_FROM_THOUSANDS = 1e4  # 2,000 is as short as 2 k
_PLAIN_BELOW, _MOST_DECIMALS = 1e15, 6


def drawable(value: Number | None) -> float | None:
    """A value as a float, or None where it cannot be drawn: unknown, not finite, or beyond all measure."""
    if value is None or (isinstance(value, Decimal) and not value.is_finite()):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    if not math.isfinite(found) or abs(found) > _LARGEST:
        return None
    return found if abs(found) >= _SMALLEST else 0.0


def known(values: Iterable[Number | None]) -> list[float]:
    """Those that can be drawn."""
    return [found for found in map(drawable, values) if found is not None]


def labels_of(values: Sequence[float], step: float) -> list[str]:
    """Labels of ticks that are `step` apart: `0`, `400 k`, `0.8 M`; all of one suffix, and as exact as the step."""
    peak = max(map(abs, values), default=0.0)
    scale, suffix = _suffix(peak, step)
    decimals = _decimals(step / scale)
    if peak >= _PLAIN_BELOW or decimals > _MOST_DECIMALS:
        digits = min(max(math.floor(math.log10(peak)) - math.floor(math.log10(step)), 0), 12) if peak else 0
        return [_scientific(value, digits) if value else "0" for value in values]
    return [_minus(f"{value / scale:,.{decimals}f}{suffix}") if value else "0" for value in values]


def _suffix(peak: float, step: float) -> tuple[float, str]:
    """The largest of which the peak is one at least, unless neighbours would then differ in the fourth decimal only."""
    if peak < _FROM_THOUSANDS or peak >= _PLAIN_BELOW:
        return 1.0, ""
    found = next((one for one in _SUFFIXES if peak >= one[0]), (1.0, ""))
    return found if _decimals(step / found[0]) <= 3 else (1.0, "")  # noqa: PLR2004 -- said above


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0


def _scientific(value: float, digits: int) -> str:
    """`1.5e−9`."""
    mantissa, _, power = f"{value:.{digits}e}".partition("e")
    return _minus(f"{mantissa}e{int(power)}")


def _minus(text: str) -> str:
    return text.replace("-", "−")
