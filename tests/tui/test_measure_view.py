"""Measure: tick, run, watch, cancel, leave: with the fake runtime, through the real child process."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from helpers.app import Driver, drive
from helpers.fake_bench import FakeBench

from harness.runtimes.fake import Script
from planner.store import Store
from planner.tui.measuring.asked import Asked, typed
from planner.tui.measuring.standing import Phase
from planner.tui.screens.measure import MeasureScreen
from planner.tui.widgets.checklist import Checklist


def _bench(folder: Path, monkeypatch: pytest.MonkeyPatch, scripts: Mapping[str, Script] | None = None) -> FakeBench:
    bench = FakeBench(folder=folder)
    bench.write_workload(scripts)
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    return bench


async def _bring(app: Driver, bench: FakeBench) -> MeasureScreen:
    """Start a run of the fake workload, as if it were one that is offered."""
    await app.settled()
    screen = app.app.screen
    assert isinstance(screen, MeasureScreen)
    screen.queue(Asked(workloads=(str(bench.workload),), batches=("1",), budget="2s").command_lines())
    return screen


def test_a_run_is_started_watched_and_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = _bench(tmp_path, monkeypatch)

    async def steps(app: Driver) -> None:
        screen = await _bring(app, bench)
        await app.until(lambda: screen.run_now is not None and screen.run_now.is_over, "the end of the run")
        assert screen.run_now is not None
        assert screen.run_now.phase is Phase.DONE, screen.run_now.trouble
        await app.until(lambda: app.shows("✓ done", "SIMULATED", "faster"), "what came of it")
        await app.press("l")
        await app.until(lambda: app.shows("has answered the test data"), "the log")

    drive(bench.database, steps, view="measure")
    with Store.open_existing(str(bench.database)) as store:
        (run,) = store.runs()
        assert (run.observer, run.state) == ("tui", "completed")


def test_a_run_that_fails_says_why_in_place(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        screen = app.app.screen
        assert isinstance(screen, MeasureScreen)
        screen.queue((("bench", "--workload", str(tmp_path / "none.toml")),))
        await app.until(lambda: screen.run_now is not None and screen.run_now.is_over, "the end of the run")
        await app.until(lambda: app.shows("! the run failed", "none.toml"), "the reason")

    drive(tmp_path / "results.db", steps, view="measure")


def test_what_is_ticked_is_also_a_command(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.app.screen.query_one(Checklist).option_count > 0, "what is offered")
        await app.until(lambda: app.shows("$ planner bench --workload efficientnet-lite0-fashion-mnist"), "the command")
        await app.press("b")
        await app.type("/none.onnx")
        await app.until(lambda: app.shows("$ planner bench --model /none.onnx"), "the command of a model")
        await app.press("escape", "r")

    drive(tmp_path / "results.db", steps, view="measure")


def test_a_command_line_can_be_typed_in_a_shell() -> None:
    asked = Asked(model="my model.onnx", data="d'ata", variants=("int8-dynamic",), devices=("cpu", "gpu:0"))
    (line,) = asked.command_lines()
    assert typed(line) == (
        "planner bench --model 'my model.onnx' --data 'd'\"'\"'ata' --variants fp32,int8-dynamic --device cpu,gpu:0"
    )
    assert Asked().command_lines() == ()
