"""Figures of a plan as people read them."""

from decimal import Decimal

from planner.cli.quantities import ABSENT
from planner.services.plans.document import ColumnDocument, MoneyRange, ProjectionDocument

_SIGNS = {"move": "✓", "quantise": "✓", "stay": "✗", "undecided": "~", "not-available": "✗"}


def sign_of(one: ProjectionDocument) -> str:
    """✓ a change pays, ~ something is open, ✗ none does."""
    return "~" if one.condition else _SIGNS[one.answer]


def amount(cents: str, currency: str) -> str:
    """`64,485 USD`; below a hundred with its cents."""
    value = Decimal(cents)
    return f"{value:,.0f} {currency}" if abs(value) >= 100 else f"{value:,.2f} {currency}"  # noqa: PLR2004


def signed_amount(cents: str, currency: str) -> str:
    """With its sign: `−12,300 USD`."""
    value = Decimal(cents)
    return f"{'−' if value < 0 else '+'}{abs(value):,.0f} {currency}"


def money_range(spread: MoneyRange, currency: str) -> str:
    """The planned figure with its ends; an end without a limit reads `at least` or `at most`."""
    planned = amount(spread.planned, currency).replace("-", "−")
    if spread.high is None:
        return f"≥ {planned}"
    if spread.low is None:
        return f"≤ {planned}"
    if spread.low == spread.planned == spread.high:
        return planned
    low, high = (f"{Decimal(end):,.0f}".replace("-", "−") for end in (spread.low, spread.high))
    return f"{planned} ({low} to {high})"


def rate_of(column: ColumnDocument) -> str:
    """`5,563–5,575 /s, published`; of a bound `≤ 19,076 /s`."""
    rate = column.rate
    if rate.is_bound:
        return f"≤ {many(rate.high)} /s, bound of the peak"
    low, high = many(rate.low), many(rate.high)
    return f"{low}{'' if low == high else f'–{high}'} /s, {rate.evidence.kind}"


def many(value: float) -> str:
    """A count or a rate, without digits that mean nothing."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"  # noqa: PLR2004


def years(value: float | None, horizon: int) -> str:
    """`7.2 months`, `1.4 years`, or that it does not."""
    if value is None:
        return f"not within {horizon} years"
    if value <= 0:
        return "at once"
    return f"{12 * value:.1f} months" if value < 1 else f"{value:.1f} years"


def absent(text: str | None) -> str:
    """The text, or a dash."""
    return text or ABSENT
