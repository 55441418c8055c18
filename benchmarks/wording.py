"""Quantities as people read them, in tables of the terminal and of the README. Pure."""

import math
from collections.abc import Callable

from benchmarks.result import Quantity, Unit

ABSENT = "–"
_NANO = 1e-6
_MIB = 2**20
_TENTH = 0.1


def quantity(one: Quantity | None) -> str:
    """`1.27 µs (1.20–1.31)`, and of a rate `4.1 % (2.9–5.4) of 1,000`."""
    if one is None:
        return ABSENT
    text = number(one.value, one.unit)
    if one.low is not None and one.high is not None:
        text = f"{text} ({_bare(one.low, one)}–{_bare(one.high, one)})"
    return text if one.trials is None else f"{text} of {one.trials:,}"


def number(value: float, unit: Unit, *, like: float | None = None) -> str:
    """A figure with its unit, scaled by itself or by `like`, which shares its scale."""
    if unit is Unit.SECONDS:
        name, scale = _time_scale(value if like is None else like)
        return f"{_three(value * scale)} {name}"
    return _FORMS[unit](value)


def _bare(value: float, one: Quantity) -> str:
    return number(value, one.unit, like=one.value).removesuffix("×").rpartition(" ")[0] or number(
        value, one.unit, like=one.value
    ).removesuffix("×")


def _time_scale(seconds: float) -> tuple[str, float]:
    if abs(seconds) < _NANO:
        return "ns", 1e9
    return next((name, scale) for name, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)) if abs(seconds) * scale >= 1)


def _percent(share: float) -> str:
    points = 100 * share
    return f"{points:.2f}" if abs(points) < 1 else f"{points:.1f}"


def _three(value: float) -> str:
    """Three significant figures, but never a whole number cut short; two below a tenth."""
    if 0.0 < abs(value) < _TENTH:
        return f"{value:.{1 - math.floor(math.log10(abs(value)))}f}".replace("-", "−")
    whole = len(str(int(abs(float(f"{value:.3g}")))))
    return f"{value:,.{max(0, 3 - whole)}f}".replace("-", "−")


_FORMS: dict[Unit, Callable[[float], str]] = {
    Unit.SHARE: lambda value: f"{_percent(value)} %",
    Unit.RATIO: lambda value: f"{_three(value)}×",
    Unit.BYTES: lambda value: f"{_three(value / _MIB)} MiB",
    Unit.RATE: lambda value: f"{_three(value)} /s",
    Unit.COUNT: lambda value: f"{value:,.0f}",
}
