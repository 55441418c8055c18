"""How reasons put figures: with units, few digits, and never rounded to a certainty."""

_SMALLEST_SHOWN = 0.005


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


def recall(share: float | None) -> str:
    """A class's recall to a tenth of a per cent."""
    return "unknown" if share is None else f"{share * 100:.1f} %"


def accuracy(share: float) -> str:
    """An overall accuracy to a hundredth of a per cent."""
    return f"{share * 100:.2f} %"


def points(difference: float) -> str:
    """A difference of shares in points, to a tenth."""
    return f"{difference * 100:.1f} point{'' if f'{difference * 100:.1f}' == '1.0' else 's'}"


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
