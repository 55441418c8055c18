"""`planner sanity`: claims against the rules, waivers of them, and a file to write claims in."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import output
from planner.drawing.sanity_view import report_screen, waiver_line, waivers_screen
from planner.services.prices import book_in_force, price_date, store_if_there, targets_in_force
from planner.services.sanity import WAIVERS_SCHEMA, SanityReport, WaiverList, accept, check, record
from planner.settings import database_address
from planner.store.repository import Store
from planner.wording.text import plain
from pricing.sanity.claims import ClaimFile, read_claims
from pricing.sanity.shipped import article_claims
from pricing.sanity.template import template

_WAIVE = "waive"
_WAIVERS = "waivers"


def sanity(options: argparse.Namespace) -> int:
    """Judge, waive, list, or print the template.

    Raises:
        UsageError: words or options that cannot be meant together.
    """
    words = list(options.words)
    if (options.by is not None or options.note is not None) and words[:1] != [_WAIVE]:
        raise UsageError("--by and --note belong to a waiver: planner sanity waive ID --by NAME --note TEXT")
    if options.template:
        if words:
            raise UsageError("--template prints a file and reads none: leave the other words out")
        output.show_text(template())
        return 0
    if words == [_WAIVERS]:
        return _list(options)
    if words[:1] == [_WAIVE]:
        return _waive(options, words[1:])
    if len(words) > 1:
        raise UsageError("more than one file: planner sanity judges one at a time")
    return _judge(options, words)


def _judge(options: argparse.Namespace, words: list[str]) -> int:
    claims = _claims(words)
    with store_if_there(database_address(options.db)) as store:
        report = _report(options, claims, store)
    if options.json:
        output.show_json(report)
    else:
        output.show(*report_screen(report))
    return report.exit_code


def _waive(options: argparse.Namespace, words: list[str]) -> int:
    if len(words) not in {1, 2}:
        raise UsageError("waive which claim? planner sanity waive ID [FILE] --by NAME --note TEXT")
    if options.by is None or options.note is None:
        raise UsageError("a waiver has a name and a reason: add --by NAME --note TEXT")
    claims = _claims(words[1:])
    address = database_address(options.db)
    with store_if_there(address) as store:
        report = _report(options, claims, store)
    accepted = accept(report, words[0], by=options.by, note=options.note)  # in order before a database is made for it
    with Store.open(address) as store:
        given = record(store, accepted)
    if options.json:
        output.show_json(WaiverList(schema=WAIVERS_SCHEMA, waivers=(given,)))
    else:
        output.show_text(plain(waiver_line(given)))
    return 0


def _list(options: argparse.Namespace) -> int:
    with store_if_there(database_address(options.db)) as store:
        found = WaiverList(schema=WAIVERS_SCHEMA, waivers=store.waivers() if store else ())
    if options.json:
        output.show_json(found)
    else:
        output.show(*waivers_screen(found))
    return 0


def _claims(words: list[str]) -> ClaimFile:
    return read_claims(Path(words[0])) if words else article_claims()


def _report(options: argparse.Namespace, claims: ClaimFile, store: Store | None) -> SanityReport:
    today = datetime.now(UTC).date()
    targets = targets_in_force([Path(name) for name in options.target_file])
    book = book_in_force(store, files=[Path(name) for name in options.prices], today=today, targets=targets)
    return check(
        claims,
        as_of=_day(options, claims, today),
        book=book,
        targets=targets,
        waivers=store.waivers() if store else (),
    )


def _day(options: argparse.Namespace, claims: ClaimFile, today: date) -> date:
    if options.as_of is not None or claims.as_of is None:
        return price_date(options.as_of, today=today)
    if claims.as_of > today:
        raise UsageError(f"as_of = {claims.as_of} has not come yet (today is {today}): nobody knows its prices")
    return claims.as_of
