"""Steps of a GPU check: each in its time, each ending alone, and nothing lost of what was measured."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.samples import make_gpu_reading

from harness.errors import UnavailableError
from harness.gpu_check.findings import REHEARSAL, Report, Row, RowState, read_report, table, watch_notes, write_report
from harness.gpu_check.steps import Step, carry_out
from harness.vocabulary import ClockLimit, WatchCost

_EMPTY = Report(device="gpu:0", is_rehearsal=False, started_at="2026-01-01", machine={"name": "a card"})


class _Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def _row(subject: str, **fields: object) -> Row:
    return Row(step="a step", subject=subject, state=RowState.MEASURED, **fields)  # type: ignore[arg-type] # any field


def _step(name: str, rows: list[Row | BaseException], *, clock: _Clock, each_s: float = 1.0) -> Step:
    def give(_deadline: float) -> Iterator[Row]:
        for one in rows:
            clock.now_s += each_s
            if isinstance(one, BaseException):
                raise one
            yield one

    return Step(name=name, limit_s=60.0, rows=give)


def test_a_step_that_fails_ends_alone_and_what_comes_too_late_is_named() -> None:
    clock, kept = _Clock(), list[Report]()
    steps = [
        _step("first", [_row("one"), UnavailableError("no such card"), _row("never")], clock=clock),
        _step("second", [_row("two"), ValueError("odd")], clock=clock, each_s=4.0),
        _step("third", [_row("three")], clock=clock),
    ]

    report = carry_out(steps, _EMPTY, budget_s=10.0, clock=clock, keep=kept.append)

    assert [(row.subject, row.state) for row in report.rows] == [
        ("one", RowState.MEASURED),
        ("the rest of it", RowState.FAILED),
        ("two", RowState.MEASURED),
        ("the rest of it", RowState.FAILED),
        ("all of it", RowState.SKIPPED),
    ]
    assert [row.reason for row in report.rows] == [
        "",
        "no such card",
        "",
        "ValueError: odd",
        "the check's time is over",
    ]
    assert [len(one.rows) for one in kept] == [1, 2, 3, 4, 5, 5]
    assert report.is_complete
    assert not kept[-2].is_complete


def test_what_was_measured_before_an_interruption_is_kept() -> None:
    clock, kept = _Clock(), list[Report]()
    with pytest.raises(KeyboardInterrupt):
        carry_out(
            [_step("first", [_row("one"), KeyboardInterrupt()], clock=clock)],
            _EMPTY,
            budget_s=10.0,
            clock=clock,
            keep=kept.append,
        )
    assert [row.subject for row in kept[-1].rows] == ["one"]
    assert not kept[-1].is_complete


def test_a_step_that_does_not_end_is_ended() -> None:
    def hang(_deadline: float) -> Iterator[Row]:
        yield _row("one")
        while True:
            time.sleep(0.01)

    report = carry_out(
        [Step(name="hanging", limit_s=0.1, rows=hang)], _EMPTY, budget_s=10.0, clock=time.monotonic, keep=lambda _: None
    )
    assert report.rows[-1].state is RowState.SKIPPED
    assert "hanging took longer than the 0 s that it was given" in report.rows[-1].reason


def test_a_report_reads_back_and_numbers_that_json_has_not_are_none(tmp_path: Path) -> None:
    row = _row("one", figures={"p50_ms": 1.5, "odd": float("nan")}, notes={"ran": "fp32"}, detail={"x": (1, 2)})
    file = tmp_path / "report.json"
    write_report(_EMPTY.with_row(row, took_s=3.0), file)

    (found,) = read_report(file).rows

    assert found.figures == {"p50_ms": 1.5, "odd": None}
    assert (found.state, found.detail) == (RowState.MEASURED, {"x": [1, 2]})
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": 3}', '{"rows": [], "schema": "another/1"}', "\x00"])
def test_another_file_is_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_text(text)
    with pytest.raises(ValueError, match=r"f\.json"):
        read_report(tmp_path / "f.json")


def test_the_table_tells_figures_reasons_and_that_a_rehearsal_is_one() -> None:
    report = Report(device="cpu", is_rehearsal=True, started_at="", machine={"name": "a CPU", "versions": "torch 2"})
    report = report.with_row(_row("one", figures={"p50_ms": 1.5}, notes={"ran": "fp32"}), took_s=1.0)
    skipped = Row(step="a step", subject="two", state=RowState.SKIPPED, reason="no such kernel")

    lines = list(table(report.with_row(skipped, took_s=2.0)))

    assert lines[:2] == [REHEARSAL, "a CPU · torch 2"]
    assert any("p50_ms 1.5  ran: fp32" in line for line in lines)
    assert any("two" in line and "skipped: no such kernel" in line for line in lines)
    assert lines[-1] == "\n1 measured, 1 skipped, 0 failed; not complete after 2 s"


def test_a_row_tells_what_looks_saw_and_the_driver_counted_of_clocks_held_back_and_what_watching_cost() -> None:
    reading = make_gpu_reading(held_s=((ClockLimit.SW_THERMAL, 0.04),))

    assert watch_notes(reading, WatchCost(samples=400, cpu_s=0.2, wall_s=40.0, longest_s=0.004)) == {
        "clocks held back by": "software power cap (100% of looks), software thermal slowdown (0.04 s of 5.2 s)",
        "watching": "0.5 ms a look, 0.50% of a core",
    }
