"""`planner prices refresh`: today's prices from the services that need no key."""

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from harness.errors import UsageError
from planner.cli import output
from planner.cli.refresh_live import RefreshNarrator
from planner.drawing.refresh_view import refresh_screen
from planner.refresh.limits import Limits
from planner.refresh.meter import Watcher
from planner.refresh.providers import Asking
from planner.services.exit_codes import ExitCode
from planner.services.price_refresh import PriceRefresh, refresh_prices
from planner.services.prices import book_in_force, store_if_there, targets_in_force
from planner.services.refresh_request import refresh_request
from planner.settings import database_address
from planner.store.repository import Store

_LONGEST_TIMEOUT_S = 86_400


def refresh(options: argparse.Namespace) -> int:
    """Ask, compare, judge, store; 1 where a provider could not be brought up to date."""
    found = _refreshed(options)
    if options.json:
        output.show_json(found)
    else:
        output.show(*refresh_screen(found))
    return 0 if found.is_complete else ExitCode.REJECTED_OR_SLOWER


def _refreshed(options: argparse.Namespace) -> PriceRefresh:
    today = datetime.now(UTC).date()
    limits = Limits() if options.timeout is None else _limits(options.timeout)
    targets = targets_in_force([Path(name) for name in options.targets])
    with _database(options) as store:
        book = book_in_force(store, today=today, targets=targets)
        request = refresh_request(
            book,
            providers=options.provider,
            regions=options.region,
            source=options.source,
            today=today,
            accepts_changes=options.accept_changes,
            is_dry_run=options.dry_run,
        )
        with _watching(is_quiet=options.quiet) as watch:
            return refresh_prices(store, book, request, targets=targets, asking=Asking(limits=limits, watch=watch))


@contextlib.contextmanager
def _database(options: argparse.Namespace) -> Iterator[Store | None]:
    """A dry run reads the database where there is one; else it is there afterwards, as after `prices import`."""
    address = database_address(options.db)
    with store_if_there(address) if options.dry_run else Store.open(address) as store:
        yield store


@contextlib.contextmanager
def _watching(*, is_quiet: bool) -> Iterator[Watcher]:
    if is_quiet:
        yield lambda _progress: None
        return
    with RefreshNarrator(Console(stderr=True, markup=False, highlight=False, emoji=False)) as narrator:
        yield narrator.watch


def _limits(timeout_s: float) -> Limits:
    if not 0 < timeout_s <= _LONGEST_TIMEOUT_S:
        raise UsageError(f"--timeout {timeout_s:g}: write seconds, above 0 and at most {_LONGEST_TIMEOUT_S:,}")
    return replace(Limits(), deadline_s=timeout_s)
