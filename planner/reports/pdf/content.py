"""A report as data for the template: nothing in it is code there, whatever a stranger called a thing.

Keys of sections and rows become anchors `a1`, `a2`, …: of a key that occurs twice the first is walked to, and text that
refers to what is not shown is no link, where the typesetter would refuse the whole document.
"""

from collections.abc import Callable, Iterator
from typing import Any

from planner.reports.chart_model import Chart
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
    Row,
    Section,
    Table,
)
from planner.reports.figures import SIGNS, Cell, Figure, Tone, Words
from planner.reports.pdf.columns import LONGEST_FIGURE, Fit, beside, fits_beside, fitted, mark_shown
from planner.reports.pdf.wrapping import breakable, shortened
from planner.reports.svg.text import harmless

# Filled by JSON: what stands in it is text, numbers, lists and more of the same.
Data = dict[str, Any]
_LONGEST_WORD, _LONGEST_IN_CELLS, _LONGEST_IN_CODE = 48, 20, 64
# A table of few rows that say little stands on one page.
_SHORT_TABLE, _MUCH_TEXT = 10, 1000
_LONGEST_TITLE, _LONGEST_VERDICT = 72, 64
_LONGEST = 3000  # of one text on a page: nobody reads on, and the forms for machines have it whole


def content_of(report: Report, *, draw: Callable[[Chart], str]) -> Data:
    """What the template draws; `draw` makes a chart's SVG."""
    drawer = _Drawer(_anchors(report), draw)
    decisions = [block for block in report.blocks() if isinstance(block, Decision)]
    return {
        "name": harmless(shortened(report.title, _LONGEST)),
        "summary": harmless(shortened(report.headline, _LONGEST)),
        "title": _text(report.title),
        "short_title": _text(shortened(report.title, _LONGEST_TITLE)),
        "plan": _text(report.plan),
        "runs": [_text(run) for run in report.runs],
        "made_at": _text(report.made_at[:16].replace("T", " ")),
        "as_of": _text(report.as_of),
        "version": _text(report.planner_version),
        "currency": _text(report.currency),
        "headline": _text(report.headline),
        "verdict": _verdict(decisions[0]) if decisions else None,
        "sections": [drawer.section(section, is_first=not index) for index, section in enumerate(report.sections)],
    }


def _verdict(decision: Decision) -> Data:
    text = _text(shortened(decision.advice, _LONGEST_VERDICT))
    return {"tone": decision.tone.value, "sign": SIGNS[decision.tone], "text": text}


def _anchors(report: Report) -> dict[str, str]:
    """Every key that stands on a page, with its anchor."""
    keys = dict.fromkeys(_keys(report))
    return {key: f"a{number}" for number, key in enumerate(keys, start=1)}


def _keys(report: Report) -> Iterator[str]:
    for section in report.sections:
        yield section.key
        for table in (block for block in section.blocks if isinstance(block, Table)):
            yield table.key
            top, _, bottom = table.top_and_bottom()
            yield from (row.key for row in (*top, *bottom) if row.key)


def _text(text: str, most: int = _LONGEST_WORD) -> str:
    return breakable(harmless(shortened(text, _LONGEST)), most)


def _only_mark(rows: tuple[Row, ...], index: int) -> str | None:
    """The mark of the first figure of a column, where all have the same."""
    cells = (row.cells[index] for row in rows if index < len(row.cells))
    return next((mark for cell in cells if isinstance(cell, Figure) and (mark := mark_shown(cell))), None)


def _said(rows: tuple[Row, ...]) -> int:
    return sum(len(cell.text) for row in rows for cell in row.cells)


