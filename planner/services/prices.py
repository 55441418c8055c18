"""The price book in force, and what is asked of it: prices of a day, one instance or target, two targets side by side.

The book in force is the shipped one, with every imported one over it, with the files named last. Plans use it, too.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from pathlib import Path

from harness.errors import UsageError
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


def price_date(text: str | None, *, today: date) -> date:
    """The day that prices are asked of: today unless another is named.

    Raises:
        UsageError: if it is no day, or has not come yet.
    """
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text!r} is no day: write for example 2026-07-20") from error
    if day > today:
        raise UsageError(f"--as-of {day} has not come yet (today is {today}): nobody knows the prices of that day")
    return day
