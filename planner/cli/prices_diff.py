"""`planner prices diff`: two price books beside each other."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import output
from planner.drawing.book_comparison_view import book_comparison_screen
from planner.services.book_comparison import compare_books
from planner.services.prices import book_in_force, find_record, price_date, store_if_there, targets_in_force
from planner.settings import database_address
from planner.store.repository import Store
from pricing.book import PriceBook, read_book, shipped_book
from pricing.files import shown
from pricing.targets import Targets

_SHIPPED, _IN_FORCE = "shipped", "in-force"


def diff(options: argparse.Namespace) -> int:
    """What changed from the first to the other."""
    today = datetime.now(UTC).date()
    as_of = price_date(options.as_of, today=today)
    targets = targets_in_force([Path(name) for name in options.target_file])
    with store_if_there(database_address(options.db)) as store:
        one, other = (_book(name, store, today=today, targets=targets) for name in (options.one, options.other))
    found = compare_books(one, other, as_of)
    if options.json:
        output.show_json(found)
    else:
        output.show(*book_comparison_screen(found, one=options.one, other=options.other))
    return 0


def _book(name: str, store: Store | None, *, today: date, targets: Targets) -> PriceBook:
    """The shipped book, the one in force, a file, or an imported one by the start of its digest."""
    if name == _SHIPPED:
        return shipped_book()
    if name == _IN_FORCE:
        return book_in_force(store, today=today, targets=targets)
    path = Path(name)
    if path.suffix.lower() in {".csv", ".toml"}:
        return read_book(path, today=today, targets=targets)
    if store is None:
        raise UsageError(f"{shown(name)} is none of shipped, in-force and files, and there is no database to look in")
    return store.price_book(find_record(store.price_books(), name).digest)
