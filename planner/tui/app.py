"""The app: views by digit, themes, help, palette; what is remembered is written when it ends."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from planner.tui.commands import PlannerCommands
from planner.tui.place import Place
from planner.tui.remembering import remember
from planner.tui.themes import DARK_TERMINAL, LIGHT_TERMINAL, THEMES, next_theme
from planner.tui.views import VIEWS


@runtime_checkable
class Busy(Protocol):
    """A screen that measures."""

    @property
    def is_measuring(self) -> bool:
        """Whether it does now."""

    def leave(self, *, goes_on: bool) -> None:
        """The app ends: let the run go on, or end it."""


class PlannerApp(App[int]):
    """What `planner` opens on a terminal."""

    TITLE = "planner"
    CSS_PATH = "planner.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-very-wide")]  # noqa: RUF012 - Textual declares it of instances
    COMMANDS: ClassVar = {PlannerCommands}
    MODES: ClassVar = {view.name: view.open for view in VIEWS}
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(view.digit, f"open_view('{view.name}')", view.title, show=False, tooltip=view.purpose)
            for view in VIEWS
        ),
        Binding("question_mark", "help", "Help", key_display="?", tooltip="what works here"),
        Binding("t", "next_theme", "Theme", show=False, tooltip="light or dark"),
        Binding("q", "quit", "Quit", tooltip="leave the app"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, tooltip="back to the shell; `fg` returns"),
    ]

    def __init__(self, place: Place, *, memory_file: Path | None) -> None:
        super().__init__()
        self.place = place
        self._memory_file = memory_file
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        names = {theme.name for theme in THEMES}
        self.theme = place.memory.theme if place.memory.theme in names else THEMES[0].name
        self.ansi_theme_dark, self.ansi_theme_light = DARK_TERMINAL, LIGHT_TERMINAL

    def on_mount(self) -> None:
        """Where it was left."""
        names = [view.name for view in VIEWS]
        last = self.place.memory.view
        self.switch_mode(last if last in names else names[0])

    def on_unmount(self) -> None:
        """Remember."""
        memory = self.place.memory
        memory.theme, memory.view = self.theme, self.current_mode
        if self._memory_file is not None:
            remember(memory, self._memory_file)

    async def action_open_view(self, name: str) -> None:
        """Open a view."""
        while len(self.screen_stack) > 1:  # a dialog or a detail over the present one is left
            await self.pop_screen()
        if name != self.current_mode:
            await self.switch_mode(name)

    async def action_quit(self) -> None:
        """Leave; while something is measured, ask what is to become of it."""
        measuring = [one for one in self._open_screens() if isinstance(one, Busy) and one.is_measuring]
        if not measuring:
            self.exit(0)
            return
        from planner.tui.dialogs.question import Choice, Question  # noqa: PLC0415 - few need it

        choices = (
            Choice(key="x", told="cancel the run and leave; what was measured is kept, `planner resume` goes on"),
            Choice(key="g", told="leave; the run goes on without the app, and is found among the results"),
        )
        self.push_screen(Question("A run is being measured.", choices), partial(self._leave, measuring))

    def _leave(self, measuring: Sequence[Busy], answer: str | None) -> None:
        if answer is None:
            return
        for one in measuring:
            one.leave(goes_on=answer == "g")
        self.exit(0)

    def _open_screens(self) -> Iterator[Screen[object]]:
        for stack in self._screen_stacks.values():
            yield from stack

    def action_next_theme(self) -> None:
        """The other theme."""
        self.theme = next_theme(self.theme)

    def action_help(self) -> None:
        """What works here."""
        from planner.tui.dialogs.help import HelpDialog  # noqa: PLC0415 - Markdown takes a while to load

        screen = self.screen
        found = [one.binding for one in screen.active_bindings.values() if one.binding.description and one.enabled]
        found.sort(key=lambda binding: not binding.tooltip)  # what is ours before what every table has
        keys = tuple((self.get_key_display(one), one.tooltip or one.description) for one in found)
        view = next((one for one in VIEWS if one.name == self.current_mode), VIEWS[0])
        text = getattr(screen, "HELP_TEXT", "")
        self.push_screen(HelpDialog(title=f"{view.title}: {view.purpose}", text=text, keys=tuple(dict.fromkeys(keys))))

    def get_system_commands(self, screen: Screen[object]) -> "list[SystemCommand]":
        """None of Textual's own: ours name what they do here."""
        del screen
        return []
