"""`planner compare`: two stored runs side by side, with what differs; or one beside what others published."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import output
from planner.drawing.compare_view import compared
from planner.services.comparing import compare_stored
from planner.settings import database_address
from planner.store.repository import Store


def compare(options: argparse.Namespace) -> int:
    """Compare two runs of one workload, or one with what others published.

    Raises:
        UsageError: options that cannot be meant together.
    """
    if options.published:
        return _beside_published(options)
    if options.model is not None or options.claims is not None:
        raise UsageError("--model and --claims belong to --published: planner compare RUN --published")
    with Store.open_existing(database_address(options.db)) as store:
        found = compare_stored(store, options.run, options.other)
    if options.json:
        output.show_json(found)
    else:
        output.show(*compared(found))
    return 0


def _beside_published(options: argparse.Namespace) -> int:
    """Lay one run beside published figures and the sources' claims; that there are none is an answer, too."""
    from planner.cli.published_view import screen  # noqa: PLC0415 - two runs need no prices and no data sheets
    from planner.services.published_comparison import compare_with_published  # noqa: PLC0415 - likewise
    from pricing.sanity.claims import read_claims  # noqa: PLC0415 - likewise
    from pricing.sanity.shipped import article_claims  # noqa: PLC0415 - likewise

    if options.other is not None:
        raise UsageError("--published lays one run beside what others published: leave the other run out")
    claims = article_claims() if options.claims is None else read_claims(Path(options.claims))
    with Store.open_existing(database_address(options.db)) as store:
        run = store.load(store.resolve(options.run))
    found = compare_with_published(run, claims, today=datetime.now(UTC).date(), model=options.model)
    if options.json:
        output.show_json(found)
    else:
        output.show(*screen(found))
    return 0
