"""The HTML form: figures as the report has them, strangers' names harmless, nothing fetched and nothing run."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from helpers.report_samples import HOSTILE, sample

from planner.reports.document import Notice, Paragraph, Report, Section, Table, figures_of
from planner.reports.figures import Figure, Mark, Tone, Words, shown
from planner.reports.html import render
from planner.reports.svg.text import harmless

_VOID = {"meta", "input", "br", "img", "link"}
_MARKUP = """
html head meta title style body a div header fieldset legend label input h1 h2 h3 h4 p dl dt dd code bdi nav
ol ul li main section span table caption thead tbody tr th td details summary figure figcaption pre aside footer script
svg desc g text line rect path circle"""


_Element = tuple[str, dict[str, str], list[str]]


class _Page(HTMLParser):
    """All elements with their attributes and their text, where every tag is closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[_Element] = []
        self._open: list[_Element] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: _Element = (tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in _VOID and not self.get_starttag_text().endswith("/>"):  # type: ignore[union-attr] # it is at one
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        """Attributes and text of the elements of a tag that have these attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            (found, "".join(texts))
            for name, found, texts in self.elements
            if name == tag and wanted.items() <= found.items()
        ]


def _page(report: Report) -> _Page:
    return _Page(render(report).decode())


@pytest.fixture(scope="module")
def page() -> _Page:
    return _page(sample(rows=500))


def _shown_figures(report: Report) -> list[Figure]:
    found: list[Figure] = []
    for block in report.blocks():
        if isinstance(block, Table):
            top, _, bottom = block.top_and_bottom()
            found += [cell for row in (*top, *bottom) for cell in row.cells if isinstance(cell, Figure)]
        elif hasattr(block, "items"):
            found += figures_of(block)
    return found


def test_every_figure_stands_once_for_each_place_that_the_report_gives_it(page: _Page) -> None:
    wanted = Counter((one.key, one.text) for one in _shown_figures(sample(rows=500)))
    found = Counter((of["data-key"], text) for of, text in page.all("span", class_="figure"))
    assert found == wanted


def test_figures_stand_as_json_too_and_nothing_in_it_can_end_its_element() -> None:
    report = sample()
    key = "</script><!--<script>"
    odd = Figure(key=key, value=float("nan"), unit="1", text="</script>", mark=Mark.ASSUMED)
    table = replace(next(report.tables()), rows=(replace(next(report.tables()).rows[0], cells=(odd, odd, odd)),))
    page = _page(replace(report, sections=(replace(report.sections[0], blocks=(table,)),)))
    ((_, text),) = page.all("script")
    assert json.loads(text) == {
        key: {"value": None, "unit": "1", "text": "</script>", "mark": "assumed", "bound": ""},
    }
    ((_, text),) = _page(report).all("script")
    assert json.loads(text)["q.stay.per_year"]["value"] == "1538791.55"


def test_cells_hold_the_words_of_strangers_and_no_element_of_theirs(page: _Page) -> None:
    cells = {text.strip() for _, text in page.all("th", scope="row")}
    assert {harmless(name).strip() for name in HOSTILE} <= cells
    assert {tag for tag, _, _ in page.elements} <= set(_MARKUP.split())
    assert not [name for _, attributes, _ in page.elements for name in attributes if name.startswith("on")]
    assert not page.all("img")
    assert [of["type"] for of, _ in page.all("script")] == ["application/json"]


def test_no_control_and_no_override_of_direction_is_in_the_file() -> None:
    text = render(sample()).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_names_stand_apart_from_the_direction_of_what_is_about_them(page: _Page) -> None:
    isolated = {text for _, text in page.all("bdi")}
    assert {harmless(name) for name in HOSTILE} <= isolated


def test_nothing_is_fetched_and_nothing_may_run(page: _Page) -> None:
    for tag, attributes, _ in page.elements:
        references = {"src", "srcset", "href", "xlink:href", "action", "data", "style"} & set(attributes)
        assert references <= ({"href"} if tag == "a" else set())
    ((policy, _),) = [one for one in page.all("meta") if one[0].get("http-equiv") == "Content-Security-Policy"]
    assert policy["content"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy["content"]
    assert "script-src" not in policy["content"]
    ((_, style),) = page.all("style")
    assert not re.search(r"url\(|@import|http", style)


def test_links_lead_to_places_that_are_there_and_ids_are_unique(page: _Page) -> None:
    ids = Counter(attributes["id"] for _, attributes, _ in page.elements if "id" in attributes)
    assert set(ids.values()) == {1}
    targets = [attributes["href"] for attributes, _ in page.all("a")]
    assert [one for one in targets if not one.startswith("#")] == ["tables/classes.csv"]
    assert {one[1:] for one in targets if one.startswith("#")} <= set(ids)
    for _, attributes, _ in page.elements:
        named = f"{attributes.get('aria-labelledby', '')} {attributes.get('for', '')}".split()
        assert set(named) <= set(ids)


def test_what_rests_on_a_thing_that_is_not_there_is_no_link() -> None:
    lost = Words(text="a word", rests_on="nowhere")
    found = Words(text="another", rests_on="one")
    blocks = (Paragraph(words=lost), Paragraph(words=found), Notice(tone=Tone.BAD, text="red", rests_on="nowhere"))
    page = _page(replace(sample(), sections=(Section(key="one", title="One", blocks=blocks),)))
    assert [text for of, text in page.all("a") if of.get("class") == "rests"] == ["another"]
    assert not [text for _, text in page.all("a") if "rests on" in text]


def test_a_long_table_shows_its_top_and_bottom_and_names_the_file_with_all_of_it(page: _Page) -> None:
    ((_, told),) = page.all("tr", class_="left-out")
    assert told == "… 440 rows left out: tables/classes.csv"
    shown_rows = {text for _, text in page.all("th", scope="row")}
    assert {"class 0", "class 499"} <= shown_rows
    assert "class 250" not in shown_rows


def test_tones_have_a_sign_and_a_name_beside_their_colour(page: _Page) -> None:
    (notice,) = [text for of, text in page.all("div", role="note") if "bad" in of["class"]]
    assert notice.startswith("✗ ")
    assert {of["aria-label"] for of, _ in page.all("span", role="img")} == {"bad", "broken", "caution", "good"}
    items = [text for _, text in page.all("li")]
    assert shown(Words(text="loss below 1 %", tone=Tone.GOOD)) in items


def test_a_figure_says_in_a_word_where_it_comes_from(page: _Page) -> None:
    cell = next(text for _, text in page.all("td") if "1,538,791.55" in text)
    assert cell == "1,538,791.55 USD"


def test_headings_of_tables_say_what_they_head_and_sections_have_one_each(page: _Page) -> None:
    for attributes, _ in page.all("th"):
        assert attributes["scope"] in {"col", "row"}
    assert len(page.all("caption")) == len(page.all("table")) == 3
    assert len(page.all("h1")) == 1
    assert [text for _, text in page.all("h3")] == ["Names"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(sample()) == render(sample())


def test_rows_and_sections_of_one_key_have_ids_of_their_own() -> None:
    report = sample()
    table = next(report.tables())
    again = replace(table, key="again")  # with the same rows
    sections = [Section(key=key, title="x", blocks=()) for key in ("a b", "a.b", "row-1")]
    page = _page(replace(report, sections=(replace(report.sections[0], blocks=(table, again)), *sections)))
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
