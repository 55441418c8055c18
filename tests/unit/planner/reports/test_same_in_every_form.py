"""Of a real plan: one figure is the same, to the cent, in PDF, workbook, HTML, Markdown, JSON and CSV."""

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pypdfium2
import pytest
from helpers.plans import TODAY, request_of
from helpers.report_plans import MADE_AT, document, stored_plan
from helpers.workbooks import ReadCell, Reckoner, Value, read_book

from planner.reports import csv_tables, json_form
from planner.reports.document import KeyFigures, Report, Table
from planner.reports.figures import Cell, Figure, shown
from planner.reports.html import render as html
from planner.reports.markdown import render as markdown
from planner.reports.pdf import render as pdf
from planner.reports.workbook import render as workbook
from planner.reports.workbook.number_formats import as_number
from planner.services.plans.questions import Ground, published_question
from planner.services.reporting.building import build_report
from planner.services.reporting.exchange import exchange_of
from planner.services.reporting.wishes import ReportWishes
from planner.store.plan_records import StoredPlan
from pricing.book import shipped_book

_STATED = {"workload__model": "resnet50", "from__precision": "fp32", "demand__peak": "5000 /s"}
_RATE = "0.9237"
_AMOUNT = re.compile(r"(?:[≥≤]\s*)?−?\d[\d,]*\.\d\d(?:\d\d)? (?:USD|EUR)(?!/)")
_SPAN = re.compile(r'<span class="figure" data-key="([^"]+)"><bdi>([^<]*)</bdi>')
_HTML_JSON = re.compile(r'<script type="application/json" id="figures">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def plan() -> StoredPlan:
    """A100 in FP32 to T4 at published rates and shipped prices."""
    asked = request_of(**_STATED)
    ground = Ground(request=asked, book=shipped_book(), targets=asked.targets(), today=TODAY)
    return stored_plan([document(published_question(ground, "resnet50"))], request=asked, book=ground.book)


@pytest.fixture(scope="module")
def report(plan: StoredPlan) -> Report:
    """In a currency that is not the plan's: every amount is converted, and rounded again."""
    return build_report(None, plan, wishes=ReportWishes(exchange=exchange_of("EUR", _RATE)), made_at=MADE_AT)


def seen(report: Report) -> dict[str, Figure]:
    """All figures but the inputs that only sums have."""
    return replace(report, calculations=()).figures()


def rows_of(report: Report) -> Iterator[tuple[Cell, ...]]:
    """What stands side by side: rows of tables, and key figures behind their labels."""
    for block in report.blocks():
        if isinstance(block, Table):
            yield from (row.cells for row in block.rows if any(isinstance(cell, Figure) for cell in row.cells))
        if isinstance(block, KeyFigures):
            yield from ((one.figure,) for one in block.items)


def strays(text: str, report: Report) -> set[str]:
    """Amounts in a text that are neither a figure of the report nor the rate of exchange."""
    known = {squeezed(one.text).lstrip("≥≤") for one in report.figures().values()} | {f"{_RATE}EUR"}
    return {found for found in map(squeezed, _AMOUNT.findall(text)) if found.lstrip("≥≤") not in known}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_amount_is_the_plan_s_own_converted(plan: StoredPlan, report: Report) -> None:
    own, found = (seen(one) for one in (build_report(None, plan, wishes=ReportWishes(), made_at=MADE_AT), report))
    assert len(found) > 100
    assert own.keys() == found.keys()
    amounts = {key: figure.value for key, figure in own.items() if figure.unit == "USD"}
    assert {
        f"resnet50.{name}" for name in ("move.npv", "move.saving", "stay.per_year", "move.flow.1")
    } <= amounts.keys()
    for key, amount in amounts.items():
        euros = found[key].value
        if isinstance(amount, Decimal) and isinstance(euros, Decimal):
            assert euros == (amount * Decimal(_RATE)).quantize(euros)


def test_json_and_csv_have_every_figure_with_its_digits(report: Report) -> None:
    told = json.loads(json_form.render(report))
    figures = {one["key"]: one for one in _figures_in(told)}
    files = csv_tables.files(report)
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(files["figures.csv"].decode()))}
    assert figures.keys() == rows.keys() == report.figures().keys()
    for key, figure in report.figures().items():
        written, row = figures[key], rows[key]
        assert (written["text"], written["unit"], written["bound"]) == (figure.text, figure.unit, figure.bound)
        assert (row["text"], row["unit"], row["bound"]) == (figure.text, figure.unit, figure.bound)
        if isinstance(figure.value, Decimal):
            assert written["value"] == str(figure.value)
            assert Decimal(row["value"]) == figure.value
        elif figure.value is not None:
            assert float(written["value"]) == float(row["value"]) == float(figure.value)


