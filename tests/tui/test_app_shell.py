"""The app around its views: what opens, what is remembered, what helps."""

import resource
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from helpers.app import NARROW, Driver, drive
from helpers.histories import PastRun, record_run
from helpers.stores import open_store
from textual.widgets._footer import FooterKey

from planner.tui.commands import PlannerCommands
from planner.tui.remembering import Memory, recall, remember
from planner.tui.screens.base import ViewScreen
from planner.tui.screens.results import ResultsScreen
from planner.tui.screens.run import RunScreen
from planner.tui.screens.sanity import SanityScreen
from planner.tui.themes import DARK, LIGHT
from planner.tui.views import VIEWS


def test_the_app_remembers_its_view_theme_and_order_makes_no_database_and_says_what_to_press(tmp_path: Path) -> None:
    file = tmp_path / "config" / "app.json"

    async def steps(app: Driver) -> None:
        await app.press("2", "t", "s")
        await app.until(lambda: app.shows("nothing was measured yet", "press 1 to measure"), "what to do")
        await app.press("q")

    drive(tmp_path / "none.db", steps, memory_file=file)

    assert recall(file).view == "results"
    assert recall(file).theme == LIGHT.name
    assert recall(file).of("results")["order"] == "2+"
    assert not (tmp_path / "none.db").exists()


def test_a_memory_that_is_no_memory_is_none(tmp_path: Path) -> None:
    file = tmp_path / "app.json"
    for content in (b"{", b'{"theme": 3}', b"\xff", b"[]"):
        file.write_bytes(content)
        assert recall(file) == Memory()


def test_help_tells_what_the_view_is_for_and_finds_keys(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        await app.press("question_mark")
        await app.until(lambda: app.shows("Results: what was measured", "Every run in the database"), "help")
        await app.type("published")
        await app.until(lambda: app.shows("◆ ◇ ○") and not app.shows("Every run"), "that sign alone")
        await app.press("escape", "question_mark")
        await app.type("light or dark")
        await app.until(lambda: app.shows("t  light or dark") and not app.shows("leave the app"), "that key alone")
        await app.press("escape")
        await app.until(lambda: not app.shows("light or dark"), "no help")

    drive(tmp_path / "none.db", steps, view="results")


def test_a_database_that_cannot_be_read_is_told_in_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("! "), "what is wrong")
        await app.press("1")
        await app.until(lambda: app.shows("WORKLOADS"), "the other view")

    drive(broken, steps, view="results")


