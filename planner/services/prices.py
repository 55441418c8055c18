"""The price book in force, and what is asked of it: prices of a day, one instance or target, two targets side by side.

The book in force is the shipped one, with every imported one over it, with the files named last. Plans use it, too.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import reduce
from pathlib import Path

from harness.errors import UsageError
from planner.store.location import locate
from planner.store.price_books import PriceBookRecord
from planner.store.repository import Store
from pricing.book import PriceBook, read_book, shipped_book
from pricing.targets import Targets, shipped_targets


def book_in_force(
    store: Store | None, *, files: Sequence[Path] = (), today: date, targets: Targets | None = None
) -> PriceBook:
    """Shipped prices, those imported into the database, and those of files, in this order; a later word stands.

    Args:
        store: The database; None where there is none.
        files: Price files of one's own, read now.
        today: Prices of later days in files are refused.
        targets: What files may name; the shipped ones if None.

    Raises:
        BookError: if a file is no price book.
        StoreError: if an imported book is damaged.
    """
    imported = [] if store is None else [store.price_book(record.digest) for record in store.price_books()]
    named = [read_book(file, today=today, targets=targets) for file in files]
    return reduce(PriceBook.merged, (*imported, *named), shipped_book())


def targets_in_force(files: Sequence[Path] = ()) -> Targets:
    """Shipped targets and those of files.

    Raises:
        TargetError: if a file describes no target.
    """
    targets = shipped_targets()
    for file in files:
        targets = targets.with_file(file)
    return targets


def price_date(text: str | None, *, today: date, option: str = "--as-of") -> date:
    """The day that prices are asked of: today unless another is named.

    Args:
        text: As it was written.
        today: The last day that prices are known of.
        option: What to call it in messages.

    Raises:
        UsageError: if it is no day, or has not come yet.
    """
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r:.60} is no day: write for example 2026-07-20") from error
    if day > today:
        raise UsageError(f"{option} {day} has not come yet (today is {today}): nobody knows the prices of that day")
    return day


@contextmanager
def store_if_there(address: str) -> Iterator[Store | None]:
    """The database, or None where there is no file yet: prices are shipped, and asking for them creates nothing.

    Raises:
        StoreError: if what is there is no database of ours.
    """
    path = locate(address).path
    if path is not None and not path.exists():
        yield None
        return
    with Store.open_existing(address) as store:
        yield store


def find_record(records: Sequence[PriceBookRecord], start: str) -> PriceBookRecord:
    """The imported book whose digest starts so.

    Raises:
        UsageError: if none does, or more than one.
    """
    found = [one for one in records if start and one.digest.startswith(start.lower())]
    if len(found) == 1:
        return found[0]
    known = ", ".join(one.digest[:12] for one in found or records) or "none"
    told = f"{len(found)} imported price books start" if found else "no imported price book starts"
    raise UsageError(f"{told} with {start[:64]!r}: there are {known}")
