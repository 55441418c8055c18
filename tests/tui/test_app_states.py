"""The states of a run and of an answer, in pictures: each was looked at, and a change is to be looked at, too."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.app import NARROW, WIDE, Driver, drive, snapshot_of
from helpers.fixed_runs import fix_runs
from helpers.histories import PastRun, record_run
from helpers.plans import record_priced_run
from helpers.stores import open_store
from helpers.told_runs import RUN, ToldRun
from syrupy.assertion import SnapshotAssertion

from harness.vocabulary import Gate, RunState
from harness.workloads.workload import BUILTIN_DEFAULT
from planner.tui.fleet.reckoning import Stage
from planner.tui.measuring.offered import BATCHES, DEVICES, RUNTIMES, VARIANTS, WORKLOADS, Offer
from planner.tui.screens.fleet import FleetScreen
from planner.tui.screens.measure import MeasureScreen
from planner.tui.themes import DARK, LIGHT
from planner.tui.widgets.checklist import Item

_BEGAN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_LATE = datetime(2028, 3, 1, 12, 0, tzinfo=UTC)
_NO_GPU = "NVML: Shared Library Not Found"
_LOG = re.compile(r"bench-\d{8}T\d{6}-\w{8}")
_ASKED = ("bench", "--workload", BUILTIN_DEFAULT, "--batch", "1,8")
_FAILURE = """Traceback (most recent call last):
  File "worker.py", line 7, in load
MemoryError: cannot allocate 3.1 GiB
planner: the model needs more memory than there is: close what else runs, or take a smaller batch size"""
_OFFER = Offer(
    items=(
        Item(group=WORKLOADS, value=BUILTIN_DEFAULT, told="speed, memory and quality", is_ticked=True),
        Item(group=WORKLOADS, value="resnet50", reason="P makes it, once", needs_preparing=True),
        *(Item(group=VARIANTS, value=f"int8-static:{per}", told="calibrated") for per in ("per-tensor", "per-channel")),
        Item(group=RUNTIMES, value="onnxruntime", told="1.2.3"),
        Item(group=RUNTIMES, value="tensorrt", reason="the package tensorrt is not installed · pip install tensorrt"),
        Item(group=DEVICES, value="cpu", told="Example CPU 8000", is_ticked=True),
        Item(group=DEVICES, value="gpu:0", reason=_NO_GPU),
        *(Item(group=BATCHES, value=size, is_ticked=size != "32") for size in ("1", "8", "32")),
    ),
    absent=(f"GPU    unavailable: {_NO_GPU}", "CPU power unavailable: RAPL: this machine shows no energy counter"),
)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ToldRun]:
    """A run that says what it is cued, in a home folder of its own: pictures show where the app writes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PLANNER_STATE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    one = ToldRun(folder=tmp_path / "told", failure=_FAILURE)
    yield one
    one.close()


@pytest.fixture
def rejected(tmp_path: Path) -> Path:
    """A run that can be priced, and whose quality is rejected."""
    file = tmp_path / "results.db"
    with open_store(file) as store:
        run = record_priced_run(store, workload=BUILTIN_DEFAULT, gate=Gate.REJECTED)
    fix_runs(file, {run: (RUN, _BEGAN)})
    return file


def _picture_of(app: Driver) -> str:
    return _LOG.sub("bench-20261128T120000-abcdefgh", snapshot_of(app))


async def _measure(app: Driver, told: ToldRun) -> MeasureScreen:
    await app.settled()
    screen = app.app.screen
    assert isinstance(screen, MeasureScreen)
    screen.session.program = told.program
    screen.show_offer(_OFFER)
    await app.pilot.pause()
    return screen


async def _told(app: Driver, screen: MeasureScreen, *, rounds: int) -> None:
    """Wait until so many rounds were told, and paint them, whenever that would be due."""
    await app.until(lambda: screen.run_now is not None and len(screen.run_now.points) == rounds, f"{rounds} rounds")
    screen.paint(with_plot=True)
    await app.pilot.pause()


