"""Limits on a screen: shares, what bounds, and a warning for what cannot be."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from helpers.builders import INT8
from helpers.limits import make_limit
from helpers.runs import create_full_run
from helpers.stores import open_store
from rich.console import Console, RenderableType

from harness.verdict.roofline import NOT_MEASURED, unknown_limit
from harness.vocabulary import Bound, LimitState, Precision
from planner.drawing.limits_view import impossible, limits_in_full, limits_table, notes_of
from planner.services.run_document import RunDocument, document_of


def drawn(parts: Iterable[RenderableType], *, width: int = 140) -> str:
    """As plain text."""
    console = Console(width=width, record=True, markup=False, color_system=None)
    for part in parts:
        console.print(part)
    return console.export_text()


def a_document(tmp_path: Path) -> RunDocument:
    """Of a full run."""
    with open_store(tmp_path / "results.db") as store:
        return document_of(store.load(create_full_run(store)))


def test_a_row_tells_what_was_reached_of_what_and_what_bounds_it() -> None:
    memory = make_limit(arm=INT8, precision=Precision.INT8, bound=Bound.MEMORY, share=0.305, is_at_least=True)

    text = drawn([limits_table([make_limit(), memory], 1)])

    assert "1.00 ms  100 GFLOP/s  500 µs    50 %  █████" in text
    assert "arithmetic, fp32 200 GFLOP/s" in text
    assert "≥ 30 %" in text
    assert "memory, 30.0 GB/s" in text


def test_a_narrow_screen_gets_fewer_columns() -> None:
    text = drawn([limits_table([make_limit()], 1, width=80)], width=80)

    assert "50 %" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "500 µs" not in text


def test_what_beats_the_limit_is_a_warning_with_its_reason() -> None:
    text = drawn(impossible([make_limit(), make_limit(arm=INT8, state=LimitState.BEATS, reason="130 % cannot be")]))

    assert text.splitlines()[0].startswith(f"! {INT8} at batch 1 beats the limit of this machine")
    assert "130 % cannot be" in text
    assert "fp32" not in text


def test_a_note_that_several_arms_share_is_told_once() -> None:
    limits = [make_limit(reason="not counted: 1 If"), make_limit(arm=INT8, reason="not counted: 1 If")]

    assert [str(note) for note in notes_of(limits)] == ["not counted: 1 If"]


def test_show_tells_the_shares_of_a_run_and_without_peaks_how_to_get_them(tmp_path: Path) -> None:
    document = a_document(tmp_path)
    bare = replace(document, limits=tuple(unknown_limit(one.arm, 1, 2, reason=NOT_MEASURED) for one in document.limits))

    assert "50 %" in drawn(limits_in_full(document))
    assert "not measured: planner roofline --workload toy --threads 2 adds" in drawn(limits_in_full(bare))


def test_a_simulated_run_has_nothing_to_tell(tmp_path: Path) -> None:
    assert drawn(limits_in_full(replace(a_document(tmp_path), is_simulated=True))) == ""
