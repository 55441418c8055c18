"""Half to even, as the report rounds: exactly, and in the words of a formula.

Excel's ROUND takes halves away from zero: 0.125 would be 0.13, where the report says 0.12. A formula sees doubles; one
that is as near to a half as the digits of a double can tell is a half. No amount that prices, whole hours and counts
make lies nearer to a half without being one; of a sum that is discounted it is as likely as a coincidence of 13 digits.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from planner.reports.figures import Number

_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)  # the largest double has 309 digits before its point
_MOST_PLACES = 6
"""A float with more decimals than this was not rounded."""


def exact(number: Number) -> Decimal:
    """As it is written: 0.1 is a tenth."""
    return number if isinstance(number, Decimal) else Decimal(str(number))


def places_of(value: Number) -> int | None:
    """To how many decimals a value was rounded; None: it was not."""
    exponent = exact(value).as_tuple().exponent
    if not isinstance(exponent, int):
        return None
    if isinstance(value, float):
        exponent = exact(value).normalize().as_tuple().exponent
        return max(0, -int(exponent)) if -int(exponent) <= _MOST_PLACES else None
    return max(0, -exponent)


def decimals_of(value: Number | None) -> int:
    """Likewise, of an amount; where nothing tells it, none."""
    return 0 if value is None else places_of(value) or 0


def half_even(amount: Decimal, places: int) -> Decimal:
    """Rounded; nothing is never −0."""
    return _EXACT.plus(amount.quantize(Decimal(1).scaleb(-places), context=_EXACT))


def rounded(cell: str, places: int) -> str:
    """A formula that rounds another cell, half to even."""
    ten = 10**places
    scaled = f"{cell}*{ten}"
    is_half = f"ABS({scaled}-INT({scaled})-0.5)<MAX(0.0000001,ABS({scaled})*0.000000000000002)"
    return f"IF({is_half},ROUND({scaled}/2,0)*2/{ten},ROUND({cell},{places}))"
