"""How reasons put figures: with units, few digits, and never rounded to a certainty."""

_SMALLEST_SHOWN = 0.005
_MOST_DIGITS = 6


def percent(share: float) -> str:
    """A share as whole per cent; what is nearly none or nearly all does not become it."""
    if 0.0 < share < _SMALLEST_SHOWN:
        return "<1 %"
    if 1.0 - _SMALLEST_SHOWN < share < 1.0:
        return ">99 %"
    return f"{share * 100:.0f} %"


def effect(share: float) -> str:
    """A small relative change as per cent, to two digits: `0.44 %`, `12 %`."""
    return f"{share * 100:.2g} %" if share < 0.1 else f"{share * 100:.0f} %"  # noqa: PLR2004 - from here on %g writes powers of ten


def recall(share: float | None, *, limit: float | None = None) -> str:
    """A class's recall to a tenth of a per cent, or as exactly as it takes to tell it from the limit."""
    return "unknown" if share is None else f"{told_from(share, limit, digits=1)} %"


def accuracy(share: float) -> str:
    """An overall accuracy to a hundredth of a per cent."""
    return f"{share * 100:.2f} %"


def points(difference: float, *, limit: float | None = None) -> str:
    """A difference of shares in points, to a tenth, or as exactly as it takes to tell it from the limit."""
    told = told_from(difference, limit, digits=1)
    return f"{told} point{'' if told == '1.0' else 's'}"


def told_from(share: float, limit: float | None, *, digits: int) -> str:
    """A share times 100, with so many digits, or as many more as keep it on its own side of the limit: 3.02 of 3."""
    if limit is None or share == limit:
        return f"{share * 100:.{digits}f}"
    written = float(threshold(limit))
    for count in range(digits, _MOST_DIGITS):
        told = f"{share * 100:.{count}f}"
        if float(told) != written and (float(told) > written) == (share > limit):
            return told
    return f"{share * 100:.{_MOST_DIGITS}f}"


def threshold(share: float) -> str:
    """A threshold in per cent or points, as it was set: `3`, `0.5`."""
    return f"{share * 100:g}"


def round_up(count: int) -> int:
    """A count of which only the size is known, rounded up to two digits: 38,000 for 37,490."""
    unit = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // unit) * unit


def some_of(names: tuple[str, ...], *, shown: int) -> str:
    """Names in a row, and how many more there are: `Dress, Coat and 3 more`."""
    if len(names) <= shown:
        return ", ".join(names)
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"


def confidence_of(share: float) -> str:
    """A confidence in per cent, as exact as it was chosen: `95 %`, `97.1 %`."""
    return f"{share * 100:.3g} %"
