"""The books behind the prices in force: the shipped one, then those imported over it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.book_comparison_view import book_comparison_screen
from planner.services.book_comparison import Standing
from planner.services.price_overview import SHIPPED, ImportedBook, PriceOverview
from planner.services.prices import book_in_force, targets_in_force
from planner.store.repository import Store
from planner.tui.dialogs.form import FieldError
from planner.tui.widgets.grid import GridColumn
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT
from planner.wording.text import plain
from pricing.book import PriceBook, read_book, shipped_book
from pricing.errors import BookError

_DIGEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """A book: its label, digest and size. `imported` is None of the shipped one."""

    label: str
    digest: str
    prices: int
    imported: ImportedBook | None = None


def book_lines(found: PriceOverview) -> tuple[BookLine, ...]:
    """The shipped book, then the others in the order in which they came."""
    shipped = shipped_book()
    first = BookLine(label=SHIPPED, digest=shipped.digest, prices=len(shipped.offers))
    others = (
        BookLine(label=one.record.label, digest=one.record.digest, prices=one.record.prices, imported=one)
        for one in found.imported
    )
    return (first, *others)


def book_columns() -> tuple[GridColumn[BookLine], ...]:
    """What each adds."""
    return (
        GridColumn(title="book", draw=lambda one: Text(plain(one.label), no_wrap=True, overflow="ellipsis"), least=20),
        GridColumn(title="imported", draw=_imported, order=_moment),
        GridColumn(
            title="prices", draw=lambda one: Text(f"{one.prices:,}"), order=lambda one: one.prices, is_right=True
        ),
        GridColumn(title="changed", draw=_count(Standing.CHANGED), is_right=True, rank=1),
        GridColumn(title="added", draw=_count(Standing.ADDED), is_right=True, rank=1),
        GridColumn(title="state", draw=_state, rank=0),
        GridColumn(title="digest", draw=lambda one: Text(one.digest[:_DIGEST]), rank=3),
    )


def book_detail(one: BookLine) -> Iterator[RenderableType]:
    """It against the shipped one; of that one, where it comes from."""
    if one.imported is None:
        yield Text("the shipped book", style="bold")
        yield Text("It comes with this version of planner. Books that are imported or fetched stand over it:")
        yield Text("of one thing on one day the later word counts.")
        yield Text("\ni imports a file · n adds one price · u asks the services", style="dim")
        return
    if one.imported.against_shipped is None:
        yield signed("!", one.imported.fault)
        yield Text("\nIt is left out of the prices shown here; D forgets it.")
        return
    found = one.imported.against_shipped
    stated = tuple(each for each in found.differences if each.standing is not Standing.REMOVED)
    yield from book_comparison_screen(replace(found, differences=stated), one="shipped", other=one.label)
    if len(stated) < len(found.differences):
        yield Text("shipped prices that it does not state stay in force", style="dim")
    yield Text(plain(f"\ndigest {one.digest}"), style="dim")
    yield Text("D forgets it; plans keep the prices that they used", style="dim")


def file_judge(today: date) -> Callable[[Mapping[str, str]], object]:
    """Reads the file that is named, and refuses in its reader's words."""

    def judge(answers: Mapping[str, str]) -> PriceBook:
        try:
            return read_book(Path(answers["file"]).expanduser(), today=today, targets=targets_in_force())
        except (BookError, ValueError, RuntimeError) as error:  # no path at all; no home to expand to
            raise FieldError("file", str(error)) from error

    return judge


def keep_book(address: str, book: PriceBook, *, label: str, today: date) -> str:
    """Store it; what to tell of it.

    Raises:
        StoreError: if the database cannot be written.
    """
    with Store.open(address) as store:
        replaced = book_in_force(store, today=today, targets=targets_in_force()).contradicted_by(book)
        is_new = store.record_price_book(book, label=plain(label))
    count = len(book.offers) + len(book.owned)
    told = f"{count:,} price{'s' * (count != 1)} of {label}"
    if not is_new:
        return f"{told}: in the database already"
    return f"{told} in force{f', {len(replaced)} in place of others of the same day' if replaced else ''}"


def _imported(one: BookLine) -> Text:
    return Text(f"{one.imported.record.imported_at:%Y-%m-%d %H:%M}" if one.imported else ABSENT)


def _moment(one: BookLine) -> float:
    return one.imported.record.imported_at.timestamp() if one.imported else 0.0


def _count(standing: Standing) -> Callable[[BookLine], Text]:
    def draw(one: BookLine) -> Text:
        compared = one.imported.against_shipped if one.imported else None
        return Text(ABSENT if compared is None else f"{compared.count(standing):,}")

    return draw


def _state(one: BookLine) -> Text:
    if one.imported is not None and one.imported.fault:
        return signed("!", "damaged")
    return signed("✓", "in force")
