"""The workbook as a file: strangers' text stays text, nothing runs and nothing is fetched."""

import io
import math
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from helpers.report_samples import HOSTILE, sample
from helpers.workbooks import ReadBook, read_book
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.reports.chart_model import Axis, Lines, Point, Rule, Series
from planner.reports.document import Drawing, Heading, Row, Section, Table
from planner.reports.figures import Figure
from planner.reports.workbook import render
from planner.reports.workbook.names import cell_name, sheet_name
from planner.reports.workbook.texts import MOST, clean, in_footer


@pytest.fixture(scope="module")
def book() -> ReadBook:
    return read_book(render(sample()))


def test_text_that_looks_like_a_formula_comes_back_as_the_same_text(book: ReadBook) -> None:
    told = book.texts("names")
    for name in HOSTILE:
        assert clean(name) in told
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31mc" in told


def test_only_sums_are_formulas_and_none_holds_a_stranger_s_text(book: ReadBook) -> None:
    for cell in book.formulas().values():
        assert cell.formula is not None
        assert not re.search(r"HYPERLINK|cmd|SUM\(A1\)|https?:|\[", cell.formula)


def test_a_chart_s_words_name_no_cell_and_a_figure_without_end_is_its_text() -> None:
    name = "=Summary!$A$1"
    axis = Axis(title=name)
    lines = Series(name=name, points=(Point(x=0.0, y=1.0), Point(x=1.0, y=2.0)))
    chart = Lines(key="c", title=name, told=name, x=axis, y=axis, series=(lines,), rules=(Rule(at=0.5, label=name),))
    endless = Figure(key="e", value=math.inf, unit="USD", text="without a limit")
    table = Table(key="t", title=name, headings=(Heading(title=name, key=name),), rows=(Row(cells=(endless,)),))
    section = Section(key="s", title=name, blocks=(Drawing(chart=chart), table))
    found = read_book(render(replace(sample(), title="&" * 300, sections=(section,))))
    charts = [part.decode() for part_name, part in found.parts.items() if part_name.startswith("xl/charts/chart")]
    assert not [one for one in charts if re.search(r"<c:tx><c:strRef>", one)]
    assert "without a limit" in found.texts("Summary")
    assert b"page &amp;P of &amp;N" in found.parts["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize("value", [1e300, -1e300, 5e-324, math.inf, math.nan])
def test_sums_of_numbers_that_no_plan_has_are_still_a_workbook(value: float) -> None:
    report = sample()
    (sums,) = report.calculations
    price = replace(sums.fleets[0].price_per_hour, figure=replace(sums.fleets[0].price_per_hour.figure, value=value))
    fleets = (replace(sums.fleets[0], price_per_hour=price, per_year=replace(sums.fleets[0].per_year, value=value)),)
    read_book(render(replace(report, calculations=(replace(sums, fleets=(*fleets, *sums.fleets[1:])),))))


def test_there_is_no_macro_nothing_to_fetch_and_no_link_but_to_its_own_sheets(book: ReadBook) -> None:
    assert not [name for name in book.parts if re.search(r"vba|external|embed|connection|activex", name, re.IGNORECASE)]
    for name, part in book.parts.items():
        ET.fromstring(part)  # noqa: S314 - ours; every part is well formed
        assert b'TargetMode="External"' not in part, name
        for link in re.findall(rb"<hyperlink [^>]*>", part):
            assert re.fullmatch(rb"""<hyperlink ref="[A-Z]+\d+" location="'[^"]*'!A1" display="[^"]*"/>""", link), link


def test_every_sheet_prints_landscape_as_wide_as_a_page_with_a_footer(book: ReadBook) -> None:
    for index, _ in enumerate(book.sheets, start=1):
        sheet = book.parts[f"xl/worksheets/sheet{index}.xml"].decode()
        assert 'orientation="landscape"' in sheet
        assert "plan a1b2c3d4" in sheet
        assert "page &amp;P of &amp;N" in sheet
    assert book.parts["xl/workbook.xml"].count(b"_xlnm.Print_Area") == len(book.sheets)


def test_a_long_table_is_whole_on_a_sheet_that_can_be_filtered() -> None:
    file = zipfile.ZipFile(io.BytesIO(render(sample(rows=10_000))))
    sheet = next(part for name in file.namelist() if b"<autoFilter" in (part := file.read(name)))
    assert b'<autoFilter ref="A1:B10001"' in sheet
    assert b"<v>0.9999</v>" in sheet
    assert sheet.count(b"<row ") == 10_001
    assert b"class 9999" in file.read("xl/sharedStrings.xml")


def test_the_same_report_is_the_same_file() -> None:
    assert render(sample()) == render(sample())


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_a_name_of_a_cell_is_never_a_place_and_a_sheet_s_is_short_and_plain(wanted: str) -> None:
    name = cell_name(wanted, taken=set())
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
    assert not re.fullmatch(r"[A-Za-z]{1,3}\d+|[RrCc]\d*([Cc]\d*)?", name)
    sheet = sheet_name(wanted, taken=set())
    assert 0 < len(sheet) <= 31
    assert not set(sheet) & set("[]:*?/\\'")


@pytest.mark.parametrize("wanted", ["A1", "q1", "R1C1", "r", "c", "XFD1048576", "1st", "TRUE", "", "a b", "é"])
def test_names_that_are_places_are_led_by_something(wanted: str) -> None:
    taken: set[str] = set()
    first, second = cell_name(wanted, taken=taken), cell_name(wanted.lower(), taken=taken)
    assert first.lower() not in {wanted.lower(), second.lower()}


def test_long_text_is_cut_where_a_cell_ends_and_a_footer_s_commands_are_text() -> None:
    assert len(clean("x" * 40_000)) == MOST
    assert clean("x" * MOST) == "x" * MOST
    assert in_footer('R&D &P\n&"Arial"') == 'R&&D &&P &&"Arial"'


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40))
def test_no_text_makes_a_part_that_is_not_xml(text: str) -> None:
    ET.fromstring(f"<a>{clean(text).replace('&', '').replace('<', '')}</a>")  # noqa: S314
