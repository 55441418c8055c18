"""The forms that a report takes, by name. Each is drawn by a module of its own, which is imported when it is wanted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath

from planner.errors import ReportError
from planner.interrupts import deferred
from planner.reports.document import Report

_PACKAGE = "planner.reports"
STEM = "report"
CSV = "csv"
"""The one form of several files: one for each table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form.

    Attributes:
        name: As it is asked for, and the ending of its file.
        title: In a sentence.
        module: Where its `render(report) -> bytes` is; of CSV, `files(report)`: content by name.
        is_text: Whether it may be shown on a terminal.
    """

    name: str
    title: str
    module: str
    is_text: bool

    @property
    def file(self) -> str:
        """What its file is called."""
        return f"{STEM}.{self.name}"


FORMS: Mapping[str, Form] = {
    one.name: one
    for one in (
        Form(name="pdf", title="the PDF", module=f"{_PACKAGE}.pdf", is_text=False),
        Form(name="xlsx", title="the workbook", module=f"{_PACKAGE}.workbook", is_text=False),
        Form(name="html", title="the HTML page", module=f"{_PACKAGE}.html", is_text=True),
        Form(name="md", title="the Markdown text", module=f"{_PACKAGE}.markdown", is_text=True),
        Form(name="json", title="the JSON document", module=f"{_PACKAGE}.json_form", is_text=True),
        Form(name=CSV, title="the CSV tables", module=f"{_PACKAGE}.csv_tables", is_text=True),
    )
}
DEFAULT_FORMS = ("pdf", "xlsx", "html", "md")


def draw(form: Form, report: Report) -> dict[str, bytes]:
    """The files of a form, by their names within the report's folder.

    Raises:
        ReportError: if a package that draws it is not here.
    """
    try:
        with deferred():  # a library that is interrupted while it starts calls that an error of its own
            module = import_module(form.module)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(_PACKAGE):
            raise  # it is ours, and a fault
        raise ReportError(
            f"{form.title} cannot be drawn: the package {error.name} is missing; install planner again"
        ) from error
    if form.name == CSV:
        return dict(module.files(report))
    return {form.file: module.render(report)}


def draw_cut_tables(report: Report, form: Form = FORMS[CSV]) -> dict[str, bytes]:
    """The CSV files of those tables of which forms for people show the top and the bottom alone."""
    cut = set(_cut(report))
    if not cut:
        return {}
    return {name: content for name, content in draw(form, report).items() if PurePosixPath(name).stem in cut}


def _cut(report: Report) -> Iterator[str]:
    return (table.key for table in report.tables() if len(table.rows) > table.most_shown)