def test_every_view_fits_eighty_columns_and_can_be_drawn_at_any_size(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        for view in VIEWS:
            await app.press(view.digit)
            await app.settled()
            first, *_, last = app.text.splitlines()
            assert all(f"{one.digit}{'▸' if one is view else ' '}{one.title}" in first for one in VIEWS), first
            assert last.endswith("? Help  q Quit"), last
            for size in ((1, 1), (200, 50), NARROW):
                await app.pilot.resize_terminal(*size)
        assert app.shows(f"{VIEWS[-1].digit}▸{VIEWS[-1].title}")

    drive(tmp_path / "none.db", steps, size=NARROW)


def test_the_palette_opens_views_themes_and_a_run_by_its_name(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db") as store:
        run = record_run(store, PastRun())

    async def steps(app: Driver) -> None:
        await app.settled()
        names = [one.name for one in PlannerCommands(app.app.screen)._here()]
        assert len(set(names)) == len(names)
        for wanted, shown in (("light these colours", "Theme light"), (run, f"Open run {run}")):
            await app.press("ctrl+p")
            await app.type(wanted)
            await app.until(partial(app.shows, shown), f"the line {shown}")
            await app.press("down", "enter")
        await app.until(lambda: app.shows("2▸Results", run, "▸Verdict"), "the results with that run")
        await app.pilot.click("#tab-sanity")
        await app.until(lambda: app.shows("5▸Sanity", "claims"), "the tab that was clicked")
        assert app.app.theme == LIGHT.name

    drive(tmp_path / "results.db", steps, view="sanity", theme=DARK.name)


def test_a_key_that_can_do_nothing_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def why_not(_self: ViewScreen, action: str) -> str | None:
        return {"read_again": "there is [nothing] to read", "mark": "the click found no run"}.get(action)

    monkeypatch.setattr(ResultsScreen, "why_not", why_not)

    async def steps(app: Driver) -> None:
        await app.settled()
        told = app.hear()
        await app.press("R")
        await app.press("question_mark")
        await app.until(lambda: app.shows("not now: there is [nothing] to read"), "the reason in the help")
        await app.press("escape")
        await app.pilot.click(next(key for key in app.app.screen.query(FooterKey) if key.action == "mark"))
        await app.until(lambda: len(told) > 1, "why a click does nothing")
        assert told == ["there is [nothing] to read", "the click found no run"]

    drive(tmp_path / "none.db", steps, view="results")


def test_what_is_gone_damaged_or_held_by_another_is_told_in_place_and_read_on_a_key(tmp_path: Path) -> None:
    database = tmp_path / "results.db"
    with open_store(database) as store:
        run = record_run(store, PastRun())
    whole = database.read_bytes()

    async def steps(app: Driver) -> None:
        await app.until(lambda: app.shows(run), "the run")
        database.unlink()
        await app.press("R")
        await app.until(lambda: app.shows("nothing was measured yet"), "that there is none any more")
        database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
        await app.press("R")
        await app.until(lambda: app.shows("! ", "R reads again"), "what is wrong")
        database.write_bytes(whole)
        await app.press("R")
        await app.until(lambda: app.shows(run) and not app.shows("R reads again"), "the run, and no trouble")
        with closing(sqlite3.connect(database, isolation_level=None)) as holder:
            holder.execute("PRAGMA journal_mode = DELETE")
            holder.execute("BEGIN EXCLUSIVE")
            await app.press("R")
            await app.until(lambda: app.shows("! ", "R reads again"), "that another holds it")
        await app.press("R")
        await app.until(lambda: app.shows(run) and not app.shows("R reads again"), "the run again")

    drive(database, steps, view="results")


def test_what_no_view_could_read_is_read_on_the_same_key_in_each(tmp_path: Path) -> None:
    database = tmp_path / "results.db"
    with open_store(database) as store:
        run = record_run(store, PastRun())
    whole = database.read_bytes()
    database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    read = {"measure": run, "results": run, "fleet": "saves a year", "reports": "no plan is kept yet"}

    async def steps(app: Driver) -> None:
        for view in VIEWS:
            await app.press(view.digit)
            await app.until(lambda: app.shows("! ", "R reads again"), f"the trouble in {view.title}")
            await app.settled()
            untold = ("nothing was measured", "no plan", "no price", "no claim", "reading", "o opens another")
            assert not any(app.shows(words) for words in untold), view.title
        database.write_bytes(whole)
        for view in VIEWS:
            await app.press(view.digit, "R")
            words = (view.title, read.get(view.name, view.title))
            await app.until(lambda: app.shows(*words) and not app.shows("R reads again"), f"{view.title}, read")  # noqa: B023

    drive(database, steps, view="results")


def test_keys_for_a_view_that_is_not_there_yet_wait_for_it_and_those_of_the_app_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path / "results.db") as store:
        first = record_run(store, PastRun())
        record_run(store, PastRun())

    async def steps(app: Driver) -> None:
        app.type_ahead(f"2/{first}\n\n")
        await app.until(lambda: isinstance(app.app.screen, RunScreen), "the run that was filtered for")
        await app.until(lambda: app.shows(f"run {first}"), "it")
        app.type_ahead("45")
        await app.until(lambda: app.shows("5▸Sanity"), "the view that was wanted last")
        monkeypatch.setattr(SanityScreen, "awaited", True)
        app.type_ahead("j6j", then=("ctrl+c",))
        await app.until(lambda: app.app._exit, "the end, without the keys that waited")
        assert app.app.place.memory.view == "sanity"

    drive(tmp_path / "results.db", steps, view="fleet")


def test_a_memory_that_cannot_be_written_or_is_of_another_version_costs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "app.json"
    file.write_bytes(b'{"theme": "planner-light", "window": {"x": 1}, "views": {"of-tomorrow": {"a": "b"}}}')
    assert recall(file).theme == LIGHT.name
    remember(Memory(), tmp_path / "app.json" / "below-a-file" / "app.json")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))  # as a full disk does, it refuses the first byte
    try:
        remember(Memory(theme="other"), file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert recall(file).theme == LIGHT.name
    assert {one.name for one in tmp_path.iterdir()} == {"app.json"}