class _Drawer:
    """Turns sections into data. A table of the first page never lies: that page stands."""

    def __init__(self, anchors: dict[str, str], draw: Callable[[Chart], str]) -> None:
        self._anchors = anchors
        self._unset = set(anchors)
        self._draw = draw
        self._may_lie = False
        self._level = 0

    def section(self, section: Section, *, is_first: bool) -> Data:
        """One section."""
        self._may_lie = not is_first
        # Readers by ear walk by headings: none is empty, and no level is skipped.
        self._level = min(max(section.level, 1), self._level + 1, 3)
        return {
            "title": _text(section.title).strip() or "–",
            "level": self._level,
            "anchor": self._anchor(section.key),
            "starts_a_page": section.starts_a_page,
            "blocks": list(self._blocks(section.blocks)),
        }

    def _blocks(self, blocks: tuple[Block, ...]) -> Iterator[Data]:
        """All of them; of small tables that follow one another two stand side by side."""
        waiting: Table | None = None
        for block in blocks:
            is_small = isinstance(block, Table) and self._may_lie and fits_beside(block)
            if waiting is not None and isinstance(block, Table) and is_small:
                yield {"kind": "pair", "items": [self._table(one, beside(one)) for one in (waiting, block)]}
                waiting = None
                continue
            if waiting is not None:
                yield self._block(waiting)
            waiting = block if isinstance(block, Table) and is_small else None
            if waiting is None:
                yield self._block(block)
        if waiting is not None:
            yield self._block(waiting)

    def _anchor(self, key: str | None) -> str | None:
        """The anchor to set for a key, where none was set yet."""
        if key not in self._unset:
            return None
        self._unset.remove(key)
        return self._anchors[key]

    def _block(self, block: Block) -> Data:
        match block:
            case KeyFigures():
                drawn = self._key_figures(block)
            case Decision():
                drawn = self._decision(block)
            case Drawing(chart=chart):
                texts = {
                    "title": _text(chart.title),
                    "told": _text(chart.told),
                    "alt": harmless(shortened(chart.told, _LONGEST)),
                }
                drawn = {"kind": "drawing", "svg": self._draw(chart), **texts}
            case Table():
                drawn = self._table(block, fitted(block, may_lie=self._may_lie))
            case _:
                drawn = self._plain_block(block)
        return drawn

    def _plain_block(self, block: Paragraph | Bullets | Notice | Commands) -> Data:
        match block:
            case Paragraph(words=words):
                return {"kind": "paragraph", "words": self._words(words)}
            case Bullets(items=items):
                return {"kind": "bullets", "items": [self._words(one) for one in items]}
            case Notice(tone=tone, text=text, rests_on=rests_on):
                return {"kind": "notice", "words": self._words(Words(text=text, tone=tone, rests_on=rests_on))}
            case Commands(lines=lines):
                return {"kind": "commands", "lines": [_text(line, _LONGEST_IN_CODE) for line in lines]}

    def _words(self, words: Words, most: int = _LONGEST_WORD) -> Data:
        return {
            "kind": "words",
            "text": _text(words.text, most),
            "tone": words.tone.value,
            "sign": SIGNS[words.tone],
            "is_code": words.is_code,
            "to": self._to(words.rests_on),
        }

    def _to(self, key: str | None) -> str | None:
        return None if key is None else self._anchors.get(key)

    def _figure(self, figure: Figure) -> Data:
        wraps = len(figure.text) > LONGEST_FIGURE
        text = _text(figure.text, _LONGEST_IN_CELLS) if wraps else harmless(figure.text)
        return {
            "kind": "figure",
            "text": text,
            "mark": mark_shown(figure),
            "wraps": wraps,
            "to": self._to(figure.rests_on),
        }

    def _key_figures(self, block: KeyFigures) -> Data:
        items = [
            {"label": _text(one.label, _LONGEST_IN_CELLS), "figure": self._figure(one.figure), "note": _text(one.note)}
            for one in block.items
        ]
        return {"kind": "key_figures", "items": items}

    def _decision(self, block: Decision) -> Data:
        return {
            "kind": "decision",
            "asked": _text(block.asked),
            "advice": self._words(Words(text=block.advice, tone=block.tone)),
            "thresholds": [self._words(one) for one in block.thresholds],
            "signatures": [_text(one, _LONGEST_IN_CELLS) for one in block.signatures],
        }

    def _table(self, table: Table, fit: Fit) -> Data:
        top, left_out, bottom = table.top_and_bottom()
        cut = _text(f"… {left_out:,} rows left out, see tables/{table.key}.csv") if left_out else None
        return {
            "kind": "table",
            "anchor": self._anchor(table.key),
            "title": _text(table.title),
            "headings": [
                {
                    "text": _text(one.title, _LONGEST_IN_CELLS),
                    "align": one.align.value,
                    "mark": _only_mark(top, index) if fit.marks[index] == "head" else None,
                }
                for index, one in enumerate(table.headings)
            ],
            "top": [self._row(row, len(table.headings)) for row in top],
            "cut": cut,
            "bottom": [self._row(row, len(table.headings)) for row in bottom],
            "note": _text(table.note),
            "size": fit.size,
            "lies": fit.lies,
            "tracks": fit.tracks,
            "marks": fit.marks,
            "stays_together": len(top) <= _SHORT_TABLE and _said(top) <= _MUCH_TEXT,
        }

    def _row(self, row: Row, width: int) -> Data:
        cells = [self._cell(cell) for cell in row.cells[:width]]
        cells += [self._cell(Words(text="", tone=Tone.NEUTRAL))] * (width - len(cells))
        return {"cells": cells, "anchor": self._anchor(row.key), "is_strong": row.is_strong}

    def _cell(self, cell: Cell) -> Data:
        return self._figure(cell) if isinstance(cell, Figure) else self._words(cell, _LONGEST_IN_CELLS)
