"""`planner regress`: a run against its history, for people and for CI."""

import argparse
from pathlib import Path

from planner.cli import output
from planner.cli.files import require_writable_file, write_whole
from planner.cli.regress_view import screen
from planner.services.exit_codes import ExitCode
from planner.services.followed_figures import tolerances
from planner.services.like_runs import DEFAULT_LAST
from planner.services.regress import RegressRequest
from planner.services.regress import regress as compare_with_history
from planner.services.regress_junit import regress_junit_xml
from planner.settings import database_address
from planner.store.repository import Store


def regress(options: argparse.Namespace) -> int:
    """Compare a run with its history; the exit code says what came of it."""
    request = RegressRequest(
        run=options.run,
        against=options.against,
        last=DEFAULT_LAST if options.last is None else options.last,
        confirm=options.confirm,
        tolerances=tolerances(options.tolerance),
        any_host=options.any_host,
    )
    if options.junit:
        require_writable_file(Path(options.junit), option="--junit")
    with Store.open_existing(database_address(options.db)) as store:
        document = compare_with_history(store, request)
    if options.junit:
        write_whole(Path(options.junit), regress_junit_xml(document), option="--junit")
    if options.json:
        output.show_json(document)
    else:
        output.show(*screen(document, width=output.width()))
    return ExitCode.ACCEPTED_AND_FASTER if options.exit_zero else document.exit_code
