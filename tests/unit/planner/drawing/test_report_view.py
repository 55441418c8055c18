"""A report as text: every figure in its own words, nothing of a stranger raw, at every width."""

import re

import pytest
from helpers.report_samples import sample
from rich.console import Console

from planner.drawing.report_view import report_parts
from planner.reports.document import Table, figures_of
from planner.reports.figures import Figure


def drawn(width: int) -> str:
    console = Console(width=width, no_color=True, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        for part in report_parts(sample(rows=100)):
            console.print(*part.drawn, sep="\n")
    return captured.get()


def squeezed(text: str) -> str:
    return re.sub(r"[^\w.,≥≤−%]", "", text)


@pytest.mark.parametrize("width", [60, 100, 160])
def test_every_figure_that_is_shown_reads_as_in_all_forms(width: int) -> None:
    text = drawn(width)
    for block in sample(rows=100).blocks():
        for figure in figures_of(block):
            if isinstance(block, Table) and figure not in _shown(block):
                continue
            assert figure.text in text or squeezed(figure.text) in squeezed(text), figure.text


def _shown(table: Table) -> list[Figure]:
    top, _, bottom = table.top_and_bottom()
    return [cell for row in (*top, *bottom) for cell in row.cells if isinstance(cell, Figure)]


@pytest.mark.parametrize("width", [20, 60, 160])
def test_nothing_of_a_stranger_reaches_the_terminal_raw_or_breaks_the_width(width: int) -> None:
    lines = drawn(width).split("\n")
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= width


def test_rows_that_are_left_out_are_counted_and_named() -> None:
    cut = next(one for one in sample(rows=100).tables() if len(one.rows) > one.most_shown)
    left_out = len(cut.rows) - cut.most_shown
    assert f"… {left_out:,} of {len(cut.rows):,} rows left out: tables/{cut.key}.csv" in drawn(160)


def test_every_section_can_be_jumped_to() -> None:
    report = sample()
    assert [part.key for part in report_parts(report)] == [section.key for section in report.sections]
