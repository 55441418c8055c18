"""Drives the terminal app without a terminal: keys in, screens out. Waits for conditions, never for time."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual._compositor import LayoutUpdate
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from planner.tui.app import PlannerApp
from planner.tui.place import Place
from planner.tui.remembering import Memory
from planner.tui.screens.loading import LoadingScreen

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
WIDE, NARROW = (140, 40), (80, 24)
_PATIENCE_S = 60.0
_LOOK_FIRST_S, _LOOK_EVERY_S = 0.02, 0.15  # looking draws the screen: seldom where it takes long
_TERMINAL = re.compile(r"terminal-\d+")

Steps = Callable[["Driver"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The running app, and its keys."""

    app: PlannerApp
    pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Press keys, and let the app act on them."""
        for key in keys:
            await self.pilot.press(key)
            await self.opened()
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text, into a field or a list: it opens no view."""
        await self.pilot.press(*(_KEYS.get(one, one) for one in text))

    def type_ahead(self, text: str, *, then: tuple[str, ...] = ()) -> None:
        """Type before the app has had time for any of it: a text whose lines end with enter, then other keys."""
        driver = self.app._driver
        assert driver is not None
        for one in (*text, *then):
            key = {"\n": "enter"}.get(one, _KEYS.get(one, one))
            driver.send_message(Key(key, one if len(one) == 1 and one != "\n" else None))

    def hear(self) -> list[str]:
        """What the app says in passing, from now on: it vanishes after a while, so no test may wait to see it."""
        told: list[str] = []
        say = self.app.notify

        def notify(message: str, **how: Any) -> None:  # noqa: ANN401 - whatever Textual takes
            told.append(message)
            say(message, **how)

        self.app.notify = notify  # type: ignore[method-assign]  # of this app alone
        return told

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds.

        Raises:
            AssertionError: it does not within a minute; `what` says which.
        """
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        wait_s = _LOOK_FIRST_S
        while not holds():
            if self.app._exception is not None:
                raise self.app._exception
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"in vain: {what}\n{self.text}")
            await asyncio.sleep(wait_s)  # a pause of the pilot asks every widget, which costs more than what is awaited
            wait_s = min(_LOOK_EVERY_S, wait_s * 1.5)

    async def opened(self) -> None:
        """Wait until a view that is being loaded is there."""
        await self.until(lambda: not isinstance(self.app.screen, LoadingScreen), "the view")

    async def settled(self) -> None:
        """Wait until nothing is being read any more, and what was read is drawn."""
        await self.opened()
        await self.until(lambda: all(worker.is_finished for worker in self.app.workers), "the end of what is read")
        await self.pilot.pause()

    @property
    def text(self) -> str:
        """What stands on the screen, row by row, without colours."""
        app = self.app
        drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
        assert isinstance(drawn, LayoutUpdate)
        return "\n".join("".join(strip.text for strip in row).rstrip() for row in drawn.strips)

    def shows(self, *words: str) -> bool:
        """Whether all of these stand on the screen."""
        text = self.text
        return all(word in text for word in words)


def snapshot_of(driver: Driver) -> str:
    """The screen as SVG, without what differs from run to run: to be compared with a picture (`tests/tui/conftest`).

    The clock of `drive` stands still, animations are off and no cursor blinks: what else moves (names of runs, figures
    that were measured, versions) is for the test to hold still, as `helpers.fixed_runs` does, or not to show.
    """
    for box in driver.app.screen.query(Input):
        box.cursor_blink = False
    return _TERMINAL.sub("terminal", driver.app.export_screenshot())


_KEYS = {" ": "space", "/": "slash", ".": "full_stop", "-": "minus", "_": "underscore", ":": "colon", ",": "comma"}


def drive(
    database: Path,
    steps: Steps,
    *,
    view: str | None = None,
    size: tuple[int, int] = WIDE,
    theme: str | None = None,
    memory: Memory | None = None,
    memory_file: Path | None = None,
    now: datetime = NOW,
) -> None:
    """Run the app on a database, do the steps, end it. Its clock stands still."""
    remembered = memory or Memory()
    remembered.view, remembered.theme = view or remembered.view, theme or remembered.theme
    app = PlannerApp(Place(address=str(database), memory=remembered, now=lambda: now), memory_file=memory_file)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            driver = Driver(app=app, pilot=pilot)
            await driver.opened()
            await pilot.pause()
            await steps(driver)

    asyncio.run(run())


@contextmanager
def surroundings(variables: Mapping[str, str]) -> Iterator[None]:
    """Environment variables, for children of the app."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
