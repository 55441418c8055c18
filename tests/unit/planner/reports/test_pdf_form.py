"""The PDF form, read back by a reader that is not the typesetter. Typesetting costs time: these share few documents."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
from helpers.report_samples import HOSTILE, plain, sample

from planner.reports.document import Align, Heading, Paragraph, Report, Row, Section, Table, figures_of
from planner.reports.figures import Mark, Words
from planner.reports.pdf import render
from planner.reports.pdf.columns import LYING, STANDING, fitted
from planner.reports.pdf.content import content_of
from planner.reports.pdf.wrapping import BREAK, breakable
from planner.reports.svg.text import harmless

CHINESE = "量化模型 日本語 मॉडल 🚀"


def pages_of(document: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(document)
    return [page.get_textpage().get_text_range() for page in pdf]


def squeezed(text: str) -> str:
    """Without white space, where lines are broken anew."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def report() -> Report:
    return sample(rows=100)


@pytest.fixture(scope="module")
def document(report: Report) -> bytes:
    return render(report)


@pytest.fixture(scope="module")
def pages(document: bytes) -> list[str]:
    return pages_of(document)


def test_every_figure_that_is_shown_can_be_copied_whole(report: Report, pages: list[str]) -> None:
    text = "\n".join(pages)
    shown = [figure.text for section in report.sections[:2] for block in section.blocks for figure in figures_of(block)]
    assert len(shown) >= 10
    assert all(figure in text for figure in shown)


def test_the_first_page_has_all_of_the_summary(report: Report, pages: list[str]) -> None:
    figures = [figure.text for block in report.sections[0].blocks for figure in figures_of(block)]
    words = ["DECISION ASKED", "✓ Do it.", "✗ the gate is red", "~ prices are 131 days old", "approved by", *figures]
    assert all(word in pages[0] for word in words)


def test_every_page_says_which_of_how_many_it_is_and_what_was_advised(pages: list[str]) -> None:
    for number, page in enumerate(pages, start=1):
        assert page.endswith(f"✓ Do it. page {number} of {len(pages)}")


def test_the_head_of_a_table_stands_on_each_of_its_pages_and_the_cut_says_where_the_rest_is(pages: list[str]) -> None:
    having = [page for page in pages if re.search(r"^class \d+ ", page, re.MULTILINE)]
    assert len(having) > 1
    assert all(re.search(r"^class recall\s*$", page, re.MULTILINE) for page in having)
    assert "… 40 rows left out, see tables/classes.csv" in "\n".join(pages)


def test_names_of_strangers_are_text_and_move_nothing(report: Report, document: bytes, pages: list[str]) -> None:
    text = squeezed("\n".join(pages))
    # Words from right to left are read back in the order in which they stand.
    assert all(squeezed(harmless(name)) in text for name in HOSTILE if name.isascii())
    assert "שלום" in text
    assert "\u202e" not in text
    sizes = {pypdfium2.PdfDocument(document)[index].get_size() for index in range(len(pages))}
    assert len(sizes) == 1
    again = pages_of(render(replace(report, title="a name", headline="a sentence")))
    assert len(again) == len(pages)
    assert again[2:] == [page.replace(HOSTILE[0], "a name", 1) for page in pages[2:]]


def test_the_outline_has_the_sections_and_the_properties_have_the_title(report: Report, document: bytes) -> None:
    pdf = pypdfium2.PdfDocument(document)
    assert [entry.get_title() for entry in pdf.get_toc()] == ["1 Summary", "2 Charts", "2.1 Names"]
    told = pdf.get_metadata_dict()
    assert (told["Title"], told["Author"]) == (report.title, "planner")
    assert told["CreationDate"].startswith("D:20261128100000")
    assert pypdfium2.raw.FPDFCatalog_IsTagged(pdf.raw)


def test_what_a_sentence_rests_on_is_a_link(document: bytes, pages: list[str]) -> None:
    page = pypdfium2.PdfDocument(document)[0]
    position, link = ctypes.c_int(0), pypdfium2.raw.FPDF_LINK()
    assert pypdfium2.raw.FPDFLink_Enumerate(page.raw, ctypes.byref(position), ctypes.byref(link))
    assert "</script> (page 1)" in pages[0]


