"""Where every figure of an answer comes from: its kind, and the way back to measurements and prices. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from planner.services.plans.document import ColumnDocument, EvidenceDocument, MoneyRange, ProjectionDocument
from pricing.money import HOURS_PER_YEAR
from pricing.projection.owned import OWNED

MARKS = {"measured": "●", "published": "◆", "projected": "◇", "assumed": "○", "derived": "="}
MARKS_TOLD = "  ".join(f"{mark} {kind}" for kind, mark in MARKS.items())
_MOST_ROWS = 12  # of evidence: enough to find the rest
_RUN = 8  # characters of a run's name
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way back. `kind` is measured, published, projected, assumed or derived; of a remark empty."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where one figure comes from.

    Attributes:
        title: What it is.
        steps: From the figure back to measurements and prices.
        run: The run that it rests on, where it does.
        instance: The instance whose price it rests on, where it does.
    """

    title: str
    steps: tuple[Step, ...]
    run: str | None = None
    instance: str | None = None


def to_the_cent(spread: MoneyRange, currency: str) -> str:
    """`14,386.02 USD`, `≥ 384,697.89 USD`, `37,763.31 USD (19,780.78 to 37,763.31)`."""
    sign = "≥ " if spread.high is None else "≤ " if spread.low is None else ""
    planned = f"{sign}{cents(spread.planned)} {currency}"
    if spread.low is None or spread.high is None or spread.low == spread.high:
        return planned
    return f"{planned} ({cents(spread.low)} to {cents(spread.high)})"


def cents(value: Decimal) -> str:
    """`−1,234.50`."""
    return f"{value:,.2f}".replace("-", "−")


def run_of(evidence: EvidenceDocument) -> str | None:
    """The run behind a measured or transferred rate."""
    for text in (evidence.source, *evidence.rows):
        words = text.replace(",", " ").replace(";", " ").split()
        for before, word in pairwise(words):
            if before == "run" and len(word) == _RUN:
                return word
    return None


def of_rate(column: ColumnDocument) -> Origin:
    """Of what one replica serves."""
    rate, evidence = column.rate, column.rate.evidence
    level = "" if evidence.level is None else f", level {evidence.level} of 4"
    band = "" if evidence.band is None else f", ×/÷ {evidence.band:.2f} (90 %)"
    day = "" if evidence.as_of is None else f", {evidence.as_of}"
    bound = "at most " if rate.is_bound else ""
    span = f"{rate.high:,.6g}" if rate.is_bound or rate.low == rate.high else f"{rate.low:,.6g} to {rate.high:,.6g}"
    steps = (
        Step(kind=evidence.kind, text=f"{bound}{span} {rate.unit} of one replica: {rate.method}{level}{band}"),
        Step(kind="", text=f"{evidence.source}{day}"),
        *(Step(kind="", text=f"from {row}") for row in evidence.rows[:_MOST_ROWS] if row not in evidence.source),
        *(Step(kind="", text=note) for note in column.notes),
    )
    return Origin(title=f"one replica of {column.target} in {column.variant}", steps=steps, run=run_of(evidence))


def of_quality(column: ColumnDocument) -> Origin:
    """Of the gate."""
    evidence = column.rate.evidence
    told = f"{column.variant}: quality is {column.gate}"
    kind = "measured" if run_of(evidence) else ""
    return Origin(
        title="quality", steps=(Step(kind=kind, text=told), Step(kind="", text=evidence.source)), run=run_of(evidence)
    )


def of_count(one: ProjectionDocument, column: ColumnDocument) -> Origin:
    """Of replicas and instances."""
    sizing = column.sizing
    whole = " + ".join(f"{count:,} {name}" for name, count in column.fleet.steps if count)
    peak = next((each.evidence.kind for each in one.assumptions if each.name == "demand.peak"), "assumed")
    simulated = [Step(kind="derived", text=sizing.simulation_note)] if sizing.simulated_requests else []
    steps = (
        Step(kind=peak, text=f"{one.peak_per_s:,.6g} requests/s in the busiest hour, {one.slo}"),
        Step(
            kind="derived", text=f"{sizing.replicas:,} replicas of {sizing.per_replica_per_s:,.6g} /s: {sizing.formula}"
        ),
        Step(kind="derived", text=f"{column.fleet.replicas_per_instance} an instance, {whole}"),
        *simulated,
    )
    return Origin(
        title=f"{column.fleet.instances:,} instances",
        steps=(*steps, *of_rate(column).steps),
        run=run_of(column.rate.evidence),
    )


def of_price(column: ColumnDocument) -> Origin:
    """Of an hour's price."""
    fleet = column.fleet
    steps = (
        Step(kind="published", text=f"{fleet.price_per_hour} {fleet.currency} an hour of {fleet.instance}"),
        Step(kind="", text=f"{fleet.provider} {fleet.region}, {fleet.purchase}, in force since {fleet.price_as_of}"),
        Step(kind="", text=fleet.price_source),
    )
    return Origin(title="the price of an hour", steps=steps, instance=fleet.instance)


def of_cost(one: ProjectionDocument, column: ColumnDocument) -> Origin:
    """Of a year's cost."""
    return Origin(
        title=f"what {column.target} · {column.variant} costs a year: "
        f"{to_the_cent(column.cost_per_year, column.fleet.currency)}",
        steps=(Step(kind="derived", text=_sum_told(column)), *of_price(column).steps, *of_count(one, column).steps),
        run=run_of(column.rate.evidence),
        instance=column.fleet.instance,
    )


def _sum_told(column: ColumnDocument) -> str:
    """How the planned cost comes about, so that it can be reckoned again by hand."""
    fleet, planned = column.fleet, column.cost_per_year.planned
    if fleet.purchase == OWNED:
        return (
            f"{fleet.instances:,} machines of one's own at {cents(planned / fleet.instances)} {fleet.currency} a year"
        )
    told = f"{fleet.instances:,} instances × {fleet.price_per_hour} {fleet.currency} × 8,760 h"
    always = fleet.instances * Decimal(fleet.price_per_hour) * HOURS_PER_YEAR
    if abs(always - planned) <= _CENT:
        return f"{told} = {cents(planned)}"
    return f"{told} would be {cents(always)}; {cents(planned)} as autoscaling stops instances in quiet hours"


def of_unit(one: ProjectionDocument, column: ColumnDocument) -> Origin:
    """Of what a million requests cost."""
    cost = of_cost(one, column)
    spent = f"{cents(column.cost_per_year.planned)} {column.fleet.currency}"
    told = f"{spent} over {one.requests_per_year:,.6g} requests a year"
    return replace(
        cost,
        title=f"a million requests: {column.per_million} {column.fleet.currency}",
        steps=(Step(kind="derived", text=told), *cost.steps),
    )


def of_change(one: ProjectionDocument, column: ColumnDocument, *, title: str, how: str) -> Origin:
    """Of what a change saves, costs or is worth."""
    stay = one.columns[0]
    stated = [
        Step(kind="assumed", text=f"{each.name} = {each.text} ({each.evidence.source})")
        for each in one.assumptions
        if each.name.startswith(("migration.", "money.")) and each.text
    ]
    spent = f"{cents(column.cost_per_year.planned)} {one.currency}"
    both = f"staying costs {cents(stay.cost_per_year.planned)}, this {spent} a year"
    steps = (Step(kind="derived", text=how), Step(kind="", text=both), *stated, *of_cost(one, column).steps)
    runs = (run_of(column.rate.evidence), run_of(stay.rate.evidence))
    return Origin(
        title=title, steps=steps, run=next((each for each in runs if each), None), instance=column.fleet.instance
    )
