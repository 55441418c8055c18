"""Draws a plan on two days: each fleet then and now, and whether the answer is the same."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import many
from planner.services.plans.replaying import Rented, Replay, ReplayedColumn, ReplayedProjection
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT, bar
from planner.wording.text import plain

_INDENT = 2
_BAR = 14
_WIDE = 110  # columns from which there is room for bars


def replay_screen(replay: Replay, *, width: int) -> Iterator[RenderableType]:
    """Every question of the plan, at the prices of both days."""
    whose = "the plan" if replay.plan is None else f"plan {replay.plan}"
    yield Text(plain(f"{whose} of {replay.as_of_before}, replayed at the prices of {replay.as_of_after}"), style="bold")
    for one in replay.projections:
        yield ""
        yield from _projection(one, replay, is_wide=width >= _WIDE)
    for left in replay.skipped:
        yield ""
        yield signed("~", f"{left.name} was left out of the plan itself: {left.reason}")
    yield ""
    yield Text(plain(f"only the day differs · book {replay.book[:12]} · nothing is stored"), style="dim")


def _projection(one: ReplayedProjection, replay: Replay, *, is_wide: bool) -> Iterator[RenderableType]:
    yield Text(plain(one.title))
    if one.answer_after is None:
        yield signed("~", f"at the prices of {replay.as_of_after} there is no answer: {one.headline_after}")
    elif any(column.before is not None and column.after is None for column in one.columns):
        told = f"not every fleet has a price then, so that the answers do not compare: {one.answer_before}"
        yield signed("~", f"{told}, {one.answer_after}")
    elif one.is_same_answer:
        yield signed("✓", f"the answer is the same: {one.answer_before}")
    else:
        yield signed("!", f"the answer changes: {one.answer_before} becomes {one.answer_after}")
    for day, told in ((replay.as_of_before, one.headline_before), (replay.as_of_after, one.headline_after)):
        if told != one.headline_after or one.answer_after is not None:
            yield Padding(Text(plain(f"{day}: {told}")), (0, 0, 0, _INDENT))
    yield ""
    yield Padding(_table(one, replay, is_wide=is_wide), (0, 0, 0, _INDENT))
    for column in one.columns:
        if column.reason is not None and one.answer_after is not None:
            yield Padding(signed("~", f"{TITLES[column.name]}: {column.reason}"), (0, 0, 0, _INDENT))


def _table(one: ReplayedProjection, replay: Replay, *, is_wide: bool) -> Table:
    largest = max((float(side.per_year) for column in one.columns for side in _sides(column)), default=1.0) or 1.0
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", overflow="fold")
    table.add_column("prices of", header_style="dim", no_wrap=True)
    table.add_column("rented", header_style="dim", overflow="fold")
    for heading in (f"{one.currency}/h", f"{one.currency} a year", "change"):
        table.add_column(heading, header_style="dim", justify="right", no_wrap=True)
    for column in one.columns:
        days = ((replay.as_of_before, column.before), (replay.as_of_after, column.after))
        for number, (day, side) in enumerate(days):
            name = TITLES[column.name] if number == 0 else f"  {column.serves}"
            drawn = "" if side is None or not is_wide else bar(float(side.per_year), of=largest, width=_BAR)
            table.add_row(*(Text(plain(cell)) for cell in (name, day, *_cells(column, side), drawn)))
    return table


def _cells(column: ReplayedColumn, side: Rented | None) -> tuple[str, str, str, str]:
    if side is None:
        return "no price", ABSENT, ABSENT, ABSENT
    least = "≥ " if side.is_at_least else ""
    change = ABSENT if side is column.before or column.change is None else f"{100 * column.change:+.1f} %"
    return (
        f"{least}{side.instances:,} × {side.instance}",
        _price(side.price_per_hour),
        f"{least}{many(float(side.per_year))}",
        change.replace("-", "−"),
    )


def _price(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _sides(column: ReplayedColumn) -> tuple[Rented, ...]:
    return tuple(side for side in (column.before, column.after) if side is not None)
