"""A report as one HTML file that needs nothing else: no network, no script; light and dark, on screen and on paper.

The theme is chosen by radio buttons and CSS alone, so that the content security policy lets no script run at all.
Whatever a stranger named goes through `harmless` and autoescape, and stands in a `<bdi>`; `<style>` is let in by its
hash. Every figure is an element with its `data-key`, and those that are shown stand as JSON in `#figures` too.
"""

import base64
import hashlib
from functools import lru_cache
from importlib import resources

import jinja2
from markupsafe import Markup

from planner.reports.document import Report
from planner.reports.figures import SIGNS
from planner.reports.html.drawing import pictures_of
from planner.reports.html.figures_json import figures_json
from planner.reports.html.places import Places
from planner.reports.html.themes import themes
from planner.reports.html.words import MARKS, TONES, breaking, counted, kind_of, moment, stands_in_one_line
from planner.reports.svg.text import harmless

_FOLDED_FROM = 13
"""Rows from which a table can be folded away: more than a glance takes in."""


def render(report: Report) -> bytes:
    """The report as UTF-8; the same report gives the same bytes."""
    style, digest = _style()
    report = report.without_empty_columns()
    text = (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            places=Places(report),
            style=style,
            policy=f"default-src 'none'; style-src '{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
            figures=Markup(figures_json(report)),  # noqa: S704 -- escaped there for where it stands
        )
    )
    return text.encode()


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("planner.reports.html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(kind_of=kind_of, pictures_of=pictures_of, stands_in_one_line=stands_in_one_line)
    environment.globals.update(MARKS=MARKS, TONES=TONES, SIGNS=SIGNS, folded_from=_FOLDED_FROM)
    environment.filters.update(breaking=breaking, counted=counted, moment=moment)
    return environment


def _harmless(value: object) -> object:
    """Every expression of a template passes here before it is escaped, so that none can be forgotten."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def _style() -> tuple[Markup, str]:
    """The style sheet and its hash as a content security policy names it."""
    folder = resources.files("planner.reports.html").joinpath("templates")
    sheets = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "blocks.css", "print.css"))
    text = "\n".join((themes(), *sheets))
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704 -- our own files
