"""What a projection is asked, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pricing.assumptions import Assumptions
from pricing.book import PriceBook
from pricing.capacity import Sizing
from pricing.fleet.instances import FleetLine
from pricing.money import Money
from pricing.targets import Targets
from pricing.tco.footprint import Footprint
from pricing.tco.owning import Ownership
from pricing.tco.power import PowerDraw
from pricing.vocabulary import Gate, ModelFacts, Precision, Provenance, ServiceRate, Slo

RateFinder = Callable[[str, str], ServiceRate]
"""Given a target id and a precision or variant, the rate of one replica; raises EvidenceError where there is none."""
PowerFinder = Callable[[str, str], PowerDraw | None]
"""Given a target id and a variant, what a run measured that one device draws; None where none did."""


def no_power(_target_id: str, _variant: str) -> None:
    """No run measured power: the assumed shares of the board's limit count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: assumptions, prices, and the evidence that answers.

    Attributes:
        assumptions: With places whose targets and regions are resolved.
        model: What serves.
        slo: The promise that every column keeps.
        book: The prices.
        targets: The data sheets.
        find_rate: The evidence.
        find_power: What runs measured of power.
    """

    assumptions: Assumptions
    model: ModelFacts
    slo: Slo
    book: PriceBook
    targets: Targets
    find_rate: RateFinder
    find_power: PowerFinder = no_power


class ColumnName(StrEnum):
    """The three fleets of a projection."""

    STAY = "stay"
    QUANTISE = "quantise"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRange:
    """What a fleet costs a year.

    Attributes:
        low: Sized with the best rate that the evidence allows; of a bound, what it costs at least. Of owned machines
            with all that is uncertain for them.
        planned: Sized with the rate that is proven to hold; of a bound with that bound.
        high: What it costs at most; None where only a lower bound is known.
    """

    low: Money
    planned: Money
    high: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedTerms:
    """One machine of one's own: what it costs where all that is uncertain is for it, as is likely, and against it."""

    cheap: Ownership
    likely: Ownership
    dear: Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Owned machines behind a column.

    Attributes:
        terms: What one of them costs.
        fewest: Sized with the best rate that the evidence allows.
        count: As planned.
        most: None where only a lower bound is known.
    """

    terms: OwnedTerms
    fewest: int
    count: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One fleet at the planned load.

    Attributes:
        name: Which of the three.
        target_id: What serves.
        precision: What its arithmetic runs in, or the variant.
        asked_precision: What was asked for, where the target lacks it and another runs instead.
        rate: Of one replica, as used; on CPUs less what replicas lose beside others.
        sizing: Replicas for the peak.
        line: Whole instances of the cheapest offer, as many as the load needs.
        instances: What is paid for: of today's fleet the number that was stated.
        machines: Where they are owned; None of rented ones.
        cost: A year.
        per_million: What a million requests cost at the planned load.
        footprint: Energy and carbon of a year.
        notes: What a reader must know.
    """

    name: ColumnName
    target_id: str
    precision: str
    asked_precision: str
    rate: ServiceRate
    sizing: Sizing
    line: FleetLine
    instances: int
    machines: Machines | None = None
    cost: CostRange
    per_million: Money
    footprint: Footprint
    notes: tuple[str, ...] = ()

    @property
    def is_bound(self) -> bool:
        """Whether only a bound of its rate is known: `line` is the smallest fleet that could do."""
        return self.rate.is_bound

    @property
    def is_projected(self) -> bool:
        """Whether its rate was reckoned from what others serve, with a band: nobody measured it there."""
        return self.rate.evidence.kind is Provenance.PROJECTED and not self.is_bound

    @property
    def costs_at_least(self) -> bool:
        """Whether only a lower bound of its cost is known: not where today's count was stated."""
        return self.cost.high is None

    @property
    def arithmetic(self) -> Precision:
        """What the arithmetic runs in."""
        return self.rate.precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A column that cannot be: which, and why."""

    name: ColumnName
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingRange:
    """What a change saves: negative where it costs more. None: without a limit on that side."""

    low: Money | None
    planned: Money
    high: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """A change as an investment: cash outlays alone, never amortisation.

    Attributes:
        one_off: Paid once, before the first saving: labour, and machines that are bought; parallel running apart.
        parallel_running: The old fleet beside the new one, in cash.
        flows: Of the likely case: now, then year by year.
        npv: Net present value: all that is uncertain against the change, likely, and for it. None: without a limit.
        irr: A year, of the likely case; None where it does not exist.
        irr_reason: Why not.
        payback_years: Of the likely case; None: never within the horizon.
        discounted_payback_years: Likewise.
    """

    one_off: Money
    parallel_running: Money
    flows: tuple[Money, ...]
    npv: SavingRange
    irr: float | None
    irr_reason: str | None
    payback_years: float | None
    discounted_payback_years: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One column against staying as is.

    Attributes:
        name: The column.
        gate: Whether quality allows it; what serves today already is allowed.
        per_year: What it saves by yearly cost.
        cash: What it is worth.
    """

    name: ColumnName
    gate: Gate
    per_year: SavingRange
    cash: Cash


class Answer(StrEnum):
    """What the evidence says to do."""

    MOVE = "move"
    QUANTISE = "quantise"
    STAY = "stay"
    UNDECIDED = "undecided"
    NOT_AVAILABLE = "not-available"


@dataclass(frozen=True, slots=True, kw_only=True)
class RightSizing:
    """Paying only for what the load needs of what serves today, without any other change.

    Attributes:
        instances: As many as are needed.
        per_year: What that saves.
        npv: What that is worth.
    """

    instances: int
    per_year: Money
    npv: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one cause contributes to the saving of the move, averaged over every order of the causes."""

    cause: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The answer to a question.

    Attributes:
        question: What was asked.
        columns: The fleets that can be, stay first.
        absences: Those that cannot, and why.
        changes: Of every other column against staying.
        right_sizing: Where more instances than needed were stated of today's rented fleet; None: not so, or not known.
        answer: What the evidence says to do.
        reasons: Why, the decisive one first.
        condition: What the saving depends on; None where nothing is open.
        shares: Of the saving of the move; empty where it cannot be taken apart.
        shares_reason: Why it cannot.
    """

    question: Question
    columns: tuple[Column, ...]
    absences: tuple[Absence, ...]
    changes: tuple[Change, ...]
    right_sizing: RightSizing | None = None
    answer: Answer
    reasons: tuple[str, ...]
    condition: str | None
    shares: tuple[Share, ...]
    shares_reason: str | None

    def column(self, name: ColumnName) -> Column | None:
        """The fleet of that name."""
        return next((column for column in self.columns if column.name is name), None)

    def change(self, name: ColumnName) -> Change | None:
        """That column against staying."""
        return next((change for change in self.changes if change.name is name), None)
