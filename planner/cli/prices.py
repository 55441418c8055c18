"""`planner prices`: the prices of a day, of an instance or a device, two devices side by side, and one's own books."""

import argparse
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from planner.cli import diagnostics, output
from planner.cli.prices_view import findings_screen, history_screen, list_screen, target_screen
from planner.drawing.price_comparison_view import comparison_screen
from planner.services.exit_codes import ExitCode
from planner.services.price_comparison import compare_targets
from planner.services.price_findings import look_over
from planner.services.price_questions import PriceHistory, list_prices, show_prices
from planner.services.prices import book_in_force, find_record, price_date, store_if_there, targets_in_force
from planner.settings import database_address
from planner.store.repository import Store
from planner.wording.text import plain
from pricing.book import PriceBook, read_book, write_csv
from pricing.targets import Targets


def list_(options: argparse.Namespace) -> int:
    """The prices of a day, those of one's own among them."""
    with _asked(options) as (book, targets, as_of, store):
        found = list_prices(
            book,
            as_of,
            provider=options.provider,
            region=options.region,
            purchase=options.purchase,
            target_id=targets.find(options.target).target_id if options.target else None,
        )
        if options.json:
            output.show_json(found)
        elif options.csv:
            rows = {(row.provider, row.region, row.instance, row.purchase, row.as_of) for row in found.prices}
            chosen = tuple(
                one for one in book.offers if (one.provider, one.region, one.instance, one.purchase, one.as_of) in rows
            )
            output.show_text(write_csv(PriceBook(chosen)))
        else:
            output.show(*list_screen(found, store.price_books() if store else ()))
    return 0


def show(options: argparse.Namespace) -> int:
    """Every price of an instance, or what a device costs in every market."""
    with _asked(options) as (book, targets, as_of, _):
        found = show_prices(book, options.name, as_of, targets=targets)
    if options.json:
        output.show_json(found)
    elif isinstance(found, PriceHistory):
        output.show(*history_screen(found))
    else:
        output.show(*target_screen(found))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Two devices side by side."""
    with _asked(options) as (book, targets, as_of, _):
        found = compare_targets(
            book, targets.find(options.one), targets.find(options.other), as_of, purchase=options.purchase
        )
    if options.json:
        output.show_json(found)
    else:
        output.show(*comparison_screen(found))
    return 0


def lint(options: argparse.Namespace) -> int:
    """What looks wrong; 1 where something does."""
    with _asked(options) as (book, targets, as_of, _):
        file = Path(options.file) if options.file else None
        judged = read_book(file, today=_today(), targets=targets) if file else book
        found = look_over(
            judged, today=as_of, targets=targets, reference=book if file else None, oldest_days=options.older_than
        )
    if options.json:
        output.show_json(found)
    else:
        output.show(*findings_screen(found))
    return ExitCode.REJECTED_OR_SLOWER if found.findings else 0


def import_(options: argparse.Namespace) -> int:
    """Keep a price file in the database; its digest goes to standard output."""
    today = _today()
    targets = targets_in_force([Path(name) for name in options.target_file])
    file = Path(options.file)
    book = read_book(file, today=today, targets=targets)
    address = database_address(options.db)
    with Store.open(address) as store:
        before = book_in_force(store, today=today, targets=targets)
        is_new = store.record_price_book(book, label=plain(options.label or file.name))
    count = len(book.offers) + len(book.owned)
    diagnostics.note(f"{count} price{'s' * (count != 1)} {'imported into' if is_new else 'already in'} {address}")
    if is_new and (replaced := before.contradicted_by(book)):
        diagnostics.note(f"{len(replaced)} of them stand in place of another price of the same day")
    findings = len(look_over(book, today=today, targets=targets, reference=before).findings)
    if findings:
        diagnostics.note(
            f"{findings} finding{'s' * (findings != 1)} in it: planner prices lint {shlex.quote(str(file))}"
        )
    output.show_text(book.digest)
    return 0


def forget(options: argparse.Namespace) -> int:
    """Remove an imported book."""
    with Store.open_existing(database_address(options.db)) as store:
        record = find_record(store.price_books(), options.digest)
        store.forget_price_book(record.digest)
    output.show_text(plain(f"the price book {record.digest[:12]} ({record.label}) is forgotten"))
    return 0


@contextmanager
def _asked(options: argparse.Namespace) -> Iterator[tuple[PriceBook, Targets, date, Store | None]]:
    """The book in force, the targets, the day asked of, and the database if there is one."""
    today = _today()
    as_of = price_date(options.as_of, today=today)
    targets = targets_in_force([Path(name) for name in options.target_file])
    with store_if_there(database_address(options.db)) as store:
        files = [Path(name) for name in options.prices]
        yield book_in_force(store, files=files, today=today, targets=targets), targets, as_of, store


def _today() -> date:
    return datetime.now(UTC).date()
