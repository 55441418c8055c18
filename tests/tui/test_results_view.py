"""Results: find a run, open it, look at its panes, set two side by side, export and delete."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from helpers.app import NARROW, Driver, drive
from helpers.builders import make_environment, make_plan
from helpers.histories import PastRun, record_run
from helpers.runs import create_full_run

from harness.environment import Observer
from harness.supervisor.host_lock import host_lock
from harness.vocabulary import Gate, Speed
from planner.services.host_state import this_host
from planner.store import Store
from planner.store.archive import import_runs
from planner.tui.remembering import Memory
from planner.tui.screens.results import ResultsScreen
from planner.tui.screens.run import RunScreen

_SMALL: Any = {"workload": "small", "workload_digest": "0b" * 32}


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Path:
    return tmp_path / "results.db"


def _fill(database: Path) -> tuple[str, str, str]:
    """One run with everything, and two of another workload, the second of them the newest."""
    with Store.open(str(database)) as store:
        return (
            create_full_run(store),
            record_run(store, PastRun(speed_up=0.5, speed=Speed.SLOWER, gate=Gate.REJECTED), **_SMALL),
            record_run(store, PastRun(speed_up=3.0), **_SMALL),
        )


async def _list(app: Driver) -> ResultsScreen:
    await app.settled()
    screen = app.app.screen
    assert isinstance(screen, ResultsScreen)
    await app.until(lambda: bool(screen.runs.shown), "the list")
    return screen


def test_runs_are_filtered_sorted_and_summarised(database: Path) -> None:
    full, slow, quick = _fill(database)

    async def steps(app: Driver) -> None:
        runs = (await _list(app)).runs
        assert [run.run_id for run in runs.shown] == [quick, slow, full]
        await app.until(lambda: app.shows("use fake/int8-static:per-channel"), "the summary of the newest")
        await app.press("slash")
        await app.type("rejected")
        await app.until(lambda: [run.run_id for run in runs.shown] == [slow], "the rejected one alone")
        assert app.shows("1 of 3 · filter: rejected")
        await app.press("escape")
        runs.order = "4+"
        assert runs.shown[0].run_id == slow
        await app.press("S")
        assert runs.shown[0].run_id == quick

    drive(database, steps, view="results")


def test_every_pane_of_a_run_says_what_it_is_for(database: Path) -> None:
    full, _, _ = _fill(database)
    told = (
        ("Verdict", "to try next", "the whole interval lies above 1.02"),
        ("Latency", "baseline  fake/fp32", "├", "p99"),
        ("Quality", "class", "shirt", "bag", "taken for"),
        ("Proof", "as-named", "conv_1", "QLinearConv", "int8"),
        ("Limits", "share of the limit", "fake/fp32"),
        ("Environment", "Example CPU 8000", "beside run"),
        ("Audit", "24 samples calibrate"),
        ("Provenance", "$ planner bench --workload toy", "SHA-256", "fake 1.0"),
        ("Raw", "2 of 2 rounds", "1.1", "✓ quiet"),
    )

    async def steps(app: Driver) -> None:
        await app.until(lambda: isinstance(app.app.screen, RunScreen), "the run that was asked for")
        for number, (title, *words) in enumerate(told):
            if number:
                await app.press("right_square_bracket")
            await app.until(lambda title=title: app.shows(f"▸{title}"), title)  # type: ignore[misc]
            await app.until(lambda words=words: app.shows(*words), f"{title}: {words}")  # type: ignore[misc]
        await app.press("a")
        await app.until(lambda: app.shows("fake/fp32  arm 2 of 2"), "the other arm")
        await app.press("escape")
        await app.until(lambda: isinstance(app.app.screen, ResultsScreen), "the list")

    memory = Memory()
    memory.of("results")["run"] = full
    drive(database, steps, view="results", memory=memory)
    assert "run" not in memory.of("results")


def test_a_narrow_terminal_shows_whole_columns_and_turns_to_the_confusions(database: Path) -> None:
    _fill(database)

    async def steps(app: Driver) -> None:
        screen = await _list(app)
        await app.until(lambda: app.shows("workload", "speed-up", "gate", "✗ rejected", "without room"), "columns")
        assert screen.runs.query_one("Rows").virtual_size.width <= NARROW[0]
        await app.press("G", "enter")
        await app.until(lambda: app.shows("▸Verdict", "✓ accepted"), "the run")
        await app.press("right_square_bracket", "right_square_bracket")
        await app.until(lambda: app.shows("▸Quality", "shirt") and not app.shows("taken for"), "classes")
        await app.press("m")
        await app.until(lambda: app.shows("taken for"), "confusions")

    drive(database, steps, view="results", size=NARROW)


def test_two_runs_stand_side_by_side_and_unlike_ones_are_refused_in_place(database: Path) -> None:
    _, slow, quick = _fill(database)

    async def steps(app: Driver) -> None:
        await _list(app)
        await app.press("space", "down", "c")
        await app.until(lambda: app.shows(f"run {slow}", f"run {quick}", "speed-up over the baseline"), "both")
        await app.press("escape", "down", "c")
        await app.until(lambda: app.shows("! ", "cannot be compared"), "why not")
        assert not app.shows("R reads again")  # it would be refused again
        assert isinstance(app.app.screen, ResultsScreen)

    drive(database, steps, view="results")


def test_a_run_is_deleted_after_asking_and_not_while_it_is_measured(database: Path, tmp_path: Path) -> None:
    with Store.open(str(database)) as store:
        done = record_run(store, PastRun())
        here = make_environment(host_id=this_host())
        running = store.create_run(make_plan(), here, observer=Observer.HEADLESS, planner_version="0.1.0")

    async def steps(app: Driver) -> None:
        runs = (await _list(app)).runs
        await app.press("d")
        await app.until(lambda: app.shows("may be measured right now"), "the refusal")
        await app.press("down", "d")
        await app.until(lambda: app.shows(f"run {done} of toy", "2 arms", "will be lost", "esc"), "the question")
        await app.press("escape", "d")
        await app.until(lambda: app.shows("will be lost"), "the question again")
        await app.press("d")
        await app.until(lambda: [run.run_id for run in runs.shown] == [running], "it is gone")

    with host_lock(tmp_path / "host_lock"):
        drive(database, steps, view="results")


def test_marked_runs_are_exported_and_a_file_that_is_there_is_left_alone(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, slow, quick = _fill(database)
    monkeypatch.chdir(tmp_path)

    async def steps(app: Driver) -> None:
        await _list(app)
        await app.press("space", "down", "space", "e")
        await app.until(lambda: app.shows("Export 2 runs"), "where to")
        await app.press("enter")
        await app.until((tmp_path / "2-runs.zip").exists, "the file")
        await app.settled()
        await app.press("e", "enter")
        await app.until(lambda: app.shows("exists: choose another path"), "the refusal")

    drive(database, steps, view="results")
    assert (tmp_path / "2-runs.zip").stat().st_size > 0
    with Store.open(str(tmp_path / "other.db")) as store:
        assert set(import_runs(store, tmp_path / "2-runs.zip").imported) == {slow, quick}


def test_a_damaged_run_is_told_in_place_and_the_others_stay(database: Path) -> None:
    full, slow, quick = _fill(database)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE qualities SET figures = '{' WHERE run_id = ?", (quick,))

    async def steps(app: Driver) -> None:
        runs = (await _list(app)).runs
        await app.until(lambda: app.shows(f"! run {quick} cannot be read"), "the panel")
        await app.press("enter")
        await app.until(lambda: app.shows(f"! run {quick} cannot be shown", "esc goes back"), "the detail")
        await app.press("right_square_bracket", "a", "b", "escape", "down")
        assert len(runs.shown) == len((full, slow, quick))
        await app.until(lambda: app.shows(f"run {slow}", "✗ rejected"), "the next one")

    drive(database, steps, view="results")


def test_runs_that_are_measured_elsewhere_appear_when_the_view_is_opened_again(database: Path) -> None:
    _fill(database)

    async def steps(app: Driver) -> None:
        runs = (await _list(app)).runs
        await app.press("down")
        before = runs.at_cursor
        await app.press("3")
        with Store.open(str(database)) as store:
            newest = record_run(store, PastRun())
        await app.press("2")
        await app.until(lambda: runs.shown[0].run_id == newest, "the new run")
        assert runs.at_cursor is not None
        assert before is not None
        assert runs.at_cursor.run_id == before.run_id

    drive(database, steps, view="results")
