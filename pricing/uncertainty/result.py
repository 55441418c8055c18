"""What an assessment of uncertainty says."""

from dataclasses import dataclass
from enum import StrEnum

from pricing.projection.model import ColumnName
from pricing.uncertainty.inputs import Input, InputKind
from pricing.uncertainty.quantiles import Chance, Quantiles
from pricing.uncertainty.tornado import Bar, Indices


class Side(StrEnum):
    """What is known beside the draws: a bounded rate makes every quantile a bound, too."""

    BOTH = "as drawn"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    OPEN = "bounded on neither side"

    @property
    def other(self) -> "Side":
        """Of what is subtracted."""
        return {Side.AT_LEAST: Side.AT_MOST, Side.AT_MOST: Side.AT_LEAST}.get(self, self)

    def beside(self, other: "Side") -> "Side":
        """Of a sum."""
        if self is Side.BOTH or self is other:
            return other
        return self if other is Side.BOTH else Side.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnColumn:
    """What a fleet costs a year, sized to whatever one replica turns out to serve.

    Attributes:
        name: Which.
        cost: None where no draw keeps the promise.
        side: Of the cost.
        infeasible: The share of draws in which no fleet keeps the promise.
    """

    name: ColumnName
    cost: Quantiles | None
    side: Side
    infeasible: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedChange:
    """A change against staying.

    Attributes:
        name: Which.
        saving: A year; None where none is available, or no draw keeps the promise.
        npv: Likewise.
        saving_side: Of the saving, and of the chance that there is one.
        npv_side: Likewise.
        saves: The chance of a saving; None where none is available. Draws that keep no promise save nothing.
        pays: The chance of a net present value above 0.
        infeasible: The share of draws in which one of the two fleets keeps no promise.
        condition: What of quality the chances depend on; None: nothing. Projected rates are among what is drawn.
        reason: Why nothing is said; None where something is.
        bars: The tornado, the widest swing first.
        indices: Sobol indices by input, where they were asked for and exist.
    """

    name: ColumnName
    saving: Quantiles | None
    npv: Quantiles | None
    saving_side: Side
    npv_side: Side
    saves: Chance | None
    pays: Chance | None
    infeasible: float
    condition: str | None
    reason: str | None
    bars: tuple[Bar, ...]
    indices: dict[str, Indices] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurable:
    """One figure that could be learnt, and what that is worth.

    Attributes:
        kind: How one learns it.
        key: Of the input or rate.
        subject: What it is, for people.
        target_id: Of a rate: where it would be measured.
        variant: Of a rate.
        value: Expected over the horizon; None where no law is known of the figure, so that none can be stated.
        error: Standard error of the value.
        at_most: Whether the value is an upper limit.
        decides: Whether the answer hangs on it in a way that cannot be priced.
        narrowing: By which share p10 to p90 of the net present value would be narrower.
        variance_share: Of its variance, what is owed to the figure.
        note: What a reader must know.
    """

    kind: InputKind
    key: str
    subject: str
    target_id: str = ""
    variant: str = ""
    value: float | None
    error: float = 0.0
    at_most: bool = False
    decides: bool = False
    narrowing: float = 0.0
    variance_share: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """How sure a projection is.

    Attributes:
        draws: How many.
        seed: Of them.
        inputs: What was drawn.
        columns: Every fleet.
        changes: Every change.
        best: What has the highest expected value among staying and the changes that are allowed and known.
        expected: What that is worth.
        ceiling: What it would be worth to learn everything that is drawn before deciding.
        measurables: The most valuable first.
    """

    draws: int
    seed: int
    inputs: tuple[Input, ...]
    columns: tuple[DrawnColumn, ...]
    changes: tuple[AssessedChange, ...]
    best: ColumnName
    expected: float
    ceiling: float
    measurables: tuple[Measurable, ...]
