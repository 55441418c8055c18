"""Pictures of the app for the README: `python -m benchmarks.screens` draws them anew from a copy of results.db.

Each is an SVG as Textual exports it, without the fonts that it would fetch from elsewhere.
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.tui.app import PlannerApp
from planner.tui.place import Place
from planner.tui.remembering import Memory
from planner.tui.themes import DARK, LIGHT

_OUT = Path("examples/screens")
_FETCHED = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_SETTLES_S = 1.5  # after which nothing is drawn any more: the app itself waits for no screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A screen: its view, the keys that lead to it, its size and theme."""

    name: str
    view: str
    keys: Sequence[str] = ()
    size: tuple[int, int] = (140, 40)
    theme: str = DARK.name


PICTURES = (
    Picture(name="measure-dark", view="measure"),
    Picture(name="results-dark", view="results"),
    Picture(name="run-dark", view="results", keys=("down", "enter", "right_square_bracket")),
    Picture(name="fleet-dark", view="fleet"),
    Picture(name="fleet-light", view="fleet", theme=LIGHT.name),
    Picture(name="fleet-small", view="fleet", keys=("f",), size=(80, 24)),
    Picture(name="prices-light", view="prices", theme=LIGHT.name),
    Picture(name="sanity-dark", view="sanity"),
    Picture(name="reports-dark", view="reports"),
)


def main() -> None:
    """Draw all of them."""
    _OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLANNER_CACHE"] = str(Path(folder) / "cache")  # what somebody brought is no part of the picture
        database = Path(folder) / "results.db"
        for picture in PICTURES:
            shutil.copy("results.db", database)
            svg = asyncio.run(_drawn(picture, database))
            (_OUT / f"{picture.name}.svg").write_text(_FETCHED.sub("", svg), encoding="utf-8")


async def _drawn(picture: Picture, database: Path) -> str:
    memory = Memory(view=picture.view, theme=picture.theme)
    app = PlannerApp(Place(address=str(database), memory=memory), memory_file=None)
    async with app.run_test(size=picture.size) as pilot:
        for key in ("", *picture.keys):
            if key:
                await pilot.press(key)
            await pilot.pause(_SETTLES_S)
            await app.workers.wait_for_complete()
        await pilot.pause(_SETTLES_S)
        return app.export_screenshot()


if __name__ == "__main__":
    main()
