"""A report as PDF: A4 pages, set by Typst from a fixed template and the report as data.

The template's text never depends on the report, so that nothing in a name can become code. Fonts are the typesetter's
own, so that pages look the same everywhere; the machine's are asked only for characters that those do not have, and a
character that no font has is drawn as a box and stays readable as text. Same report, same bytes, on machines of equal
fonts.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

from planner.reports.chart_model import Chart
from planner.reports.document import Report
from planner.reports.pdf.content import Data, content_of
from planner.reports.svg import PRINT, svg_of

_SOURCES = ("main.typ", "style.typ", "blocks.typ", "tables.typ")
# Text of charts in the type of the pages: the machine may have no other, and pages look the same everywhere.
_PALETTE = replace(PRINT, font="'Libertinus Serif', 'DejaVu Sans Mono'")
# Of which 481 points are made: its text of 12 becomes 8 points.
_CHART_WIDTH = 720.0


def render(report: Report) -> bytes:
    """The pages.

    Args:
        report: Any; text of any language.

    Returns:
        A tagged PDF with its fonts, an outline and the report's title and date; dated by the report, never by a clock.

    Raises:
        ValueError: `made_at` is no time in ISO 8601.
    """
    import typst  # noqa: PLC0415 - 80 MB of typesetter, for this form alone

    made_at = datetime.fromisoformat(report.made_at)
    if made_at.tzinfo is None:
        made_at = made_at.replace(tzinfo=UTC)
    made_at = made_at.astimezone(UTC)
    content = content_of(report.without_empty_columns(), draw=_drawn)
    content["made"] = [made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, made_at.second]
    try:
        return _set({**content, "has_unknown": False}, made_at, standards=["ua-1"])
    except typst.TypstError:
        return _set({**content, "has_unknown": True}, made_at, standards=[])


def _set(content: Data, made_at: datetime, *, standards: list[str]) -> bytes:
    """The document, as a standard wants it: PDF/UA-1, for readers by ear, refuses characters that no font has."""
    import typst  # noqa: PLC0415 - see above

    folder = files(__package__)
    project = {name: folder.joinpath(name).read_bytes() for name in _SOURCES}
    project["report.json"] = json.dumps(content).encode()
    compiled = typst.compile(  # type: ignore[call-overload] # its stubs leave out that it takes files by name
        project, format="pdf", timestamp=int(made_at.timestamp()), pdf_standards=standards
    )
    if not isinstance(compiled, bytes):
        raise TypeError("the typesetter gave no single document")
    return compiled


def _drawn(chart: Chart) -> str:
    return svg_of(chart, palette=_PALETTE, width=_CHART_WIDTH)
