"""Everything that is known of prices at once, for a face that shows it: rows with their book, books, findings.

A stored book that turned bad does not hide the others: it is listed with what is wrong with it, and left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from planner.errors import StoreError
from planner.services.book_comparison import BookComparison, compare_books
from planner.services.price_questions import OwnedRow, PriceRow, list_prices
from planner.store.price_books import PriceBookRecord
from planner.store.repository import Store
from pricing.book import BookFinding, PriceBook, lint_book, shipped_book
from pricing.errors import BookError
from pricing.targets import Targets
from pricing.vocabulary import Offer

SHIPPED = "shipped"
PriceKey = tuple[str, str, str, str]
"""Provider, region, instance and purchase option: what a price is of, whatever its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBook:
    """A book of the database, beside what stood before it.

    Attributes:
        record: In brief.
        book: What it holds; None where it is damaged.
        against_shipped: It beside the shipped one; None where it is damaged.
        fault: What is wrong with it, else empty.
    """

    record: PriceBookRecord
    book: PriceBook | None
    against_shipped: BookComparison | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOverview:
    """Prices in force on a day.

    Attributes:
        as_of: The day.
        book: All books in one.
        rows: Of every price the latest, by device and price.
        owned: Bought hardware.
        imported: The books over the shipped one, in the order in which they came.
        findings: What looks wrong, with the offers it is about.
        named: By what a price is of, the label of the book that stated it last; the shipped one is not named.
        suspect: By what a price is of, the findings about it.
    """

    as_of: date
    book: PriceBook
    rows: tuple[PriceRow, ...]
    owned: tuple[OwnedRow, ...]
    imported: tuple[ImportedBook, ...]
    findings: tuple[BookFinding, ...]
    named: Mapping[PriceKey, str]
    suspect: Mapping[PriceKey, tuple[BookFinding, ...]]

    def source_of(self, row: PriceRow) -> str:
        """The label of the book that a row comes from."""
        return self.named.get(key_of(row), SHIPPED)


def price_overview(store: Store | None, as_of: date, *, targets: Targets) -> PriceOverview:
    """Read everything.

    Args:
        store: The database; None where there is none.
        as_of: The day asked of.
        targets: Those that prices may name.
    """
    imported = tuple(_imported(store, record, as_of) for record in store.price_books()) if store else ()
    books = [one.book for one in imported if one.book is not None]
    book = reduce(PriceBook.merged, books, shipped_book())
    rows, owned = _listed(book, as_of)
    findings = lint_book(book, today=as_of, targets=targets, reference=shipped_book())
    return PriceOverview(
        as_of=as_of,
        book=book,
        rows=rows,
        owned=owned,
        imported=imported,
        findings=findings,
        named=_named(book, imported, as_of),
        suspect=_suspect(findings),
    )


def key_of(row: PriceRow | Offer) -> PriceKey:
    """What the price is of."""
    return row.provider, row.region, row.instance, row.purchase


def _listed(book: PriceBook, as_of: date) -> tuple[tuple[PriceRow, ...], tuple[OwnedRow, ...]]:
    try:
        found = list_prices(book, as_of)
    except BookError:  # no price is as old as that day
        return (), ()
    return found.prices, found.owned


def _imported(store: Store, record: PriceBookRecord, as_of: date) -> ImportedBook:
    try:
        book = store.price_book(record.digest)
    except StoreError as error:
        return ImportedBook(record=record, book=None, against_shipped=None, fault=str(error))
    return ImportedBook(record=record, book=book, against_shipped=compare_books(shipped_book(), book, as_of))


def _named(book: PriceBook, imported: Sequence[ImportedBook], as_of: date) -> dict[PriceKey, str]:
    by_offer = {offer: one.record.label for one in imported if one.book is not None for offer in one.book.offers}
    return {key_of(offer): by_offer[offer] for offer in book.current(as_of) if offer in by_offer}


def _suspect(findings: Sequence[BookFinding]) -> dict[PriceKey, tuple[BookFinding, ...]]:
    found: dict[PriceKey, list[BookFinding]] = {}
    for one in findings:
        for key in {key_of(offer) for offer in one.offers}:
            found.setdefault(key, []).append(one)
    return {key: tuple(about) for key, about in found.items()}
