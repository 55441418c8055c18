"""The app around its views: what opens, what is remembered, what helps."""

from pathlib import Path

from helpers.app import Driver, drive

from planner.tui.remembering import Memory, recall
from planner.tui.themes import DARK, LIGHT


def test_the_app_opens_where_it_was_left_and_remembers_its_theme(tmp_path: Path) -> None:
    file = tmp_path / "config" / "app.json"

    async def steps(app: Driver) -> None:
        await app.press("2", "t")

    drive(tmp_path / "none.db", steps, memory_file=file)

    assert recall(file).view == "results"
    assert recall(file).theme == LIGHT.name


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
        await app.type("light or dark")
        await app.until(lambda: app.shows("t  light or dark") and not app.shows("Filter"), "that key alone")
        await app.press("escape")
        await app.until(lambda: not app.shows("light or dark"), "no help")

    drive(tmp_path / "none.db", steps, view="results")


def test_an_empty_database_says_what_to_press_next(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        assert app.shows("nothing was measured yet", "press 1 to measure")

    drive(tmp_path / "none.db", steps, view="results", theme=DARK.name)
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_cannot_be_read_is_told_in_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("! "), "what is wrong")
        await app.press("1")
        await app.until(lambda: app.shows("WORKLOADS"), "the other view")

    drive(broken, steps, view="results")
