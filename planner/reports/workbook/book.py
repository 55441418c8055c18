"""The workbook form of a report: pages of the document, sheets that reckon its money anew, charts that follow them."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from planner.reports.document import Drawing, Report, Section, Table
from planner.reports.workbook.chart_cells import ChartCells
from planner.reports.workbook.contents import CONTENTS, SUMS, put_contents, told_of
from planner.reports.workbook.front import put_front
from planner.reports.workbook.grid import Grid
from planner.reports.workbook.live_charts import charts_of, sums_of
from planner.reports.workbook.model_rows import CHART_ROWS
from planner.reports.workbook.model_sheet import ModelSheet, lay_out
from planner.reports.workbook.names import sheet_name
from planner.reports.workbook.native import Native
from planner.reports.workbook.native_charts import draw
from planner.reports.workbook.pages import SPAN, Filtered, Page
from planner.reports.workbook.paging import breaks_of, is_a_page_when_shrunk
from planner.reports.workbook.styles import Styles
from planner.reports.workbook.texts import clean
from planner.reports.workbook.what_if import what_if
from planner.reports.workbook.writing import last_cell, set_page, set_widths, write_grid

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_MOST_OF_FIRST = 75  # rows that are still read when they are shrunk to a page
_NO_NAMES = ("question", "run")  # of keys' parts: they tell no section from another
_LITTLE = 12  # rows of tables that leave room for another section
_FEW = 5  # columns of a table that leaves room
_MODEL_WIDTHS = {0: 46.0, 1: 13.0}


@dataclass(slots=True, kw_only=True)
class _Made:
    """What is laid out before a cell is written."""

    report: Report
    models: list[ModelSheet]
    live: dict[str, str]
    sheets: set[str]
    pages: list[Page] = field(default_factory=list)
    asides: list[tuple[Page, Filtered]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


def render(report: Report) -> bytes:
    """The report as an XLSX file.

    Formulas hold what they gave when the report was made, so that a viewer that reckons nothing shows the report's
    figures. The bytes depend on the report alone.
    """
    report = report.without_empty_columns()
    made = _lay_out(report)
    sums = {key: cells for model in made.models for key, cells in sums_of(model).items()}
    cells = ChartCells(grid=Grid(name="Chart data"), live=made.live, sums=sums)
    file = io.BytesIO()
    book = Workbook(file, _OPTIONS)
    _set_properties(book, report)
    styles = Styles(book)
    drawn = _write_pages(book, styles, made, cells)
    if cells.grid.cells:
        sheet = write_grid(book, styles, cells.grid)
        set_widths(sheet, {0: 44.0, **dict.fromkeys(range(1, 12), 14.0)})
        set_page(sheet, report, last_row=last_cell(cells.grid)[0], last_column=11)
    for sheet, row, native in drawn:
        draw(book, sheet, native, row=row)
    put_contents(book, styles, report, {**{one.model.grid.name: SUMS for one in made.models}, **made.told})
    for name, where in made.names.items():
        book.define_name(name, f"={where}")
    book.close()
    return file.getvalue()


def _lay_out(report: Report) -> _Made:
    sheets: set[str] = {"chart data"}
    first = sheet_name("Summary", taken=sheets)
    sheet_name(CONTENTS, taken=sheets)
    names: set[str] = set()
    models = [lay_out(one, sheets=sheets, names=names) for one in report.calculations]
    live = {key: where for model in models for key, where in model.model.live.items()}
    made = _Made(report=report, models=models, live=live, sheets=sheets)
    for model in models:
        made.names |= model.model.named
    groups = list(_groups(report))
    titles = [first, *(sheet_name(_title_of(group), taken=sheets) for group in groups[1:])]
    asides = {t.key: sheet_name(t.title or t.key, taken=sheets) for t in _tables(report) if _is_long(t)}
    for table in _tables(report):
        if table.key in asides:
            made.asides.append(_aside(table, asides[table.key], live))
            made.told[asides[table.key]] = f"all {len(table.rows):,} rows, to be filtered"
    for index, group in enumerate(groups):
        page = _measured(group, asides)
        page = replace(page, grid=Grid(name=titles[index]), live=live, charts=[], starts=[0], row=0)
        if index == 0:
            put_front(page, report, models)
        for section in group:
            page.put_section(section)
        made.told[titles[index]] = told_of(group)
        made.pages.append(page)
    return made


def _groups(report: Report) -> Iterator[list[Section]]:
    """Sections of level 1 with what is below them; each has its own sheet that has more to show than a few rows."""
    group: list[Section] = []
    for index, section in enumerate(report.sections):
        is_apart = any(isinstance(block, Table | Drawing) for block in section.blocks) and not _is_small(group)
        if group and (section.level == 1 or index == 1 or is_apart):
            yield group
            group = []
        group.append(section)
    if group:
        yield group


def _is_small(group: list[Section]) -> bool:
    """Whether there is room for another section on the sheet."""
    blocks = [block for section in group for block in section.blocks]
    rows = sum(len(block.rows) for block in blocks if isinstance(block, Table))
    return rows <= _LITTLE and sum(isinstance(block, Drawing) for block in blocks) <= 1


def _title_of(group: list[Section]) -> str:
    """Sections below others are named by their keys, the last part first: titles repeat from question to question."""
    if group[0].level == 1:
        return group[0].title
    parts = [[part for part in section.key.split(".") if part not in _NO_NAMES] for section in group]
    last = dict.fromkeys(own[-1] for own in parts if own)
    return " ".join([*last, *reversed(parts[0][:-1])]) or group[0].title


def _tables(report: Report) -> Iterator[Table]:
    yield from (block for block in report.blocks() if isinstance(block, Table))


def _is_long(table: Table) -> bool:
    return len(table.rows) > table.most_shown


def _measured(group: list[Section], asides: Mapping[str, str]) -> Page:
    """With the widths that all its tables need: lines of text are as high as they take at the width of the sheet."""
    tables = (block for section in group for block in section.blocks if isinstance(block, Table))
    most = max((len(table.headings) for table in tables if table.key not in asides), default=0)
    page = Page(grid=Grid(name=""), live={}, asides=asides, is_narrow=most > _FEW)
    for section in group:
        page.put_section(section)
    page.widths = {column: page.widths.get(column, 14.0) for column in range(max(SPAN, len(page.widths)))}
    return page


def _aside(table: Table, name: str, live: Mapping[str, str]) -> tuple[Page, Filtered]:
    page = Page(grid=Grid(name=name), live=live, asides={})
    return page, page.put_table(table)


def _write_pages(book: Workbook, styles: Styles, made: _Made, cells: ChartCells) -> list[tuple[Worksheet, int, Native]]:
    """All sheets but that of the charts' cells, in the order in which they are read; the charts that belong to them."""
    drawn: list[tuple[Worksheet, int, Native]] = []
    for index, page in enumerate(made.pages):
        sheet = _write_page(book, styles, page, made.report)
        if index == 0 and page.row <= _MOST_OF_FIRST:
            sheet.fit_to_pages(1, 1)  # what is decided is one page
        drawn += [(sheet, row, cells.feed(chart)) for row, chart in page.charts]
        if index == 0:
            sheet.activate()
            book.add_worksheet(CONTENTS)
            for model in made.models:
                drawn += _write_model(book, styles, model, made.report)
                drawn += _write_what_if(book, styles, model, made)
    for page, filtered in made.asides:
        _write_aside(book, styles, page, filtered, made.report)
    return drawn


