"""The head of the first sheet: what this is, whether it is still what was reported, and how to read its cells."""

from collections.abc import Sequence

from planner.reports.document import Report
from planner.reports.figures import Mark
from planner.reports.workbook.grid import Kind, Look
from planner.reports.workbook.model_sheet import ModelSheet
from planner.reports.workbook.pages import Page
from planner.reports.workbook.texts import clean

_AS_MADE = "as the report was made"
_CHANGED = "inputs were changed: these are not the figures of the report"


def put_front(page: Page, report: Report, models: Sequence[ModelSheet]) -> None:
    """Title, answer, provenance, check and legend."""
    page.line(report.title, Look(kind=Kind.TITLE))
    page.line(report.headline, Look(kind=Kind.LABEL, is_strong=True))
    told = (
        f"plan {report.plan} · made {report.made_at} · prices of {report.as_of} · amounts in {report.currency} · "
        f"runs {', '.join(report.runs) or 'none'} · planner {report.planner_version}"
    )
    page.line(told, Look(kind=Kind.TOLD))
    if models:
        checks = "+".join(model.check for model in models)
        label, look = Look(kind=Kind.LABEL, is_strong=True), Look(kind=Kind.NOTE)
        page.grid.put(page.row, 0, "figures", label)
        page.grid.reckon(page.row, 1, f'IF({checks}=0,"{_AS_MADE}","{_CHANGED}")', value=_AS_MADE, look=look)
        page.row += 1
        sheets = ", ".join(f"“{model.model.grid.name}”" for model in models)
        inputs = f"change the yellow cells of {sheets}: what rests on them follows"
        page.grid.put(page.row, 0, "inputs", label)
        page.grid.put(page.row, 1, clean(inputs), look)
        page.row += 1
    page.grid.put(page.row, 0, "marks", Look(kind=Kind.LABEL, is_strong=True))
    marks = [mark for mark in Mark if mark is not Mark.DERIVED]
    for column, mark in enumerate(marks, start=1):
        page.grid.put(page.row, column, str(mark), Look(kind=Kind.MARK, mark=mark))
    page.row += 2
