"""`planner compare`: two stored runs side by side, with what differs between their conditions."""

import argparse

from planner.cli import output
from planner.drawing.compare_view import compared
from planner.services.comparing import compare_stored
from planner.settings import database_address
from planner.store.repository import Store


def compare(options: argparse.Namespace) -> int:
    """Compare two runs of one workload."""
    with Store.open_existing(database_address(options.db)) as store:
        found = compare_stored(store, options.run, options.other)
    if options.json:
        output.show_json(found)
    else:
        output.show(*compared(found))
    return 0
