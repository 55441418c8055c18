"""Short ways to write the blocks of a report."""

from collections.abc import Iterable, Sequence

from planner.reports.document import Align, Block, Heading, Paragraph, Row, Section, Table
from planner.reports.figures import Cell, Tone, Words


def words(text: str, tone: Tone = Tone.NEUTRAL, *, rests_on: str | None = None) -> Words:
    """Text in a cell or a line."""
    return Words(text=text, tone=tone, rests_on=rests_on)


def code(text: str) -> Words:
    """A command, a hash, a name of a file."""
    return Words(text=text, is_code=bool(text))


def said(text: str, tone: Tone = Tone.NEUTRAL) -> Paragraph:
    """A paragraph."""
    return Paragraph(words=words(text, tone))


def left(title: str, key: str, *, is_wide: bool = False) -> Heading:
    """The head of a column of text."""
    return Heading(title=title, key=key, is_wide=is_wide)


def right(title: str, key: str) -> Heading:
    """The head of a column of figures."""
    return Heading(title=title, key=key, align=Align.RIGHT)


def row(*cells: Cell | str, key: str | None = None, is_strong: bool = False) -> Row:
    """A row; plain text is a cell, too."""
    made = tuple(words(cell) if isinstance(cell, str) else cell for cell in cells)
    return Row(cells=made, key=key, is_strong=is_strong)


def table(key: str, title: str, headings: Sequence[Heading], rows: Iterable[Row], *, note: str = "") -> Table:
    """A table."""
    return Table(key=key, title=title, headings=tuple(headings), rows=tuple(rows), note=note)


def part(key: str, title: str, blocks: Iterable[Block], *, level: int = 2) -> tuple[Section, ...]:
    """A section, or none where there is nothing to say."""
    made = tuple(blocks)
    return (Section(key=key, title=title, blocks=made, level=level),) if made else ()
