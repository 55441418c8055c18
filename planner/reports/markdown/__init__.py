"""A report as GitHub-flavoured Markdown: the answer on top, the rest folded away, short enough for a comment."""

from planner.reports.document import Report, Section, Table
from planner.reports.markdown.escaping import code, cut, inline
from planner.reports.markdown.fitting import MOST_CHARACTERS, fitted
from planner.reports.markdown.parts import Part

__all__ = ["MOST_CHARACTERS", "render"]

_MOST_RUNS, _LONGEST_ID = 20, 64


def render(report: Report) -> bytes:
    """The text in UTF-8, of at most `MOST_CHARACTERS`; what had to be left out is said in it."""
    report = report.without_empty_columns()
    places = _places(report)
    parts = [Part(sections=sections, places=places) for sections in _grouped(report)]
    return fitted(head=_head(report), parts=parts, foot=_foot(report)).encode()


def _head(report: Report) -> str:
    lines = [f"## {inline(report.title) or 'Report'}", ""]
    return "\n".join([*lines, f"**{inline(report.headline)}**" if cut(report.headline) else ""])


def _foot(report: Report) -> str:
    told = [f"plan {code(report.plan[:_LONGEST_ID])}"]
    if report.runs:
        more = len(report.runs) - _MOST_RUNS
        runs = [code(run[:_LONGEST_ID]) for run in report.runs[:_MOST_RUNS]]
        told.append(f"runs {', '.join(runs)}{f' and {more:,} more' if more > 0 else ''}")
    told += [
        "a figure without a mark is reckoned from others",
        f"prices as of {inline(report.as_of)}",
        f"made {inline(report.made_at[:16].replace('T', ' '))} UTC by planner {inline(report.planner_version)}",
    ]
    return f"<sub>{' · '.join(told)}</sub>"


def _grouped(report: Report) -> list[tuple[Section, ...]]:
    """The first section alone; then every section of level 1 with those below it."""
    groups: list[list[Section]] = []
    for index, section in enumerate(report.sections):
        if index <= 1 or section.level <= 1:
            groups.append([section])
        else:
            groups[-1].append(section)
    return [tuple(group) for group in groups]


def _places(report: Report) -> dict[str, str]:
    """In which section a key stands, beyond the first: no comment on GitHub has a place that a link could name."""
    places: dict[str, str] = {}
    for section in report.sections[1:]:
        places.setdefault(section.key, section.title)
        for table in (block for block in section.blocks if isinstance(block, Table)):
            for key in (table.key, *(row.key for row in table.rows if row.key)):
                places.setdefault(key, section.title)
    return places
