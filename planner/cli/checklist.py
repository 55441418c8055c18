"""`planner checklist`: the ten points before deployment, and people's words for them."""

import argparse

from harness.errors import UsageError
from planner.cli import diagnostics, output
from planner.drawing.checklist_view import checklist_screen
from planner.services.checklist.attesting import attest, find_point, withdraw
from planner.services.checklist.document import Checklist, Point, State
from planner.services.checklist.making import checklist_of
from planner.services.plans.keeping import decode_plan
from planner.settings import database_address
from planner.store.repository import Store
from planner.wording.text import plain


def checklist(options: argparse.Namespace) -> int:
    """Show the points, or keep or take back a word for one.

    Raises:
        UsageError: options that cannot be meant together.
    """
    if options.attest is None and (options.by is not None or options.note is not None):
        raise UsageError("--by and --note belong to --attest: planner checklist RUN --attest POINT --by NAME --note T")
    if options.attest is not None and (options.by is None or options.note is None):
        raise UsageError("an attestation has a name and a note: add --by NAME --note TEXT")
    with Store.open_existing(database_address(options.db)) as store:
        if options.attest is not None:
            return _attest(store, options, find_point(options.attest, option="--attest"))
        if options.withdraw is not None:
            return _withdraw(store, options, find_point(options.withdraw, option="--withdraw"))
        found = _checklist(store, options)
    _show(found, options)
    return found.exit_code


def _attest(store: Store, options: argparse.Namespace, point: Point) -> int:
    before = _checklist(store, options)
    names_arm = options.candidate is not None
    given = attest(store, before, point, by=options.by, note=options.note, names_arm=names_arm)
    state = next(one.state for one in before.points if one.point is point)
    if state is State.REFUTED:
        diagnostics.note(f"what is measured says otherwise: {point} stays refuted, with this word beside it")
    elif state is State.EVIDENCED:
        diagnostics.note(f"{point} is evidenced already: this word stands beside it")
    if options.json:
        output.show_json(_checklist(store, options))
    else:
        whose = "" if given.candidate is None else f" of {given.candidate}"
        said = f"{point}{whose} in run {before.run}: attested by {given.by} on {given.moment:%Y-%m-%d %H:%M} UTC"
        output.show_text(plain(f"{said}: {given.note}"))
    return 0


def _withdraw(store: Store, options: argparse.Namespace, point: Point) -> int:
    before = _checklist(store, options)
    count = withdraw(store, before, point, names_arm=options.candidate is not None)
    if options.json:
        output.show_json(_checklist(store, options))
    else:
        words = "word was" if count == 1 else "words were"
        output.show_text(plain(f"{count} {words} taken back: {point} in run {before.run}"))
    return 0


def _checklist(store: Store, options: argparse.Namespace) -> Checklist:
    plan = None if options.plan is None else decode_plan(store.plan(options.plan))
    return checklist_of(store, store.resolve(options.run), plan=plan, candidate=options.candidate)


def _show(found: Checklist, options: argparse.Namespace) -> None:
    if options.json:
        output.show_json(found)
    else:
        output.show(*checklist_screen(found))
