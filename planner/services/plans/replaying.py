"""The same plan at the prices of another day, and what changed. Nothing is kept: a plan of that day is made by `as_of`.

Only the day differs: evidence, load, promise and every other assumption are the same, so that each difference comes
from prices alone, from rows that were not there yet, or from a cheaper instance that was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from planner.services.plans.document import ColumnDocument, PlanDocument, ProjectionDocument, SkippedDocument
from planner.services.plans.planning import Planning, make_plan
from planner.services.plans.request import Layer
from planner.store.repository import Store
from pricing.errors import AssumptionError, PricingError
from pricing.projection.model import Answer, ColumnName

SCHEMA = "planner.replay/1"
_ORIGIN = "the day of the replay"
_AS_OF = "prices.as_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rented:
    """What a fleet is on one day: instance type, price an hour, count, cost a year."""

    instance: str
    price_per_hour: Decimal
    price_as_of: str
    instances: int
    per_year: Decimal
    is_at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedColumn:
    """One fleet before and after; None where it cannot be priced on that day. `reason` says why."""

    name: ColumnName
    serves: str
    before: Rented | None
    after: Rented | None
    reason: str | None

    @property
    def change(self) -> float | None:
        """Of the cost a year, as a share of what it was; None where one of both is missing, or was nothing."""
        if self.before is None or self.after is None or not self.before.per_year:
            return None
        return float(self.after.per_year / self.before.per_year) - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedProjection:
    """One question on both days.

    Attributes:
        title: What it is about.
        currency: Of its amounts.
        columns: Its fleets.
        answer_before: What the plan said.
        answer_after: What it says at the other prices; None where today's fleet has no price there.
        headline_before: In a sentence.
        headline_after: Likewise; of a question that cannot be answered the reason.
        is_same_answer: Whether the answer is the same.
    """

    title: str
    currency: str
    columns: tuple[ReplayedColumn, ...]
    answer_before: Answer
    answer_after: Answer | None
    headline_before: str
    headline_after: str
    is_same_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A plan on two days. `plan` names the stored one; None: it was made for this."""

    schema: str
    plan: str | None
    book: str
    as_of_before: str
    as_of_after: str
    projections: tuple[ReplayedProjection, ...]
    skipped: tuple[SkippedDocument, ...]


def replay(store: Store | None, planning: Planning, day: date, *, plan: PlanDocument | None = None) -> Replay:
    """Make a plan at the prices of its own day and of another.

    Args:
        store: Where its runs are; None where it names none.
        planning: How the plan is made: its request, its book, and what today is.
        day: The other day.
        plan: The plan as it was stored; None: it is made now.

    Raises:
        AssumptionError: if that day has not come.
        PricingError: if no question can be answered with the prices of the one day or the other.
        StoreError: if a run cannot be read.
    """
    # Three fleets are compared: what else was asked for takes long, and that day may have no mix.
    planning = replace(planning, request=replace(planning.request, optimise=None, with_sobol=False))
    later = _at(planning, day)
    before = make_plan(store, planning) if plan is None else plan
    return compared(before, _made(store, later, day), planning=later, plan=None if plan is None else plan.plan)


def plan_at(store: Store | None, planning: Planning, day: date) -> tuple[Planning, PlanDocument]:
    """The plan as it is at the prices of another day, and what it is made with: three fleets, without a mix.

    Raises:
        AssumptionError: if that day has not come, or the plan is of a language model.
        PricingError: if no question can be answered with the prices of that day.
        StoreError: if a run cannot be read.
    """
    later = _at(replace(planning, request=replace(planning.request, optimise=None, with_sobol=False)), day)
    return later, _made(store, later, day)


def compared(before: PlanDocument, after: PlanDocument, *, planning: Planning, plan: str | None) -> Replay:
    """A plan on two days side by side.

    Args:
        before: On its own day.
        after: On the other.
        planning: What the latter was made with.
        plan: The name under which the former is stored; None: it is not.
    """
    found = {one.title: one for one in after.projections}
    return Replay(
        schema=SCHEMA,
        plan=plan,
        book=planning.book.digest,
        as_of_before=before.as_of,
        as_of_after=str(planning.request.stated(_AS_OF)),
        projections=tuple(_projection(one, found.get(one.title), after.skipped) for one in before.projections),
        skipped=before.skipped,
    )


def _at(planning: Planning, day: date) -> Planning:
    """The same on another day."""
    if day > planning.today:
        raise AssumptionError(
            f"{day} has not come yet (today is {planning.today}): nobody knows the prices of that day"
        )
    if planning.request.language_model is not None:
        raise AssumptionError(
            "a language model's plan has no fleets to set side by side: make it again with --as-of DATE"
        )
    layer = Layer(origin=_ORIGIN, values={_AS_OF: day.isoformat()})
    return replace(planning, request=replace(planning.request, layers=(*planning.request.layers, layer)))


def _made(store: Store | None, planning: Planning, day: date) -> PlanDocument:
    try:
        return make_plan(store, planning)
    except PricingError as error:
        raise type(error)(f"at the prices of {day}: {error}") from error


def _projection(
    before: ProjectionDocument, after: ProjectionDocument | None, skipped: tuple[SkippedDocument, ...]
) -> ReplayedProjection:
    why = "; ".join(one.reason for one in skipped) or "it cannot be answered"
    told = why if after is None else after.headline
    return ReplayedProjection(
        title=before.title,
        currency=before.currency,
        columns=tuple(_columns(before, after, told)),
        answer_before=before.answer,
        answer_after=None if after is None else after.answer,
        headline_before=before.headline,
        headline_after=told,
        is_same_answer=after is not None and after.answer is before.answer,
    )


def _columns(before: ProjectionDocument, after: ProjectionDocument | None, told: str) -> Iterator[ReplayedColumn]:
    old = {column.name: column for column in before.columns}
    new = {} if after is None else {column.name: column for column in after.columns}
    absences = () if after is None else after.absences
    reasons = {absence.name: absence.reason for absence in (*before.absences, *absences)}
    for name in ColumnName:
        column = old.get(name) or new.get(name)
        if column is None:
            continue
        is_whole = name in old and name in new
        yield ReplayedColumn(
            name=name,
            serves=f"{column.target} · {column.variant}",
            before=_rented(old.get(name)),
            after=_rented(new.get(name)),
            reason=None if is_whole else reasons.get(name, told),
        )


def _rented(column: ColumnDocument | None) -> Rented | None:
    if column is None:
        return None
    return Rented(
        instance=column.fleet.instance,
        price_per_hour=Decimal(column.fleet.price_per_hour),
        price_as_of=column.fleet.price_as_of,
        instances=column.fleet.instances,
        per_year=column.cost_per_year.planned,
        is_at_least=column.cost_per_year.high is None,
    )
