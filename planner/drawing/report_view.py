"""A report as text for a screen: its sections in order, every figure in the very text that all forms of it have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

from planner.drawing.report_charts import chart_lines
from planner.drawing.report_tables import MARKS, figure_text, table_lines, words_text
from planner.reports.document import (
    Block,
    Bullets,
    Commands,
    Decision,
    Drawing,
    KeyFigures,
    Notice,
    Paragraph,
    Report,
    Section,
    Table,
)
from planner.reports.figures import Tone, Words
from planner.wording.text import plain

MARKS_TOLD = "  ".join(f"{sign} {mark}" for mark, sign in MARKS.items())
_BORDERS = {Tone.GOOD: "green", Tone.CAUTION: "yellow", Tone.BAD: "red", Tone.BROKEN: "yellow", Tone.NEUTRAL: "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section as it is drawn.

    Attributes:
        key: Of the section.
        title: For the table of contents.
        level: 1 stands in it flush, 2 and 3 below.
        drawn: From its heading on.
    """

    key: str
    title: str
    level: int
    drawn: tuple[RenderableType, ...]


def report_parts(report: Report) -> tuple[Part, ...]:
    """Every section, the first below the report's title, headline and origin."""
    places = _places(report)
    parts = []
    for number, section in enumerate(report.sections):
        head = tuple(_masthead(report)) if number == 0 else ()
        drawn = (*head, *_section(section, places))
        parts.append(Part(key=section.key, title=section.title or "–", level=section.level, drawn=drawn))
    return tuple(parts)


def _masthead(report: Report) -> Iterator[RenderableType]:
    yield Text(plain(report.title), style="bold underline")
    yield Text(plain(report.headline), style="bold")
    runs = f"runs {', '.join(report.runs)} · " if report.runs else ""
    made = report.made_at[:16].replace("T", " ")
    told = f"plan {report.plan} · {runs}prices as of {report.as_of} · amounts in {report.currency}"
    yield Text(plain(f"{told} · made {made} UTC by planner {report.planner_version}"), style="dim")
    yield Text(MARKS_TOLD, style="dim")


def _section(section: Section, places: Mapping[str, str]) -> Iterator[RenderableType]:
    yield Text()
    ruled = {1: "━━ ", 2: "─ "}.get(section.level, "")
    yield Text(plain(f"{ruled}{section.title}"), style="bold blue" if section.level == 1 else "bold")
    for block in section.blocks:
        yield Text()
        yield from _block(block, places)


def _block(block: Block, places: Mapping[str, str]) -> Iterator[RenderableType]:
    match block:
        case Paragraph(words=words):
            yield _words(words, places)
        case Bullets(items=items):
            yield from (_bullet(_words(one, places)) for one in items)
        case Notice(tone=tone, text=text, rests_on=rests_on):
            yield _words(Words(text=text, tone=tone, rests_on=rests_on), places)
        case Commands(lines=lines):
            yield from (Text(plain(f"$ {line}"), style="cyan") for line in lines)
        case KeyFigures():
            yield _key_figures(block)
        case Decision():
            yield _decision(block, places)
        case Drawing(chart=chart):
            yield from chart_lines(chart)
        case Table():
            yield from table_lines(block)


def _words(words: Words, places: Mapping[str, str]) -> Text:
    text = words_text(words)
    place = places.get(words.rests_on or "")
    return text.append(plain(f" → {place}"), style="dim") if place else text


def _bullet(text: Text) -> RenderableType:
    grid = RichTable.grid()
    grid.add_column(width=2)
    grid.add_column(overflow="fold")
    grid.add_row(Text("•", style="dim"), text)
    return grid


def _key_figures(block: KeyFigures) -> RenderableType:
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(style="dim", overflow="fold")
    for one in block.items:
        grid.add_row(Text(plain(one.label)), figure_text(one.figure, style="bold"), Text(plain(one.note)))
    return grid


def _decision(block: Decision, places: Mapping[str, str]) -> RenderableType:
    lines: list[RenderableType] = [Text(plain(block.asked), style="bold"), Text()]
    lines += [_words(Words(text=block.advice, tone=block.tone), places)]
    if block.thresholds:
        lines += [Text(), *(Padding(_words(one, places), (0, 0, 0, 2)) for one in block.thresholds)]
    if block.signatures:
        signed = "     ".join(f"{role} ________________" for role in block.signatures)
        lines += [Text(), Text(plain(signed), style="dim")]
    return Panel(
        Group(*lines), title="decision asked", title_align="left", box=ROUNDED, border_style=_BORDERS[block.tone]
    )


def _places(report: Report) -> dict[str, str]:
    """In which section a key stands, beyond the first."""
    places: dict[str, str] = {}
    for section in report.sections[1:]:
        places.setdefault(section.key, section.title)
        for table in (block for block in section.blocks if isinstance(block, Table)):
            for key in (table.key, *(row.key for row in table.rows if row.key)):
                places.setdefault(key, section.title)
    return places
