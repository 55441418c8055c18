"""What every view has: the tabs on top, a place for trouble, the footer, help, and reading off the event loop."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen

from planner.tui.place import Place, place_of
from planner.tui.reading import read_apart
from planner.tui.views import VIEWS
from planner.tui.widgets.key_footer import KeyFooter
from planner.tui.widgets.trouble import Trouble
from planner.tui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:  # SQLAlchemy takes as long to load as Textual: the thread that reads first does it
    from planner.store.repository import Store

Found = TypeVar("Found")
_SHOWN = "read"  # the group of what the view shows


class ViewScreen(Screen[None]):
    """A view. Subclasses say their name, their help, and compose `body`."""

    VIEW: ClassVar[str]
    HELP_TEXT: ClassVar[str] = ""
    """What the view is for and what its signs mean, above the keys in its help: paragraphs, **strong** and `code`."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "read_again", "Read again", show=False, tooltip="read the database anew"),
    ]

    FOLDED: ClassVar[frozenset[str]] = frozenset()
    """Actions whose keys are left out, not dimmed, while they can do nothing: they would take the place of others."""

    AWAITED: ClassVar[frozenset[str]] = frozenset({_SHOWN})
    """Groups of what is read that keys wait for, the first time."""

    trouble = query_one(Trouble)

    class Changed(Message):
        """What the database holds has changed: other views read it anew when they are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.is_outdated = False
        self._show_anew: Callable[[], None] | None = None
        self._to_retry: dict[str, Callable[[], None]] = {}
        self._to_come: set[str] = set()
        self._has_come: set[str] = set()

    @property
    def place(self) -> Place:
        """Where the app works."""
        return place_of(self.app)

    def go_to(self, view: str, **wishes: str) -> None:
        """Open another view, which finds there what it is wished to show."""
        self.place.memory.of(view).update(wishes)
        self.app.call_later(self.app.run_action, f"app.open_view('{view}')")

    @property
    def awaited(self) -> object | None:
        """Itself, while it still reads for the first time what keys are about."""
        return self if not self.is_mounted or self.AWAITED & self._to_come else None

    def compose(self) -> ComposeResult:
        """Tabs, trouble, body, footer."""
        yield ViewTabs(VIEWS, opened=self.VIEW)
        yield Trouble()
        with Vertical(id="body"):
            yield from self.body()
        yield KeyFooter()

    def body(self) -> ComposeResult:
        """What is between the tabs and the footer."""
        yield from ()

    def on_mount(self) -> None:
        """A view that reads nothing tells all the same of a database that cannot be opened."""
        if self._show_anew is None and not self._to_retry:
            self.read(lambda _store: None, then=lambda _nothing: None, group="door", settles=False)

    def on_screen_resume(self) -> None:
        """Show what has changed since."""
        if self.is_outdated:
            self.is_outdated = False
            self.reread()

    def why_not(self, action: str) -> str | None:
        """Why the key of this action can do nothing now, as a sentence; None: it can. Its key stands dim meanwhile.

        The app says it when the key is pressed, or clicked, or chosen in the palette. Whoever overrides this calls
        `refresh_bindings()` when an answer changes, and answers also before anything is composed.
        """
        del action
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now, or leave it out."""
        if self.why_not(action) is not None:
            return False if action in self.FOLDED else None
        return super().check_action(action, parameters)

    def keep(self) -> None:
        """Write down for the next time what is to be remembered: the app ends. As when another view is opened."""
        suspended = getattr(self, "on_screen_suspend", None)
        if suspended is not None:
            suspended()

    def reread(self) -> None:
        """Read anew what the view shows."""
        if self._show_anew is not None:
            self._show_anew()

    def action_read_again(self) -> None:
        """What the view shows, and whatever else could not be read."""
        unread, self._to_retry = self._to_retry, {}
        self.trouble.settle()
        self.reread()
        for group, again in unread.items():
            if group != _SHOWN:
                again()

    def read(
        self,
        work: "Callable[[Store | None], Found]",
        *,
        then: Callable[[Found], None],
        failed: Callable[[str], None] | None = None,
        group: str = _SHOWN,
        settles: bool = True,
        is_asked: bool = False,
    ) -> None:
        """Read from the database in a thread; None is given where there is none yet. See `look`."""

        def with_store() -> Found:
            from planner.services.prices import store_if_there  # noqa: PLC0415 - loads SQLAlchemy

            with store_if_there(self.place.address) as store:
                return work(store)

        self.look(with_store, then=then, failed=failed, group=group, settles=settles, is_asked=is_asked)

    def look(
        self,
        work: Callable[[], Found],
        *,
        then: Callable[[Found], None],
        failed: Callable[[str], None] | None = None,
        group: str = _SHOWN,
        settles: bool = True,
        is_asked: bool = False,
    ) -> None:
        """Read something else than the database, or reckon, in a thread.

        The group `read`, which is usual, is what the view shows: it is read again when the database has changed. What
        could not be read, of any group, is tried again on a key.

        `settles`: what was read takes the place of what went wrong before. `is_asked`: a key of its own asks for it, so
        that it is not tried again with what the view shows.
        """
        again = partial(self.look, work, then=then, failed=failed, group=group, settles=settles)
        if group == _SHOWN:
            self._show_anew = again
        if group not in self._has_come:
            self._to_come.add(group)

        def came() -> None:
            self._has_come.add(group)
            self._to_come.discard(group)

        def found(what: Found) -> None:
            was_unread = self._to_retry.pop(group, None) is not None
            if was_unread or (settles and not self._to_retry):
                self.trouble.settle()
            then(what)
            came()

        def unread(sentence: str) -> None:
            came()
            if is_asked:
                (failed or self.trouble.tell)(sentence)
                return
            self._to_retry[group] = again
            (failed or self.trouble.tell)(f"{sentence} · R reads again")

        read_apart(self, work, then=found, failed=unread, group=group)
