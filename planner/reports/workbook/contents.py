"""The second sheet: what is on which other, with a link to each. Links lead to places in this file and nowhere else."""

from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook

from planner.reports.document import Block, Drawing, Report, Section, Table
from planner.reports.workbook.grid import Kind, Look
from planner.reports.workbook.names import quoted
from planner.reports.workbook.styles import Styles
from planner.reports.workbook.texts import clean
from planner.reports.workbook.writing import set_page, set_widths

CONTENTS = "Contents"
SUMS = "the sums behind a question: change the yellow cells, and the report's figures follow"
_UNTOLD = {"What if": "what one input alone changes", "Chart data": "the numbers behind the charts"}
_LONGEST = 400
_WIDTHS = {0: 36.0, 1: 120.0}
_LINE, _CHARACTERS = 15.0, 135


def told_of(sections: Sequence[Section]) -> str:
    """What a sheet of sections holds, by the titles of its tables and charts."""
    titles = [_title_of(block) for section in sections for block in section.blocks]
    return " · ".join(dict.fromkeys(one for one in titles if one)) or " · ".join(one.title for one in sections)


def put_contents(book: Workbook, styles: Styles, report: Report, told: Mapping[str, str]) -> None:
    """Fill the sheet, which is in its place already."""
    sheet = book.get_worksheet_by_name(CONTENTS)
    others = [one.name for one in book.worksheets() if one.name != CONTENTS]
    sheet.hide_gridlines(2)
    set_widths(sheet, _WIDTHS)
    sheet.write_string(0, 0, CONTENTS, styles.of(Look(kind=Kind.TITLE)))
    for column, word in enumerate(("sheet", "what is on it")):
        sheet.write_string(2, column, word, styles.of(Look(kind=Kind.HEAD)))
    for row, name in enumerate(others, start=3):
        words = told.get(name) or next((word for lead, word in _UNTOLD.items() if name.startswith(lead)), "")
        words = clean(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…")
        sheet.write_url(row, 0, f"internal:{quoted(name)}!A1", styles.of(Look(kind=Kind.LINK)), name)
        sheet.write_string(row, 1, words, styles.of(Look(kind=Kind.TEXT)))
        sheet.set_row(row, _LINE * (1 + len(words) // _CHARACTERS) + 2)
    sheet.freeze_panes(3, 0)
    set_page(sheet, report, last_row=2 + len(others), last_column=1)


def _title_of(block: Block) -> str:
    if isinstance(block, Drawing):
        return block.chart.title
    return block.title if isinstance(block, Table) else ""