def _write_page(book: Workbook, styles: Styles, page: Page, report: Report) -> Worksheet:
    sheet = write_grid(book, styles, page.grid)
    set_widths(sheet, page.widths)
    row, column = last_cell(page.grid)
    last = max(row, page.row - 1)
    is_one = is_a_page_when_shrunk(last=last, heights=page.grid.heights, widths=page.widths)
    ends = () if is_one else tuple(breaks_of(page.starts, last=last, heights=page.grid.heights, widths=page.widths))
    set_page(sheet, report, last_row=last, last_column=max(column, SPAN - 1), breaks=ends)
    if is_one:
        sheet.fit_to_pages(1, 1)
    return sheet


def _write_aside(book: Workbook, styles: Styles, page: Page, filtered: Filtered, report: Report) -> None:
    """A long table: its heading stays in sight, on the screen and on paper, and its rows can be filtered."""
    sheet = _write_page(book, styles, page, report)
    sheet.print_area(0, 0, filtered.last, filtered.columns - 1)
    sheet.freeze_panes(filtered.head + 1, 1)
    sheet.repeat_rows(filtered.head)
    sheet.autofilter(filtered.head, 0, filtered.last, filtered.columns - 1)


def _write_model(
    book: Workbook, styles: Styles, model: ModelSheet, report: Report
) -> list[tuple[Worksheet, int, Native]]:
    sheet = write_grid(book, styles, model.model.grid)
    values = {2 + column: (16.0, 16.0, 13.0)[column % 3] for column in range(model.last_column - 1)}
    set_widths(sheet, _MODEL_WIDTHS | values)
    rows = model.model.rows
    starts = [0, *(rows.of[band.key] for band in rows.bands[1:-1]), rows.charts, rows.of["workings"]]
    breaks = tuple(breaks_of(starts, last=rows.last, heights={}, widths=_MODEL_WIDTHS | values))
    set_page(sheet, report, last_row=rows.last, last_column=model.last_column, breaks=breaks)
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(0, 2)
    charts = list(charts_of(model))
    return [(sheet, rows.charts + CHART_ROWS * index, chart) for index, chart in enumerate(charts)]


def _write_what_if(
    book: Workbook, styles: Styles, model: ModelSheet, made: _Made
) -> list[tuple[Worksheet, int, Native]]:
    """The sheet on which one input alone is moved."""
    grid = Grid(name=sheet_name(f"What if {model.model.reckoned.calculation.key}", taken=made.sheets))
    charts = list(what_if(model.model, grid))
    if not charts:
        return []
    made.names |= model.model.named
    sheet = write_grid(book, styles, grid)
    row, column = last_cell(grid)
    widths = {0: 44.0, **dict.fromkeys(range(1, column + 1), 15.0)}
    set_widths(sheet, widths)
    set_page(sheet, made.report, last_row=row, last_column=column, breaks=[row for row, _ in charts[1:]])
    sheet.freeze_panes(2, 1)
    return [(sheet, row, chart) for row, chart in charts]


def _set_properties(book: Workbook, report: Report) -> None:
    properties = {
        "title": clean(report.title)[:250],
        "subject": f"plan {clean(report.plan)[:60]}",
        "author": f"planner {clean(report.planner_version)[:40]}",
        "comments": f"prices of {clean(report.as_of)[:40]}, amounts in {clean(report.currency)[:10]}",
        "created": datetime.fromisoformat(report.made_at).replace(tzinfo=None),
    }
    book.set_properties(properties)
    book.set_calc_mode("auto")
