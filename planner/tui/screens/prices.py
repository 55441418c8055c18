"""Prices: every offer in force with source and age, what looks wrong, and the books behind them."""

from enum import StrEnum
from functools import partial
from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import DescendantFocus
from textual.widgets import ContentSwitcher

from planner.drawing.price_detail import finding_detail, owned_detail, price_detail
from planner.services.price_overview import PriceOverview, key_of, price_overview
from planner.services.price_questions import PriceHistory, TargetPrices, show_prices
from planner.services.prices import targets_in_force
from planner.tui.prices.acting import PriceActions
from planner.tui.prices.books import BookLine, book_columns, book_detail, book_lines
from planner.tui.prices.filters import QuickFilters
from planner.tui.prices.findings import finding_columns
from planner.tui.prices.heads import price_head
from planner.tui.prices.lines import PriceLine, key_of_line, price_columns, price_lines
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.grid import Grid
from planner.tui.widgets.told import Told
from pricing.book import BookFinding


class Pane(StrEnum):
    """What is listed; the names are those of the lists."""

    PRICES = "prices-list"
    FINDINGS = "prices-findings"
    BOOKS = "prices-books"


class PricesScreen(PriceActions):
    """Lists to the left, what is under the cursor to the right."""

    VIEW = "prices"
    HELP_TEXT = """
Every price in force: those that are shipped, with yours and fetched ones over them. A price is as good as its source
and its day: ✓ fresh · ~ ageing (over 120 days) · ! old (over 400). **d m o** go through devices, markets and options,
**a** shows all again. **f** lists what looks wrong, and enter there leads to the prices; **b** lists the books, each
against the shipped one. **i n u** bring prices: a file, one by hand, today's from the services that need no key.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "cycle('device')", "Device", show=False, tooltip="only that device, then the next one"),
        Binding("m", "cycle('market')", "Market", show=False, tooltip="only that market, then the next one"),
        Binding("o", "cycle('option')", "Option", show=False, tooltip="only that purchase option, then the next one"),
        Binding("a", "all", "All", show=False, tooltip="end the filters"),
        Binding("f", "pane('prices-findings')", "Findings", tooltip="what looks wrong with these prices"),
        Binding("b", "pane('prices-books')", "Books", tooltip="the books behind the prices, against the shipped one"),
        Binding("escape", "back", "Back", tooltip="back to the list"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[PriceLine, ...] = ()
        self._filters = QuickFilters()
        self._is_telling = False
        self._asked_of: tuple[str, PriceLine] | None = None  # by which book, whose history was read last
        self._parts: tuple[RenderableType, ...] = ()

    def body(self) -> ComposeResult:
        """Heads, lists, detail."""
        yield Told(id="prices-head", markup=False)
        yield Told(id="prices-filters", markup=False)
        yield Told(id="prices-refresh", markup=False)
        with Horizontal(id="prices", classes="list-and-detail"):
            with ContentSwitcher(initial=Pane.PRICES, id="prices-panes"):
                nothing = "no price is like that: a shows all · i imports a file"
                yield Grid[PriceLine](price_columns(), empty=nothing, sorted_by=1, key=key_of_line, id=Pane.PRICES)
                fine = "✓ nothing looks wrong\n\nesc goes back to the prices"
                yield Grid[BookFinding](finding_columns(), empty=fine, id=Pane.FINDINGS)
                yield Grid[BookLine](
                    book_columns(), empty="no book", sorted_by=1, key=lambda one: one.digest, id=Pane.BOOKS
                )
            yield Detail(id="prices-detail")

    def on_mount(self) -> None:
        """Read."""
        self.query_one("#prices-refresh").display = False
        self._prices.order = self.place.memory.of(self.VIEW).get("order", "1+")
        self._prices.focus_table()
        self.read_again()

    def on_screen_resume(self) -> None:
        """Another view may want some of the prices shown."""
        wanted = self.place.memory.of(self.VIEW).pop("filter", "")
        if wanted:
            self._filters = QuickFilters()
            self._open(Pane.PRICES)
            self._prices.filter = wanted
            self._draw()

    def on_screen_suspend(self) -> None:
        """Remember the order."""
        self.place.memory.of(self.VIEW)["order"] = self._prices.order

    @property
    def _prices(self) -> Grid[PriceLine]:
        return self.query_one(f"#{Pane.PRICES}", Grid)

    @property
    def _pane(self) -> Pane:
        return Pane(self.query_one(ContentSwitcher).current or Pane.PRICES)

    @property
    def line(self) -> PriceLine | None:
        """The price under the cursor."""
        return self._prices.at_cursor

    @property
    def book(self) -> BookLine | None:
        """The book under the cursor, where books are shown."""
        if not self.is_mounted or self._pane is not Pane.BOOKS:
            return None
        at: BookLine | None = self.query_one(f"#{Pane.BOOKS}", Grid).at_cursor
        return at

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Back is shown where there is something to go back from."""
        return self._is_away if action == "back" else super().check_action(action, parameters)

    @property
    def _is_away(self) -> bool:
        return self.is_mounted and (self._is_wide or self._pane is not Pane.PRICES)

    @property
    def _is_wide(self) -> bool:
        return self.query_one("#prices").has_class("-whole")

    def _widen(self) -> None:
        self.query_one("#prices").add_class("-whole")
        self.query_one(Detail).focus()
        self.refresh_bindings()

    def read_again(self) -> None:
        """Everything of prices, anew."""
        work = partial(price_overview, as_of=self.place.today, targets=targets_in_force())
        self.read(work, then=self._show)

    def _show(self, found: PriceOverview) -> None:
        self.found = found
        self._lines = price_lines(found)
        self.query_one("#prices-head", Told).tell(price_head(found))
        self.query_one(f"#{Pane.FINDINGS}", Grid).fill(found.findings)
        self.query_one(f"#{Pane.BOOKS}", Grid).fill(book_lines(found))
        self._draw()
        damaged = [one for one in found.imported if one.fault]
        if damaged:
            told = f"the imported book {damaged[0].record.label} is left out: {damaged[0].fault}"
            self.trouble.tell(f"{told}. b lists the books, D there forgets it")

    def _draw(self) -> None:
        self.query_one("#prices-filters", Told).tell(self._filters.line())
        self._prices.fill(self._filters.shown(self._lines))

    def action_cycle(self, name: str) -> None:
        """The next value of a filter."""
        self._open(Pane.PRICES)
        self._filters = self._filters.next(name, self._lines, at=self.line)
        self._draw()

    def action_all(self) -> None:
        """No filter."""
        self._filters = QuickFilters()
        self._prices.filter = ""
        self._draw()

    def action_pane(self, name: str) -> None:
        """That list; the same key goes back."""
        self._open(Pane.PRICES if self._pane == name else Pane(name))

    def action_back(self) -> None:
        """From what was told, then from another list, to the prices."""
        self._open(self._pane if self._is_wide else Pane.PRICES)

    def _open(self, pane: Pane) -> None:
        self._is_telling = False
        self.query_one("#prices").remove_class("-whole")
        self.query_one(ContentSwitcher).current = pane
        grid = self.query_one(f"#{pane}", Grid)
        grid.focus_table()
        self._look(grid.at_cursor)
        self.refresh_bindings()

    def tell(self, *parts: RenderableType) -> None:
        """Instead of what is under the cursor, as wide as there is room, until esc."""
        self._is_telling = True
        self.query_one(Detail).tell(*parts)
        self._widen()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Whoever goes back to a list wants to see what is under its cursor."""
        if self._is_telling and not isinstance(event.widget, Detail):
            self._is_telling = False
            self._look(self.query_one(f"#{self._pane}", Grid).at_cursor)

    def on_grid_looked(self, event: Grid.Looked) -> None:
        """Tell of it."""
        if event.grid.id == self._pane and not self._is_telling:
            self._look(event.row)

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        """A finding leads to its prices; anything else is read at full width."""
        if isinstance(event.row, BookFinding):
            self._follow(event.row)
            return
        self._widen()

    def _follow(self, finding: BookFinding) -> None:
        self._filters = QuickFilters(keys=frozenset(map(key_of, finding.offers)), rule=finding.rule)
        self._prices.filter = ""
        self._open(Pane.PRICES)
        self._draw()
        suspect = key_of(finding.offers[0])
        first = next((one for one in self._prices.shown if one.rented and key_of(one.rented) == suspect), None)
        if first is not None:
            self._prices.go_to(first)

    def _look(self, row: object) -> None:
        detail = self.query_one(Detail)
        if isinstance(row, PriceLine):
            self._look_at_price(row)
        elif isinstance(row, BookFinding):
            detail.tell(*finding_detail(row))
        elif isinstance(row, BookLine):
            detail.tell(*book_detail(row))
        else:
            detail.tell()

    def _look_at_price(self, line: PriceLine) -> None:
        found, row = self.found, line.rented
        if line.bought is not None:
            self.query_one(Detail).tell(*owned_detail(line.bought, age_days=line.age_days))
        if found is None or row is None:
            return
        asked = (found.book.digest, line)
        if self._asked_of == asked:  # a list that is filled anew says so of the same line again
            self.query_one(Detail).tell(*self._parts)
            return
        self._asked_of, self._parts = asked, ()
        self.look(
            partial(show_prices, found.book, row.instance, found.as_of, targets=targets_in_force()),
            then=partial(self._tell_history, found, line),
            group="history",
            settles=False,
        )

    def _tell_history(self, found: PriceOverview, line: PriceLine, history: PriceHistory | TargetPrices) -> None:
        row = line.rented
        if row is None or self._asked_of != (found.book.digest, line):
            return
        known = history if isinstance(history, PriceHistory) else None
        findings = found.suspect.get(key_of(row), ())
        self._parts = tuple(price_detail(row, known, book=line.book, findings=findings, until=found.as_of))
        if self.line == line and self._pane is Pane.PRICES and not self._is_telling:
            self.query_one(Detail).tell(*self._parts)