def _figures_in(found: object) -> Iterator[dict[str, str]]:
    if isinstance(found, dict):
        if {"key", "value", "unit", "text"} <= found.keys():
            yield found
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            yield from _figures_in(one)


def test_cells_of_the_csv_tables_are_those_of_the_document(report: Report) -> None:
    files = csv_tables.files(report)
    for table in report.tables():
        read = list(csv.DictReader(io.StringIO(files[f"tables/{table.key}.csv"].decode())))
        for row, line in zip(table.rows, read, strict=True):
            values = [value for value in line.values() if value]
            wanted = [cell.value for cell in row.cells if isinstance(cell, Figure) and cell.value is not None]
            assert Counter(csv_tables.number(value) for value in wanted) <= Counter(values)


def test_html_shows_every_figure_by_its_key(report: Report) -> None:
    page = html(report).decode()
    spans = [(key, unescape(text)) for key, text in _SPAN.findall(page)]
    figures = seen(report)
    assert all(figures[key].text == text for key, text in spans)
    falls = {key for key in figures if ".share." in key}  # in a chart alone
    assert {key for key, _ in spans} == figures.keys() - falls
    embedded = json.loads(_HTML_JSON.findall(page)[0])
    assert {key: one["text"] for key, one in embedded.items()} == {key: one.text for key, one in figures.items()}
    assert strays(unescape(re.sub(r"<[^>]*>", " ", _HTML_JSON.sub("", page))), report) == set()


def test_the_pdf_shows_every_figure_as_often_as_the_document_has_it(report: Report) -> None:
    pages = pypdfium2.PdfDocument(pdf(report))
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    whole = squeezed(text)
    wanted = Counter(squeezed(cell.text) for row in rows_of(report) for cell in row if isinstance(cell, Figure))
    lacking = {one: count for one, count in wanted.items() if whole.count(one) < count}
    assert lacking == {}
    assert strays(text.replace("\r\n", " "), report) == set()


def test_rows_of_the_markdown_are_those_of_the_document(report: Report) -> None:
    text = markdown(report).decode()
    lines = {_plain(line) for line in text.splitlines() if line.startswith("|")}
    first = report.sections[0].blocks
    wanted = {
        squeezed("".join(shown(cell) for cell in row.cells))
        for block in first
        if isinstance(block, Table)
        for row in block.rows
    }
    wanted |= {
        squeezed(one.label + one.figure.text + one.note)
        for block in first
        if isinstance(block, KeyFigures)
        for one in block.items
    }
    assert wanted <= lines
    assert strays(text, report) == set()


def _plain(line: str) -> str:
    """A row without its markup and without the words of its marks."""
    line = unescape(re.sub(r"<sub>.*?</sub>|</?b>|<span>|</span>|\\(?=\W|_)", "", line))
    return squeezed(line.replace(" | ", "").strip("|"))


def test_the_workbook_holds_every_figure_and_its_formulas_give_it_anew(report: Report) -> None:
    book = read_book(workbook(report))
    anew = Reckoner(book=book)
    for (sheet, where), cell in book.formulas().items():
        if not sheet.startswith("What if"):
            assert anew.value(sheet, where) == _close(cell.value), (sheet, where, cell.formula)
    sums = {figure.key for one in report.calculations for change in one.changes for figure in change.figures()}
    named = {key: name for key in sums if (name := key.replace(".", "_")) in book.names}
    assert {"resnet50.move.npv", "resnet50.move.saving", "resnet50.move.flow.0"} <= named.keys()
    for key, name in named.items():
        value = report.figures()[key].value
        assert value is None or anew.named(name) == _close(float(value)), key
    lines = [_line(cells) for sheet in book.sheets.values() for cells in _rows(sheet).values()]
    for row in rows_of(report):
        wanted = [_cell(cell) for cell in row if isinstance(cell, Figure)]
        assert any(_follow(wanted, line) for line in lines), wanted


def _close(value: Value) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value


def _rows(sheet: dict[str, ReadCell]) -> dict[int, dict[str, ReadCell]]:
    found: dict[int, dict[str, ReadCell]] = {}
    for where, cell in sheet.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", where).groups()  # type: ignore[union-attr] # a place
        found.setdefault(int(row), {})[column] = cell
    return found


def _line(cells: dict[str, ReadCell]) -> list[Value]:
    return [cell.value for _, cell in sorted(cells.items(), key=lambda one: (len(one[0]), one[0]))]


def _cell(figure: Figure) -> Value:
    return figure.text if figure.value is None else float(as_number(figure.value))


def _follow(wanted: list[Value], line: list[Value]) -> bool:
    """Whether they stand in that order in a row."""
    rest = iter(line)
    return all(any(_is_same(one, value) for value in rest) for one in wanted)


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    return one == other
