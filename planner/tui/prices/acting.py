"""What can be done with prices, whatever is shown of them: compare, import, add, forget, ask the services."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from rich.console import RenderableType
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.timer import Timer

from planner.drawing.price_comparison_view import comparison_screen
from planner.drawing.refresh_view import refresh_screen
from planner.services.price_overview import PriceOverview
from planner.services.price_refresh import PriceRefresh
from planner.services.prices import targets_in_force
from planner.store.repository import Store
from planner.tui.dialogs.form import Answers, Field, Form
from planner.tui.dialogs.question import Choice, Question
from planner.tui.prices.books import BookLine, file_judge, keep_book
from planner.tui.prices.comparing import compare_fields, compare_judge, compared
from planner.tui.prices.heads import refresh_line
from planner.tui.prices.lines import PriceLine
from planner.tui.prices.own_row import own_row_book, own_row_fields
from planner.tui.prices.refreshing import Refreshing, refresh_fields, refresh_judge
from planner.tui.reading import read_apart
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.told import Told
from planner.wording.text import plain
from pricing.book import read_book

_What = TypeVar("_What")
_PAINT_EVERY_S = 1.0  # a run may be measured meanwhile: painting more often would take from it


class PriceActions(ViewScreen):
    """The keys that ask, and what becomes of the answers. Who shows the prices fills in the rest."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "Compare", tooltip="two devices side by side, and their ratio over time"),
        Binding("i", "import_rows", "Import", show=False, tooltip="rows of your own, from a .csv or .toml file"),
        Binding("n", "new_row", "New price", show=False, tooltip="one price of your own"),
        Binding("u", "refresh_prices", "Update", show=False, tooltip="ask Azure and AWS for today's prices"),
        Binding("x", "cancel_refresh", "Cancel", tooltip="end the update; nothing of it is stored"),
        Binding("D", "forget", "Forget", tooltip="remove the imported book under the cursor; it asks first"),
    ]

    FOLDED = frozenset({"cancel_refresh", "forget"})
    found: PriceOverview | None = None
    _asked: Refreshing | None = None
    _painting: Timer | None = None

    @property
    def line(self) -> PriceLine | None:
        """The price under the cursor."""
        return None

    @property
    def book(self) -> BookLine | None:
        """The book under the cursor, where books are shown."""
        return None

    def read_again(self) -> None:
        """Show what is there now."""

    def tell(self, *parts: RenderableType) -> None:
        """Show this instead of what is under the cursor, until esc."""

    def why_not(self, action: str) -> str | None:
        """Keys that mean something only at times."""
        if action == "cancel_refresh" and self._asked is None:
            return "no service is being asked: u asks for today's prices"
        if action == "forget" and self.book is None:
            return "it forgets the book under the cursor of the list of books: b lists them"
        return super().why_not(action)

    def action_compare(self) -> None:
        """Ask which two."""
        found = self.found
        if found is not None:
            form = Form("Two devices side by side", compare_fields(self.line), judge=compare_judge(found))
            self.app.push_screen(form, partial(self._compare, found))

    def _compare(self, found: PriceOverview, answers: Answers | None) -> None:
        if answers is not None:
            self._then(partial(compared, found, answers), lambda what: self.tell(*comparison_screen(what)))

    def action_import_rows(self) -> None:
        """Ask for the file."""
        fields = (
            Field(name="file", title="price file", is_path=True, hint=".csv or .toml; → completes"),
            Field(name="label", title="called", is_needed=False, hint="the file's name"),
        )
        form = Form("Prices of your own, from a file", fields, judge=file_judge(self.place.today))
        self.app.push_screen(form, self._import)

    def _import(self, answers: Answers | None) -> None:
        if answers is None:
            return
        file, address, today = Path(answers["file"]).expanduser(), self.place.address, self.place.today

        def keep() -> str:
            book = read_book(file, today=today, targets=targets_in_force())
            return keep_book(address, book, label=answers["label"] or file.name, today=today)

        self._then(keep, self._changed)

    def action_new_row(self) -> None:
        """Ask for each of its fields."""
        today = self.place.today
        form = Form(
            "One price of your own",
            own_row_fields(self.line, today=today),
            judge=lambda answers: own_row_book(answers, today=today),
        )
        self.app.push_screen(form, self._add)

    def _add(self, answers: Answers | None) -> None:
        if answers is None:
            return
        address, today = self.place.address, self.place.today
        label = f"own {answers['target']} {answers['instance']}"
        self._then(
            lambda: keep_book(address, own_row_book(answers, today=today), label=label, today=today), self._changed
        )

    def action_forget(self) -> None:
        """Ask before."""
        book = self.book
        if book is None:
            return
        if book.imported is None:
            self.notify("the shipped book stays: it comes with planner", severity="warning")
            return
        question = f"Forget the book {book.label} with {book.prices:,} prices?"
        choices = (Choice(key="y", told="forget it: its prices are no longer in force; plans keep what they used"),)
        self.app.push_screen(Question(question, choices), partial(self._forget, book))

    def _forget(self, book: BookLine, answer: str | None) -> None:
        if answer is None:
            return
        address = self.place.address

        def forget() -> str:
            with Store.open_existing(address) as store:
                store.forget_price_book(book.digest)
            return f"the book {book.label} is forgotten"

        self._then(forget, self._changed)

    def action_refresh_prices(self) -> None:
        """Ask whom to ask."""
        if self._asked is not None:
            self.notify("the services are being asked already: x cancels", severity="warning")
            return
        form = Form("Today's prices from the services that need no key", refresh_fields(), judge=refresh_judge)
        self.app.push_screen(form, self._refresh)

    def _refresh(self, answers: Answers | None) -> None:
        if answers is None:
            return
        self._asked = Refreshing(
            self.app,
            address=self.place.address,
            today=self.place.today,
            answers=answers,
            then=self._refreshed,
            failed=self._refresh_failed,
        )
        self._asked.start()
        self._painting = self.set_interval(_PAINT_EVERY_S, self._paint_refresh)
        self._paint_refresh()
        self.refresh_bindings()

    def action_cancel_refresh(self) -> None:
        """Said at once; it ends at the next word from the network."""
        if self._asked is not None:
            self._asked.cancel()
            self._paint_refresh()

    def on_unmount(self) -> None:
        """Whoever leaves does not wait for the network."""
        if self._asked is not None:
            self._asked.cancel()

    def _paint_refresh(self) -> None:
        if self._asked is not None:
            told = self.query_one("#prices-refresh", Told)
            told.display = True
            told.tell(refresh_line(self._asked))

    def _refreshed(self, found: PriceRefresh) -> None:
        if not self.is_attached:  # the app has ended meanwhile
            return
        self._end_refresh()
        if any(one.digest for one in found.providers):
            self.read_again()
            self.post_message(self.Changed())
        if not found.is_complete:
            self.trouble.tell("not every service gave prices that can be used; those known before stand. u asks again")
        self.tell(Text(f"today's prices, asked on {found.as_of}\n", style="bold"), *refresh_screen(found))

    def _refresh_failed(self, sentence: str) -> None:
        if not self.is_attached:
            return
        was_cancelled = self._asked is not None and self._asked.is_cancelled
        self._end_refresh()
        if was_cancelled:
            self.notify(plain(sentence))
        else:
            self.trouble.tell(sentence)

    def _end_refresh(self) -> None:
        self._asked = None
        if self._painting is not None:
            self._painting.stop()
        self.query_one("#prices-refresh", Told).display = False
        self.refresh_bindings()

    def _changed(self, sentence: str) -> None:
        self.notify(plain(sentence))
        self.post_message(self.Changed())
        self.read_again()

    def _then(self, work: Callable[[], _What], then: Callable[[_What], None]) -> None:
        def done(what: _What) -> None:
            self.trouble.settle()
            then(what)

        read_apart(self, work, then=done, failed=self.trouble.tell, group="acting")
