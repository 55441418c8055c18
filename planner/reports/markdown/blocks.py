"""Blocks as lines of Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.reports.document import (
    Align,
    Block,
    Bullets,
    Commands,
    Decision,
    Drawing,
    KeyFigures,
    Notice,
    Paragraph,
    Row,
    Table,
)
from planner.reports.figures import SIGNS, Cell, Figure, Mark, Tone, Words
from planner.reports.markdown.drawings import drawn
from planner.reports.markdown.escaping import code, fenced, inline

# GitHub colours a quotation that begins with such a word.
_ALERTS = {
    Tone.GOOD: "TIP",
    Tone.CAUTION: "WARNING",
    Tone.BAD: "CAUTION",
    Tone.BROKEN: "CAUTION",
    Tone.NEUTRAL: "NOTE",
}
_DOTS = {Mark.MEASURED: "🟢", Mark.PUBLISHED: "🔵", Mark.PROJECTED: "🟠", Mark.ASSUMED: "🟣"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes blocks.

    Attributes:
        places: The title of the section in which a key stands.
        most_rows: Of a table.
    """

    places: Mapping[str, str]
    most_rows: int

    def lines(self, block: Block) -> Iterator[str]:
        """One block, without empty lines about it."""
        match block:
            case Paragraph(words=words):
                yield self._words(words)
            case Bullets(items=items):
                yield from (f"- {self._words(one)}" for one in items)
            case Notice(tone=tone):
                yield from self.alert(tone, [block])
            case Commands(lines=lines):
                yield from fenced(lines)
            case KeyFigures():
                yield from _key_figures(block)
            case Decision():
                yield from self._decision(block)
            case Drawing(chart=chart):
                yield from drawn(chart)
            case Table():
                yield from self._table(block)

    def alert(self, tone: Tone, notices: Sequence[Notice]) -> Iterator[str]:
        """Notices of one tone in one frame, so that many of them do not push the answer off the screen."""
        yield f"> [!{_ALERTS[tone]}]"
        lead = "- " if len(notices) > 1 else ""
        for one in notices:
            yield f"> {lead}{self._words(Words(text=one.text, tone=one.tone, rests_on=one.rests_on))}"

    def _words(self, words: Words) -> str:
        place = self.places.get(words.rests_on or "")
        return f"{_signed(words)} <sub>(see {inline(place)})</sub>" if place else _signed(words)

    def _decision(self, block: Decision) -> Iterator[str]:
        advice = Words(text=block.advice, tone=block.tone)
        yield f"**Decision asked:** {inline(block.asked)}"
        yield ""
        yield f"**Advice:** {_signed(advice)}"
        if block.thresholds:
            yield ""
        yield from (f"- {self._words(one)}" for one in block.thresholds)

    def _table(self, table: Table) -> Iterator[str]:
        if table.title:
            yield f"**{inline(table.title)}**"
            yield ""
        most = min(table.most_shown, self.most_rows)
        most += len(table.rows) == most + 1  # a line for one row left out takes as much room as the row
        top, left_out, bottom = replace(table, most_shown=most).top_and_bottom()
        if table.headings and (top or not left_out):
            yield _row([inline(one.title) for one in table.headings])
            yield _row(["---:" if one.align is Align.RIGHT else ":---" for one in table.headings])
            width = len(table.headings)
            yield from (_cells(one, width) for one in top)
            if left_out:
                yield _row([f"… {left_out:,} rows left out …", *[""] * (width - 1)])
            yield from (_cells(one, width) for one in bottom)
        if left_out:
            yield ""
            # Beside the text lie only those tables that every form for people cuts.
            is_beside = len(table.rows) > table.most_shown
            where = f"see {code(f'tables/{table.key}.csv')}" if is_beside else "the other forms have them"
            yield f"<sub>{left_out:,} of {len(table.rows):,} rows left out: {where}</sub>"
        if table.note:
            yield ""
            yield f"<sub>{inline(table.note)}</sub>"


def _key_figures(block: KeyFigures) -> Iterator[str]:
    yield _row(["", "", ""])
    yield _row([":---", "---:", ":---"])
    for one in block.items:
        yield _row([inline(one.label), _figure(one.figure, is_strong=True), inline(one.note)])


def _signed(words: Words) -> str:
    text = code(words.text) if words.is_code else inline(words.text)
    # Of the signs only the tilde is markup.
    return f"{inline(SIGNS[words.tone])} {text}".strip()


def _figure(figure: Figure, *, is_strong: bool) -> str:
    mark = f" <sub>{_DOTS[figure.mark]} {figure.mark}</sub>" if figure.mark in _DOTS else ""
    return f"{_strong(inline(figure.text)) if is_strong else inline(figure.text)}{mark}"


def _cell(cell: Cell, *, is_strong: bool) -> str:
    if isinstance(cell, Figure):
        return _figure(cell, is_strong=is_strong)
    return _strong(_signed(cell)) if is_strong else _signed(cell)


def _strong(text: str) -> str:
    return f"<b>{text}</b>" if text else ""


def _cells(row: Row, width: int) -> str:
    cells = [_cell(cell, is_strong=row.is_strong) for cell in row.cells[:width]]
    return _row([*cells, *[""] * (width - len(cells))])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
