"""17. How soon the app shows what an edited assumption changes: from the edit to the painted screen, stage by stage.

The app runs without a terminal, at 140 by 40, with published rates. Every edit is of another peak, so that nothing
could be remembered; the next one comes when everything is known of the one before. A stage is painted when the screen
has been drawn after its answer came. Beside it, how long the event loop was held at most: keys wait as long.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from benchmarks.comparison import Context, Found
from benchmarks.result import Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from planner.tui.app import PlannerApp
from planner.tui.fleet.reckoning import Stage
from planner.tui.keys_first import keys_first
from planner.tui.place import Place
from planner.tui.remembering import Memory
from planner.tui.screens.fleet import FleetScreen
from planner.tui.widgets.assumption_form import AssumptionForm

_SIZE = (140, 40)
_TODAY = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
_FIRST_PEAK = 50_000
_LOOK_EVERY_S = 0.002
_TARGETS = (
    ("the point answer", Stage.POINT, "fleets", 0.050),
    ("p10, p50 and p90", Stage.SURE, "fleets", 0.200),
    ("the tornado", Stage.SURE, "sure", 1.000),
)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """When which stage was painted, in seconds from the edit, and how long the loop was held, in seconds."""

    painted: dict[tuple[str, Stage], list[float]] = field(default_factory=dict)
    held: list[float] = field(default_factory=list)


def run(context: Context) -> Found:
    """Both panes that the targets speak of."""
    edits = context.times(60, 2)
    context.narrate(f"{edits} edits on each of two panes")
    seen = _Seen()
    with keys_first():  # as where it is opened on a terminal
        asyncio.run(_drive(context, seen, edits))
    found = Found()
    for what, stage, pane, most_s in _TARGETS:
        found.rows.extend(_rows(what, seen.painted[pane, stage], most_s))
    found.rows.append(
        Row(what="how long the event loop is held, p95 of edits", ours=_at(seen.held, 95), target="≤ 50 ms",
            outcome=at_most(_at(seen.held, 95).value, 0.050))
    )  # fmt: skip
    return found


def _rows(what: str, painted: Sequence[float], most_s: float) -> list[Row]:
    p95 = _at(painted, 95)
    note = f"{len(painted)} edits, each of another peak; from the edit to the painted screen"
    return [
        Row(what=f"{what}, p50", ours=_at(painted, 50), note=note),
        Row(
            what=f"{what}, p95",
            ours=p95,
            target=f"≤ {1e3 * most_s:.0f} ms",
            outcome=at_most(p95.value, most_s),
            note=note,
            in_readme=True,
        ),
    ]


def _at(values: Sequence[float], percent: int) -> Quantity:
    return Quantity(value=float(np.percentile(values, percent)), unit=Unit.SECONDS)


async def _drive(context: Context, seen: _Seen, edits: int) -> None:
    memory = Memory(view="fleet", views={"fleet": {"model": "resnet50"}})
    place = Place(address=str(context.scratch / "none.db"), memory=memory, now=lambda: _TODAY)
    app = PlannerApp(place, memory_file=None)
    async with app.run_test(size=_SIZE):
        await _until(lambda: isinstance(app.screen, FleetScreen))
        screen = app.screen
        assert isinstance(screen, FleetScreen)  # noqa: S101 - for the type checker
        await _until(lambda: screen.reckoner.is_settled)
        for pane in ("fleets", "sure"):
            screen.action_open_pane(pane)
            await asyncio.sleep(0.1)
            for turn in range(edits):
                await _edit(screen, seen, pane, _FIRST_PEAK + 10 * turn + len(pane))


async def _edit(screen: FleetScreen, seen: _Seen, pane: str, peak: int) -> None:
    """One edit, from the message of the form until everything is known."""
    painted: set[Stage] = set()
    before = screen.reckoner.arrived
    longest = asyncio.create_task(_longest_hold(lambda: screen.reckoner.is_settled and painted == set(Stage)))
    await asyncio.sleep(_LOOK_EVERY_S)
    began = time.perf_counter()

    def paint(stage: Stage) -> None:
        seen.painted.setdefault((pane, stage), []).append(time.perf_counter() - began)
        painted.add(stage)

    def arrived(stage: Stage) -> None:
        before(stage)
        screen.call_after_refresh(paint, stage)

    screen.reckoner.arrived = arrived
    screen.post_message(AssumptionForm.Edited("demand.peak", f"{peak} requests/s"))
    seen.held.append(await longest)
    screen.reckoner.arrived = before


async def _longest_hold(is_over: Callable[[], bool]) -> float:
    longest, last = 0.0, time.perf_counter()
    while not is_over():
        await asyncio.sleep(_LOOK_EVERY_S)
        now = time.perf_counter()
        longest, last = max(longest, now - last - _LOOK_EVERY_S), now
    return longest


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - the app sets no event for it
        await asyncio.sleep(_LOOK_EVERY_S)


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
