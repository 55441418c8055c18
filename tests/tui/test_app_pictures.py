"""What the shell and its lists look like, in few states: each was looked at, and a change is to be looked at, too."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.app import NARROW, Driver, drive, snapshot_of
from helpers.fixed_runs import fix_runs
from helpers.histories import PastRun, record_run
from helpers.stores import open_store
from syrupy.assertion import SnapshotAssertion

from harness.vocabulary import Gate, RunState, Speed
from planner.tui.themes import DARK, LIGHT

_RUNS = (
    PastRun(speed_up=2.06),
    PastRun(speed_up=1.31, gate=Gate.REJECTED),
    PastRun(speed_up=0.97, speed=Speed.SLOWER),
    PastRun(speed_up=1.02, speed=Speed.INCONCLUSIVE, gate=Gate.UNPROVEN),
    PastRun(speed_up=None, state=RunState.INTERRUPTED),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of every kind, always the same."""
    file = tmp_path_factory.mktemp("pictures") / "results.db"
    with open_store(file) as store:
        runs = [record_run(store, one) for one in _RUNS]
    named = {run: (f"{number}a{number}b{number}c{number}d", _moment(number)) for number, run in enumerate(runs)}
    fix_runs(file, named)
    return file


def _moment(number: int) -> datetime:
    return datetime(2026, 11, 20 + number, 9, 30, tzinfo=UTC)


def _pictured(name: str, pictures: SnapshotAssertion, *keys: str) -> Callable[[Driver], Awaitable[None]]:
    async def steps(app: Driver) -> None:
        await app.settled()
        await app.press(*keys)
        await app.settled()
        assert snapshot_of(app) == pictures(name=name)

    return steps


def test_an_empty_store_and_help(tmp_path: Path, pictures: SnapshotAssertion) -> None:
    async def steps(app: Driver) -> None:
        await _pictured("results-empty", pictures)(app)
        await _pictured("help", pictures, "question_mark")(app)

    drive(tmp_path / "none.db", steps, view="results", size=NARROW, theme=DARK.name)


def test_the_list_of_runs(database: Path, pictures: SnapshotAssertion) -> None:
    async def steps(app: Driver) -> None:
        await _pictured(f"results-{DARK.name}", pictures)(app)
        await _pictured(f"results-{LIGHT.name}", pictures, "t")(app)

    drive(database, steps, view="results", size=NARROW, theme=DARK.name)


def test_the_list_without_colours(database: Path, pictures: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    drive(database, _pictured("results-no-color", pictures, "down"), view="results", size=NARROW, theme=DARK.name)
