"""Names of strangers that look like Textual's markup: said, found and shown as they are."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from helpers.app import NOW, Driver
from helpers.histories import PastRun, record_run
from helpers.stores import open_store

from planner.tui.app import PlannerApp
from planner.tui.place import Place
from planner.tui.remembering import Memory

_NAME = "[/b]a[@click=app.quit]b[/] \\[c"


def test_a_name_that_looks_like_markup_ends_neither_palette_nor_what_is_said_in_passing(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db") as store:
        record_run(store, PastRun())
    with closing(sqlite3.connect(tmp_path / "results.db")) as database, database:
        database.execute("UPDATE runs SET workload = ?", (_NAME,))
    app = PlannerApp(
        Place(address=str(tmp_path / "results.db"), memory=Memory(view="prices"), now=lambda: NOW), memory_file=None
    )

    async def run() -> None:
        async with app.run_test(size=(140, 40), notifications=True) as pilot:
            driver = Driver(app=app, pilot=pilot)
            await driver.settled()
            app.screen.notify(_NAME, timeout=3600)
            await driver.until(lambda: driver.shows(_NAME), "what is said in passing")
            app.clear_notifications()
            await driver.press("ctrl+p")
            driver.type_ahead("open run")
            await driver.until(lambda: driver.shows("Open run", _NAME), "the run in the palette")

    asyncio.run(run())
