"""What a report is: sections of blocks. Renderers only draw; nothing is reckoned, rounded or worded again in them.

A figure that stands in several places is the same `Figure`. `calculations` has the sums behind the money, for the form
that can reckon them anew. Text from strangers is kept here as it is, and made harmless by each form in its own way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from planner.reports.calculation import Calculation
from planner.reports.chart_model import Chart, Waterfall
from planner.reports.figures import Cell, Figure, Tone, Words, shown

SCHEMA = "planner.report/1"


class Align(StrEnum):
    """Where the text of a column stands."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The head of a column. `key` names it in CSV and JSON: a FOCUS column (`EffectiveCost`) where one fits."""

    title: str
    key: str
    align: Align = Align.LEFT
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row. `key` is what figures are walked back to."""

    cells: tuple[Cell, ...]
    key: str | None = None
    is_strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. Of more rows than `most_shown` forms for people show the top and the bottom, and name the CSV file.

    `key` is letters, digits, `-`, `_` and `.`, and unique in the report: CSV files are named by it.
    """

    key: str
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    note: str = ""
    most_shown: int = 60

    def without_empty_columns(self) -> "Table":
        """For people: a column in which nothing stands tells nothing. Where there are no rows, the heads tell that."""
        kept = [
            index
            for index in range(len(self.headings))
            if not self.rows or any(shown(row.cells[index]) for row in self.rows if index < len(row.cells))
        ]
        if len(kept) == len(self.headings):
            return self
        rows = tuple(
            replace(row, cells=tuple(row.cells[at] for at in kept if at < len(row.cells))) for row in self.rows
        )
        return replace(self, headings=tuple(self.headings[at] for at in kept), rows=rows)

    def top_and_bottom(self) -> tuple[tuple[Row, ...], int, tuple[Row, ...]]:
        """The rows to show at the top, how many are left out, and those to show at the bottom."""
        if len(self.rows) <= self.most_shown:
            return self.rows, 0, ()
        tail = self.most_shown // 4
        head = self.most_shown - tail
        return self.rows[:head], len(self.rows) - self.most_shown, self.rows[-tail:] if tail else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Text."""

    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What must not be overlooked: a red gate, a noisy run, stale prices."""

    tone: Tone
    text: str
    rests_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Lines to be typed."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A figure in large type, with what it is and what it depends on."""

    label: str
    figure: Figure
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigures:
    """A handful of them."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is asked of the reader, and where it is signed.

    Attributes:
        asked: The decision, as a question that is answered with yes or no.
        advice: What the evidence says: do it, do not, or learn something first.
        tone: Of the advice.
        thresholds: What was required, and whether it was kept.
        signatures: The roles that sign.
    """

    asked: str
    advice: str
    tone: Tone
    thresholds: tuple[Words, ...]
    signatures: tuple[str, ...] = ("prepared by", "approved by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart."""

    chart: Chart


Block = Paragraph | Bullets | Notice | Commands | KeyFigures | Decision | Drawing | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section; `level` 1 stands in the table of contents, 2 and 3 below it."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 1
    starts_a_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report. The first section is its first page.

    Attributes:
        title: For people.
        plan: The plan that it tells.
        runs: The runs that the plan rests on.
        made_at: ISO 8601, UTC.
        as_of: The day of the prices, ISO 8601.
        planner_version: That made the report.
        currency: Of all amounts.
        headline: The answer in a sentence.
        sections: In order.
        calculations: One for every question with fleets.
        schema: Version of its JSON form.
    """

    title: str
    plan: str
    runs: tuple[str, ...]
    made_at: str
    as_of: str
    planner_version: str
    currency: str
    headline: str
    sections: tuple[Section, ...]
    calculations: tuple[Calculation, ...] = ()
    schema: str = SCHEMA

    def without_empty_columns(self) -> "Report":
        """With tables as people are shown them."""
        sections = (
            replace(
                section,
                blocks=tuple(one.without_empty_columns() if isinstance(one, Table) else one for one in section.blocks),
            )
            for section in self.sections
        )
        return replace(self, sections=tuple(sections))

    def blocks(self) -> Iterator[Block]:
        """All blocks in order."""
        for section in self.sections:
            yield from section.blocks

    def tables(self) -> Iterator[Table]:
        """All tables in order."""
        return (block for block in self.blocks() if isinstance(block, Table))

    def figures(self) -> dict[str, Figure]:
        """All figures by key: of key figures, tables, waterfalls and calculations."""
        found: dict[str, Figure] = {}
        for block in self.blocks():
            found.update((one.key, one) for one in figures_of(block))
        for calculation in self.calculations:
            found.update((one.key, one) for one in calculation.figures())
        return found


def figures_of(block: Block) -> Iterator[Figure]:
    """The figures of a block, in order."""
    match block:
        case Table():
            yield from (cell for row in block.rows for cell in row.cells if isinstance(cell, Figure))
        case KeyFigures():
            yield from (one.figure for one in block.items)
        case Drawing(chart=Waterfall(steps=steps)):
            yield from (step.amount for step in steps)
        case _:
            return
