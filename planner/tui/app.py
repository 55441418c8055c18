"""The app: views by digit, themes, help, palette; what is remembered is written when it ends, however it ends."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.worker import get_current_worker

from planner.tui.asking import Busy, Reasoned
from planner.tui.commands import PlannerCommands
from planner.tui.ending import code_of, tell_bug
from planner.tui.keys_first import KeysFirst
from planner.tui.place import Place
from planner.tui.remembering import remember
from planner.tui.screens.base import ViewScreen
from planner.tui.screens.loading import LoadingScreen
from planner.tui.themes import DARK_TERMINAL, LIGHT_TERMINAL, THEMES, next_theme
from planner.tui.typed_ahead import TypedAhead
from planner.tui.views import VIEWS
from planner.tui.widgets.view_tabs import ViewTabs
from planner.wording.text import plain

if TYPE_CHECKING:
    import asyncio

    from textual.actions import ActionParseResult
    from textual.app import SystemCommand

_TERMINAL_EVERY_S = 5.0
_LOADING = "loading"
_TOLD = "its run goes on without the app, and is found among the results"


class PlannerApp(KeysFirst):
    """What `planner` opens on a terminal. `last_words`: to be told on standard error when it has ended."""

    TITLE = "planner"
    CSS_PATH = "planner.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it of instances
        *((0, "-narrow -cramped"), (78, "-narrow"), (100, "-wide"), (140, "-very-wide")),
    ]
    COMMANDS: ClassVar = {PlannerCommands}
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        _LOADING: LoadingScreen,
        **{view.name: view.open for view in VIEWS},
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(view.digit, f"open_view('{view.name}')", view.title, show=False, tooltip=view.purpose)
            for view in VIEWS
        ),
        Binding("question_mark", "help", "Help", key_display="?", tooltip="what works here"),
        Binding("t", "next_theme", "Theme", show=False, tooltip="light or dark"),
        Binding("q", "quit", "Quit", tooltip="leave the app"),
        Binding("ctrl+c", "quit", "Quit", show=False, tooltip="leave the app"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, tooltip="back to the shell; `fg` returns"),
    ]

    def __init__(self, place: Place, *, memory_file: Path | None) -> None:
        super().__init__()
        self.place = place
        self.last_words = ""
        self._memory_file = memory_file
        self._is_on_terminal = False
        self._paints_at_once = False
        self._opened: set[str] = set()
        self._typed = TypedAhead(self, super().on_event)
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        names = {theme.name for theme in THEMES}
        self.theme = place.memory.theme if place.memory.theme in names else THEMES[0].name
        self.ansi_theme_dark, self.ansi_theme_light = DARK_TERMINAL, LIGHT_TERMINAL

    async def on_mount(self) -> None:
        """Where it was left."""
        names = [view.name for view in VIEWS]
        last = self.place.memory.view
        await self.action_open_view(last if last in names else names[0])
        self.app_resume_signal.subscribe(self, lambda _app: self.screen.refresh(layout=True))  # the shell wrote over it
        self._is_on_terminal = not self.is_headless and os.isatty(0)  # a browser's page comes through pipes
        if self._is_on_terminal:
            self.set_interval(_TERMINAL_EVERY_S, self._look_for_terminal)

    async def on_event(self, event: Event) -> None:
        """Keys in turn; all else as it comes."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            await self._typed.take(event)
        else:
            await super().on_event(event)

    # Views.

    async def action_open_view(self, name: str) -> None:
        """Open a view."""
        while len(self.screen_stack) > 1:  # a dialog or a detail over the present one is left
            await self.pop_screen()
        self.place.memory.view = name
        self._paints_at_once = True
        await self.switch_mode(name if name in self._opened else _LOADING)
        self._paints_at_once = False
        if isinstance(self.screen, LoadingScreen):
            self.screen.load(next(view for view in VIEWS if view.name == name))
        else:
            self._mark_busy()

    @on(LoadingScreen.Loaded)
    async def _show_loaded(self, event: LoadingScreen.Loaded) -> None:
        """Unless another view was wanted meanwhile."""
        self._opened.add(event.view.name)
        if self.current_mode == _LOADING and self.place.memory.view == event.view.name:
            await self.switch_mode(event.view.name)
            # It was styled as it was made: Textual does not know, and would style all of it again when one returns.
            self.screen._css_update_count = self._css_update_count  # noqa: SLF001
            self._mark_busy()
        if len(self._opened) == 1 and not self.is_headless:
            self.run_worker(self._load_others, thread=True, group="load-others")

    def _load_others(self) -> None:
        """So that a view is there on its key; never beside a measurement."""
        for view in VIEWS:
            if self._measuring() or get_current_worker().is_cancelled:
                return
            with contextlib.suppress(ImportError):  # told where the view is opened
                view.load()

    def delay_update(self, delay: float = 0.05) -> None:
        """Textual holds back what is painted for as long as a key may take: of use only where a view is made."""
        if not self._paints_at_once:
            super().delay_update(delay)

    async def open_in(self, name: str, what: Mapping[str, str]) -> None:
        """Open a view at something: what it finds in its memory when it is shown."""
        self.place.memory.of(name).update(what)
        await self.action_open_view(name)

    @on(ViewScreen.Changed)
    def _outdate(self, event: ViewScreen.Changed) -> None:
        """Whoever changed the database shows it already; every other view reads anew when it is opened."""
        sender = event._sender  # noqa: SLF001 - a message tells of its sender in no other way
        for one in self._open_screens():
            if isinstance(one, ViewScreen) and one is not sender:
                one.is_outdated = True
        self._mark_busy()
        if isinstance(self.screen, ViewScreen) and self.screen.is_outdated:
            self.screen.on_screen_resume()

    def _mark_busy(self) -> None:
        measuring = next((one.VIEW for one in self._measuring() if isinstance(one, ViewScreen)), None)
        for tabs in self.screen.query(ViewTabs):
            tabs.show(opened=self.place.memory.view or "", busy=measuring)

    def _open_screens(self) -> Iterator[Screen[object]]:
        for stack in self._screen_stacks.values():
            yield from stack

    def _measuring(self) -> list[Busy]:
        return [one for one in self._open_screens() if isinstance(one, Busy) and one.is_measuring]

    def may_tidy(self) -> bool:
        """Not beside a measurement."""
        return super().may_tidy() and not self._measuring()

    # What keys do.

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As Textual does; where a key can do nothing now, say why."""
        target, name, _ = self._parse_action(action, default_namespace or self, namespaces)
        reason = target.why_not(name) if isinstance(target, Reasoned) else None
        if reason is None:
            return await super().run_action(action, default_namespace, namespaces)
        self.notify(plain(reason), severity="warning")
        return True

    def action_next_theme(self) -> None:
        """The other theme."""
        self.theme = next_theme(self.theme)

    def action_help(self) -> None:
        """What works here."""
        from planner.tui.dialogs.help import HelpDialog, keys_of  # noqa: PLC0415 - few need it

        screen = self.screen
        view = next((one for one in VIEWS if one.name == self.place.memory.view), VIEWS[0])
        text = getattr(screen, "HELP_TEXT", "")
        self.push_screen(HelpDialog(title=f"{view.title}: {view.purpose}", text=text, keys=keys_of(self, screen)))

    def get_system_commands(self, screen: Screen[object]) -> "list[SystemCommand]":
        """None of Textual's own: ours name what they do here."""
        del screen
        return []

    def notify(self, message: str, **how: Any) -> None:  # noqa: ANN401 - whatever Textual takes
        """As Textual does, but as it stands: names of strangers may look like markup."""
        super().notify(message, **(how | {"markup": False}))

    # Ways to end.

    async def action_quit(self) -> None:
        """Leave; while something is measured, ask what is to become of it."""
        measuring = self._measuring()
        if not measuring:
            self._leave((), "x")
            return
        from planner.tui.dialogs.question import Choice, Question  # noqa: PLC0415 - few need it

        if isinstance(self.screen, Question):
            return
        choices = (
            Choice(key="x", told="cancel the run and leave; what was measured is kept, `planner resume` goes on"),
            Choice(key="g", told="leave; the run goes on without the app, and is found among the results"),
        )
        self.push_screen(Question("A run is being measured.", choices), partial(self._leave, measuring))

    def _leave(self, measuring: Sequence[Busy], answer: str | None) -> None:
        if answer is None:
            return
        self._remember()
        for one in measuring:
            one.leave(goes_on=answer == "g")
        self.exit(0)

    def end_by(self, number: int) -> None:
        """A signal: end at once; what is measured goes on."""
        self._remember()
        self._release()
        if self._is_on_terminal and not os.isatty(0):
            os._exit(code_of(number))  # nobody is there to be written to, and writing might wait forever
        self.exit(return_code=code_of(number))

    def end_without_terminal(self) -> None:
        """The terminal vanished, and nobody said so. From any thread."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self.end_by, 1)

    def _look_for_terminal(self) -> None:
        if not os.isatty(0):
            self.end_by(1)

    def _handle_exception(self, error: Exception) -> None:
        """A bug: the first is kept with its traceback, and told when the terminal is as it was."""
        from planner.services.exit_codes import ExitCode  # noqa: PLC0415 - loads the harness's words

        self._return_code = ExitCode.OUR_BUG
        known = cast("asyncio.Event", self._exception_event)  # Textual's own kind of property tells no type
        if not known.is_set():
            self._exception = error
            known.set()
            is_measuring = bool(self._measuring())
            self._remember()
            self._release()
            self.last_words = tell_bug(error) + (f"\n{_TOLD}" if is_measuring else "")
        self._close_messages_no_wait()

    def _release(self) -> None:
        """Let go of what measures; whatever else is wrong, that goes on."""
        for one in self._measuring():
            with contextlib.suppress(Exception):
                one.leave(goes_on=True)

    def _remember(self) -> None:
        """Write down where the app is left. A view that cannot say what it wants remembered costs only that."""
        for one in self._open_screens():
            if isinstance(one, ViewScreen) and one.is_mounted:
                with contextlib.suppress(Exception):
                    one.keep()
        self.place.memory.theme = self.theme
        if self._memory_file is not None:
            remember(self.place.memory, self._memory_file)

    def on_unmount(self) -> None:
        """However it ended."""
        self.place.memory.theme = self.theme
        if self._memory_file is not None:
            remember(self.place.memory, self._memory_file)