def test_the_same_report_gives_the_same_bytes(report: Report, document: bytes) -> None:
    assert render(report) == document


def test_text_that_no_font_may_have_stays_text() -> None:
    block = Paragraph(words=Words(text=CHINESE, rests_on="nowhere"))
    odd = Section(key="odd", title="", level=3, blocks=(block, wide_table(columns=9, rows=13)))
    document = render(replace(sample(), title=CHINESE, sections=(odd, replace(odd, title=CHINESE)), calculations=()))
    assert squeezed(pages_of(document)[0]).count("量化模型日本語") == 2
    assert any(page.get_width() > page.get_height() for page in pypdfium2.PdfDocument(document))


@pytest.mark.parametrize("piece", ["x", "_", "ab-"])
def test_a_name_of_a_hundred_thousand_characters_is_cut_and_breaks_no_page(piece: str) -> None:
    name = piece * (100_000 // len(piece))
    names = Table(
        key="names", title=name, headings=(Heading(title=name, key="Name"),), rows=(Row(cells=(Words(text=name),)),)
    )
    small = replace(sample(), title=name, sections=(Section(key="a", title=name, blocks=(names,)),), calculations=())
    assert all(piece * 3 in squeezed(page) for page in pages_of(render(small))[:1])


def test_a_wide_table_takes_smaller_type_and_then_a_page_on_its_side_but_never_on_the_first_page() -> None:
    fits = [fitted(wide_table(columns=columns, rows=13), may_lie=True) for columns in range(1, 11)]
    lying = [fit.lies for fit in fits]
    assert lying == sorted(lying)
    assert (lying[5], lying[-1]) == (False, True)
    standing = [fit.size for fit in fits if not fit.lies]
    assert standing == sorted(standing, reverse=True)
    assert standing[0] == 9.0
    assert all(sum(fit.tracks) <= (LYING if fit.lies else STANDING) for fit in fits)
    assert not fitted(wide_table(columns=10, rows=13), may_lie=False).lies


def test_a_mark_that_a_whole_column_shares_stands_in_its_head() -> None:
    alike = wide_table(columns=2, rows=2)
    assert fitted(alike, may_lie=True).marks == ("head", "head")
    odd = Row(cells=(plain("o", 1.0, "USD", Mark.DERIVED), Words(text="not known")))
    assert fitted(replace(alike, rows=(*alike.rows, odd)), may_lie=True).marks == ("beside", "head")


def test_small_tables_stand_side_by_side_and_a_column_of_nothing_is_left_out() -> None:
    rows = (Row(cells=(Words(text="cores"), Words(text=""), plain("c", 2, "cores"))),)
    headings = tuple(Heading(title=title, key=title) for title in ("what", "nothing", "count"))
    small = Table(key="a", title="small", headings=headings, rows=rows)
    sections = (sample().sections[0], Section(key="s", title="s", blocks=(small, replace(small, key="b"), small)))
    found = content_of(replace(sample(), sections=sections).without_empty_columns(), draw=lambda _: "")
    assert [one["kind"] for one in found["sections"][1]["blocks"]] == ["pair", "table"]
    pair = found["sections"][1]["blocks"][0]["items"]
    assert [[head["text"] for head in one["headings"]] for one in pair] == [["what", "count"]] * 2


def test_a_long_word_is_broken_after_its_signs_and_keeps_all_its_letters() -> None:
    assert breakable("energy.pue_hyperscale of a word", 20).split(BREAK) == ["energy.", "pue_", "hyperscale of a word"]
    for word in ("x" * 400, "-" * 50, "a/b" * 30, "--as-of=2026-07-20T00:00:00Z"):
        assert breakable(word, 20).replace(BREAK, "") == word
        assert max(map(len, breakable(word, 20).split(BREAK))) <= 16


def wide_table(*, columns: int, rows: int) -> Table:
    headings = tuple(Heading(title=f"column {i}", key=f"C{i}", align=Align.RIGHT) for i in range(columns))
    return Table(key="wide", title="wide", headings=headings, rows=tuple(wide_rows(columns, rows)))


def wide_rows(columns: int, rows: int) -> Iterator[Row]:
    for row in range(rows):
        yield Row(cells=tuple(plain(f"w.{row}.{i}", 12_345_678.91, "USD", Mark.PUBLISHED) for i in range(columns)))
