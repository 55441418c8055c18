"""Prices: every offer in force with source and age, what looks wrong, one's own rows, and today's from providers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from planner.refresh.meter import Progress
from planner.refresh.providers import Asking
from planner.services.price_comparison import TargetComparison, compare_targets
from planner.services.price_findings import PriceFindings, look_over
from planner.services.price_questions import PriceHistory, PriceRow, TargetPrices, list_prices, show_prices
from planner.services.price_refresh import PriceRefresh, refresh_prices
from planner.services.prices import book_in_force, targets_in_force
from planner.services.refresh_request import refresh_request
from planner.store.price_books import PriceBookRecord
from planner.store.repository import Store
from planner.tui.dialogs.form import Field, Form
from planner.tui.reading import read_apart
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.grid import Grid, GridColumn
from planner.tui.widgets.told import Told
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT
from planner.wording.text import plain
from pricing.book import PriceBook, read_book

_What = TypeVar("_What")
_OLD_DAYS = 400  # as `planner prices lint` tells
_AGEING_DAYS = 120
_HOURS_OF_MONTH = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the view shows."""

    book: PriceBook
    rows: tuple[PriceRow, ...]
    imported: tuple[PriceBookRecord, ...]
    findings: PriceFindings


class PricesScreen(ViewScreen):
    """The list, and what is under the cursor."""

    VIEW = "prices"
    HELP_TEXT = """
Every price in force: those that are shipped, with imported and refreshed ones over them. A price is as good as its
source and its day: **age** says so. **f** what looks wrong · **c** two devices side by side · **i** rows of your own
from a file · **u** today's prices from the services that need no key.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "findings", "Findings", tooltip="what looks wrong with these prices"),
        Binding("c", "compare", "Compare", tooltip="two devices side by side, and their ratio over time"),
        Binding("i", "import_rows", "Import", tooltip="rows of your own, from a CSV file"),
        Binding("u", "refresh_prices", "Update", tooltip="ask Azure and AWS for today's prices"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: _Found | None = None

    def body(self) -> ComposeResult:
        """Head, list, detail."""
        yield Told(id="prices-head", markup=False)
        with Horizontal(classes="list-and-detail"):
            yield Grid[PriceRow](_columns(), empty="no price is in force", sorted_by=1, id="prices-list")
            yield Detail(id="prices-detail")

    def on_mount(self) -> None:
        """Read."""
        self._grid.order = self.place.memory.of(self.VIEW).get("order", "1+")
        self._grid.focus_table()
        self._read()

    def on_screen_resume(self) -> None:
        """Show the price that another view asked for."""
        wanted = self.place.memory.of(self.VIEW).pop("filter", None)
        if wanted:
            self._grid.filter = wanted
            self._grid.focus_table()

    def on_screen_suspend(self) -> None:
        """Remember the order."""
        self.place.memory.of(self.VIEW)["order"] = self._grid.order

    @property
    def _grid(self) -> Grid[PriceRow]:
        return self.query_one("#prices-list", Grid)

    def _read(self) -> None:
        self.read(partial(_prices, today=self.place.today), then=self._show)

    def _show(self, found: _Found) -> None:
        self._found = found
        own = f" with {len(found.imported)} imported over it" if found.imported else ""
        wrong = len(found.findings.findings)
        told = f"{wrong} findings: f tells" if wrong else "nothing looks wrong"
        head = signed("!" if wrong else "✓", f"{len(found.rows):,} prices, the shipped book{own} · {told}")
        self.query_one("#prices-head", Told).tell(head)
        self._grid.fill(found.rows)

    def on_grid_looked(self, event: Grid.Looked) -> None:
        """Every price of that instance."""
        found = self._found
        if found is None or not isinstance(event.row, PriceRow):
            return
        row = event.row
        read_apart(
            self,
            partial(show_prices, found.book, row.instance, self.place.today, targets=targets_in_force()),
            then=lambda told: self.query_one(Detail).tell(
                *_told(row, told if isinstance(told, PriceHistory) else None)
            ),
            failed=self.trouble.tell,
            group="history",
        )

    def _tell_of(self, row: PriceRow, found: PriceHistory | TargetPrices) -> None:
        self.query_one(Detail).tell(*_told(row, found if isinstance(found, PriceHistory) else None))

    def action_findings(self) -> None:
        """What looks wrong."""
        if self._found is not None:
            self.query_one(Detail).tell(*_wrong(self._found))

    def action_compare(self) -> None:
        """Ask which two."""
        row = self._grid.at_cursor
        fields = (
            Field(name="one", title="device", value=(row.target_id or "") if row else ""),
            Field(name="other", title="and", value="t4"),
        )
        self.app.push_screen(Form("Two devices side by side", fields), self._compare)

    def _compare(self, answers: dict[str, str] | None) -> None:
        found = self._found
        if answers is None or found is None:
            return
        targets, today = targets_in_force(), self.place.today

        def compared() -> TargetComparison:
            return compare_targets(found.book, targets.find(answers["one"]), targets.find(answers["other"]), today)

        def tell(what: TargetComparison) -> None:
            self.trouble.settle()
            self.query_one(Detail).tell(*_compared(what))

        read_apart(self, compared, then=tell, failed=self.trouble.tell, group="compare")

    def action_import_rows(self) -> None:
        """Ask for the file."""
        fields = (Field(name="file", title="a price file (CSV, as `planner prices list --csv` prints)"),)
        self.app.push_screen(Form("Rows of your own", fields), self._import)

    def _import(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        file, address, today = Path(answers["file"]).expanduser(), self.place.address, self.place.today

        def keep() -> int:
            book = read_book(file, today=today, targets=targets_in_force())
            with Store.open(address) as store:
                store.record_price_book(book, label=plain(file.name))
            return len(book.offers) + len(book.owned)

        self._then_read(keep, lambda count: f"{count:,} prices of {file.name} are in force")

    def action_refresh_prices(self) -> None:
        """Ask the services; a line tells how far it is."""
        address, today = self.place.address, self.place.today
        head = self.query_one("#prices-head", Told)

        def tell(progress: Progress) -> None:
            self.app.call_from_thread(head.tell, Text(plain(f"… {progress.provider}: {progress.doing}")))

        def ask() -> PriceRefresh:
            targets = targets_in_force()
            with Store.open(address) as store:
                book = book_in_force(store, today=today, targets=targets)
                request = refresh_request(
                    book, providers=(), regions=(), source=None, today=today, accepts_changes=False, is_dry_run=False
                )
                return refresh_prices(store, book, request, targets=targets, asking=Asking(watch=tell))

        self._then_read(ask, _refreshed)

    def _then_read(self, work: Callable[[], _What], words: Callable[[_What], str]) -> None:
        def done(what: _What) -> None:
            self.trouble.settle()
            self.notify(plain(words(what)))
            self._read()

        read_apart(self, work, then=done, failed=self._failed, group="change")

    def _failed(self, sentence: str) -> None:
        self.trouble.tell(sentence)
        if self._found is not None:
            self._show(self._found)


def _prices(store: Store | None, *, today: date) -> _Found:
    targets = targets_in_force()
    book = book_in_force(store, today=today, targets=targets)
    return _Found(
        book=book,
        rows=list_prices(book, today).prices,
        imported=tuple(store.price_books()) if store else (),
        findings=look_over(book, today=today, targets=targets, oldest_days=_OLD_DAYS),
    )


def _columns() -> tuple[GridColumn[PriceRow], ...]:
    return (
        GridColumn(title="device", draw=lambda row: Text(plain(_device(row)))),
        GridColumn(title="device-h", draw=_per_device, order=_device_hour, is_right=True),
        GridColumn(title="option", draw=lambda row: Text(plain(row.purchase))),
        GridColumn(title="market", draw=lambda row: Text(plain(f"{row.provider} {row.region}"))),
        GridColumn(title="age", draw=_age, order=lambda row: row.age_days, is_right=True),
        GridColumn(title="instance", draw=lambda row: Text(plain(row.instance))),
        GridColumn(title="per hour", draw=_per_hour, order=lambda row: row.per_hour, is_right=True),
        GridColumn(title="of", draw=lambda row: Text(str(row.as_of)), order=lambda row: row.as_of),
    )


def _device(row: PriceRow) -> str:
    name = row.target_id or row.device or ABSENT
    return f"{row.devices:.4g} × {name}" if row.devices else name


def _amount(amount: float | None, currency: str) -> Text:
    return Text(ABSENT if amount is None else f"{amount:,.4f} {currency}")


def _per_hour(row: PriceRow) -> Text:
    return _amount(row.per_hour, row.currency)


def _per_device(row: PriceRow) -> Text:
    return _amount(row.per_device_hour, row.currency)


def _device_hour(row: PriceRow) -> float:
    return float("inf") if row.per_device_hour is None else row.per_device_hour


def _age(row: PriceRow) -> Text:
    sign = "!" if row.age_days > _OLD_DAYS else "~" if row.age_days > _AGEING_DAYS else "✓"
    return signed(sign, f"{row.age_days} d")


def _told(row: PriceRow, history: PriceHistory | None) -> Iterator[RenderableType]:
    shape = [_device(row)]
    shape += [f"{row.vcpus} vCPUs"] * (row.vcpus is not None) + [f"{row.memory_gib:g} GiB"] * bool(row.memory_gib)
    yield Text(plain(f"{row.instance}  {' · '.join(shape)}"), style="bold")
    yield Text(plain(f"{row.provider} {row.region}, {row.purchase}"))
    month = row.per_hour * _HOURS_OF_MONTH
    yield Text(f"{row.per_hour:,.4f} {row.currency} an hour · {month:,.2f} a month · {row.per_year:,.2f} a year")
    if not row.is_rentable_alone:
        yield signed("~", "an accelerator alone: the instance that it is attached to costs extra")
    yield Text()
    yield Text.assemble(_age(row), plain(f" old, of {row.as_of}: {row.source}"))
    if history is not None and history.prices:
        yield Text()
        yield _history(history)


def _history(history: PriceHistory) -> Table:
    table = Table(title=f"every price of {plain(history.instance)}", title_justify="left", box=None, pad_edge=False)
    for title in ("of", "market", "option", "per hour"):
        table.add_column(title, header_style="dim", justify="right" if title == "per hour" else "left")
    for one in history.prices:
        where = Text(plain(f"{one.provider} {one.region}"))
        table.add_row(str(one.as_of), where, Text(plain(one.purchase)), _per_hour(one))
    return table


def _wrong(found: _Found) -> Iterator[RenderableType]:
    yield Text("what looks wrong", style="bold")
    for one in found.findings.findings:
        yield signed("!", f"{one.rule}  {one.sentence}")
    if not found.findings.findings:
        yield signed("✓", "nothing")
    for book in found.imported:
        yield Text(
            plain(f"imported {book.imported_at:%Y-%m-%d}: {book.label}, {book.prices:,} prices, {book.digest[:12]}")
        )


def _compared(what: TargetComparison) -> Iterator[RenderableType]:
    yield Text(plain(f"{what.one} beside {what.other}, {what.purchase}, a device and hour"), style="bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("market", what.one, what.other, "ratio"):
        table.add_column(title, justify="left" if title == "market" else "right")
    for pair in what.markets:
        ratio = ABSENT if pair.ratio is None else f"{pair.ratio:.2f}×"
        sides = (ABSENT if one is None else f"{one.per_device_hour or 0:,.4f}" for one in (pair.one, pair.other))
        table.add_row(Text(plain(f"{pair.provider} {pair.region}")), *sides, ratio)
    yield table
    for point in what.over_time:
        yield Text(plain(f"{point.day}  {point.provider} {point.region}  {point.ratio:.2f}×"), style="dim")


def _refreshed(found: PriceRefresh) -> str:
    return " · ".join(
        f"{one.provider}: {one.outcome}{f', {one.reason}' if one.reason else ''}" for one in found.providers
    )
