"""What can change an answer, and where it does."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pricing.money import Money
from pricing.projection.model import ColumnName


class FlipKind(StrEnum):
    """What is varied, all else as it is."""

    PRICE = "price"
    PRICE_RATIO = "price ratio"
    LOAD = "load"
    RATE = "rate"
    BASELINE = "rate of the baseline"
    SPEED_UP = "speed-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One point at which the cheapest fleet changes.

    Attributes:
        kind: What is varied.
        subject: Of what: an offer, the demand, a column's replica.
        now: Its value in the plan.
        at: Its value where the answer changes; None: it does not, in the span tried.
        unit: Of both.
        before: The cheapest column as things are.
        after: Beyond the point.
        span: What was tried, for people.
    """

    kind: FlipKind
    subject: str
    now: float
    at: float | None
    unit: str
    before: ColumnName
    after: ColumnName | None
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """The answer at the prices of one day.

    Attributes:
        as_of: The day.
        costs: A year, of every column that could be priced.
        cheapest: None where a column of the plan could not be priced: it might have been that one.
        reason: Why there is none.
    """

    as_of: date
    costs: tuple[tuple[ColumnName, Money], ...]
    cheapest: ColumnName | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """All points found, and the answer on every day on which a price in question began to hold."""

    points: tuple[Flip, ...]
    dates: tuple[DateLine, ...]
