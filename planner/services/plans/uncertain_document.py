"""How sure a plan is, as people and scripts read it. A part of the plan's document: see `document`.

Amounts are dollars, or the plan's currency, to the cent; shares and chances are of 1. What is not told is null, with a
reason beside it. `side` says whether a figure stands as drawn, or holds only as a bound.
"""

from dataclasses import dataclass
from decimal import Decimal

from pricing.projection.model import ColumnName


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantilesDocument:
    """One draw in ten lies below p10, half below p50, one in ten above p90."""

    p10: Decimal
    p50: Decimal
    p90: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceDocument:
    """A share of draws and its standard error."""

    share: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDocument:
    """One figure that was drawn."""

    name: str
    kind: str
    subject: str
    unit: str
    law: str
    p10: float
    p50: float
    p90: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainColumnDocument:
    """What a fleet costs a year, sized to whatever one replica turns out to serve."""

    name: ColumnName
    cost_per_year: QuantilesDocument | None
    side: str
    infeasible: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BarDocument:
    """One figure alone, from its p10 to its p90, all others at their median; an end that keeps no promise is null."""

    name: str
    subject: str
    unit: str
    p10: float
    p90: float
    saving_at_p10: Decimal | None
    saving_at_p90: Decimal | None
    npv_at_p10: Decimal | None
    npv_at_p90: Decimal | None
    first_order: float | None = None
    total_order: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainChangeDocument:
    """A change: its saving and what it is worth, the chances of both, and what moves it. `reason`: why none is told."""

    name: ColumnName
    saving_per_year: QuantilesDocument | None
    npv: QuantilesDocument | None
    saving_side: str
    npv_side: str
    saves: ChanceDocument | None
    pays: ChanceDocument | None
    infeasible: float
    condition: str | None
    reason: str | None
    tornado: tuple[BarDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementDocument:
    """One figure that could be learnt, what that is worth over the horizon, and how it is done.

    `value` is null where no law is known by which it could be stated, and `note` says so; `decides` where the answer
    hangs on it nevertheless. `narrowing` is by which share p10 to p90 of what the best change is worth would be
    narrower, `variance_share` what of its variance is owed to the figure. `command` is null where it is not measured
    but asked for.
    """

    kind: str
    subject: str
    value: Decimal | None
    error: Decimal
    is_at_most: bool
    decides: bool
    narrowing: float
    variance_share: float
    how: str
    command: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyDocument:
    """How sure one answer is.

    Attributes:
        meaning: What the quantiles are of, and what remains the figure to sign.
        demand: Why demand is not drawn.
        draws: How many.
        seed: Of them.
        inputs: What was drawn.
        columns: Every fleet.
        changes: Every change.
        best: Of the highest expected value among staying and what is allowed and known.
        expected: What that is worth.
        ceiling: What it would be worth to learn everything that was drawn.
        advice: What to measure next, or that nothing need be.
        measurements: The most valuable first.
    """

    meaning: str
    demand: str
    draws: int
    seed: int
    inputs: tuple[InputDocument, ...]
    columns: tuple[UncertainColumnDocument, ...]
    changes: tuple[UncertainChangeDocument, ...]
    best: ColumnName
    expected: Decimal
    ceiling: Decimal
    advice: str
    measurements: tuple[MeasurementDocument, ...]
