"""Figures as people read them: scaled, with the unit, and a word where there is none."""

from collections.abc import Sequence

from harness.vocabulary import RatioInterval

_KIB = 1024
_SPARKS = "▁▂▃▄▅▆▇█"
ABSENT = "–"


def duration(seconds: float | None) -> str:
    """`840 µs`, `2.10 ms`, `1.30 s`: three significant figures."""
    if seconds is None:
        return ABSENT
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if _rounded(seconds * scale) >= 1.0 or unit == "µs":
            return f"{three(seconds * scale)} {unit}"
    return ABSENT


def size(count: int | None) -> str:
    """Bytes as MiB or KiB."""
    if count is None:
        return ABSENT
    if count >= _KIB**2:
        return f"{three(count / _KIB**2)} MiB"
    return f"{three(count / _KIB)} KiB"


def share(value: float | None, *, digits: int = 2) -> str:
    """`85.61 %`."""
    return ABSENT if value is None else f"{100 * value:.{digits}f} %"


def points(difference: float | None) -> str:
    """A difference of shares in points, with its sign: `−34.5`."""
    if difference is None:
        return ABSENT
    return f"{100 * difference:+.1f}".replace("-", "−")


def decibel(ratio: float | None) -> str:
    """A signal-to-noise ratio: `34.2 dB`."""
    return ABSENT if ratio is None else f"{ratio:.1f} dB".replace("-", "−")


def rate(per_second: float | None) -> str:
    """`1,190 /s`, `2.64 /s`."""
    return ABSENT if per_second is None else f"{three(per_second)} /s"


def operations(count: int | None) -> str:
    """Operations of a call: `8.18 G`, `141 M`."""
    return ABSENT if count is None else _scaled(float(count))


def operation_rate(per_second: float | None, *, is_float: bool) -> str:
    """Operations a second: `113 GFLOP/s`, `455 GOP/s`."""
    return ABSENT if per_second is None else f"{_scaled(per_second)}{'FLOP' if is_float else 'OP'}/s"


def byte_rate(per_second: float | None) -> str:
    """Bytes a second, in powers of ten as bandwidths are told: `28.1 GB/s`."""
    return ABSENT if per_second is None else f"{_scaled(per_second)}B/s"


def byte_count(count: int | None) -> str:
    """Bytes that are moved, in powers of ten, to go with bandwidths: `13.6 MB`."""
    return ABSENT if count is None else f"{_scaled(float(count))}B"


def ratio(figure: RatioInterval | None) -> str:
    """`2.33× (2.30–2.36)`."""
    if figure is None:
        return ABSENT
    return f"{figure.point:.2f}× ({figure.lower:.2f}–{figure.upper:.2f})"


def bar(value: float, *, of: float, width: int) -> str:
    """A bar in eighths of a character, `width` characters for `of`."""
    eighths = round(8 * width * max(0.0, min(1.0, value / of))) if of > 0 else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def _scaled(value: float) -> str:
    """Three figures and the letter of a power of 1000, for a unit to follow."""
    for letter, scale in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if _rounded(value) >= scale:
            return f"{three(value / scale)} {letter}"
    return f"{value:.0f} "


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


def three(value: float) -> str:
    """Three significant figures, but never a whole number cut short."""
    decimals = max(0, 3 - len(str(int(abs(_rounded(value))))))
    return f"{value:,.{decimals}f}"


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
