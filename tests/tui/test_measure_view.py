"""Measure: tick, run, watch, cancel, leave: with the fake runtime, through the real child process."""

import os
import signal
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from helpers.app import NARROW, Driver, drive
from helpers.fake_bench import FakeBench, wait_until
from helpers.fake_workload import FP32, PER_CHANNEL, PER_TENSOR, make_int8_script, make_script

from harness.runtimes.fake import Fault, Script
from harness.supervisor.host_lock import default_lock_path, host_lock
from planner.store import Store
from planner.tui.measuring.asked import Asked
from planner.tui.measuring.standing import LiveRun, Phase
from planner.tui.screens.measure import MeasureScreen


def _bench(folder: Path, monkeypatch: pytest.MonkeyPatch, scripts: Mapping[str, Script] | None = None) -> FakeBench:
    bench = FakeBench(folder=folder)
    bench.write_workload(scripts)
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    return bench


async def _opened(app: Driver) -> MeasureScreen:
    await app.settled()
    screen = app.app.screen
    assert isinstance(screen, MeasureScreen)
    return screen


def _lines(bench: FakeBench, budget: str = "2s") -> tuple[tuple[str, ...], ...]:
    """A run of the fake workload, as if it were one that is offered."""
    return Asked(workloads=(str(bench.workload),), batches=("1",), budget=budget).command_lines()


async def _run(app: Driver, screen: MeasureScreen) -> LiveRun:
    await app.until(lambda: screen.run_now is not None and screen.run_now.is_over, "the end of the run")
    assert screen.run_now is not None
    return screen.run_now


def test_a_run_is_watched_told_opened_and_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dying = make_int8_script(fault=Fault(at="call", kind="kill", after=50))
    scripts = {FP32: make_script(), PER_TENSOR: dying, PER_CHANNEL: make_int8_script()}
    bench = _bench(tmp_path, monkeypatch, scripts)

    async def steps(app: Driver) -> None:
        screen = await _opened(app)
        screen.queue(_lines(bench))
        run = await _run(app, screen)
        assert run.phase is Phase.DONE, run.trouble
        await app.until(lambda: app.shows("✓ done", "SIMULATED", "use fake/int8-static:per-channel"), "the story")
        assert app.shows("fake/int8-static:per-tensor failed during"), "the worker that died"
        await app.press("l")
        await app.until(lambda: app.shows("has answered the test data", "accepted so far"), "the log")
        await app.press("l", "v")
        await app.press(*["backspace"] * 8)
        await app.type("latest")
        await app.press("enter")
        await app.until(lambda: app.shows("REPLAY"), "the replay")
        await app.press(*["plus"] * 6)
        again = await _run(app, screen)
        assert again.is_replay
        assert again.standings["batch 1"][-1].ratio == run.standings["batch 1"][-1].ratio
        assert {name: arm.accuracy for name, arm in again.arms.items()} == {
            name: arm.accuracy for name, arm in run.arms.items()
        }
        await app.press("o")
        assert again.began is not None
        await app.until(partial(app.shows, "2▸Results", again.began.run, "Verdict"), "that run")

    drive(bench.database, steps, view="measure")
    with Store.open_existing(str(bench.database)) as store:
        (run,) = store.runs()
        assert (run.observer, run.state) == ("tui", "completed")


def test_a_run_that_is_refused_or_killed_says_so_goes_on_and_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = {FP32: make_script(latency_us=300.0, jitter=0.5), PER_CHANNEL: make_script(latency_us=294.0, jitter=0.5)}
    bench = _bench(tmp_path, monkeypatch, scripts)  # as far apart as what is undecided for as long as one likes
    held = ExitStack()

    async def steps(app: Driver) -> None:
        screen = await _opened(app)
        assert app.shows(f"process {os.getpid()} is measuring on this host now")
        screen.queue(_lines(bench))
        assert (await _run(app, screen)).phase is Phase.FAILED
        await app.until(lambda: app.shows("! the run failed", "is measuring on this host: wait for it"), "the reason")
        held.close()
        screen.queue(_lines(bench, "900s"))
        await app.until(lambda: bool(screen.run_now and screen.run_now.began), "the beginning of the run")
        child = screen.session._child
        assert child is not None
        assert child._process is not None
        os.kill(child._process.pid, signal.SIGKILL)
        assert (await _run(app, screen)).phase is Phase.FAILED
        await app.until(lambda: app.shows("killed from outside (SIGKILL)", "u goes on", ".log"), "what to try")
        await app.until(lambda: screen.check_action("resume", ()) is True, "that it can be resumed")
        await app.press("u")
        await app.until(lambda: bool(screen.run_now and screen.run_now.arms), "the run again")
        screen.queue(_lines(bench))
        await app.until(lambda: app.shows("1 waiting"), "the queue")
        await app.press("p")
        await app.until(lambda: app.shows("painting is paused"), "the pause")
        await app.press("p", "d", "x")
        await app.until(lambda: app.shows("cancelling") or app.shows("cancelled"), "that it is acknowledged")
        assert (await _run(app, screen)).phase is Phase.CANCELLED
        await app.until(lambda: app.shows("~ cancelled after", "what was measured is kept"), "the end")

    with held:
        held.enter_context(host_lock(default_lock_path()))
        drive(bench.database, steps, view="measure")
    bench.require_no_process()
    with Store.open_existing(str(bench.database)) as store:
        assert [run.state for run in store.runs()] == ["interrupted"]


