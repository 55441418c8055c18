"""Writes laid-out sheets into the file: every text as text, every formula with what it gives, and how a page prints."""

from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from planner.reports.document import Report
from planner.reports.workbook.grid import Cell, Grid
from planner.reports.workbook.styles import Styles
from planner.reports.workbook.texts import clean, in_footer

_A4 = 9
_MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7}


def write_grid(book: Workbook, styles: Styles, grid: Grid) -> Worksheet:
    """A new sheet with the cells of a grid."""
    sheet = book.add_worksheet(grid.name)
    sheet.hide_gridlines(2)
    for row, height in grid.heights.items():
        sheet.set_row(row, height)
    for cell in grid.cells:
        _write(sheet, cell, styles)
    return sheet


def _write(sheet: Worksheet, cell: Cell, styles: Styles) -> None:
    look = styles.of(cell.look)
    if cell.to_column is not None and cell.to_column > cell.column:
        sheet.merge_range(cell.row, cell.column, cell.row, cell.to_column, "", look)
    if cell.formula is not None:
        sheet.write_formula(cell.row, cell.column, f"={cell.formula}", look, cell.value)
    elif not isinstance(cell.value, str):
        sheet.write_number(cell.row, cell.column, cell.value, look)
    elif cell.value:
        sheet.write_string(cell.row, cell.column, clean(cell.value), look)
    else:
        sheet.write_blank(cell.row, cell.column, None, look)


def set_widths(sheet: Worksheet, widths: Mapping[int, float]) -> None:
    """Of columns, in characters."""
    for column, width in widths.items():
        sheet.set_column(column, column, width)


def set_page(sheet: Worksheet, report: Report, *, last_row: int, last_column: int, breaks: Sequence[int] = ()) -> None:
    """Landscape, as wide as a page, with a footer that says which plan and which page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(**_MARGINS)
    sheet.fit_to_pages(1, 0)
    if breaks:
        sheet.set_h_pagebreaks(list(breaks))  # LibreOffice keeps them where pages are fitted, Excel does not
    sheet.print_area(0, 0, max(last_row, 0), max(last_column, 0))
    left, middle = in_footer(f"plan {report.plan}", most=30), in_footer(report.title)
    sheet.set_footer(f"&L&8{_apart(left)}&C&8{_apart(middle)}&R&8page &P of &N")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # a name that looks like a number is a name


def _apart(text: str) -> str:
    """A digit right after a font size would belong to the size."""
    return f" {text}" if text[:1].isdigit() else text


def last_cell(grid: Grid) -> tuple[int, int]:
    """The last row and column that hold anything."""
    rows = max((cell.row for cell in grid.cells), default=0)
    return rows, max((cell.to_column or cell.column for cell in grid.cells), default=0)
