"""Classes of an arm, worst on top, with what they lost and its interval; and which classes it takes for which."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.verdict.checks import drop_of
from harness.vocabulary import ClassComparison, GateRules, QualityComparison, QualityFigures
from planner.services.reporting.quality_classes import worst_first
from planner.services.run_document import ArmDocument
from planner.tui.results.axis import Scale, interval
from planner.tui.results.opened import Chosen
from planner.tui.widgets.grid_columns import GridColumn
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

MOST_IN_A_MATRIX = 12
_BAR = 23
_MOST_CONFUSIONS = 40
_NAME = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A class. `change` is of recall, with its interval; None where it was not compared."""

    place: int
    name: str
    support: int
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    lost: int
    gained: int
    sign: str
    told: str


def class_rows(chosen: Chosen) -> tuple[ClassRow, ...]:
    """The worst on top; of a baseline, by recall."""
    arm, rules = chosen.arm, chosen.opened.document.gate
    against = arm.quality_against_baseline
    if against is not None and against.classes:
        return tuple(_compared(place, one, rules) for place, one in enumerate(worst_first(against.classes)))
    found = arm.quality
    if found is None:
        return ()
    pairs = zip(found.class_names, found.support, found.recall, strict=False)
    ordered = sorted(pairs, key=lambda one: 2.0 if one[2] is None else one[2])
    return tuple(_alone(place, *one) for place, one in enumerate(ordered))


def _alone(place: int, name: str, support: int, recall: float | None) -> ClassRow:
    return ClassRow(
        place=place,
        name=name,
        support=support,
        before=None,
        after=recall,
        change=None,
        low=None,
        high=None,
        lost=0,
        gained=0,
        sign="~" if recall is None else "✓",
        told="no samples" if recall is None else "not compared",
    )


def _compared(place: int, one: ClassComparison, rules: GateRules) -> ClassRow:
    is_known = bool(one.support) and one.baseline is not None and one.candidate is not None
    sign, told = _judged(one, rules)
    return ClassRow(
        place=place,
        name=one.name,
        support=one.support,
        before=one.baseline,
        after=one.candidate,
        change=0.0 - drop_of(one) if is_known else None,
        low=one.lower if is_known else None,
        high=one.upper if is_known else None,
        lost=one.lost,
        gained=one.gained,
        sign=sign,
        told=told,
    )


def _judged(one: ClassComparison, rules: GateRules) -> tuple[str, str]:
    if not rules.judges(one.name):
        return "~", "not judged"
    if not one.support:
        return "~", "no samples"
    if drop_of(one) > rules.class_drop:
        return "✗", "too far"
    return ("✓", "kept") if rules.judge_points or one.lower >= -rules.class_limit else ("~", "not proven")


def class_columns(chosen: Chosen, rows: Sequence[ClassRow]) -> tuple[GridColumn[ClassRow], ...]:
    """Their columns; the bar is on one axis for all rows, with what is allowed drawn in."""
    allowed = chosen.opened.document.gate.class_drop
    ends = [-allowed, 0.0, *(value for row in rows for value in (row.low, row.high, row.change) if value is not None)]
    room = 0.05 * (max(ends) - min(ends))
    scale = Scale(low=min(ends) - room, high=max(ends) + room, width=_BAR)
    return (
        GridColumn(title="class", draw=lambda row: Text(plain(row.name)), least=_NAME),
        GridColumn(title="#", draw=lambda row: Text(str(row.place + 1)), order=lambda row: row.place, rank=9),
        _share("before", lambda row: row.before, rank=3),
        _share("after", lambda row: row.after, rank=2),
        GridColumn(
            title="points",
            draw=lambda row: Text(quantities.points(row.change)),
            order=lambda row: 2.0 if row.change is None else row.change,
            is_right=True,
        ),
        GridColumn(
            title=f"┊ allowed −{100 * allowed:.3g} │ none",
            draw=lambda row: _bar(row, scale, allowed),
            order=lambda row: 2.0 if row.low is None else row.low,
            width=_BAR,
            rank=1,
        ),
        GridColumn(title="judged", draw=lambda row: signed(row.sign, row.told)),
        _count("lost", lambda row: row.lost, rank=4),
        _count("gained", lambda row: row.gained, rank=5),
        _count("samples", lambda row: row.support, rank=6),
    )


def _share(title: str, of: Callable[[ClassRow], float | None], *, rank: int) -> GridColumn[ClassRow]:
    def order(row: ClassRow) -> float:
        found = of(row)
        return -1.0 if found is None else found

    return GridColumn(
        title=title,
        draw=lambda row: Text(quantities.share(of(row), digits=1)),
        order=order,
        is_right=True,
        rank=rank,
    )


