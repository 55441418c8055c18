"""A plan at the prices of another day, as a report tells it: the plan of that day, and what changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from planner.reports.document import (
    Align,
    Block,
    Commands,
    Heading,
    Notice,
    Paragraph,
    Row,
    Section,
    Table,
)
from planner.reports.figures import Bound, Cell, Figure, Mark, Tone, Words
from planner.services.plans.keeping import decode_plan
from planner.services.plans.planning import Planning
from planner.services.plans.replaying import Rented, Replay, ReplayedColumn, ReplayedProjection, compared, plan_at
from planner.services.plans.request import decode_request
from planner.services.reporting.exchange import Exchange
from planner.services.reporting.purse import Purse
from planner.services.reporting.wording import TITLES
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store

KEY = "replay"
_HEADINGS = (
    Heading(title="fleet", key="Fleet"),
    Heading(title="prices of", key="PriceDate"),
    Heading(title="rented", key="Rented"),
    Heading(title="an hour", key="ListUnitPrice", align=Align.RIGHT),
    Heading(title="a year", key="EffectiveCost", align=Align.RIGHT),
    Heading(title="change", key="Change", align=Align.RIGHT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A stored plan at the prices of another day.

    Attributes:
        stored: As if it had been stored then; under the name of the plan that is.
        section: What changed.
        notice: For the first page.
    """

    stored: StoredPlan
    section: Section
    notice: Notice


def replayed(store: Store, stored: StoredPlan, day: date, *, today: date, exchange: Exchange | None = None) -> Replayed:
    """The plan on that day; nothing is stored.

    Args:
        store: Where its runs are.
        stored: The plan.
        day: Whose prices count.
        today: No later day can be asked for.
        exchange: For amounts in another currency.

    Raises:
        AssumptionError: if that day has not come, or the plan is of a language model.
        PricingError: if no question can be answered with the prices of that day.
        StoreError: if the plan is damaged, or a run cannot be read.
    """
    before = decode_plan(stored)
    planning = Planning(request=decode_request(stored.request), book=stored.book, today=today)
    later, made = plan_at(store, planning, day)
    after = replace(made, plan=before.plan, created_at=before.created_at, runs=before.runs)
    found = compared(before, after, planning=later, plan=stored.plan_id)
    then = replace(
        stored,
        as_of=day,
        planner_version=after.planner_version,
        request=later.request.encoded(),
        headline=after.headline,
        document=msgspec.json.encode(after).decode(),
    )
    return Replayed(stored=then, section=_section(found, exchange), notice=_notice(found))


def _notice(found: Replay) -> Notice:
    told = (
        f"This is plan {found.plan} of {found.as_of_before} at the prices of {found.as_of_after}: only the day of the "
        "prices differs, and nothing of it is stored"
    )
    lost = [one.title for one in found.projections if one.answer_after is None]
    changed = [one.title for one in found.projections if not one.is_same_answer and one.title not in lost]
    parts = [f"the answer differs for {'; '.join(changed)}"] if changed else []
    parts += [f"there is none for {'; '.join(lost)}"] if lost else []
    became = ", and ".join(parts) or "every answer is the same"
    return Notice(tone=Tone.CAUTION, text=f"{told}. Against the plan as it is stored, {became}.", rests_on=KEY)


def _section(found: Replay, exchange: Exchange | None) -> Section:
    return Section(key=KEY, title="What changed", blocks=tuple(_blocks(found, exchange)))


def _blocks(found: Replay, exchange: Exchange | None) -> Iterator[Block]:
    told = (
        f"The same evidence, load, promise and assumptions, with the prices of {found.as_of_after} in place of those "
        f"of {found.as_of_before}, both from price book {found.book[:12]}."
    )
    yield Paragraph(words=Words(text=told))
    for number, one in enumerate(found.projections):
        yield from _projection(number, one, found, Purse(own=one.currency, exchange=exchange))
    yield Commands(lines=(f"planner report --plan {found.plan} --replay {found.as_of_after}",))


def _projection(number: int, one: ReplayedProjection, found: Replay, purse: Purse) -> Iterator[Block]:
    yield _answer(one, found)
    rows = tuple(row for column in one.columns for row in _rows(f"{KEY}.{number}.{column.name}", column, found, purse))
    reasons = [f"{TITLES[column.name]}: {column.reason}" for column in one.columns if column.reason is not None]
    yield Table(key=f"{KEY}-{number + 1}", title=one.title, headings=_HEADINGS, rows=rows, note="; ".join(reasons))


def _answer(one: ReplayedProjection, found: Replay) -> Notice:
    """What became of the answer, with both headlines."""
    if one.answer_after is None:
        tone = Tone.BROKEN
        told = f"at the prices of {found.as_of_after} there is no answer: {one.headline_after}"
        return Notice(tone=tone, text=f"{one.title}: {told}; on {found.as_of_before}: {one.headline_before}")
    tone, told = (
        (Tone.GOOD, f"the answer is the same: {one.answer_before}")
        if one.is_same_answer
        else (Tone.CAUTION, f"the answer changes: {one.answer_before} becomes {one.answer_after}")
    )
    days = f"{found.as_of_before}: {one.headline_before}; {found.as_of_after}: {one.headline_after}"
    return Notice(tone=tone, text=f"{one.title}: {told}. {days}")


def _rows(key: str, column: ReplayedColumn, found: Replay, purse: Purse) -> Iterator[Row]:
    """The fleet on both days, the earlier asked first."""
    name = Words(text=f"{TITLES[column.name]} · {column.serves}")
    sides = (("before", found.as_of_before, column.before), ("after", found.as_of_after, column.after))
    for side, day, rented in sides:
        change: Cell = Words(text="")
        if side == "after" and column.change is not None:
            change = _change(f"{key}.change", column.change)
        yield Row(cells=(name, Words(text=day), *_amounts(f"{key}.{side}", rented, purse), change), key=f"{key}.{side}")


def _amounts(key: str, rented: Rented | None, purse: Purse) -> tuple[Cell, Cell, Cell]:
    if rented is None:
        return Words(text="no price"), Words(text=""), Words(text="")
    bound = Bound.AT_LEAST if rented.is_at_least else Bound.EXACT
    hourly, unit = rented.price_per_hour.normalize(), f"{purse.own}/h"  # as listed: only amounts are converted
    price = Figure(key=f"{key}.price", value=hourly, unit=unit, text=f"{hourly:,f} {unit}", mark=Mark.PUBLISHED)
    count = f"{bound} {rented.instances:,} × {rented.instance}".strip()
    return Words(text=count), price, purse.figure(f"{key}.per_year", rented.per_year, bound=bound)


def _change(key: str, share: float) -> Figure:
    text = f"{100 * share:+.1f} %".replace("-", "−")
    return Figure(key=key, value=round(share, 4), unit="1", text=text, mark=Mark.DERIVED)
