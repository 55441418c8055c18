"""What keeps keys quick: garbage waits, and what stays the same is neither drawn nor composed anew."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets._footer import FooterKey

from planner.tui.keys_first import keys_first
from planner.tui.widgets.drawn_lines import DrawnLines
from planner.tui.widgets.key_footer import KeyFooter
from planner.tui.widgets.part import Part


class _App(App[None]):
    BINDINGS = [Binding("a", "a", "A")]  # noqa: RUF012 - Textual's own way

    def compose(self) -> ComposeResult:
        yield DrawnLines()
        yield KeyFooter()


def _in_app(look: Callable[[_App], Awaitable[None]]) -> None:
    async def run() -> None:
        app = _App()
        async with app.run_test() as pilot:
            await pilot.pause()
            await look(app)

    asyncio.run(run())


def test_while_the_app_runs_no_collection_of_everything_starts_by_itself_and_afterwards_all_is_as_before() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    with keys_first():
        assert gc.get_threshold()[2] > 10**9
        assert sys.getswitchinterval() < before[1]
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
    assert not gc.get_freeze_count()


def test_a_part_is_drawn_once_while_it_is_of_the_same_object_and_dim_without_being_drawn_anew() -> None:
    drawn: list[str] = []

    def part(name: str, of: object, *, is_dim: bool = False) -> Part:
        def draw() -> list[Text]:
            drawn.append(name)
            return [Text(name)]

        return Part(name=name, of=of, draw=draw, is_dim=is_dim)

    old, new, other = object(), object(), object()

    async def look(app: _App) -> None:
        lines = app.query_one(DrawnLines)
        lines.draw_parts([part("point", old), part("sure", other)], width=20)
        lines.draw_parts([part("point", new), part("sure", other, is_dim=True)], width=20)
        assert drawn == ["point", "sure", "point"]
        assert [one.style.dim for one in lines.render_line(1) if one.text.strip() and one.style] == [True]
        lines.draw_parts([part("point", new), part("sure", other)], width=20)
        assert drawn == ["point", "sure", "point"]
        assert not any(one.style.dim for one in lines.render_line(1) if one.style)

    _in_app(look)


def test_a_footer_whose_keys_stay_the_same_stays_as_it_is() -> None:
    async def look(app: _App) -> None:
        footer = app.query_one(KeyFooter)
        before = [*footer.query(FooterKey)]
        await footer.recompose()
        assert before
        assert [*footer.query(FooterKey)] == before

    _in_app(look)
