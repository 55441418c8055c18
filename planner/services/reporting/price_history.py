"""Prices over time, and the points at which the cheapest fleet is another one."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.reports.chart_model import Axis, Lines, Point, Rule, Scale, Series
from planner.reports.document import Block, Drawing, Row, Table
from planner.reports.figures import Bound, Cell, Figure, Mark, Tone
from planner.services.plans.document import DateDocument, FlipDocument
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.question_figures import QuestionFigures
from planner.services.reporting.wording import SHORT, TITLES, price, times
from pricing.projection.model import ColumnName

_EPOCH = date(1970, 1, 1)
_DASH = "–"


def price_blocks(asked: QuestionFigures, *, as_of: str) -> Iterator[Block]:
    """The chart, its figures, and the flip points."""
    answered = [line for line in asked.one.dates if line.cheapest is not None]
    if answered:
        yield Drawing(chart=_chart(asked, answered, as_of=as_of))
        yield _dates_table(asked)
    else:
        yield said("No price history is drawn: no day of the price book has prices of all these fleets.")
    if asked.one.flips:
        yield flips_table(asked)


def _chart(asked: QuestionFigures, answered: list[DateDocument], *, as_of: str) -> Lines:
    names = list(dict.fromkeys(name for line in answered for name, _ in line.costs))
    bounded = _bounded(asked)
    rules = [*_date_rules(answered), Rule(at=_day(as_of), label="the plan's day")]
    return Lines(
        key=f"chart.prices.{asked.key}",
        title="What the fleets cost at the prices of other days",
        told=_told(asked, answered),
        x=Axis(title="prices as of", scale=Scale.DATE),
        y=Axis(title="costs a year", unit=asked.purse.currency, lower_is_better=True, starts_at_zero=True),
        series=tuple(
            Series(
                name=TITLES[name] + (", at least" if name in bounded else ""),
                points=_points(asked, name, answered, as_of=as_of),
                is_stepped=True,
                is_dashed=name in bounded,
                has_dots=True,
            )
            for name in names
        ),
        rules=tuple(rules),
    )


def _bounded(asked: QuestionFigures) -> set[ColumnName]:
    """Fleets of which only a lower bound of the cost is known."""
    return {fleet.column.name for fleet in asked.fleets if fleet.column.cost_per_year.high is None}


def _points(asked: QuestionFigures, name: ColumnName, answered: list[DateDocument], *, as_of: str) -> tuple[Point, ...]:
    """A price holds until the next one does, the last one until the plan's day."""
    found = []
    for line in answered:
        cost = dict(line.costs).get(name)
        found.append(Point(x=_day(line.as_of), y=None if cost is None else asked.purse.number(cost)))
    if found[-1].x < _day(as_of):
        found.append(Point(x=_day(as_of), y=found[-1].y))
    return tuple(found)


def _date_rules(answered: list[DateDocument]) -> Iterator[Rule]:
    for before, after in pairwise(answered):
        if after.cheapest is not None and before.cheapest is not after.cheapest:
            yield Rule(at=_day(after.as_of), label=f"{SHORT[after.cheapest]} becomes the cheapest", tone=Tone.CAUTION)


def _told(asked: QuestionFigures, answered: list[DateDocument]) -> str:
    last = answered[-1]
    changed = [rule.label for rule in _date_rules(answered)]
    cheapest = "" if last.cheapest is None else f"{SHORT[last.cheapest]} is the cheapest since {last.as_of}"
    told = "; ".join(changed) if changed else "the cheapest fleet was the same on every day that has prices"
    flips = [_flip_words(flip) for flip in asked.one.flips if flip.kind == "price" and flip.at is not None]
    return f"{'; '.join([told, cheapest, *flips])}."


def _dates_table(asked: QuestionFigures) -> Table:
    names = [fleet.column.name for fleet in asked.fleets]
    headings = [left("prices as of", "x_PricesAsOf"), *(right(TITLES[name], str(name)) for name in names)]
    return table(
        f"dates.{asked.key}",
        "The cheapest fleet by date, a year",
        [*headings, left("cheapest", "x_Cheapest", is_wide=True)],
        (_date_row(asked, line, names) for line in asked.one.dates),
    )


def _date_row(asked: QuestionFigures, line: DateDocument, names: list[ColumnName]) -> Row:
    costs = dict(line.costs)
    cells: list[Cell] = []
    bounded = _bounded(asked)
    for name in names:
        key = f"{asked.key}.{name}.per_year.{line.as_of}"
        bound = Bound.AT_LEAST if name in bounded else Bound.EXACT
        cells.append(asked.purse.figure(key, costs[name], bound=bound) if name in costs else words(_DASH))
    told = f"no answer: {line.reason or 'not told'}" if line.cheapest is None else SHORT[line.cheapest]
    return row(line.as_of, *cells, told)


def flips_table(asked: QuestionFigures) -> Table:
    """Where the cheapest fleet changes, all else as it is."""
    headings = [
        left("what", "x_Kind"),
        left("of", "x_Subject", is_wide=True),
        right("now", "x_Now"),
        right("flips at", "x_FlipsAt"),
        right("of now", "x_Ratio"),
        left("then", "x_Then", is_wide=True),
    ]
    rows = [
        row(flip.kind, flip.subject, *_flip_cells(asked, number, flip), key=flip_key(asked.key, number))
        for number, flip in enumerate(asked.one.flips)
    ]
    note = "prices are in the currency that they are listed in" if asked.purse.exchange is not None else ""
    return table(f"flips.{asked.key}", "Where the cheapest fleet changes, all else as it is", headings, rows, note=note)


def flip_key(question: str, number: int) -> str:
    """The row of a flip point."""
    return f"flip.{question}.{number}"


def _flip_cells(asked: QuestionFigures, number: int, flip: FlipDocument) -> tuple[Cell, ...]:
    key = f"{asked.key}.flip.{number}"
    now = _figure(f"{key}.now", flip.now, flip.unit)
    if flip.at is None or flip.after is None or not flip.now:
        return now, words(_DASH), words(_DASH), words(f"{SHORT[flip.before]} remains the cheapest, tried {flip.span}")
    ratio = flip.at / flip.now
    return (
        now,
        _figure(f"{key}.at", flip.at, flip.unit),
        Figure(key=f"{key}.ratio", value=ratio, unit="1", text=times(ratio), mark=Mark.DERIVED),
        words(f"{SHORT[flip.after]} is cheaper {'at that or less' if flip.at < flip.now else 'from there on'}"),
    )


def _figure(key: str, value: float, unit: str) -> Figure:
    return Figure(key=key, value=value, unit=unit, text=f"{price(value)} {unit}".strip(), mark=Mark.DERIVED)


def _flip_words(flip: FlipDocument) -> str:
    if flip.at is None or flip.after is None:
        return ""
    where = "at or below" if flip.at < flip.now else "from"
    return f"{SHORT[flip.after]} is cheaper once {flip.subject} costs {where} {price(flip.at)} {flip.unit}"


def _day(text: str) -> float:
    return float((date.fromisoformat(text) - _EPOCH).days)
