"""Reports: preview, wish, replay, export; and the deployment checklist: attest, take back, choose."""

import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from helpers.app import NARROW, Driver, drive
from helpers.command_line import CommandLine
from helpers.plans import keep, record_priced_run, request_of
from helpers.stores import open_store

from planner.store import Store
from planner.tui.remembering import Memory
from planner.tui.screens.checklist import ChecklistScreen
from planner.tui.screens.reports import ReportsScreen
from planner.tui.widgets.pages import Pages

TEXTS = tuple(
    name for name, module in (("md", "markdown"), ("json", "json_form")) if find_spec(f"planner.reports.{module}")
)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a run, and a plan that rests on it, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "results.db"
    with open_store(path) as store:
        keep(store, replace(request_of(record_priced_run(store)), draws=100))
    return path


def remembering(**values: str) -> Memory:
    return Memory(views={"reports": values})


async def preview(app: Driver) -> Pages:
    """Wait until the report is drawn."""
    pages = app.app.screen.query_one(Pages)
    await app.until(lambda: "decision asked" in pages.text, "the report")
    return pages


def test_what_is_exported_is_what_the_command_line_writes_byte_for_byte(database: Path, tmp_path: Path) -> None:
    forms = ",".join(TEXTS)
    answer = CommandLine(folder=tmp_path)("report", "--made-at", "plan", "--format", forms, "--out", "cli")
    assert answer.returncode == 0, answer.stderr

    async def steps(app: Driver) -> None:
        await preview(app)
        await app.press("w", "tab", "tab", "tab")
        await app.type("plan")
        await app.press("enter")
        await app.until(lambda: app.shows("--made-at plan"), "the wish")
        await app.press("e", "tab")
        await app.type("app")
        await app.press("enter")
        await app.until(lambda: app.shows("✓ written", "report.md", tmp_path.name), "the files")
        assert _files(tmp_path / "app") == _files(tmp_path / "cli")
        await _write_where_something_is(app, tmp_path / "app")

    drive(database, steps, view="reports", memory=remembering(forms=forms))


def _files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


async def _write_where_something_is(app: Driver, folder: Path) -> None:
    """It is not overwritten without being asked; what is no folder is told in place."""
    made = _files(folder)
    (folder / "report.md").write_text("mine")
    await app.press("e", "enter")
    await app.until(lambda: app.shows("holds report.md", "replace them"), "the question")
    await app.press("escape")
    assert (folder / "report.md").read_text() == "mine"
    await app.press("e", "enter")
    await app.until(lambda: app.shows("replace them"), "the question again")
    await app.press("r")
    await app.until(lambda: _files(folder) == made, "the files")
    await app.press("e", "tab")
    await app.type("/x.md")
    await app.press("enter")
    await app.until(lambda: app.shows("! ", "x.md"), "what is wrong, in place")


def test_it_is_read_section_by_section_and_on_another_day(database: Path) -> None:
    async def steps(app: Driver) -> None:
        pages = await preview(app)
        await app.press("enter")
        await app.until(lambda: app.shows("[ 1 of", "Summary"), "the first section")
        await app.press("right_square_bracket", "right_square_bracket")
        assert pages.at == 2
        assert app.shows("[ 3 of")
        await app.press("left_square_bracket", "g")
        assert pages.at == 0
        await app.press("d")
        await app.type("2026-07-20")
        await app.press("enter")
        await app.until(lambda: "What changed" in pages.text, "the plan on that day")
        assert app.shows("replayed at the prices of 2026-07-20", "--replay 2026-07-20")
        await app.press("d", "ctrl+u")
        await app.type("then")
        await app.press("enter")
        await app.until(lambda: app.shows("! --replay", "is no day"), "what is wrong")
        assert "What changed" in pages.text
        assert app.shows("--replay 2026-07-20")

    drive(database, steps, view="reports", size=NARROW)


def test_without_a_plan_it_says_what_to_press(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("no plan is kept yet", "press 3 for Fleet"), "what to press")
        told = app.hear()
        await app.press("e")
        await app.until(lambda: told == ["no report is shown: press 3 for Fleet, K there keeps a plan"], "why not")
        await app.press("c")
        await app.until(lambda: app.shows("! nothing was measured yet"), "why there is no checklist")

    drive(tmp_path / "none.db", steps, view="reports")


def test_a_point_is_vouched_for_and_taken_back(database: Path) -> None:
    async def steps(app: Driver) -> None:
        await preview(app)
        await app.press("c")
        await app.until(lambda: app.shows("rollback", "~ open", "of 10 points"), "the points")
        await app.press("G", "a")
        await app.type("A. Name")
        await app.press("enter")
        await app.type("drill of 3 November")
        await app.press("enter")
        await app.until(lambda: app.shows("✓ attested", "attested by A. Name on", "drill of 3 November"), "the word")
        await app.press("W")
        await app.until(lambda: not app.shows("✓ attested"), "the word taken back")
        await app.press("W")
        await app.until(lambda: app.shows("! nobody vouches for rollback"), "that there is none")
        await app.press("escape")
        assert isinstance(app.app.screen, ReportsScreen)

    drive(database, steps, view="reports")
    with Store.open_existing(str(database)) as store:
        (given,) = store.attestations(store.resolve("latest"))
        assert (given.point, given.by, given.withdrawn is None) == ("rollback", "A. Name", False)


def test_the_checklist_of_a_run_that_another_view_asked_for_and_the_command_of_a_point(database: Path) -> None:
    with open_store(database) as store:
        first = store.resolve("latest")
        record_priced_run(store)

    async def steps(app: Driver) -> None:
        await app.until(lambda: isinstance(app.app.screen, ChecklistScreen) and app.shows(f"run {first}"), "its points")
        await app.press("G", "y")
        assert re.search(rf"planner checklist {first} --attest rollback", app.app.clipboard)
        await app.press("c")
        await app.until(lambda: app.shows("of which run?", first), "the runs")
        await app.press("enter")
        await app.until(lambda: app.shows("of 10 points") and not app.shows(f"run {first}"), "the other run")
        await app.press("n")
        await app.until(lambda: app.shows("has no other candidate"), "that there is no other")

    drive(database, steps, view="reports", memory=remembering(checklist=first))