def test_whoever_leaves_may_let_the_run_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = _bench(tmp_path, monkeypatch, {FP32: make_script(), PER_CHANNEL: make_int8_script()})

    async def steps(app: Driver) -> None:
        screen = await _opened(app)
        screen.queue(_lines(bench))
        await app.until(lambda: bool(screen.run_now and screen.run_now.began), "the beginning of the run")
        await app.press("q", "g")

    drive(bench.database, steps, view="measure")

    def states() -> list[str]:
        with Store.open_existing(str(bench.database)) as store:
            return [str(run.state) for run in store.runs()]

    wait_until(lambda: states() == ["completed"], what="the end of a run that nobody watches")


def test_a_model_is_brought_and_looked_at_as_it_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.pt").write_bytes(b"x")
    Path("m.onnx").write_bytes(b"\x08\x08\x3a\x00")  # ir_version, a graph
    for name in ("cat", "dog"):
        Path("d", name).mkdir(parents=True)

    async def steps(app: Driver) -> None:
        screen = await _opened(app)
        await app.until(lambda: app.shows("$ planner bench --workload efficientnet-lite0-fashion-mnist"), "the command")
        told = app.hear()
        await app.press("x")
        await app.until(lambda: told == ["nothing runs: r starts what is ticked"], "why x is dim")
        await app.press("b")
        await app.type("m.p")
        await app.until(lambda: app.shows("✗ no such file or folder"), "that it is missing")
        await app.press("right")  # completes the path
        await app.until(lambda: app.shows("✗ .pt is not .onnx"), "the wrong form")
        await app.press("escape", "r")
        await app.until(lambda: app.shows("! --model m.pt"), "that it is not started")
        assert screen.run_now is None
        await app.press("b", "b", "end", "backspace", "backspace")
        await app.type("onnx")
        await app.until(lambda: app.shows("no data: random inputs"), "what will be judged")
        assert app.shows("data: a folder", "esc: back to the list, where r")  # which field, and the way out of it
        await app.press("enter", "d")
        await app.until(lambda: app.shows("2 sub-folders, a class each"), "that there are labels")
        await app.until(lambda: app.shows("$ planner bench --model m.onnx --data d --batch 1,8"), "the command")
        await app.press("tab", "tab", "tab", "tab")
        await app.until(lambda: app.shows("max loss: the loss of accuracy"), "that no stop lies between two fields")

    drive(tmp_path / "results.db", steps, view="measure")


def test_what_is_typed_ahead_lands_where_it_was_meant_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def steps(app: Driver) -> None:
        screen = await _opened(app)
        app.type_ahead("bmodel.onnx\ndata\n\nxtokens\n45s\n0.02\n0.05", then=("escape", "b", "question_mark"))
        app.type_ahead("dim run")
        await app.until(lambda: app.shows("dim run", "no key or sign for that here"), "the search in the help")
        assert not screen.choices.is_bringing
        screen.choices.toggle_bringing()
        typed = {**screen.choices.values}
        assert tuple(typed.values()) == ("45s", "0.02", "0.05", "model.onnx", "data", "", "xtokens")
        assert screen.run_now is None

    drive(tmp_path / "results.db", steps, view="measure")


def test_a_small_screen_shows_choices_or_the_run_and_always_the_command(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await _opened(app)
        await app.until(lambda: app.shows("WORKLOADS", "$ planner bench"), "the choices")
        assert not app.shows("what is ticked")
        await app.press("c")
        await app.until(
            lambda: app.shows("what is ticked", "$ planner bench") and not app.shows("WORKLOADS"), "the run"
        )

    drive(tmp_path / "results.db", steps, view="measure", size=NARROW)
