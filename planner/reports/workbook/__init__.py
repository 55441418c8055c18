"""The workbook form of a report. `render` is reached through here; its library is loaded when it is first asked for."""

from planner.reports.document import Report


def render(report: Report) -> bytes:
    """The report as an XLSX file with live formulas: see `planner.reports.workbook.book`."""
    from planner.reports.workbook import book  # noqa: PLC0415 - xlsxwriter is loaded when a workbook is wanted

    return book.render(report)
