"""Figures of a plan as people read them."""

from decimal import Decimal

from planner.services.plans.document import ColumnDocument, MoneyRange, ProjectionDocument
from planner.wording.quantities import ABSENT
from pricing.projection.model import Answer, ColumnName

SHORT = {ColumnName.STAY: "staying", ColumnName.QUANTISE: "quantising in place", ColumnName.MOVE: "the move"}
"""The three fleets in a sentence."""
_SIGNS = {Answer.MOVE: "✓", Answer.QUANTISE: "✓", Answer.UNDECIDED: "~", Answer.STAY: "✗", Answer.NOT_AVAILABLE: "✗"}
_WHOLE = 100  # from here on a figure needs no decimals

_BLOCKS = "▁▂▃▄▅▆▇█"


def sign_of(one: ProjectionDocument) -> str:
    """✓ a change pays, ~ something is open, ✗ none does."""
    return "~" if one.condition or one.may_lose else _SIGNS[one.answer]


def amount(value: Decimal, currency: str) -> str:
    """`64,485 USD`, `−12,300 USD`; below a hundred with its cents."""
    return f"{_figure(value)} {currency}"


def signed_amount(value: Decimal, currency: str) -> str:
    """With its sign: `+64,485 USD`."""
    return f"{'' if value < 0 else '+'}{value:,.0f} {currency}".replace("-", "−")


def money_range(spread: MoneyRange, currency: str) -> str:
    """The planned figure with its ends; an end without a limit reads ≥ or ≤."""
    planned = amount(spread.planned, currency)
    if spread.high is None and spread.low is not None and spread.low != spread.planned:
        return f"{planned} ({_figure(spread.low)} or more)"
    if spread.high is None:
        return f"≥ {planned}"
    if spread.low is None:
        return f"≤ {planned}"
    if spread.low == spread.planned == spread.high:
        return planned
    return f"{planned} ({_figure(spread.low)} to {_figure(spread.high)})"


def _figure(value: Decimal) -> str:
    return (f"{value:,.0f}" if abs(value) >= _WHOLE or not value else f"{value:,.2f}").replace("-", "−")


def rate_of(column: ColumnDocument) -> str:
    """`5,563–5,575 /s, published`, `6,743–13,405 /s, projected ×/÷ 1.41`; of a bound `≤ 19,076 /s, a bound`."""
    rate = column.rate
    if rate.is_bound:
        return f"≤ {many(rate.high)} /s, a bound"
    low, high = many(rate.low), many(rate.high)
    band = "" if rate.evidence.band is None else f" ×/÷ {rate.evidence.band:.2f}"
    return f"{low}{'' if low == high else f'–{high}'} /s, {rate.evidence.kind}{band}"


def many(value: float) -> str:
    """A count or a rate, without digits that mean nothing."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE else f"{value:,.3g}"


def price(value: float) -> str:
    """A price an hour may be small."""
    return many(value) if abs(value) >= _WHOLE else f"{value:.4g}"


def times(ratio: float) -> str:
    """`5.96×`, `0.0016×`: two decimals, or two figures where that would be nothing."""
    return f"{ratio:.2f}×" if ratio >= 0.1 else f"{ratio:.2g}×"  # noqa: PLR2004 - 0.10 has two figures still


def years(value: float | None, horizon: int) -> str:
    """`7.2 months`, `1.4 years`, or that it does not."""
    if value is None:
        return f"not within {horizon} year{'s' * (horizon > 1)}"
    if value <= 0:
        return "at once"
    return f"{12 * value:.1f} months" if value < 1 else f"{value:.1f} years"


def absent(text: str | None) -> str:
    """The text, or a dash."""
    return text or ABSENT


def day_curve(one: ProjectionDocument) -> str:
    """A block for each hour of the day, as high as its share of the busiest."""
    busiest = max(one.hourly_per_s, default=0.0)
    if busiest <= 0.0:
        return ABSENT
    return "".join(_BLOCKS[round((len(_BLOCKS) - 1) * rate / busiest)] for rate in one.hourly_per_s)
