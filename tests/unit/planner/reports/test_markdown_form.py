"""The Markdown form, read back by a parser that is not ours."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from helpers.report_samples import HOSTILE, plain, sample
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from planner.reports.document import Commands, Heading, Notice, Paragraph, Report, Row, Section, Table, figures_of
from planner.reports.figures import Tone, Words
from planner.reports.markdown import MOST_CHARACTERS, render
from planner.reports.markdown.escaping import code, inline
from planner.reports.svg.text import harmless

NAMES = (
    *HOSTILE,
    "@octocat, see #123, GH-7 and owner/repo#9",
    "https://evil.example/?a=1&b=2 www.evil.example mailto:a@b.example ftp://c.example",
    ":rocket: :+1: $x^2$ $$y$$",
    "1. one",
    "- item",
    "===",
    "> quoted [!NOTE] [x]: http://y [^1]",
    "```\n~~~",
    "&lt;b&gt; &#64;octocat <!-- not seen -->",
    "~~gone~~ **bold** __strong__ ***",
    "a\\|b `c|d` ``e`",
    "ends with \\",
)
OURS = {"b", "sub", "span", "code", "details", "summary"}


def parser() -> MarkdownIt:
    """As GitHub reads: tables, strike-through, bare addresses with a scheme or `www.`, HTML."""
    reading = MarkdownIt("gfm-like")
    assert reading.linkify is not None
    reading.linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    return reading


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def seen(token: Token) -> str:
    """What a reader sees of an inline token."""
    texts = (one.content for one in token.children or [] if one.type in {"text", "code_inline"})
    return "".join(texts).replace("\u200b", "")


def lines_of(report: Report) -> list[str]:
    return [seen(token) for token in parser().parse(render(report).decode()) if token.type == "inline"]


@pytest.mark.parametrize("name", NAMES)
def test_a_strangers_name_is_read_back_as_it_was_written(name: str) -> None:
    for text in (inline(name), code(name)):
        for source in (text, f"- {text}", f"**x**\n> {text}", f"| a | b |\n| --- | --- |\n| {text} | y |"):
            tokens = list(flat(parser().parse(source)))
            kinds = {token.type for token in tokens}
            assert kinds.isdisjoint({"link_open", "image", "em_open", "s_open", "fence", "hr", "heading_open"})
            assert harmless(name).strip() in [seen(token) for token in tokens if token.type == "inline"]


@given(st.text(alphabet=st.sampled_from("ab1 \\`*_[]<>|~&#@:.-+=$!()/w'\"\t\n"), max_size=24))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_back_from_a_cell(name: str) -> None:
    tokens = parser().parse(f"| a | b |\n| --- | --- |\n| {inline(name)} | {code(name)} |")
    wanted = harmless(name).strip()
    assert [seen(token) for token in tokens if token.type == "inline"][2:] == [wanted, wanted]


def test_nobody_is_called_and_nothing_is_referred_to() -> None:
    text = render(replace(sample(), title=NAMES[len(HOSTILE)], headline="@octocat fixes #1")).decode()
    shown = "".join(token.content for token in flat(parser().parse(text)) if token.type in {"text", "html_block"})
    assert not re.search(r"@\w|#\d|GH-\d", shown.replace("&#8203;", "\u200b"))
    tags = {found.lower() for found in re.findall(r"(?<!\\)</?([a-z]+)", text)}
    assert tags <= OURS


def test_every_figure_of_tables_and_cards_is_in_the_text() -> None:
    report = sample(rows=20)
    text = "\n".join(lines_of(report))
    shown = [figure.text for block in report.blocks() for figure in figures_of(block)]
    assert len(shown) > 25
    assert all(figure in text for figure in shown)


def test_the_answer_stands_before_what_is_folded_away() -> None:
    text = render(sample()).decode()
    places = [text.index(one) for one in ("## ", "**Decision asked:**", "saves a year", "[!CAUTION]", "<details>")]
    assert places == sorted(places)
    assert text.count("<details>") == text.count("</details>")


def test_of_a_long_table_the_middle_is_left_out_and_counted() -> None:
    text = render(sample(rows=10_000)).decode()
    assert "9,960 of 10,000 rows left out: see `tables/classes.csv`" in text
    assert "class 9999" in text
    assert "class 5000" not in text


def test_what_is_too_long_for_a_comment_is_cut_from_the_end_and_says_so() -> None:
    report = long_report(sections=40)
    text = render(report).decode()
    assert MOST_CHARACTERS // 2 < len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert "Decision asked" in text
    assert re.search(r"Left out: \d+ sections, from part \d+ on\.", text)
    assert "part 0" in text


def test_a_first_page_that_is_too_long_still_is_a_comment() -> None:
    blocks = tuple(Notice(tone=Tone.BAD, text="@" * 2000) for _ in range(300))
    report = replace(sample(), title="$" * 5000, sections=(Section(key="s", title="s", blocks=blocks),))
    text = render(report).decode()
    assert len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert re.search(r"Left out: \d+ blocks of the first page\.", text)


def test_commands_stay_within_their_fence() -> None:
    lines = ("echo ```", "planner plan", "````")
    report = replace(sample(), sections=(Section(key="s", title="s", blocks=(Commands(lines=lines),)),))
    fences = [token.content for token in parser().parse(render(report).decode()) if token.type == "fence"]
    assert fences == ["echo ```\nplanner plan\n````\n"]


def long_report(*, sections: int) -> Report:
    cells = (Words(text="word " * 40), plain("x", 1, "1"))
    table = Table(
        key="t",
        title="table",
        headings=(Heading(title="a", key="A"), Heading(title="b", key="B")),
        rows=tuple(Row(cells=cells) for _ in range(30)),
    )
    paragraph = Paragraph(words=Words(text="said " * 180))
    more = tuple(
        Section(key=f"s{index}", title=f"part {index}", blocks=(table, *[paragraph] * 4)) for index in range(sections)
    )
    return replace(sample(), sections=(*sample().sections, *more))