def _count(title: str, of: Callable[[ClassRow], int], *, rank: int) -> GridColumn[ClassRow]:
    return GridColumn(title=title, draw=lambda row: Text(f"{of(row):,}"), order=of, is_right=True, rank=rank)


def _bar(row: ClassRow, scale: Scale, allowed: float) -> Text:
    line = [" "] * scale.width
    marks = {scale.at(0.0): "│", scale.at(-allowed): "┊"}
    if row.change is not None and row.low is not None and row.high is not None:
        line = list(interval(scale, low=min(row.low, row.change), point=row.change, high=max(row.high, row.change)))
    for at, mark in marks.items():
        line[at] = {" ": mark, "─": "┼"}.get(line[at], line[at])
    return Text("".join(line), style={"✗": "red", "✓": "green"}.get(row.sign, "yellow"))


def confusion_lines(chosen: Chosen, width: int) -> Iterator[RenderableType]:
    """What an arm takes for what: a matrix of few classes, else the most frequent confusions."""
    found = chosen.arm.quality
    if found is None or not found.confusion:
        return
    baseline = chosen.opened.baseline_of(chosen.arm)
    before = baseline.quality if baseline else None
    if before is not None and len(before.confusion) != len(found.confusion):
        before = None
    count = len(found.class_names)
    if count <= MOST_IN_A_MATRIX and width >= _matrix_width(found):
        yield _matrix(found)
        yield Text()
    yield _confusions(found, before)


def _cell_width(found: QualityFigures) -> int:
    return max(len(f"{cell}") for row in found.confusion for cell in row) + 1


def _matrix_width(found: QualityFigures) -> int:
    longest = max(len(name) for name in found.class_names)
    return min(_NAME, longest + 2) + 1 + len(found.class_names) * _cell_width(found)


def _matrix(found: QualityFigures) -> Table:
    table = Table(
        title="rows: what it is · columns: what it is taken for",
        title_justify="left",
        title_style="italic",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("")
    for number in range(len(found.class_names)):
        table.add_column(str(number), justify="right", header_style="dim")
    for number, (name, row) in enumerate(zip(found.class_names, found.confusion, strict=False)):
        cells = (_matrix_cell(cell, sum(row), is_right=number == column) for column, cell in enumerate(row))
        table.add_row(Text(plain(f"{number} {name}")[:_NAME]), *cells)
    return table


def _matrix_cell(count: int, support: int, *, is_right: bool) -> Text:
    if is_right:
        return Text(f"{count}", style="bold green")
    if not count:
        return Text("·", style="dim")
    share = count / support if support else 0.0
    return Text(f"{count}", style="bold red" if share >= 0.1 else "yellow" if share >= 0.03 else "")  # noqa: PLR2004 - by eye


def _confusions(found: QualityFigures, before: QualityFigures | None) -> Table:
    table = Table(
        title="most frequent confusions",
        title_justify="left",
        title_style="italic",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for title in ("it is", "taken for", "times", "of the class", *(("baseline",) if before else ())):
        table.add_column(title, justify="left" if title in {"it is", "taken for"} else "right", overflow="fold")
    cells = [
        (count, truth, said)
        for truth, row in enumerate(found.confusion)
        for said, count in enumerate(row)
        if count and truth != said
    ]
    for count, truth, said in sorted(cells, reverse=True)[:_MOST_CONFUSIONS]:
        names = (Text(plain(found.class_names[one])) for one in (truth, said))
        share = quantities.share(count / found.support[truth] if found.support[truth] else None, digits=1)
        table.add_row(*names, f"{count:,}", share, *([_before(before, truth, said, count)] if before else []))
    if not cells:
        table.add_row(Text("none: every sample is right"))
    return table


def _before(before: QualityFigures, truth: int, said: int, count: int) -> Text:
    was = before.confusion[truth][said]
    return Text(f"{was:,} {'▲' if count > was else '▼' if count < was else '='}")


def quality_head(arm: ArmDocument, against: QualityComparison | None) -> Iterator[Text]:
    """Accuracy with its change, and how alike the answers are."""
    if arm.quality is not None:
        told = f"{quantities.share(arm.quality.accuracy)} of {arm.quality.samples:,} right"
        if against is not None:
            low, high = quantities.points(against.lower), quantities.points(against.upper)
            told += f" · {quantities.points(against.difference)} points against the baseline ({low} to {high})"
            told += f" · {against.lost:,} lost, {against.gained:,} gained"
        yield Text(told, style="bold")
    found = arm.agreement
    if found is not None:
        told = f"same class as the baseline: {quantities.share(found.same_class)}"
        identical = "identical outputs" if found.largest_difference == 0.0 else quantities.decibel(found.snr_db)
        reason = f" · {found.reason}" if found.reason else ""
        yield Text(plain(f"{told} · signal over difference: {identical}{reason}"), style="dim")
