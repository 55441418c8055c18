"""A report as PDF: A4 pages, set by Typst from a fixed template and the report as data.

The template's text never depends on the report, so that nothing in a name can become code. Fonts are the typesetter's
own, so that pages look the same everywhere; the machine's are asked only for characters that those do not have, and a
character that no font has is drawn as a box and stays readable as text. Same report, same bytes, on machines of equal
fonts.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files

from planner.reports.chart_model import Chart
from planner.reports.document import Report
from planner.reports.pdf.content import content_of

_SOURCES = ("main.typ", "style.typ", "blocks.typ", "tables.typ")


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
    content = content_of(report, draw=_drawn)
    content["made"] = [made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, made_at.second]
    folder = files(__package__)
    project = {name: folder.joinpath(name).read_bytes() for name in _SOURCES}
    project["report.json"] = json.dumps(content).encode()
    compiled = typst.compile(project, format="pdf", timestamp=int(made_at.timestamp()))
    if not isinstance(compiled, bytes):
        raise TypeError("the typesetter gave no single document")
    return compiled


def _drawn(chart: Chart) -> str:
    """Stands for a chart until one is drawn."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240" width="640" height="240">'
        '<rect width="640" height="240" fill="#eef"/><text x="20" y="120" font-family="sans-serif">1,234 &#8722; chart</text></svg>'
    )