async def _over(app: Driver, screen: MeasureScreen) -> None:
    await app.until(lambda: bool(screen.run_now and screen.run_now.is_over and not screen.is_measuring), "its end")
    await app.settled()


def _store_what_was_measured() -> None:
    with open_store("results.db") as store:
        run = record_run(store, PastRun(speed_up=None, state=RunState.INTERRUPTED))
    fix_runs(Path("results.db"), {run: (RUN, _BEGAN)})


def test_a_run_from_the_first_look_to_its_cancelling_and_failing(told: ToldRun, pictures: SnapshotAssertion) -> None:
    async def steps(app: Driver) -> None:
        screen = await _measure(app, told)
        assert _picture_of(app) == pictures(name="first-run")
        told.cue("ready", "timed")
        screen.queue((_ASKED,))
        await _told(app, screen, rounds=8)
        assert _picture_of(app) == pictures(name="running-no-gpu")
        told.cue("disturbed")
        await _told(app, screen, rounds=13)
        await app.press("p")
        assert _picture_of(app) == pictures(name="paused-noisy")
        _store_what_was_measured()
        await app.press("p", "x")
        await app.until(lambda: app.shows("More than half of this run is done"), "the question")
        await app.press("x")
        await _over(app, screen)
        assert app.shows("~ cancelled", "what was measured is kept", "u goes on with it")
        assert _picture_of(app) == pictures(name="cancelled")
        told.cue("ready", "timed", "fail")
        screen.queue((_ASKED,))
        await _over(app, screen)
        assert app.shows("the model needs more memory", "u goes on", "r tries again", "log:", "bench-")
        assert not app.shows("Traceback")
        assert _picture_of(app) == pictures(name="failed")
        await app.press("l")
        await app.until(lambda: app.shows("Traceback", "MemoryError: cannot allocate"), "its last lines")

    drive(Path("results.db"), steps, view="measure", size=NARROW, theme=DARK.name)


def test_a_wide_light_terminal_has_room_for_choices_and_intervals(told: ToldRun, pictures: SnapshotAssertion) -> None:
    async def steps(app: Driver) -> None:
        screen = await _measure(app, told)
        assert _picture_of(app) == pictures(name="first-run-light")
        told.cue("ready", "timed", "disturbed")
        screen.queue((_ASKED,))
        await _told(app, screen, rounds=13)
        assert _picture_of(app) == pictures(name="noisy-light")

    drive(Path("results.db"), steps, view="measure", size=WIDE, theme=LIGHT.name)


def test_without_colours_every_sign_stays(
    told: ToldRun, pictures: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(app: Driver) -> None:
        screen = await _measure(app, told)
        told.cue("ready", "timed", "disturbed")
        screen.queue((_ASKED,))
        await _told(app, screen, rounds=13)
        assert app.shows("~ 4 of 13 rounds disturbed", "✗ 88.3 %", "✓ 91.9 %", "~ load of others")
        assert _picture_of(app) == pictures(name="noisy-no-color")

    drive(Path("results.db"), steps, view="measure", size=NARROW, theme=DARK.name)


def test_a_red_gate_and_prices_that_are_stale(rejected: Path, pictures: SnapshotAssertion) -> None:
    async def steps(app: Driver) -> None:
        screen = app.app.screen
        assert isinstance(screen, FleetScreen)
        await app.until(lambda: Stage.POINT in screen.reckoner.fresh and screen.reckoner.is_settled, "an answer")
        await app.settled()
        assert app.shows("✗ DO NOT: QUALITY REJECTED", "! prices of 2026-07-20 are 590 days old", "u there updates")
        assert _picture_of(app) == pictures(name="gate-red-stale-prices")
        await app.press("right_square_bracket")
        assert app.shows("✗ none of this saving is to be had")
        await app.press("4")
        await app.settled()
        assert app.shows("! 392 prices", "392 old (u updates)")
        assert _picture_of(app) == pictures(name="stale-prices")

    drive(rejected, steps, view="fleet", size=NARROW, theme=DARK.name, now=_LATE)
