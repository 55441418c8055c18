"""Figures as the findings tell them: enough digits to redo the sum, a unit always."""

import math

_SCALES = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0))


def dollars(amount: float) -> str:
    """`$26,280`, `$655.95`: cents below ten thousand, where there are any."""
    is_whole = math.isclose(amount, round(amount), abs_tol=5e-3) or abs(amount) >= 10_000  # noqa: PLR2004 - as told
    text = f"${abs(amount):,.0f}" if is_whole else f"${abs(amount):,.2f}"
    return f"−{text}" if amount < 0 and round(amount, 2) else text


def hourly(rate: float) -> str:
    """`$0.526/h`."""
    return f"${rate:,.4g}/h"


def size(count: float) -> str:
    """Bytes in powers of ten: `102.2 MB`."""
    return f"{scaled(count)}B"


def scaled(value: float) -> str:
    """Four figures and the letter of a power of 1000, for a unit to follow."""
    letter, scale = next((one for one in _SCALES if abs(value) >= one[1]), _SCALES[-1])
    return f"{value / scale:.4g} {letter}"


def milliseconds(seconds: float) -> str:
    """`8.2 ms`."""
    return f"{seconds * 1e3:.4g} ms"


def share(value: float) -> str:
    """`30 %`."""
    return f"{100 * value:.4g} %"


def ratio(value: float) -> str:
    """`3.94×`."""
    return f"{value:.3g}×" if value < 1000 else f"{value:,.0f}×"  # noqa: PLR2004 - where digits no longer matter


def per_s(rate: float) -> str:
    """`10,323/s`."""
    return f"{rate:,.0f}/s" if rate >= 100 else f"{rate:.4g}/s"  # noqa: PLR2004 - likewise
